// SPDX-License-Identifier: Apache-2.0
#include "inventory/catalogue/catalogue.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>

#include "inventory/catalogue/embedded.hpp"
#include "inventory/catalogue/impact_family.hpp"
#include "inventory/text/csv.hpp"
#include "inventory/text/text_file.hpp"

namespace cradle::inventory {
namespace {

std::string_view embedded_file(std::string_view name) {
  for (const auto& [file, bytes] : embedded::datasets())
    if (file == name) return bytes;
  return {};
}

std::optional<double> number(std::string_view text) {
  double value = 0.0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// The header keys that every dataset file carries.
Dataset read_dataset(MapReader& reader, std::string_view data) {
  Dataset dataset;
  dataset.id = reader.text("id").value_or("user");
  dataset.version = reader.text("version").value_or("");
  dataset.title = reader.text("title").value_or("");
  dataset.source = reader.text("source").value_or("");
  dataset.licence = reader.text("licence").value_or("");
  dataset.attribution = reader.text("attribution").value_or("");
  dataset.verified = reader.boolean("verified").value_or(false);
  dataset.sha256 = sha256(data);
  return dataset;
}

/// A catalogue quantity: its unit is its own, so the dimension is found from it.
std::optional<Input> read_catalogue_value(const Document& document, const Node& node,
                                          const std::map<std::string, std::string>& sources, Findings& findings) {
  const Node* value = node.kind == Node::Kind::mapping ? node.find("value") : &node;
  if (value == nullptr) {
    findings.push_back(document.finding("E011", node, "'value' is missing"));
    return std::nullopt;
  }
  const auto space = value->text.find(' ');
  const std::string unit = space == std::string::npos ? "" : trim(std::string_view(value->text).substr(space));
  // kg CO2e/(t km) has CO2e in its numerator and so is found before plain ratios of masses.
  const auto dimension = unit.empty() ? std::optional(Dimension::number) : dimension_of_unit(unit);
  if (!dimension) {
    findings.push_back(document.finding("E022", *value, fmt::format("unknown unit '{}'", unit)));
    return std::nullopt;
  }
  auto input = read_input(document, node, *dimension, {lca::Basis::default_value, ""}, findings, {"label"});
  if (!input) return std::nullopt;
  if (node.kind == Node::Kind::mapping)
    if (const Node* label = node.find("label")) input->label = label->text;
  // "act; note" keeps its note; the leading word is a key of the file's `sources`.
  const auto end = std::min(input->source.find(';'), input->source.size());
  if (const auto cited = sources.find(input->source.substr(0, end)); cited != sources.end())
    input->source = cited->second + input->source.substr(end);
  return input;
}

ProcessRecipe read_recipe(const Document& document, const std::string& id, const Node& node, Findings& findings) {
  MapReader reader(document, node, fmt::format("process '{}'", id), findings);
  ProcessRecipe recipe;
  recipe.id = id;
  recipe.place = document.place(node);
  recipe.name = reader.text("name").value_or(id);
  recipe.unit = reader.text("unit").value_or("piece");
  recipe.background = reader.boolean("background").value_or(false);
  recipe.stage = reader.choice("stage", {"raw-materials", "manufacture", "transport", "end-of-life"}).value_or("");
  if (recipe.stage.empty() && !recipe.background && node.find("stage") == nullptr)
    findings.push_back(document.finding("E011", node, fmt::format("process '{}' has no 'stage'", id),
                                        "raw-materials, manufacture, transport or end-of-life; or 'background: true'"));
  recipe.component = reader.text("component").value_or("");
  recipe.emits = reader.text("emits").value_or("");
  recipe.rule = reader.text("rule").value_or("");
  if (const Node* inputs = reader.take("inputs"); inputs != nullptr && inputs->kind != Node::Kind::mapping)
    findings.push_back(document.finding("E012", *inputs, "'inputs' must be a mapping of processes to amounts"));
  else if (inputs != nullptr)
    for (const auto& [name, amount] : inputs->entries) recipe.inputs.emplace_back(name.text, amount.text);
  reader.finish();
  return recipe;
}

Product read_product(const Document& document, const std::string& id, const std::string& kind, const Node& node,
                     const std::map<std::string, std::string>& sources, Findings& findings) {
  MapReader reader(document, node, fmt::format("{} '{}'", kind, id), findings);
  Product product;
  product.id = id;
  product.kind = kind;
  product.name = reader.text("name").value_or(id);
  product.vendor = reader.text("vendor").value_or("");
  if (auto year = reader.quantity("year", Dimension::number)) product.year = static_cast<int>(year->value);
  if (const Node* parameters = reader.take("parameters"))
    for (const auto& [name, value] : parameters->entries)
      if (auto input = read_catalogue_value(document, value, sources, findings))
        product.parameters.emplace(name.text, *input);
  if (const Node* let = reader.take("let"))
    for (const auto& [name, formula] : let->entries) product.let.emplace_back(name.text, formula.text);
  if (const Node* processes = reader.take("processes"))
    for (const auto& [name, recipe] : processes->entries)
      product.processes.push_back(read_recipe(document, name.text, recipe, findings));
  reader.finish();
  return product;
}

}  // namespace

Result<Catalogue> Catalogue::load(const std::string& user_folder) {
  Catalogue catalogue;
  const auto document_of = [](std::string_view name) {
    return Document::parse(std::string(embedded_file(name)), std::string(name));
  };
  for (const auto& [meta, data] :
       {std::pair{"datasets/electricity/owid-carbon-intensity.yaml", "datasets/electricity/owid-carbon-intensity.csv"},
        std::pair{"datasets/climate/gwp100.yaml", "datasets/climate/gwp100.csv"},
        std::pair{"datasets/impact/openlca-methods.yaml", "datasets/impact/openlca-methods.csv"}}) {
    auto document = document_of(meta);
    if (!document) return tl::unexpected(std::move(document.error()));
    Findings findings;
    MapReader reader(*document, document->root(), meta, findings);
    Dataset dataset = read_dataset(reader, embedded_file(data));
    catalogue.datasets_.emplace(dataset.id, dataset);
  }
  catalogue.read_grids(embedded_file("datasets/electricity/owid-carbon-intensity.csv"));
  catalogue.read_gwp(embedded_file("datasets/climate/gwp100.csv"));
  auto hardware = document_of("datasets/hardware/embodied.yaml");
  if (!hardware) return tl::unexpected(std::move(hardware.error()));
  if (auto read = catalogue.read_hardware(std::move(*hardware)); !read) return tl::unexpected(std::move(read.error()));

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
    if (auto read = catalogue.read_hardware(std::move(*document)); !read)
      return tl::unexpected(std::move(read.error()));
  }
  return catalogue;
}

Result<void> Catalogue::read_hardware(Document document) {
  Findings findings;
  MapReader reader(document, document.root(), "catalogue file", findings);
  Dataset dataset = read_dataset(reader, document.text());
  std::map<std::string, std::string> sources;
  if (const Node* node = reader.take("sources"))
    for (const auto& [key, citation] : node->entries) sources[key.text] = citation.text;
  if (const Node* node = reader.take("parameters"))
    for (const auto& [name, value] : node->entries)
      if (auto input = read_catalogue_value(document, value, sources, findings))
        shared_parameters_.insert_or_assign(name.text, *input);
  if (const Node* node = reader.take("processes"))
    for (const auto& [name, value] : node->entries)
      shared_processes_.insert_or_assign(name.text, read_recipe(document, name.text, value, findings));
  for (const auto& [section, kind] : {std::pair{"devices", "device"}, std::pair{"nodes", "node"}})
    if (const Node* node = reader.take(section))
      for (const auto& [name, value] : node->entries) {
        Product product = read_product(document, name.text, kind, value, sources, findings);
        product.dataset = dataset.id;
        products_.insert_or_assign(name.text, std::move(product));
      }
  reader.finish();
  if (has_errors(findings)) return tl::unexpected(std::move(findings));
  datasets_.insert_or_assign(dataset.id, dataset);
  return {};
}

void Catalogue::read_grids(std::string_view csv) {
  std::vector<int> years;
  read_csv(csv, [&](CsvRow& row) {
    if (years.empty()) {
      for (std::size_t i = 3; i < row.cells.size(); ++i)
        years.push_back(static_cast<int>(number(row.cells[i]).value_or(0)));
      return;
    }
    GridRow grid{row.cells[0], row.cells[1], row.cells[2], {}};
    for (std::size_t i = 3; i < row.cells.size(); ++i)
      if (const auto value = number(row.cells[i])) grid.g_per_kwh[years[i - 3]] = *value;
    grids_.push_back(std::move(grid));
  });
}

void Catalogue::read_gwp(std::string_view csv) {
  bool header = true;
  read_csv(csv, [&](CsvRow& row) {
    if (!std::exchange(header, false)) {
      const auto ar5 = number(row.cells[2]), ar6 = number(row.cells[3]);
      constexpr double none = std::numeric_limits<double>::quiet_NaN();
      gwp_[row.cells[0]] = {ar5.value_or(none), ar6.value_or(none)};
      gwp_verified_[row.cells[0]] = row.cells[4] == "true";
    }
  });
}

const Product* Catalogue::find(std::string_view id) const {
  const auto found = products_.find(std::string(id));
  return found == products_.end() ? nullptr : &found->second;
}

std::vector<std::string> Catalogue::ids(std::string_view kind) const {
  std::vector<std::string> names;
  for (const auto& [id, product] : products_)
    if (product.kind == kind) names.push_back(id);
  return names;
}

const Catalogue::GridRow* Catalogue::region(std::string_view name) const {
  const auto wanted = name == "world" || name == "WORLD" ? std::string_view("World") : name;
  for (const auto& row : grids_)
    if (row.name == wanted || (!row.iso3.empty() && row.iso3 == wanted) || (!row.iso2.empty() && row.iso2 == wanted))
      return &row;
  return nullptr;
}

std::optional<GridIntensity> Catalogue::grid(std::string_view name, int year) const {
  const GridRow* row = region(name);
  if (row == nullptr) return std::nullopt;
  const auto found = row->g_per_kwh.find(year);
  if (found == row->g_per_kwh.end()) return std::nullopt;
  return GridIntensity{row->name, row->iso3, year, found->second / 1000.0};
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
  return names;
}

std::map<std::string, double> Catalogue::gwp100(std::string_view report) const {
  std::map<std::string, double> factors;
  for (const auto& [gas, values] : gwp_)
    if (const double factor = report == "AR5" ? values.first : values.second; factor == factor) factors[gas] = factor;
  return factors;
}

const Dataset& Catalogue::dataset(std::string_view id) const {
  static const Dataset unknown;
  const auto found = datasets_.find(id);
  return found == datasets_.end() ? unknown : found->second;
}

std::vector<CatalogueRow> Catalogue::rows() const {
  std::vector<CatalogueRow> rows;
  for (const auto& [id, product] : products_) {
    bool verified = true;
    for (const auto& [name, input] : product.parameters) verified = verified && input.verified;
    rows.push_back(
        {id, product.kind, product.name,
         product.has_model() ? fmt::format("{} unit processes", product.processes.size()) : "no embodied model",
         dataset(product.dataset).title, verified});
  }
  for (const auto& grid : grids_)
    for (const auto& [year, value] : grid.g_per_kwh)
      rows.push_back({fmt::format("grid/{}/{}", grid.iso3.empty() ? grid.name : grid.iso3, year), "grid", grid.name,
                      fmt::format("{} g CO2e/kWh", value), dataset("owid-carbon-intensity").source,
                      dataset("owid-carbon-intensity").verified});
  for (const auto& [name, input] : shared_parameters_)
    rows.push_back(
        {name, "factor", input.label, fmt::format("{} {}", input.value, input.unit), input.source, input.verified});
  for (const auto& name : impact_families()) {
    const auto& from = dataset(name.starts_with("IPCC") ? "ipcc-gwp100" : "openlca-methods");
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
