// SPDX-License-Identifier: Apache-2.0
// Sites: a section of a study. Where electricity comes from, and what a facility adds to it.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <tuple>

#include "inventory/study/sections.hpp"

namespace cradle::inventory {
namespace {

std::optional<int> read_year(const StudyContext& context, const Node& node) {
  int year = 0;
  const auto [end, code] = std::from_chars(node.text.data(), node.text.data() + node.text.size(), year);
  if (code == std::errc{} && end == node.text.data() + node.text.size() && year >= 1900 && year <= 2200) return year;
  context.report("E020", node, fmt::format("'{}' is not a year", node.text));
  return std::nullopt;
}

double highest(const Input& input) { return input.range == lca::RangeKind::none ? input.value : input.high; }

Instrument read_instrument(const StudyContext& context, const Node& node) {
  MapReader reader(context.document, node, "this instrument", context.findings);
  Instrument instrument;
  instrument.place = context.place(node);
  instrument.kind = reader.choice("kind", {"certificate", "contract", "supplier"}).value_or("");
  const InputDefaults defaults{lca::Basis::supplier, reader.text("source").value_or("")};
  instrument.share = reader.quantity("share", Dimension::number, defaults);
  instrument.intensity = reader.quantity("intensity", Dimension::co2e_per_energy, defaults);
  if (const Node* vintage = reader.take("vintage")) instrument.vintage = read_year(context, *vintage);
  instrument.market = reader.text("market").value_or("");
  reader.finish();
  for (const char* key : {"kind", "share", "intensity"})
    if (node.kind == Node::Kind::mapping && node.find(key) == nullptr)
      context.report("E011", node, fmt::format("this instrument has no '{}'", key),
                     "{kind: certificate, share: 60 %, intensity: 0 g/kWh, vintage: 2024, market: FR, source: ...}");
  if (const Node* share = node.find("share"))
    check_range(context.document, *share, instrument.share, 0.0, 1.0, "a share of the site's electricity",
                "such as 60 %", context.findings);
  return instrument;
}

void read_mix(const StudyContext& context, const Node& node, GridChoice& grid) {
  if (node.kind == Node::Kind::scalar && node.text == "national") {
    grid.national_mix = true;
    return;
  }
  MapReader reader(context.document, node, "mix", context.findings);
  double total = 0.0;
  for (const auto& source : electricity_sources)
    if (auto share = reader.quantity(source, Dimension::number)) {
      check_range(context.document, *node.find(source), share, 0.0, 1.0, "a share of the mix", "such as 30 %",
                  context.findings);
      total += share->value;
      grid.mix.emplace(source, *share);
    }
  reader.finish();
  if (!grid.mix.empty() && std::abs(total - 1.0) > 0.005)
    context.report("E024", node, fmt::format("the shares of the mix sum to {:.4g}, not to 1", total),
                   fmt::format("sources: {}", fmt::join(electricity_sources, ", ")));
}

GridChoice read_grid(const StudyContext& context, const Node& node, const std::string& owner) {
  GridChoice grid;
  grid.place = context.place(node);
  if (node.kind != Node::Kind::mapping || node.find("value") != nullptr || node.find("low") != nullptr) {
    grid.location = read_input(context.document, node, Dimension::co2e_per_energy, {}, context.findings);
    return grid;
  }
  MapReader reader(context.document, node, "grid of " + owner, context.findings);
  const InputDefaults defaults{lca::Basis::supplier, reader.text("source").value_or("")};
  grid.location = reader.quantity("location", Dimension::co2e_per_energy, defaults);
  grid.market = reader.quantity("market", Dimension::co2e_per_energy, defaults);
  grid.hourly_matched = reader.quantity("hourly_matched", Dimension::co2e_per_energy, defaults);
  grid.residual = reader.quantity("residual", Dimension::co2e_per_energy, defaults);
  grid.region = reader.text("region").value_or("");
  if (const Node* year = reader.take("year")) {
    grid.year = read_year(context, *year);
    grid.year_place = context.place(*year);
  }
  grid.fallback = reader.choice("fallback", fallback_names, Fallback::none);
  if (const Node* series = reader.take("series")) {
    grid.series = read_text(context.document, *series, "series", context.findings).value_or("");
    grid.series_place = context.place(*series);
  }
  grid.kind.factor = reader.choice("factor", grid_factor_names, GridFactor::unstated);
  grid.kind.perimeter = reader.choice("perimeter", grid_perimeter_names, GridPerimeter::unstated);
  grid.column = reader.text("column").value_or("");
  grid.unit = reader.text("unit").value_or("");
  if (const Node* mix = reader.take("mix")) read_mix(context, *mix, grid);
  if (const Node* list = reader.take("instruments")) {
    if (list->kind != Node::Kind::sequence)
      context.report("E012", *list, "'instruments' must be a list: '- {kind: certificate, ...}'");
    for (const auto& item : list->items) grid.instruments.push_back(read_instrument(context, item));
  }
  reader.finish();

  const auto both = [&](const char* a, const char* b, const std::string& hint) {
    if (node.find(a) != nullptr && node.find(b) != nullptr)
      context.report("E032", node, fmt::format("grid of {} states both '{}' and '{}'", owner, a, b), hint);
  };
  both("location", "series", "keep the intensity you know, or let the file give it");
  both("market", "instruments", "keep the factor, or the contracts that it comes from");
  both("market", "residual", "a market-based factor contains the residual mix");
  double covered = 0.0;
  for (const auto& instrument : grid.instruments) covered += instrument.share ? instrument.share->value : 0.0;
  if (covered > 1.0 + 1e-9)
    context.report("E038", *node.find("instruments"),
                   fmt::format("instruments cover {:.4g} % of the site's electricity", covered * 100),
                   "one kWh is claimed once");
  for (const char* key : {"column", "unit"})
    if (node.find(key) != nullptr && grid.series.empty())
      context.report("E011", *node.find(key), fmt::format("'{}' says which of a file, and there is no 'series'", key),
                     "series: grid.csv");
  const bool mix = node.find("mix") != nullptr;
  if (!grid.location && grid.region.empty() && grid.series.empty() && !mix && node.find("location") == nullptr)
    context.report("E011", node, fmt::format("grid of {} has neither 'location' nor 'region'", owner),
                   "an intensity such as 57 g/kWh, or {region: FR, year: 2022}");
  // Beside shares of a mix a region without a year only says where.
  const bool needs_year = !grid.region.empty() && !grid.location && grid.series.empty() && grid.mix.empty();
  const bool mix_needs_year = grid.national_mix && grid.series.empty();
  if ((needs_year || mix_needs_year) && node.find("year") == nullptr)
    context.report("E011", node, fmt::format("grid of {} has no 'year'", owner),
                   "grids change fast: {region: FR, year: 2022}");
  if (grid.national_mix && grid.region.empty())
    context.report("E011", node, fmt::format("'mix: national' of {}, whose grid names no region", owner),
                   "such as region: FR");
  return grid;
}

void check_intensity(const StudyContext& context, std::optional<Input>& factor) {
  if (factor) factor->limits = intensity_limits;
  if (!factor || highest(*factor) <= intensity_limits.most) return;
  context.findings.push_back(
      {"E024", fmt::format("a grid intensity of {} kg CO2e/kWh is outside 0 to 1.5", highest(*factor)),
       "57 g/kWh and 0.057 kg/kWh are the same", factor->place, context.document.excerpt(factor->place.line)});
}

}  // namespace

std::optional<Input> read_published(const StudyContext& context, MapReader& reader, const char* key,
                                    Dimension dimension, std::optional<OperatorFigure>& published) {
  const Node* node = reader.take(key);
  if (node == nullptr) return std::nullopt;
  if (node->kind != Node::Kind::mapping || node->find("of") == nullptr)
    return read_input(context.document, *node, dimension, {}, context.findings);
  MapReader map(context.document, *node, key, context.findings);
  OperatorFigure figure{map.text("of").value_or(""), map.text("region").value_or(""), 0, context.place(*node)};
  if (const Node* year = map.need("year", "figures are published by year"))
    figure.year = read_year(context, *year).value_or(0);
  map.finish();
  published = figure;
  return std::nullopt;
}

Site read_site(const StudyContext& context, const std::string& name, const Node& node) {
  const std::string what = fmt::format("site '{}'", name);
  MapReader reader(context.document, node, what, context.findings);
  Site site;
  site.name = name;
  site.place = context.place(node);
  if (const Node* grid = reader.need("grid", "an intensity such as 57 g/kWh, or {region: FR, year: 2022}"))
    site.grid = read_grid(context, *grid, what);
  site.pue = read_published(context, reader, "pue", Dimension::number, site.published_pue);
  site.states_pue = node.find("pue") != nullptr;
  site.wue = read_published(context, reader, "wue", Dimension::water_per_energy, site.published_wue);
  site.price = reader.quantity("price", Dimension::money_per_energy);
  const auto needs_region = [&](const Node& at) {
    if (site.grid.region.empty())
      context.report("E011", at, fmt::format("'{}' of {}, whose grid names no region", at.text, what),
                     "name the grid's region and year, or state a figure");
  };
  // What making a kWh takes: a figure, or that of the grid's mix.
  const auto of_supply = [&](const char* key, Dimension dimension, std::optional<Input>& figure, bool& of_mix) {
    const Node* at = reader.take(key);
    if (at == nullptr) return;
    of_mix = at->text == "mix";
    if (!of_mix)
      figure = read_input(context.document, *at, dimension, {}, context.findings);
    else if (site.grid.mix.empty() && !site.grid.national_mix)
      context.report("E011", *at, fmt::format("'{}: mix' of {}, whose grid has no mix", key, what),
                     "mix: national, or shares");
  };
  of_supply("wue_grid", Dimension::water_per_energy, site.wue_grid, site.wue_of_mix);
  of_supply("primary_energy", Dimension::number, site.primary_energy, site.primary_energy_of_mix);
  if (const Node* at = node.find("primary_energy"))
    check_range(context.document, *at, site.primary_energy, 1.0, 20.0, "primary energy per kWh",
                "kWh of it per kWh of electricity, such as 2.5", context.findings);
  // A figure, or the catalogue's of the country.
  const auto of_country = [&](const char* key, Dimension dimension, std::optional<Input>& figure, bool& national) {
    const Node* at = reader.take(key);
    if (at == nullptr) return;
    national = at->text == "national";
    if (!national)
      figure = read_input(context.document, *at, dimension, {}, context.findings);
    else
      needs_region(*at);
  };
  of_country("scarcity", Dimension::number, site.scarcity, site.national_scarcity);
  of_country("losses", Dimension::number, site.losses, site.national_losses);
  of_country("upstream", Dimension::co2e_per_energy, site.upstream, site.national_upstream);
  if (const Node* scarcity = node.find("scarcity"))
    check_range(context.document, *scarcity, site.scarcity, 0.1, 100.0, "a water scarcity factor",
                "AWARE's lie between 0.1 and 100; or national", context.findings);
  if (const Node* losses = node.find("losses"))
    check_range(context.document, *losses, site.losses, 0.0, 0.6, "a share lost in the grid", "such as 5 %, or national",
                context.findings);
  reader.finish();
  if (const Node* pue = node.find("pue"))
    check_range(context.document, *pue, site.pue, 1.0, 3.0, "a PUE",
                "PUE is facility energy over IT energy, so never below 1; above 3 is no data centre", context.findings);
  for (auto* factor : {&site.grid.location, &site.grid.market, &site.grid.hourly_matched, &site.grid.residual})
    check_intensity(context, *factor);
  for (auto& instrument : site.grid.instruments) check_intensity(context, instrument.intensity);
  return site;
}

}  // namespace cradle::inventory
