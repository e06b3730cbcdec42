// SPDX-License-Identifier: Apache-2.0
#include "inventory/systems/matrix_folder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <map>
#include <optional>

#include "inventory/systems/matrix_market.hpp"
#include "inventory/text/csv_reader.hpp"
#include "inventory/text/text_file.hpp"

namespace cradle::inventory {
namespace {

namespace fs = std::filesystem;
using lca::MatrixName;
using lca::MatrixSystem;

class FolderReader {
 public:
  explicit FolderReader(std::string folder) : folder_(std::move(folder)) {}

  Result<SystemFolder> read(ReadUncertainty uncertainty) {
    matrix("A.mtx", system_.technosphere, true);
    matrix("B.mtx", system_.biosphere, false);
    matrix("C.mtx", system_.characterisation, false);
    if (has_errors(findings_)) return tl::unexpected(findings_);
    const auto empty = [](int rows, int columns) {
      return lca::SparseMatrix{rows, columns, std::vector<int>(static_cast<std::size_t>(columns) + 1, 0), {}, {}};
    };
    if (!has("B.mtx")) system_.biosphere = empty(0, system_.technosphere.columns);
    if (!has("C.mtx")) system_.characterisation = empty(0, system_.biosphere.rows);
    check_sizes();
    if (has_errors(findings_)) return tl::unexpected(findings_);
    names();
    demand();
    properties();
    weightings();
    timings();
    if (uncertainty == ReadUncertainty::yes) {
      uncertainties();
      samples();
    }
    if (has_errors(findings_)) return tl::unexpected(findings_);
    return SystemFolder{std::move(system_),     std::move(properties_), std::move(timings_),
                        std::move(weightings_), std::move(findings_),   std::move(files_)};
  }

 private:
  std::string path(const std::string& name) const { return (fs::path(folder_) / name).string(); }
  bool has(const std::string& name) const {
    std::error_code ignored;
    return fs::exists(path(name), ignored);
  }

  void matrix(const std::string& name, lca::SparseMatrix& into, bool required) {
    if (!required && !has(name)) return;
    files_.push_back(name);
    auto file = read_matrix_market(path(name));
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
    table.read({"kind", "index", "name"}, {"kind"}, [&](const CsvRow& row) {
      const auto kind = table.cell(row, "kind");
      const auto add = [&](std::vector<std::string>& names, int size) {
        if (const auto index = table.index(row, "index", size, fmt::format("{}s", kind))) {
          names.resize(static_cast<std::size_t>(size));
          names[static_cast<std::size_t>(*index)] = table.cell(row, "name");
        }
      };
      if (kind == "process")
        add(system_.processes, system_.technosphere.columns);
      else if (kind == "product")
        add(system_.products, system_.technosphere.rows);
      else if (kind == "flow")
        add(system_.flows, system_.biosphere.rows);
      else if (kind == "method")
        add(system_.methods, system_.characterisation.rows);
      else
        table.wrong(row, fmt::format("'{}' is not a kind of name", kind), "process, product, flow or method");
    });
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
      const auto at = entry(table, row);
      const double years = table.number(row, "years"), share = table.number(row, "share");
      if (!at) return;
      if (!std::isfinite(share) || !(std::abs(years) <= 10'000) || years != std::floor(years))
        return table.wrong(row, "years is a whole number, share a number", "shares of one exchange sum to 1");
      timings_.push_back({at->matrix, at->row, at->column, static_cast<int>(years), share});
    });
  }

  /// The cell that a row of uncertainty.csv or samples.csv speaks of.
  std::optional<lca::UncertainEntry> entry(CsvReader& table, const CsvRow& row) {
    const auto letter = table.cell(row, "matrix");
    if (letter != "A" && letter != "B" && letter != "C") {
      table.wrong(row, fmt::format("'{}' is not a matrix", letter), "A, B or C");
      return std::nullopt;
    }
    lca::UncertainEntry uncertain;
    uncertain.matrix = static_cast<MatrixName>(letter.front());
    const auto& matrix = system_.matrix(uncertain.matrix);
    const auto r = table.index(row, "row", matrix.rows, "rows");
    const auto c = table.index(row, "col", matrix.columns, "columns");
    if (!r || !c) return std::nullopt;
    uncertain.row = *r;
    uncertain.column = *c;
    if (matrix.find(*r, *c)) return uncertain;
    table.wrong(row, fmt::format("{}({}, {}) has no entry in {}.mtx", letter, *r, *c, letter),
                "only an entry that is there can be uncertain");
    return std::nullopt;
  }

  /// False, with a finding, where an entry has a distribution or stored values already: which one holds?
  bool first_of_its_entry(CsvReader& table, const CsvRow& row, const lca::UncertainEntry& uncertain) {
    const auto& matrix = system_.matrix(uncertain.matrix);
    auto& seen = uncertain_[uncertain.matrix];
    seen.resize(matrix.entries(), false);
    const auto entry = *matrix.find(uncertain.row, uncertain.column);
    if (seen[entry]) {
      table.wrong(row,
                  fmt::format("{}({}, {}) has a distribution or stored values already",
                              static_cast<char>(uncertain.matrix), uncertain.row, uncertain.column),
                  "one row to an entry; entries of a matrix at the same place were added up");
      return false;
    }
    seen[entry] = true;
    return true;
  }

