// SPDX-License-Identifier: Apache-2.0
#include "inventory/systems/matrix_folder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>
#include <optional>

#include "inventory/systems/matrix_market.hpp"
#include "inventory/systems/uncertainty_files.hpp"
#include "inventory/text/csv_reader.hpp"
#include "inventory/text/suggestion.hpp"
#include "inventory/text/text_file.hpp"
#include "lca/matrix/flow_system.hpp"

namespace cradle::inventory {
namespace {

namespace fs = std::filesystem;
using lca::MatrixName;
using lca::MatrixSystem;

class FolderReader {
 public:
  FolderReader(std::string folder, ReadOptions options) : folder_(std::move(folder)), options_(std::move(options)) {}

  Result<SystemFolder> read() {
    matrix("A.mtx", system_.technosphere, true);
    const bool own_factors = options_.family.empty();
    if (own_factors) matrix("C.mtx", system_.characterisation, false);
    const bool sound = !has_errors(findings_);
    if (sound) demand();  // which counts in rows of A
    matrix("B.mtx", system_.biosphere, false, sound ? wanted_of_biosphere() : WantedEntries());
    if (has_errors(findings_)) return tl::unexpected(findings_);
    const auto empty = [](int rows, int columns) {
      return lca::SparseMatrix{rows, columns, std::vector<int>(static_cast<std::size_t>(columns) + 1, 0), {}, {}};
    };
    if (!has("B.mtx")) system_.biosphere = empty(0, system_.technosphere.columns);
    if (!own_factors || !has("C.mtx")) system_.characterisation = empty(0, system_.biosphere.rows);
    check_sizes();
    if (has_errors(findings_)) return tl::unexpected(findings_);
    names();
    apply_family();
    properties();
    if (own_factors) weightings();
    timings();
    if (options_.uncertainty == ReadUncertainty::yes)
      read_uncertainties(folder_, own_factors, system_, findings_, files_);
    if (has_errors(findings_)) return tl::unexpected(findings_);
    return SystemFolder{std::move(system_),     std::move(flows_),    std::move(properties_), std::move(timings_),
                        std::move(weightings_), std::move(findings_), std::move(files_)};
  }

 private:
  std::string path(const std::string& name) const { return (fs::path(folder_) / name).string(); }
  bool has(const std::string& name) const {
    std::error_code ignored;
    return fs::exists(path(name), ignored);
  }

  /// What a score needs of B. Files of timing and normalisation may name any exchange or flow.
  WantedEntries wanted_of_biosphere() {
    if (!options_.scores_only || has("timing.csv") || has("weighting.csv") || !has("C.mtx") || !options_.family.empty())
      return {};
    const auto paired = lca::pair_products(system_);
    if (!paired) return {};  // said when it is solved
    system_.process_of_product = *paired;
    std::vector<int> products;
    for (const auto& demand : system_.demands)
      for (const auto& [product, amount] : demand.amounts) products.push_back(product);
    WantedEntries wanted;
    wanted.columns.resize(static_cast<std::size_t>(system_.technosphere.columns));
    for (const int process : lca::reached_processes(system_.technosphere, *paired, products))
      wanted.columns[static_cast<std::size_t>(process)] = 1;
    const auto& start = system_.characterisation.column_start;
    wanted.rows.resize(start.size() - 1);
    for (std::size_t flow = 0; flow < wanted.rows.size(); ++flow) wanted.rows[flow] = start[flow + 1] > start[flow];
    return wanted;
  }

  void matrix(const std::string& name, lca::SparseMatrix& into, bool required, const WantedEntries& wanted = {}) {
    if (!required && !has(name)) return;
    files_.push_back(name);
    auto file = matrices_.read(path(name), wanted);
    if (!file) {
      findings_.insert(findings_.end(), file.error().begin(), file.error().end());
      return;
    }
    if (file->duplicates > 0)
      findings_.push_back({"W110",
                           fmt::format("{} entr{} at a place that has one already; they were added up",
                                       file->duplicates, file->duplicates == 1 ? "y stands" : "ies stand"),
                           "several exchanges of the same flow are usual; if one was to replace the other, remove it",
                           {path(name), 0, 0, 1}});
    into = std::move(file->matrix);
  }

