// SPDX-License-Identifier: Apache-2.0
#include "inventory/systems/uncertainty_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <map>

#include "lca/uncertainty/correlation.hpp"

namespace cradle::inventory {
namespace {

namespace fs = std::filesystem;
using lca::MatrixName;

class UncertaintyReader {
 public:
  UncertaintyReader(std::string folder, bool own_factors, lca::MatrixSystem& system, Findings& findings,
                    std::vector<std::string>& files)
      : folder_(std::move(folder)), own_factors_(own_factors), system_(&system), findings_(findings), files_(files) {}

  void read() {
    distributions();
    correlations();
    for (const auto& name : sample_files()) samples(name);
  }

 private:
  std::string path(const std::string& name) const { return (fs::path(folder_) / name).string(); }
  /// Notes that a file is read; false where it is not there.
  bool take(const std::string& name) {
    std::error_code ignored;
    if (!fs::exists(path(name), ignored)) return false;
    files_.push_back(name);
    return true;
  }

  /// False, with a finding, where an entry has a distribution or stored values already: which one holds?
  bool first_of_its_entry(CsvReader& table, const CsvRow& row, const lca::UncertainEntry& uncertain) {
    const auto& matrix = system_->matrix(uncertain.matrix);
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
    const double value = system_->matrix(uncertain.matrix).at(uncertain.row, uncertain.column);
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
    const double value = system_->matrix(uncertain.matrix).at(uncertain.row, uncertain.column);
    if (value * uncertain.distribution.quantile(0.5) >= 0.0 || ++other_side > 5) return;
    table.warn("W116", row,
               fmt::format("{}({}, {}) is {}, but the median of its distribution is {:.4g}",
                           static_cast<char>(uncertain.matrix), uncertain.row, uncertain.column, value,
                           uncertain.distribution.quantile(0.5)),
               "inputs are negative in A.mtx, and so are their distributions");
  }

  void distributions() {
    if (!take("uncertainty.csv")) return;
    CsvReader table(path("uncertainty.csv"), "E088", findings_);
    std::size_t invalid = 0, other_side = 0;
    table.read({"matrix", "row", "col", "type"}, {"loc", "scale", "shape", "minimum", "maximum", "negative", "group"},
               [&](const CsvRow& row) {
                 if (replaced(table, row)) return;
                 auto uncertain = read_entry(table, row, *system_);
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
                     table.warn(
                         "W111", row,
                         fmt::format("the distribution of {}({}, {}) is taken as fixed: {}",
                                     static_cast<char>(uncertain->matrix), uncertain->row, uncertain->column, *fault),
                         "the entry keeps the value of its matrix in every draw");
                   return;
                 }
                 if (d.fixed()) return;
                 d = d.completed();
                 if (const auto name = table.cell(row, "group"); !name.empty()) {
                   const auto [found, fresh] =
                       groups_.try_emplace(std::string(name), static_cast<int>(system_->groups.size()));
                   if (fresh) system_->groups.emplace_back(name);
                   uncertain->group = found->second;
                 }
                 if (!first_of_its_entry(table, row, *uncertain)) return;
                 compare_signs(table, row, *uncertain, other_side);
                 system_->uncertainties.push_back(*uncertain);
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

  /// correlation.csv: group,other,coefficient.
  void correlations() {
    if (!take("correlation.csv")) return;
    CsvReader table(path("correlation.csv"), "E088", findings_);
    const auto group = [&](const CsvRow& row, const char* column) -> std::optional<int> {
      const auto found = groups_.find(table.cell(row, column));
      if (found != groups_.end()) return found->second;
      table.wrong(row, fmt::format("no entry of uncertainty.csv that varies is in group '{}'", table.cell(row, column)),
                  "its column 'group' gives entries a name; an entry may have a group of its own");
      return std::nullopt;
    };
    table.read({"group", "other", "coefficient"}, {}, [&](const CsvRow& row) {
      const auto a = group(row, "group"), b = group(row, "other");
      const double coefficient = table.number(row, "coefficient");
      if (!a || !b) return;
      if (!(std::abs(coefficient) <= 1.0)) return table.wrong(row, "a correlation lies between -1 and 1", "");
      if (*a == *b) return table.wrong(row, "a group goes with itself already", "the members of one group share draws");
      for (const auto& known : system_->correlations)
        if ((known.group == *a && known.other == *b) || (known.group == *b && known.other == *a))
          return table.wrong(row, "this pair has a correlation already", "one row to a pair");
      system_->correlations.push_back({*a, *b, coefficient});
    });
    if (has_errors(findings_) || lca::CorrelatedVariables::of(*system_)) return;
    findings_.push_back({"E088",
                         "these correlations cannot all hold: their matrix is not positive semidefinite",
                         "if a goes with b and b with c, then a and c cannot be opposites",
                         {path("correlation.csv"), 0, 0, 1}});
    system_->correlations.clear();
  }

  /// samples.csv and samples-*.csv, by name.
  std::vector<std::string> sample_files() const {
    std::vector<std::string> names;
    std::error_code ignored;
    for (const auto& file : fs::directory_iterator(folder_, ignored)) {
      const auto name = file.path().filename().string();
      if (name == "samples.csv" || (name.starts_with("samples-") && name.ends_with(".csv"))) names.push_back(name);
    }
    std::sort(names.begin(), names.end());
    return names;
  }

  /// matrix,row,col, then one column to a stored value.
  void samples(const std::string& name) {
    files_.push_back(name);
    CsvReader table(path(name), "E088", findings_);
    const std::size_t set = sets_++;
    std::size_t width = 0;
    table.read({"matrix", "row", "col"}, {}, [&](const CsvRow& row) {
      if (replaced(table, row)) return;
      auto uncertain = read_entry(table, row, *system_);
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
      uncertain->samples = static_cast<int>(system_->samples.size());
      system_->samples.push_back({std::move(values), set});
      system_->uncertainties.push_back(*uncertain);
    });
  }

  /// Whether the row speaks of factors that a family of methods replaces.
  bool replaced(const CsvReader& table, const CsvRow& row) const {
    return !own_factors_ && table.cell(row, "matrix") == "C";
  }

  std::string folder_;
  bool own_factors_;
  lca::MatrixSystem* system_;
  Findings& findings_;
  std::vector<std::string>& files_;
  std::map<std::string, int, std::less<>> groups_;
  std::map<MatrixName, std::vector<bool>> uncertain_;  ///< entries that have a distribution
  std::size_t sets_ = 0;
};

}  // namespace

std::optional<lca::UncertainEntry> read_entry(CsvReader& table, const CsvRow& row, const lca::MatrixSystem& system) {
  const auto letter = table.cell(row, "matrix");
  if (letter != "A" && letter != "B" && letter != "C") {
    table.wrong(row, fmt::format("'{}' is not a matrix", letter), "A, B or C");
    return std::nullopt;
  }
  lca::UncertainEntry uncertain;
  uncertain.matrix = static_cast<MatrixName>(letter.front());
  const auto& matrix = system.matrix(uncertain.matrix);
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

void read_uncertainties(const std::string& folder, bool own_factors, lca::MatrixSystem& system, Findings& findings,
                        std::vector<std::string>& files) {
  UncertaintyReader(folder, own_factors, system, findings, files).read();
}

}  // namespace cradle::inventory
