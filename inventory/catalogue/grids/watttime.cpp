// SPDX-License-Identifier: Apache-2.0
// WattTime's JSON, versions 2 and 3. Its marginal signals are refused; the average one (co2_aoer) is read.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "inventory/catalogue/grids/grid_table.hpp"
#include "inventory/text/time_stamp.hpp"
#include "inventory/text/units.hpp"

namespace cradle::inventory {
Result<GridReadings> read_watttime(const std::string& path, std::string_view text, const GridFileChoice& choice) {
  const auto wrong = [&](std::string code, std::string message, std::string hint = "") {
    return grid_failure(path, std::move(code), std::move(message), std::move(hint));
  };
  const auto json = nlohmann::json::parse(text, nullptr, false);
  if (json.is_discarded()) return wrong("E067", "no JSON");
  const auto word = [](const nlohmann::json& from, const char* key) {
    return from.is_object() && from.contains(key) && from[key].is_string() ? from[key].get<std::string>() : "";
  };
  static const nlohmann::json nothing;
  const auto& meta = json.is_object() && json.contains("meta") ? json["meta"] : nothing;
  const auto& data = json.is_object() && json.contains("data") ? json["data"] : json;
  const bool version_2 = data.is_array() && !data.empty() && !word(data.front(), "datatype").empty();
  const std::string signal = version_2 ? word(data.front(), "datatype") : word(meta, "signal_type");
  if (signal == "MOER" || signal == "co2_moer" || signal.find("marginal") != std::string::npos)
    return marginal_refused(path, signal);
  if (signal != "co2_aoer" || !data.is_array())
    return wrong("E067", "no known file of grid intensities",
                 "of JSON files WattTime's average signal (co2_aoer) is read");
  if (word(meta, "units") != "lbs_co2_per_mwh")
    return wrong("E067", fmt::format("unknown unit '{}'", word(meta, "units")));
  GridReadings result;
  result.format = "WattTime, average signal";
  result.basis = "direct, CO2 only, average of generation";
  result.holds = Holds::until_next;
  result.zone = word(meta, "region");
  result.zones = {result.zone};
  if (!choice.zone.empty() && choice.zone != result.zone) return result;
  for (const auto& point : data) {
    const auto stamp = read_stamp(word(point, "point_time"));
    if (!stamp || !point.contains("value") || !point["value"].is_number()) {
      ++result.rows_without_value;
      continue;
    }
    result.readings.push_back({unix_seconds(as_utc(*stamp)), 0,
                               point["value"].get<double>() * *conversion("lb/MWh", "kg/kWh"),
                               point.contains("imputed_data_used") && point["imputed_data_used"] == true});
  }
  return result;
}

}  // namespace cradle::inventory