  void check_sizes() {
    const auto& [a, b, c] = std::tie(system_.technosphere, system_.biosphere, system_.characterisation);
    if (b.columns != a.columns)
      findings_.push_back({"E086",
                           fmt::format("A.mtx has {} processes, B.mtx has {}", a.columns, b.columns),
                           "the columns of B are the columns of A",
                           {path("B.mtx"), 0, 0, 1}});
    if (c.columns != b.rows)
      findings_.push_back({"E086",
                           fmt::format("B.mtx has {} elementary flows, C.mtx has {}", b.rows, c.columns),
                           "the columns of C are the rows of B",
                           {path("C.mtx"), 0, 0, 1}});
  }

  void names() {
    if (!has("names.csv")) return;
    files_.push_back("names.csv");
    CsvReader table(path("names.csv"), "E088", findings_);
    table.read({"kind", "index", "name"}, {"kind", "unit", "compartment"}, [&](const CsvRow& row) {
      const auto kind = table.cell(row, "kind");
      const auto add = [&](std::vector<std::string>& names, int size) -> std::optional<std::size_t> {
        const auto index = table.index(row, "index", size, fmt::format("{}s", kind));
        if (!index) return std::nullopt;
        names.resize(static_cast<std::size_t>(size));
        names[static_cast<std::size_t>(*index)] = table.cell(row, "name");
        return static_cast<std::size_t>(*index);
      };
      const std::string unit(table.cell(row, "unit"));
      if (kind == "process")
        add(system_.processes, system_.technosphere.columns);
      else if (kind == "product")
        add(system_.products, system_.technosphere.rows);
      else if (kind == "flow") {
        if (const auto flow = add(system_.flows, system_.biosphere.rows)) {
          flows_.resize(system_.flows.size());
          flows_[*flow] = {unit, std::string(table.cell(row, "compartment"))};
        }
      } else if (kind == "method") {
        if (!options_.family.empty()) return;  // the family's names stand instead
        if (const auto method = add(system_.methods, system_.characterisation.rows)) {
          system_.method_units.resize(system_.methods.size());
          system_.method_units[*method] = unit;
        }
      } else
        table.wrong(row, fmt::format("'{}' is not a kind of name", kind), "process, product, flow or method");
    });
  }

  void apply_family() {
    if (options_.family.empty()) return;
    const auto family = read_impact_family(options_.family);
    auto said = family ? characterise(system_, flows_, *family) : family.error();
    for (auto& finding : said)
      if (finding.place.file.empty()) finding.place.file = folder_;
    findings_.insert(findings_.end(), said.begin(), said.end());
  }

  void demand() {
    if (!has("demand.csv")) return;
    files_.push_back("demand.csv");
    CsvReader table(path("demand.csv"), "E087", findings_);
    std::map<std::string, std::size_t, std::less<>> seen;
    table.read({"id", "activity"}, {"amount"}, [&](const CsvRow& row) {
      const auto product = table.index(row, "activity", system_.technosphere.rows, "products");
      const double amount = table.cell(row, "amount").empty() ? 1.0 : table.number(row, "amount");
      if (!product) return;
      if (!std::isfinite(amount)) return table.wrong(row, "the amount is not a finite number", "");
      const std::string id(table.cell(row, "id"));
      const auto [found, fresh] = seen.try_emplace(id, system_.demands.size());
      if (fresh) system_.demands.push_back({id, {}});
      system_.demands[found->second].amounts.emplace_back(*product, amount);
    });
    choose_demands();
  }

  void choose_demands() {
    const auto& wanted = options_.demands;
    if (wanted.empty()) return;
    std::vector<std::string> known;
    for (const auto& demand : system_.demands) known.push_back(demand.id);
    const auto contains = [](const std::vector<std::string>& ids, const std::string& id) {
      return std::find(ids.begin(), ids.end(), id) != ids.end();
    };
    for (const auto& id : wanted)
      if (!contains(known, id))
        findings_.push_back(
            {"E087", fmt::format("demand.csv has no demand '{}'", id), did_you_mean(id, known), {folder_, 0, 0, 1}});
    std::erase_if(system_.demands, [&](const lca::MatrixDemand& demand) { return !contains(wanted, demand.id); });
  }

