// SPDX-License-Identifier: Apache-2.0
#include "inventory/catalogue/catalogue.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <set>

#include "inventory/catalogue/development.hpp"
#include "inventory/catalogue/estimators/language_models.hpp"
#include "inventory/catalogue/embedded_table.hpp"
#include "inventory/catalogue/impact_family.hpp"
#include "inventory/catalogue/places.hpp"
#include "inventory/text/csv.hpp"
#include "inventory/text/suggestion.hpp"
#include "inventory/text/text_file.hpp"

namespace cradle::inventory {
namespace {

Result<Document> embedded_document(std::string_view name) {
  return Document::parse(std::string(embedded_file(name)), std::string(name));
}

const std::string gwp_table = "datasets/climate/gwp100.csv";
const std::string impact_table = "datasets/impact/openlca-methods.csv";

/// Datasets of tables that are looked up only where a study asks (places.hpp, development.hpp): read when the first of
/// them is named, so that other commands start without them.
const std::map<std::string, Dataset, std::less<>>& looked_up_datasets() {
  static const auto all = [] {
    std::map<std::string, Dataset, std::less<>> datasets;
    for (const char* table : {"datasets/electricity/cloud-regions.csv", "datasets/electricity/sources.csv",
                              "datasets/electricity/owid-mix.csv", "datasets/water/aware20.csv",
                              "datasets/datacentre/published-pue-wue.csv", "datasets/cost/social-cost-of-carbon.csv",
                              "datasets/development/options.csv", "datasets/inference/language-models.csv"})
      if (auto dataset = dataset_of_table(table)) datasets.emplace(dataset->id, *dataset);
    return datasets;
  }();
  return all;
}

}  // namespace

Result<void> Catalogue::load_built_in() {
  auto grids = GridTables::load(datasets_);
  if (!grids) return tl::unexpected(std::move(grids.error()));
  grids_ = std::move(*grids);
  auto gwp = dataset_of_table(gwp_table);
  if (!gwp) return tl::unexpected(std::move(gwp.error()));
  datasets_.emplace(gwp->id, *gwp);
  read_gwp();
  const auto hardware = embedded_document("datasets/hardware/embodied.yaml");
  if (!hardware) return tl::unexpected(hardware.error());
  if (auto read = read_hardware_file(*hardware); !read) return read;
  // Models and the figures they read are one dataset: its hash is that of all three files.
  std::string bytes = hardware->text();
  for (const auto& [file, kind] :
       {std::pair{"datasets/hardware/devices.csv", "device"}, std::pair{"datasets/hardware/nodes.csv", "node"}}) {
    const auto table = embedded_file(file);
    auto wrong = read_hardware_table(table, file, kind, "embodied-hardware", hardware_);
    if (has_errors(wrong)) return tl::unexpected(std::move(wrong));
    bytes += table;
  }
  datasets_.at("embodied-hardware").sha256 = sha256(bytes);
  return {};
}

Result<Catalogue> Catalogue::load(const std::string& user_folder) {
  Catalogue catalogue;
  if (auto loaded = catalogue.load_built_in(); !loaded) return tl::unexpected(std::move(loaded.error()));
  if (user_folder.empty()) return catalogue;
  std::error_code error;
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(user_folder, error))
    if (entry.path().extension() == ".yaml" || entry.path().extension() == ".yml")
      files.push_back(entry.path().string());
  if (error)
    return failure({"E001",
                    fmt::format("cannot be read: {}", error.message()),
                    "--catalogue takes a folder of YAML files",
                    {user_folder, 0, 0, 1},
                    ""});
  std::sort(files.begin(), files.end());
  for (const auto& file : files) {
    auto document = Document::read(file);
    if (!document) return tl::unexpected(std::move(document.error()));
    if (auto read = catalogue.read_hardware_file(*document); !read) return tl::unexpected(std::move(read.error()));
  }
  return catalogue;
}

