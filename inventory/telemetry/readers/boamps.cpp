// SPDX-License-Identifier: Apache-2.0
// BoAmps reports (JSON). `powerConsumption` is energy in kWh. Several measures may describe the same task by different
// methods: the first counts, the others are shown. Calibration energy is taken off in proportion to time.
#include <nlohmann/json.hpp>

#include "inventory/telemetry/readers/all.hpp"
#include "inventory/telemetry/table.hpp"

namespace cradle::inventory {
namespace {

using Json = nlohmann::json;

/// The same report flattened to one header and one row.
bool is_flat(const LogInput& input) {
  return has_all(header_of(input.head), {"header_reportid", "measures_0_powerconsumption"});
}

bool recognise(const LogInput& input) {
  if (is_flat(input)) return true;
  return first_line(input.head).starts_with("{") && input.head.find("\"header\"") != std::string_view::npos &&
         (input.head.find("\"measures\"") != std::string_view::npos ||
          input.head.find("\"task\"") != std::string_view::npos) &&
         input.head.find("\"reportId\"") != std::string_view::npos;
}

Result<void> read_flat(std::string_view text, LogInput& input, Draft& draft) {
  const LogTable table(text);
  Clock clock(input.options.timezone);
  for (const auto& row : table.rows) {
    ++draft.file.rows;
    const auto kwh = table.number(row, "measures_0_powerconsumption");
    if (!kwh) continue;
    Window window;
    window.key = table.cell(row, "header_reportid");
    window.label = "report " + window.key;
    window.seconds = table.number(row, "measures_0_measurementduration").value_or(0.0);
    window.joules = *kwh * joules_per_kwh;
    window.basis = lca::Basis::modelled;
    window.how = fmt::format("BoAmps report, by {}, not split", table.cell(row, "measures_0_measurementmethod"));
    if (const auto start = clock.read(table.cell(row, "measures_0_measurementdatetime"))) {
      window.from = *start;
      window.to = *start + static_cast<Micros>(window.seconds * 1e6);
    }
    draft.windows.push_back(std::move(window));
  }
  draft.unzoned = clock.unzoned();
  if (draft.windows.empty()) return log_failure(input, "E060", "no usable row: no report holds an energy");
  return {};
}

Result<void> read(LogInput& input, Draft& draft) {
  const auto text = input.text();
  if (!text) return tl::unexpected(text.error());
  if (is_flat(input)) return read_flat(*text, input, draft);
  const Json report = Json::parse(*text, nullptr, false);
  if (!report.is_object()) return log_failure(input, "E060", "no usable row: no whole JSON object");
  Clock clock(input.options.timezone);
  bool first = true;
  for (const auto& measure : report.value("measures", Json::array())) {
    if (!measure.is_object() || !measure.contains("powerConsumption") || !measure["powerConsumption"].is_number())
      continue;
    ++draft.file.rows;
    const double kwh = measure["powerConsumption"].get<double>();
    const std::string method = measure.value("measurementMethod", "");
    if (!std::exchange(first, false)) {
      draft.notes.push_back(
          fmt::format("a further measure of the same task, by {}: {:.6g} kWh, not added", method, kwh));
      continue;
    }
    Window window;
    const Json header = report.value("header", Json::object());
    window.key = header.value("reportId", "");
    window.label = "report " + window.key;
    window.seconds = measure.value("measurementDuration", 0.0);
    window.joules = kwh * joules_per_kwh;
    const double calibration = measure.value("powerCalibrationMeasurement", 0.0),
                 calibrated = measure.value("durationCalibrationMeasurement", 0.0);
    if (calibration > 0 && calibrated > 0) {
      window.joules -= calibration * joules_per_kwh * window.seconds / calibrated;
      draft.notes.push_back("calibration energy is taken off in proportion to time");
    }
    window.basis = lca::Basis::modelled;
    window.how = fmt::format("BoAmps report, by {}, not split", method.empty() ? "a method not named" : method);
    if (const auto start = clock.read(measure.value("measurementDateTime", ""))) {
      window.from = *start;
      window.to = *start + static_cast<Micros>(window.seconds * 1e6);
    }
    draft.windows.push_back(std::move(window));
  }
  draft.unzoned = clock.unzoned();
  if (draft.windows.empty())
    return log_failure(input, "E060", "no usable row: the report holds no measure with an energy");
  return {};
}

}  // namespace

const Reader boamps = {
    {"boamps", "BoAmps report", "`header` with `reportId`", "the first measure's energy, not split", true},
    recognise,
    read};

}  // namespace cradle::inventory
