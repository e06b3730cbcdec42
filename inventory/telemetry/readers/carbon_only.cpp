// SPDX-License-Identifier: Apache-2.0
// Files that people take for energy logs and that are none, with what to do with them instead: a model card's
// emissions, Cloud Carbon Footprint's usage table. Its estimates do hold energy and are read.
#include <nlohmann/json.hpp>

#include "inventory/telemetry/readers/all.hpp"

namespace cradle::inventory {
namespace {

using Json = nlohmann::json;

bool recognise_card(const LogInput& input) { return input.head.find("co2_eq_emissions:") != std::string_view::npos; }

/// Grams, in any of the forms that cards have: a number, or a mapping with `emissions`.
std::optional<double> grams_of(std::string_view head) {
  std::string_view rest = head.substr(head.find("co2_eq_emissions:") + 17);
  const auto first = log_number(rest.substr(0, rest.find('\n')));
  if (first) return first;
  const std::size_t at = rest.find("emissions:");
  if (at == std::string_view::npos) return std::nullopt;
  rest.remove_prefix(at + 10);
  return log_number(rest.substr(0, rest.find('\n')));
}

Result<void> read_card(LogInput& input, Draft&) {
  const auto grams = grams_of(input.head);
  return log_failure(
      input, "E060", "no usable row: a model card states emissions, not energy",
      grams ? fmt::format("take its figure over as it stands: given: [{{name: model card, ghg: {} g, source: {}}}]",
                          *grams, input.name)
            : std::string("its co2_eq_emissions is not a number of grams"));
}

bool recognise_estimates(const LogInput& input) {
  return input.head.find("\"serviceEstimates\"") != std::string_view::npos &&
         input.head.find("\"kilowattHours\"") != std::string_view::npos;
}

Result<void> read_estimates(LogInput& input, Draft& draft) {
  const auto text = input.text();
  if (!text) return tl::unexpected(text.error());
  const Json periods = Json::parse(*text, nullptr, false);
  if (!periods.is_array()) return log_failure(input, "E060", "no usable row: no whole array of periods");
  Clock clock(input.options.timezone);
  for (const auto& period : periods) {
    if (!period.is_object()) continue;
    const std::string stamp = period.value("timestamp", "");
    for (const auto& estimate : period.value("serviceEstimates", Json::array())) {
      ++draft.file.rows;
      if (!estimate.is_object() || !estimate.contains("kilowattHours") || !estimate["kilowattHours"].is_number())
        continue;
      Window window;
      window.source.node = fmt::format("{} {}", estimate.value("cloudProvider", ""), estimate.value("region", ""));
      window.source.device = estimate.value("serviceName", "");
      window.joules = estimate["kilowattHours"].get<double>() * joules_per_kwh;
      window.basis = lca::Basis::modelled;
      window.how = "Cloud Carbon Footprint estimate, its PUE inside";
      window.label = stamp;
      if (const auto t = clock.read(stamp)) window.from = window.to = *t;
      draft.windows.push_back(std::move(window));
    }
  }
  draft.notes.push_back("estimates with the provider's PUE inside: set the site's PUE to 1, or it counts twice");
  if (draft.windows.empty()) return log_failure(input, "E060", "no usable row: no estimate with kilowattHours");
  return {};
}

bool recognise_usage(const LogInput& input) {
  const auto header = header_of(input.head);
  return has_all(header, {"machinetype", "starttime", "endtime", "poweruseeffectiveness"}) ||
         has_all(header, {"machinetype", "starttime", "endtime", "powerusageeffectiveness"});
}

}  // namespace

const Reader model_card = {
    {"model-card", "Hugging Face model card", "`co2_eq_emissions`", "refused: emissions are no energy", true},
    recognise_card,
    read_card};
const Reader cloud_carbon = {{"ccf", "Cloud Carbon Footprint estimates", "`serviceEstimates` with `kilowattHours`",
                              "its estimates of energy, PUE inside", true},
                             recognise_estimates,
                             read_estimates};
const Reader cloud_usage = {
    {"ccf-usage", "Cloud Carbon Footprint on-premise table", "columns `machineType`, `startTime`, `endTime`",
     "refused: hours of machines are no energy", true},
    recognise_usage,
    [](LogInput& input, Draft&) -> Result<void> {
      return log_failure(input, "E060", "no usable row: a table of machines and hours holds no energy",
                         "estimate it: energy: {estimator: ccf, ...}, see docs/method/ccf.md");
    }};

}  // namespace cradle::inventory