  /// properties.csv: product,property,value (per unit of the product).
  void properties() {
    if (!has("properties.csv")) return;
    files_.push_back("properties.csv");
    CsvReader table(path("properties.csv"), "E088", findings_);
    table.read({"product", "property", "value"}, {"value"}, [&](const CsvRow& row) {
      const auto product = table.index(row, "product", system_.technosphere.rows, "products");
      const double value = table.number(row, "value");
      if (!product) return;
      if (!std::isfinite(value)) return table.wrong(row, "the value is not a finite number", "");
      auto& values = properties_[std::string(table.cell(row, "property"))];
      values.resize(static_cast<std::size_t>(system_.technosphere.rows), lca::Distribution::missing);
      values[static_cast<std::size_t>(*product)] = value;
    });
  }

  /// weighting.csv: method,normalisation,weight,flow. Without a flow the category's result is divided by the
  /// normalisation (openLCA); with one, that flow's is multiplied by it (Brightway).
  void weightings() {
    if (!has("weighting.csv")) return;
    files_.push_back("weighting.csv");
    CsvReader table(path("weighting.csv"), "E088", findings_);
    table.read({"method", "normalisation"}, {"weight", "flow"}, [&](const CsvRow& row) {
      const auto method = table.index(row, "method", system_.characterisation.rows, "methods");
      const double normalisation = table.number(row, "normalisation"), weight = table.number(row, "weight");
      const bool by_flow = !table.cell(row, "flow").empty();
      const auto flow = by_flow ? table.index(row, "flow", system_.biosphere.rows, "flows") : std::optional(0);
      if (!method || !flow) return;
      if (!std::isfinite(normalisation) || (!by_flow && normalisation == 0.0))
        return table.wrong(row, "the normalisation is not a number that can be divided by", "");
      auto found =
          std::find_if(weightings_.begin(), weightings_.end(), [&](const auto& w) { return w.method == *method; });
      if (found == weightings_.end()) found = weightings_.insert(found, lca::CategoryWeighting{*method, {}, {}, 1.0});
      using Convention = lca::NormalisationConvention;
      const auto convention = by_flow ? Convention::multiply_flow : Convention::divide_category;
      if (!found->normalisation.empty() && (!by_flow || found->convention != convention))
        return table.wrong(row, "this method has a normalisation already",
                           "one row to a method, or one to each of its flows");
      found->convention = convention;
      found->normalisation.resize(by_flow ? static_cast<std::size_t>(system_.biosphere.rows) : 1, 0.0);
      found->normalisation[static_cast<std::size_t>(*flow)] = normalisation;
      if (std::isfinite(weight)) found->weight = weight;
    });
  }

  /// timing.csv: matrix,row,col,years,share.
  void timings() {
    if (!has("timing.csv")) return;
    files_.push_back("timing.csv");
    CsvReader table(path("timing.csv"), "E088", findings_);
    table.read({"matrix", "row", "col", "years", "share"}, {"share"}, [&](const CsvRow& row) {
      const auto at = read_entry(table, row, system_);
      const double years = table.number(row, "years"), share = table.number(row, "share");
      if (!at) return;
      if (!std::isfinite(share) || !(std::abs(years) <= 10'000) || years != std::floor(years))
        return table.wrong(row, "years is a whole number, share a number", "shares of one exchange sum to 1");
      timings_.push_back({at->matrix, at->row, at->column, static_cast<int>(years), share});
    });
  }

  std::string folder_;
  ReadOptions options_;
  MatrixReader matrices_;
  MatrixSystem system_;
  std::vector<FlowDetail> flows_;
  lca::ProductProperties properties_;
  std::vector<lca::Timing> timings_;
  std::vector<lca::CategoryWeighting> weightings_;
  Findings findings_;
  std::vector<std::string> files_;
};

}  // namespace

Result<SystemFolder> read_system(const std::string& folder, const ReadOptions& options) {
  return FolderReader(folder, options).read();
}

std::string sha256_of(const std::string& folder, const SystemFolder& system) {
  std::string all;
  for (const auto& name : system.files)
    if (const auto text = read_text_file((fs::path(folder) / name).string(), largest_csv_file))
      all += name + " " + sha256(*text) + "\n";
  return sha256(all);
}

}  // namespace cradle::inventory