Result<void> Catalogue::read_hardware_file(const Document& document) {
  Findings findings;
  MapReader reader(document, document.root(), "catalogue file", findings);
  const Dataset dataset = read_dataset(reader, document.text());
  read_hardware(document, reader, dataset.id, hardware_, findings);
  reader.finish();
  if (has_errors(findings)) return tl::unexpected(std::move(findings));
  warnings_.insert(warnings_.end(), findings.begin(), findings.end());
  datasets_.insert_or_assign(dataset.id, dataset);
  return {};
}

void Catalogue::read_gwp() {
  for_each_embedded_row(gwp_table, [&](const CsvRow& row) {
    gwp_[row.cells[0]] = {number_of(row.cells[2]), number_of(row.cells[3])};
    gwp_verified_[row.cells[0]] = row.cells[4] == "true";
  });
}

const Product* Catalogue::find(std::string_view id) const {
  const auto& products = hardware_.products;
  auto found = products.find(std::string(id));
  if (found == products.end())
    if (const auto alias = hardware_.aliases.find(std::string(id)); alias != hardware_.aliases.end())
      found = products.find(alias->second);
  return found == products.end() ? nullptr : &found->second;
}

std::vector<std::string> Catalogue::ids(std::string_view kind) const {
  std::vector<std::string> names;
  for (const auto& [id, product] : hardware_.products)
    if (product.kind == kind) names.push_back(id);
  return names;
}

std::map<std::string, double> Catalogue::gwp100(std::string_view report) const {
  std::map<std::string, double> factors;
  for (const auto& [gas, values] : gwp_)
    if (const double factor = report == "AR5" ? values.first : values.second; factor == factor) factors[gas] = factor;
  return factors;
}

namespace {

/// Words of a product's name or id, in small letters: "80 GB" is one.
std::set<std::string> words_of_name(std::string_view name) {
  std::vector<std::string> words;
  std::string word;
  for (const char c : std::string(name) + " ") {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0) {
      word += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    } else if (!word.empty()) {
      const bool unit = word == "gb" && !words.empty() && std::all_of(words.back().begin(), words.back().end(), ::isdigit);
      if (unit)
        words.back() += word;
      else
        words.push_back(word);
      word.clear();
    }
  }
  std::set<std::string> all(words.begin(), words.end());
  if (all.contains("hbm3") && all.contains("h100")) all.insert("sxm5");  // so the driver calls the module of H100
  if (all.contains("h200")) all.insert({"141gb", "sxm5"});
  if (all.contains("b200")) all.insert({"180gb", "sxm6"});
  return all;
}

}  // namespace

const Product* Catalogue::device_named(std::string_view name) const {
  const auto said = words_of_name(name);
  static const std::set<std::string> brands = {"nvidia", "amd", "intel", "google", "aws", "apple", "huawei"};
  // Words that make another product of one with the same other words.
  static const std::set<std::string> variants = {"super", "ti",   "laptop", "mobile", "max",  "mig",  "nvl", "pcie",
                                                 "sxm2",  "sxm4", "sxm5",   "sxm6",   "ada",  "40gb", "80gb"};
  const Product* best = nullptr;
  std::size_t most = 0;
  bool tie = false;
  for (const auto& [id, product] : hardware_.products) {
    if (product.kind != "device") continue;
    auto words = words_of_name(id);
    std::erase_if(words, [&](const std::string& word) { return brands.contains(word); });
    if (words.empty() || !std::includes(said.begin(), said.end(), words.begin(), words.end())) continue;
    const bool other = std::any_of(said.begin(), said.end(), [&](const std::string& word) {
      return variants.contains(word) && !words.contains(word);
    });
    if (other) continue;
    if (words.size() == most) tie = true;
    if (words.size() <= most) continue;
    most = words.size();
    best = &product;
    tie = false;
  }
  // A variant that is not asked for by any word is one of several: "A100" may have 40 GB or 80 GB.
  return tie ? nullptr : best;
}

