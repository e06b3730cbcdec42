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

/// The header keys that every dataset file carries.
Dataset read_dataset(MapReader& reader, std::string_view data) {
  Dataset dataset;
  dataset.id = reader.text("id").value_or("user");
  dataset.version = reader.text("version").value_or("");
  dataset.title = reader.text("title").value_or("");
  dataset.source = reader.text("source").value_or("");
  dataset.licence = reader.text("licence").value_or("");
  dataset.attribution = reader.text("attribution").value_or("");
  dataset.factor = reader.text("factor").value_or("");
  if (const auto spread = reader.text("spread")) dataset.spread = number_of(*spread);
  dataset.spread_source = reader.text("spread_source").value_or("");
  dataset.verified = reader.boolean("verified").value_or(false);
  dataset.sha256 = sha256(data);
  return dataset;
}

Result<Document> embedded_document(std::string_view name) {
  return Document::parse(std::string(embedded_file(name)), std::string(name));
}

/// What stands in the file beside a table: "x.yaml" beside "x.csv".
Result<Dataset> dataset_of_table(const std::string& table) {
  const auto document = embedded_document(table.substr(0, table.rfind('.')) + ".yaml");
  if (!document) return tl::unexpected(document.error());
  Findings findings;
  MapReader reader(*document, document->root(), table, findings);
  return read_dataset(reader, embedded_file(table));
}

const std::string grid_table = "datasets/electricity/owid-carbon-intensity.csv";
const std::string subregion_table = "datasets/electricity/egrid-subregions.csv";
const std::string cloud_table = "datasets/electricity/google-cloud-regions.csv";
const std::string losses_table = "datasets/electricity/grid-losses.csv";
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
  for (const std::string& table : {grid_table, subregion_table, cloud_table, losses_table, gwp_table}) {
    auto dataset = dataset_of_table(table);
    if (!dataset) return tl::unexpected(std::move(dataset.error()));
    datasets_.emplace(dataset->id, *dataset);
  }
  read_grids(grid_table.c_str(), "owid-carbon-intensity");
  read_grids(subregion_table.c_str(), "egrid-subregions");
  read_grids(cloud_table.c_str(), "google-cloud-regions");
  read_losses();
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

void Catalogue::read_grids(const char* table, const char* dataset_id) {
  std::vector<int> years;
  read_csv(embedded_file(table), [&](const CsvRow& row) {
    if (years.empty()) {
      for (std::size_t i = 3; i < row.cells.size(); ++i) years.push_back(static_cast<int>(number_of(row.cells[i])));
      return;
    }
    GridRow grid{row.cells[0], row.cells[1], row.cells[2], dataset_id, {}};
    for (std::size_t i = 3; i < row.cells.size(); ++i)
      if (const double value = number_of(row.cells[i]); !std::isnan(value)) grid.g_per_kwh[years[i - 3]] = value;
    grids_.push_back(std::move(grid));
  });
}

