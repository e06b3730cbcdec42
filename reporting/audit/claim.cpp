// SPDX-License-Identifier: Apache-2.0
#include "reporting/audit/claim.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "inventory/catalogue/places.hpp"
#include "inventory/text/document.hpp"
#include "inventory/text/suggestion.hpp"
#include "reporting/audit/machine_claims.hpp"

namespace cradle::reporting {
namespace {

using inventory::Catalogue;
using inventory::Dimension;
using inventory::Document;
using inventory::Input;
using inventory::MapReader;
using inventory::Node;

constexpr int default_year = 2024;

/// Text for a YAML string in double quotes.
std::string escaped(const std::string& text) {
  std::string safe;
  for (const char c : text) {
    if (c == '"' || c == '\\') safe += '\\';
    safe += c == '\n' || c == '\r' ? ' ' : c;
  }
  return safe;
}

/// An input as a study writes it.
std::string written(const Input& input) {
  const auto number = [](double value) { return fmt::format("{:.17g}", value); };
  const std::string unit = input.unit == "1" ? "" : " " + input.unit;
  if (input.range != lca::RangeKind::interval_95)
    return fmt::format("{{value: {}{}, basis: supplier, source: the claim}}", number(input.value), unit);
  return fmt::format("{{value: {0}{3}, low: {1}{3}, high: {2}{3}, basis: assumed, source: \"{4}\"}}", number(input.value), number(input.low),
                     number(input.high), unit, escaped(input.source));
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
  const auto of = [&](const char* region) { return catalogue.grids().find(region, default_year)->kg_per_kwh; };
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

std::string trimmed(std::string text) {
  text.erase(0, std::min(text.find_first_not_of(" \t\r"), text.size()));
  text.erase(text.find_last_not_of(" \t\r") + 1);
  return text;
}

/// Hours that stand as one plain number, with groups of three and a word for hours after it or nothing; else none: a
/// range, a count or a unit that is not understood is no number.
std::optional<double> plain_hours(std::string text) {
  const auto end = text.find_first_not_of("0123456789.,eE");
  std::string words = trimmed(end == std::string::npos ? "" : text.substr(end));
  std::transform(words.begin(), words.end(), words.begin(), [](unsigned char c) { return std::tolower(c); });
  static const std::vector<std::string> known = {"", "h", "hours", "hour", "gpu hours", "gpu-hours", "gpu h", "device-hours", "device hours", "tpu hours", "tpu-hours"};
  if (std::find(known.begin(), known.end(), words) == known.end()) return std::nullopt;
  std::string number = text.substr(0, end);
  const auto comma = number.find(',');
  if (comma != std::string::npos) {
    for (std::size_t at = comma; at != std::string::npos; at = number.find(',', at + 1))
      if (number.size() < at + 4 || number.find_first_of(".,", at + 1) < at + 4) return std::nullopt;
    std::erase(number, ',');
  }
  const auto value = inventory::read_quantity(number, Dimension::number);
  return value ? std::optional(*value) : std::nullopt;
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
  // A device by its words: all of them, else one that names it.
  const auto device_of = [&](const std::string& words) -> const inventory::Product* {
    if (const auto* device = catalogue.device_named(words)) return device;
    for (std::size_t at = 0; at < words.size();) {
      const auto stop = std::min(words.find_first_of(" ,/()", at), words.size());
      std::string word = words.substr(at, stop - at);
      std::transform(word.begin(), word.end(), word.begin(), [](unsigned char c) { return std::tolower(c); });
      if (const auto* device = word.size() < 2 ? nullptr : catalogue.find(word); device != nullptr && device->kind == "device") return device;
      at = stop + 1;
    }
    return nullptr;
  };
  const Node* hardware = emissions->kind == Node::Kind::mapping ? emissions->find("hardware_used") : nullptr;
  const std::string used = hardware == nullptr ? "" : hardware->text, type = bullet("Hardware Type");
  for (const auto& text : {type, used})
    if (const auto* device = device_of(text)) {
      yaml += "device: " + device->id + "\n";
      break;
    }
  const Node* place = emissions->kind == Node::Kind::mapping ? emissions->find("geographical_location") : nullptr;
  for (const auto& text : {place == nullptr ? std::string() : place->text, bullet("Compute Region")})
    if (const auto grid = catalogue.grids().country(trimmed(text))) {
      yaml += "grid: {region: " + grid->iso3 + ", year: " + std::to_string(default_year) + "}\n";
      break;
    }
  // Hours beside a count of devices may be those of one device or of all: they are read where there is none.
  const bool counted = !type.empty() && std::isdigit(static_cast<unsigned char>(trimmed(type)[0]));
  if (const auto hours = plain_hours(trimmed(bullet("Hours used"))); hours && !counted) yaml += fmt::format("device_hours: {:.17g} h\n", *hours);
  return yaml;
}

}  // namespace

Result<Claim> read_claim(const Catalogue& catalogue, const std::string& text, const std::string& file) {
  std::string yaml = text;
  if (file.ends_with(".md")) {
    auto of_card = claim_of_card(catalogue, text, file);
    if (!of_card) return tl::unexpected(std::move(of_card.error()));
    yaml = std::move(*of_card);
  } else if (auto of_machine = claim_of_machine_file(catalogue, text, file)) {
    if (!*of_machine) return tl::unexpected(std::move(of_machine->error()));
    yaml = std::move(**of_machine);
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
  const auto* machine = node ? catalogue.find(*node) : nullptr;
  if (node && (machine == nullptr || machine->kind != "node"))
    findings.push_back(document->finding("E018", *document->root().find("node"), fmt::format("unknown node '{}'", *node),
                                         inventory::did_you_mean(*node, catalogue.ids("node")) + " `cradle catalogue search node` lists them"));
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
