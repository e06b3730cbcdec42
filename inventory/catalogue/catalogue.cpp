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
  if (auto read = catalogue.read_hardware_file(*hardware); !read) return tl::unexpected(std::move(read.error()));
  for (const auto& [file, kind] :
       {std::pair{"datasets/hardware/devices.csv", "device"}, std::pair{"datasets/hardware/nodes.csv", "node"}}) {
    auto wrong = read_hardware_table(embedded_file(file), file, kind, "embodied-hardware", catalogue.hardware_);
    if (has_errors(wrong)) return tl::unexpected(std::move(wrong));
  }

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
      rows.push_back({fmt::format("grid/{}/{}", grid.iso3.empty() ? grid.name : grid.iso3, year), "grid", grid.name,
                      fmt::format("{} g CO2e/kWh", value), dataset("owid-carbon-intensity").source,
                      dataset("owid-carbon-intensity").verified});
  for (const auto& [name, input] : hardware_.parameters)
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