  /// Lognormals carry their sign apart: by the flag, or where there is none by the entry itself.
  void read_sign(CsvReader& table, const CsvRow& row, lca::UncertainEntry& uncertain) {
    const auto flag = table.cell(row, "negative");
    const double value = system_.matrix(uncertain.matrix).at(uncertain.row, uncertain.column);
    auto& d = uncertain.distribution;
    if (flag.empty())
      d.negative = value < 0.0;
    else if (flag == "1" || flag == "1.0" || flag == "true" || flag == "True")
      d.negative = true;
    else if (flag != "0" && flag != "0.0" && flag != "false" && flag != "False")
      table.wrong(row, fmt::format("'{}' in column 'negative' is neither 1 nor 0", flag), "");
  }

  /// A distribution on the other side of zero than its entry is a sign lost on the way.
  void compare_signs(CsvReader& table, const CsvRow& row, const lca::UncertainEntry& uncertain,
                     std::size_t& other_side) {
    const double value = system_.matrix(uncertain.matrix).at(uncertain.row, uncertain.column);
    if (value * uncertain.distribution.quantile(0.5) >= 0.0 || ++other_side > 5) return;
    table.warn("W116", row,
               fmt::format("{}({}, {}) is {}, but the median of its distribution is {:.4g}",
                           static_cast<char>(uncertain.matrix), uncertain.row, uncertain.column, value,
                           uncertain.distribution.quantile(0.5)),
               "inputs are negative in A.mtx, and so are their distributions");
  }

  void uncertainties() {
    if (!has("uncertainty.csv")) return;
    files_.push_back("uncertainty.csv");
    CsvReader table(path("uncertainty.csv"), "E088", findings_);
    std::size_t invalid = 0, other_side = 0;
    std::map<std::string, int, std::less<>> groups;
    table.read(
        {"matrix", "row", "col", "type"}, {"loc", "scale", "shape", "minimum", "maximum", "negative", "group"},
        [&](const CsvRow& row) {
          auto uncertain = entry(table, row);
          if (!uncertain) return;
          auto& d = uncertain->distribution;
          const double type = table.number(row, "type");
          d.kind = type >= 0 && type <= 13 && type == std::floor(type)
                       ? static_cast<lca::DistributionKind>(static_cast<int>(type))
                       : static_cast<lca::DistributionKind>(-1);
          d.loc = table.number(row, "loc");
          d.scale = table.number(row, "scale");
          d.shape = table.number(row, "shape");
          d.minimum = table.number(row, "minimum");
          d.maximum = table.number(row, "maximum");
          read_sign(table, row, *uncertain);
          if (const auto fault = d.fault()) {
            if (++invalid <= 5)
              table.warn("W111", row,
                         fmt::format("the distribution of {}({}, {}) is taken as fixed: {}",
                                     static_cast<char>(uncertain->matrix), uncertain->row, uncertain->column, *fault),
                         "the entry keeps the value of its matrix in every draw");
            return;
          }
          if (d.fixed()) return;
          d = d.completed();
          if (const auto name = table.cell(row, "group"); !name.empty()) {
            const auto [found, fresh] = groups.try_emplace(std::string(name), static_cast<int>(system_.groups.size()));
            if (fresh) system_.groups.emplace_back(name);
            uncertain->group = found->second;
          }
          if (!first_of_its_entry(table, row, *uncertain)) return;
          compare_signs(table, row, *uncertain, other_side);
          system_.uncertainties.push_back(*uncertain);
        });
    if (other_side > 5)
      findings_.push_back({"W116",
                           fmt::format("{} more distributions lie on the other side of zero", other_side - 5),
                           "",
                           {path("uncertainty.csv"), 0, 0, 1}});
    if (invalid > 5)
      findings_.push_back({"W111",
                           fmt::format("{} more distributions were taken as fixed", invalid - 5),
                           "",
                           {path("uncertainty.csv"), 0, 0, 1}});
  }

  /// samples.csv: matrix,row,col, then one column to a stored value; all entries use the same column in one draw.
  void samples() {
    if (!has("samples.csv")) return;
    files_.push_back("samples.csv");
    CsvReader table(path("samples.csv"), "E088", findings_);
    std::size_t width = 0;
    table.read({"matrix", "row", "col"}, {}, [&](const CsvRow& row) {
      auto uncertain = entry(table, row);
      if (!uncertain) return;
      std::vector<double> values;
      for (std::size_t i = 3; i < row.cells.size(); ++i) {
        double value = 0;
        const auto& cell = row.cells[i];
        const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
        if (error != std::errc() || end != cell.data() + cell.size() || !std::isfinite(value))
          return table.wrong(row, fmt::format("stored value '{}' is not a finite number", cell), "");
        values.push_back(value);
      }
      if (width == 0) width = values.size();
      if (values.empty() || values.size() != width)
        return table.wrong(row, fmt::format("{} stored values where the first row has {}", values.size(), width),
                           "every row has one value to a draw");
      if (!first_of_its_entry(table, row, *uncertain)) return;
      uncertain->samples = static_cast<int>(system_.samples.size());
      system_.samples.push_back(std::move(values));
      system_.uncertainties.push_back(*uncertain);
    });
  }

  std::string folder_;
  MatrixSystem system_;
  lca::ProductProperties properties_;
  std::vector<lca::Timing> timings_;
  std::vector<lca::CategoryWeighting> weightings_;
  Findings findings_;
  std::vector<std::string> files_;
  std::map<MatrixName, std::vector<bool>> uncertain_;  ///< entries that have a distribution
};

}  // namespace

Result<SystemFolder> read_system(const std::string& folder, ReadUncertainty uncertainty) {
  return FolderReader(folder).read(uncertainty);
}

std::string sha256_of(const std::string& folder, const SystemFolder& system) {
  std::string all;
  for (const auto& name : system.files)
    if (const auto text = read_text_file((fs::path(folder) / name).string(), largest_csv_file))
      all += name + " " + sha256(*text) + "\n";
  return sha256(all);
}

}  // namespace cradle::inventory