const Dataset& Catalogue::dataset(std::string_view id) const {
  static const Dataset unknown;
  if (const auto found = datasets_.find(id); found != datasets_.end()) return found->second;
  const auto found = looked_up_datasets().find(id);
  return found == looked_up_datasets().end() ? unknown : found->second;
}

std::vector<CatalogueRow> Catalogue::rows() const {
  std::vector<CatalogueRow> rows;
  for (const auto& [id, product] : hardware_.products) {
    bool verified = true;
    for (const auto& [name, input] : product.parameters) verified = verified && input.verified;
    const auto resolved = resolve(product, hardware_profiles[1]);
    const std::string how = !product.has_model()       ? "no embodied model"
                            : product.footprint        ? "published footprint"
                            : resolved.missing.empty() ? fmt::format("{} unit processes", resolved.processes.size())
                                                       : "not estimated";
    rows.push_back({id, product.kind, product.name, how, dataset(product.dataset).title, verified});
  }
  std::set<std::string> known;
  for (const auto& grid : grids_.rows()) {
    const std::string further = known.insert(grid.code()).second ? "" : grid.dataset + "/";  // another publisher's
    for (const auto& [year, value] : grid.g_per_kwh)
      rows.push_back({fmt::format("grid/{}/{}{}", grid.code(), further, year), "grid", grid.name,
                      fmt::format("{} g CO2e/kWh, {}", value, grid.kind(year).in_words()), dataset(grid.dataset).source,
                      dataset(grid.dataset).verified});
  }
  for (const auto& cloud : cloud_regions())
    rows.push_back({"grid/" + cloud.id, "grid", fmt::format("{} ({})", cloud.id, cloud.place), "lies in " + cloud.grid,
                    cloud.source, false});
  for (const auto& source : electricity_source_factors())
    rows.push_back(
        {"electricity/" + source.name, "factor", "electricity from " + source.name,
         fmt::format("{:.4g} g CO2e/kWh{}{}", source.ghg->value * 1000,
                     source.water ? fmt::format(", {:.3g} L/kWh", source.water->value * 1000) : "",
                     source.primary_energy ? fmt::format(", primary energy {:.3g}", source.primary_energy->value) : ""),
         source.ghg->source, source.ghg->verified});
  for (const auto& model : language_models())
    rows.push_back({model.id, "model", model.name, fmt::format("{:.3g} billion parameters, {:.3g} active", model.figures.at("parameters") / 1e9,
                                                               model.figures.at("active_parameters") / 1e9),
                    model.source, model.verified});
  for (const auto& option : development_options())
    rows.push_back({"development/" + option.id, "factor", option.title,
                    fmt::format("{:.4g} times the final run", option.times), option.source, option.verified});
  for (const auto& name : published_figures()) {
    const auto figure = *published_figure(name);
    rows.push_back({"site/" + name, "factor", "PUE and WUE of " + name,
                    fmt::format("{}{}", figure.pue ? fmt::format("PUE {}", *figure.pue) : "",
                                figure.wue ? fmt::format("{}WUE {} L/kWh", figure.pue ? ", " : "", *figure.wue) : ""),
                    figure.source, figure.verified});
  }
  for (const auto& [name, input] : hardware_.parameters)
    rows.push_back(
        {name, "factor", input.label, fmt::format("{} {}", input.value, input.unit), input.source, input.verified});
  const auto impact = dataset_of_table(impact_table);
  for (const auto& name : impact_families()) {
    const auto& from = name.starts_with("IPCC") || !impact ? dataset("ipcc-gwp100") : *impact;
    rows.push_back({"family/" + name, "method", name + ", a family of impact methods for `lca --family`", "",
                    from.source, from.verified});
  }
  for (const char* report : {"AR5", "AR6"})
    for (const auto& [gas, factor] : gwp100(report))
      rows.push_back({fmt::format("gwp100/{}/{}", report, gas), "method", fmt::format("GWP100 of {}, {}", gas, report),
                      fmt::format("{} kg CO2e/kg", factor), dataset("ipcc-gwp100").source, gwp_verified_.at(gas)});
  return rows;
}

}  // namespace cradle::inventory