void Catalogue::read_losses() {
  std::vector<int> years;
  read_csv(embedded_file(losses_table), [&](const CsvRow& row) {
    for (std::size_t i = 1; i < row.cells.size(); ++i) {
      const double value = number_of(row.cells[i]);
      if (row.line == 1)
        years.push_back(static_cast<int>(value));
      else if (!std::isnan(value))
        losses_[row.cells[0]][years[i - 1]] = value;
    }
  });
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

const Catalogue::GridRow* Catalogue::region(std::string_view name) const {
  // Codes that mean one thing and are not ISO's: UK is reserved for it, EL the Union's own, and names of the whole.
  static const std::map<std::string_view, std::string_view> others = {
      {"world", "World"}, {"WORLD", "World"}, {"WOR", "World"}, {"WLD", "World"}, {"GLO", "World"},
      {"UK", "GB"},       {"EL", "GR"},       {"EU", "European Union (27)"},      {"EU27", "European Union (27)"},
      {"EU-27", "European Union (27)"}};
  const auto other = others.find(name);
  const auto wanted = other == others.end() ? name : other->second;
  for (const auto& row : grids_)
    if (row.name == wanted || (!row.iso3.empty() && row.iso3 == wanted) || (!row.iso2.empty() && row.iso2 == wanted))
      return &row;
  const auto cloud = cloud_region(name);
  return cloud ? region(cloud->grid) : nullptr;
}

std::optional<GridIntensity> Catalogue::grid(std::string_view name, int year) const {
  const GridRow* row = region(name);
  if (row == nullptr) return std::nullopt;
  const auto found = row->g_per_kwh.find(year);
  if (found == row->g_per_kwh.end()) return std::nullopt;
  return GridIntensity{row->name, row->iso3, row->dataset, year, found->second / 1000.0};
}

std::optional<double> Catalogue::grid_losses(std::string_view name, int year) const {
  const auto where = country(name);
  const auto known = where ? losses_.find(where->iso3) : losses_.end();
  if (known == losses_.end()) return std::nullopt;
  const auto found = known->second.find(year);
  return found == known->second.end() ? std::nullopt : std::optional(found->second / 100.0);
}

std::optional<Catalogue::Country> Catalogue::country(std::string_view name) const {
  const GridRow* row = region(name);
  // A subregion names its country: "US-CAMX"; a cloud region lies in one.
  if (row != nullptr && row->iso3.empty() && row->iso2.size() > 3 && row->iso2[2] == '-')
    row = region(std::string_view(row->iso2).substr(0, 2));
  else if (const auto cloud = cloud_region(name); cloud && row != nullptr && row->iso3.empty())
    row = region(cloud->grid);
  if (row != nullptr && row->name == "World") return Country{"WRL", ""};
  if (row == nullptr || row->iso3.empty()) return std::nullopt;
  return Country{row->iso3, row->iso2};
}

std::vector<int> Catalogue::grid_years(std::string_view name) const {
  std::vector<int> years;
  if (const GridRow* row = region(name))
    for (const auto& [year, value] : row->g_per_kwh) years.push_back(year);
  return years;
}

std::vector<std::string> Catalogue::regions() const {
  std::vector<std::string> names;
  for (const auto& row : grids_)
    for (const auto& name : {row.iso2, row.iso3, row.name})
      if (!name.empty()) names.push_back(name);
  for (const auto& cloud : cloud_regions()) names.push_back(cloud.id);
  return names;
}

std::string Catalogue::region_hint(std::string_view text) const {
  const std::string general = "an ISO 3166 code such as FR or FRA, a country's name, or World";
  const std::string small = lower_case(text);
  if (small.size() > 2 && std::isalnum(static_cast<unsigned char>(small[2])) == 0) {  // "US-CA", "CA-QC"
    std::string code(text.substr(0, 2));
    std::transform(code.begin(), code.end(), code.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    std::vector<std::string> parts;
    for (const auto& row : grids_)
      if (row.iso2.starts_with(code + "-")) parts.push_back(row.iso2);
    if (!parts.empty()) return fmt::format("parts of {} that are known: {}; or {} as a whole", code, fmt::join(parts, ", "), code);
    if (region(code) != nullptr)
      return fmt::format("of {} only the whole is known: 'region: {}'; or state the intensity, or a file of it with 'series'", code, code);
    return general;
  }
  if (small.size() > 2 && std::isdigit(static_cast<unsigned char>(small.back())) != 0) {  // a bidding zone, "SE3"
    std::string code(text.substr(0, 2));
    if (region(code) != nullptr)
      return fmt::format("of {} only the whole is known: 'region: {}'; or state the intensity of the zone, or a file of it with 'series'",
                         code, code);
  }
  std::vector<std::string> begin_so, names;
  for (const auto& row : grids_) {
    names.push_back(row.name);
    if (lower_case(row.name) == small) return fmt::format("did you mean '{}'?", row.name);
    if (small.size() >= 3 && lower_case(row.name).starts_with(small)) begin_so.push_back(row.name);
  }
  if (!begin_so.empty() && begin_so.size() <= 5) return fmt::format("names that begin so: {}", fmt::join(begin_so, ", "));
  constexpr std::size_t shortest_name = 5;  // among codes every slip is another country
  std::string hint = small.size() >= shortest_name ? did_you_mean(text, names) : "";
  return hint.empty() ? general + "; state the intensity of any other place" : hint;
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
  for (const auto& grid : grids_)
    for (const auto& [year, value] : grid.g_per_kwh)
      rows.push_back({fmt::format("grid/{}/{}",
                                  !grid.iso3.empty()   ? grid.iso3
                                  : !grid.iso2.empty() ? grid.iso2
                                                       : grid.name,
                                  year),
                      "grid", grid.name, fmt::format("{} g CO2e/kWh", value), dataset(grid.dataset).source,
                      dataset(grid.dataset).verified});
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
