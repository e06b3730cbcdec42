// SPDX-License-Identifier: Apache-2.0
#include "reporting/audit/claim.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "inventory/catalogue/places.hpp"
#include "inventory/text/document.hpp"
#include "inventory/text/suggestion.hpp"

namespace cradle::reporting {
namespace {

using inventory::Catalogue;
using inventory::Dimension;
using inventory::Document;
using inventory::Input;
using inventory::MapReader;
using inventory::Node;

constexpr int default_year = 2024;

/// An input as a study writes it.
std::string written(const Input& input) {
  const auto number = [](double value) { return fmt::format("{:.17g}", value); };
  const std::string unit = input.unit == "1" ? "" : " " + input.unit;
  if (input.range != lca::RangeKind::interval_95)
    return fmt::format("{{value: {}{}, basis: supplier, source: the claim}}", number(input.value), unit);
  return fmt::format("{{value: {0}{3}, low: {1}{3}, high: {2}{3}, basis: assumed, source: \"{4}\"}}", number(input.value), number(input.low),
                     number(input.high), unit, input.source);
}

Input assumed(double value, double low, double high, const char* unit, std::string source) {
  Input input;
  input.value = value;
  input.low = low;
  input.high = high;
  input.range = lca::RangeKind::interval_95;
  input.unit = unit;
  input.source = std::move(source);
  return input;
}

/// What a site's PUE may be, where nobody says: from the best fleet to the survey's mean.
Input unknown_pue() {
  const double low = *inventory::published_figure("google 2024")->pue, high = *inventory::published_figure("uptime 2024")->pue;
  return assumed(std::sqrt(low * high), low, high, "1", "not said: from Google's fleet to the mean of the Uptime survey, 2024");
}

/// What a grid may be: from France's to India's, the world's between them.
Input unknown_grid(const Catalogue& catalogue) {
  const auto of = [&](const char* region) { return catalogue.grid(region, default_year)->kg_per_kwh; };
  return assumed(of("World"), of("FR"), of("IN"), "kg/kWh", fmt::format("not said: from France's grid to India's, {}; the world's between", default_year));
}

/// The claim's own inputs as the parts of a study.
struct Parts {
  std::string hardware, grid, pue, hours, energy;
};

void compose(Claim& claim, const Parts& parts) {
  if (parts.energy.empty()) return;
  claim.study = fmt::format(
      "cradle: 1\ntitle: \"{}\"\nfunctional_unit: what is claimed\n"
      "boundary: {{include: [training], exclude: {{hardware: not claimed, development: not claimed, inference: not claimed, water: not claimed}}}}\n"
      "{}sites: {{the site: {{grid: {}, pue: {}}}}}\nruns: [{{name: the runs, site: the site{}{}, energy: {}}}]\n",
      "audit", parts.hardware.empty() ? "" : "hardware: {h: {" + parts.hardware + "}}\n", parts.grid, parts.pue,
      parts.hardware.empty() ? "" : ", hardware: h", parts.hours, parts.energy);
}

/// A model card's metadata and bullets as a claim in YAML.
Result<std::string> claim_of_card(const Catalogue& catalogue, const std::string& card, const std::string& file) {
  const auto start = card.starts_with("---") ? card.find('\n') : std::string::npos;
  const auto end = start == std::string::npos ? start : card.find("\n---", start);
  if (end == std::string::npos)
    return failure({"E011", "the card has no metadata", "a model card begins with a block between lines of ---", {file, 1, 1, 1}, ""});
  auto document = Document::parse(card.substr(start + 1, end - start), file);
  if (!document) return tl::unexpected(std::move(document.error()));
  const Node* emissions = document->root().find("co2_eq_emissions");
  const Node* grams = emissions == nullptr ? nullptr : emissions->kind == Node::Kind::mapping ? emissions->find("emissions") : emissions;
  if (grams == nullptr)
    return failure({"E011", "the card claims no emissions", "co2_eq_emissions: {emissions: GRAMS}", {file, 1, 1, 1}, ""});
  std::string yaml = fmt::format("claim: {{ghg: {} g}}\ntitle: model card\n", grams->text);
  const auto bullet = [&](const char* words) {
    const auto at = card.find(fmt::format("**{}:**", words));
    if (at == std::string::npos) return std::string();
    const auto from = at + std::string_view(words).size() + 5;
    return card.substr(from, card.find('\n', from) - from);
  };
  const Node* hardware = emissions->kind == Node::Kind::mapping ? emissions->find("hardware_used") : nullptr;
  for (const auto& text : {hardware == nullptr ? std::string() : hardware->text, bullet("Hardware Type")})
    if (const auto* device = catalogue.device_named(text)) {
      yaml += "device: " + device->id + "\n";
      break;
    }
  std::string hours;
  for (const char c : bullet("Hours used"))
    if (std::isdigit(static_cast<unsigned char>(c)) || c == '.' || (c == ' ' && hours.empty()))
      hours += c == ' ' ? "" : std::string(1, c);
    else if (c != ',')
      break;
  if (!hours.empty()) yaml += "device_hours: " + hours + " h\n";
  return yaml;
}

}  // namespace

Result<Claim> read_claim(const Catalogue& catalogue, const std::string& text, const std::string& file) {
  std::string yaml = text;
  if (file.ends_with(".md")) {
    auto of_card = claim_of_card(catalogue, text, file);
    if (!of_card) return tl::unexpected(std::move(of_card.error()));
    yaml = std::move(*of_card);
  }
  auto document = Document::parse(yaml, file);
  if (!document) return tl::unexpected(std::move(document.error()));
  Findings findings;
  MapReader reader(*document, document->root(), "the claim", findings);
  Claim claim;
  claim.file = file;
  claim.title = reader.text("title").value_or("");
  claim.source = reader.text("source").value_or("");
  if (const Node* stated = reader.need("claim", "claim: {ghg: 2300 t}")) {
    MapReader inner(*document, *stated, "claim", findings);
    claim.ghg = inner.quantity("ghg", Dimension::co2e);
    claim.energy = inner.quantity("energy", Dimension::energy);
    inner.finish();
    if (!claim.ghg && !claim.energy && findings.empty())
      findings.push_back(document->finding("E011", *stated, "nothing is claimed", "ghg: 2300 t, or energy: 433 MWh"));
  }
  claim.device = reader.text("device").value_or("");
  const auto node = reader.text("node");
  claim.per_node = reader.quantity("per_node", Dimension::number);
  claim.devices = reader.quantity("devices", Dimension::number);
  const auto duration = reader.quantity("duration", Dimension::time);
  const auto hours = reader.quantity("device_hours", Dimension::time);
  claim.power = reader.quantity("power", Dimension::power);
  const auto energy = reader.quantity("energy", Dimension::energy);
  const auto level = reader.choice("level", {"device", "node", "it", "facility"});
  claim.pue = reader.quantity("pue", Dimension::number);
  const Node* grid = reader.take("grid");
  const auto parameters = reader.quantity("parameters", Dimension::number), tokens = reader.quantity("tokens", Dimension::tokens);
  const auto mfu = reader.quantity("mfu", Dimension::number);
  claim.batch = reader.quantity("batch", Dimension::number);
  claim.basis = reader.choice("basis", {"gross", "net"}).value_or("");
  claim.scope2 = reader.choice("scope2", {"location", "market"}).value_or("");
  claim.includes = reader.texts("includes");
  reader.finish();
  if (!claim.device.empty() && catalogue.find(claim.device) == nullptr)
    findings.push_back(document->finding("E014", *document->root().find("device"), fmt::format("unknown device '{}'", claim.device),
                                         inventory::did_you_mean(claim.device, catalogue.ids("device")) + " `cradle catalogue search device` lists them"));
  if (has_errors(findings)) return tl::unexpected(std::move(findings));

  Parts parts;
  const auto not_said = [&](std::string what, const Input& taken) {
    claim.not_said.push_back({std::move(what), taken.source});
    return written(taken);
  };
  if (!claim.device.empty()) {
    parts.hardware = "device: " + claim.device;
    if (claim.per_node) parts.hardware += fmt::format(", per_node: {}", claim.per_node->value);
    if (node) parts.hardware += ", node: " + *node;
  }
  if (grid == nullptr)
    parts.grid = not_said("carbon intensity of the grid", unknown_grid(catalogue));
  else if (grid->kind == Node::Kind::mapping && grid->find("region") != nullptr)
    parts.grid = fmt::format("{{region: {}, year: {}}}", grid->find("region")->text,
                             grid->find("year") == nullptr ? std::to_string(default_year) : grid->find("year")->text);
  else if (const auto intensity = inventory::read_input(*document, *grid, Dimension::co2e_per_energy, {}, findings))
    parts.grid = written(*intensity);
  const bool whole = energy && level == "facility";
  parts.pue = claim.pue ? written(*claim.pue) : whole ? "1.0" : not_said("PUE", unknown_pue());
  if (hours)
    parts.hours = ", device_hours: " + written(*hours);
  else if (claim.devices && duration)
    parts.hours = fmt::format(", devices: {}, duration: {}", claim.devices->value, written(*duration));
  const bool known_hours = !parts.hours.empty();
  if (energy)
    parts.energy = fmt::format("{{value: {:.17g} kWh, level: {}}}", energy->value, level.value_or("it"));
  else if (claim.power && known_hours)
    parts.energy = fmt::format("{{power: {{per_device: {}}}, level: it}}", written(*claim.power));
  else if (known_hours && !claim.device.empty()) {
    parts.energy = node ? "{estimator: hours}" : "{estimator: hours, host: not counted}";
    claim.not_said.push_back({"mean power of a device", "0.75 of its design power (0.55 to 0.95)"});
  } else if (parameters && tokens && !claim.device.empty()) {
    claim.by_flop = true;
    parts.energy = fmt::format("{{estimator: 6nd, parameters: {:.17g}{}{}}}", parameters->value, mfu ? fmt::format(", mfu: {}", mfu->value) : "", node ? "" : ", host: not counted");
    parts.hours = fmt::format(", tokens: {:.17g} tokens", tokens->value);
    if (!mfu) claim.not_said.push_back({"model FLOP utilisation", "0.40 (0.25 to 0.55)"});
  }
  if (has_errors(findings)) return tl::unexpected(std::move(findings));
  compose(claim, parts);
  return claim;
}

}  // namespace cradle::reporting
