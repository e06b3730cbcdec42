// SPDX-License-Identifier: Apache-2.0
#include "lca/allocation/matrix_allocation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "lca/allocation/allocation.hpp"

namespace cradle::lca {
namespace {

/// A column with several outputs as a process, for the factors; its exchanges stay in the matrix.
UnitProcess process_of(const MatrixSystem& system, int column, const std::vector<std::size_t>& outputs,
                       const ProductProperties& properties) {
  const auto properties_of = [&](int product) {
    std::map<std::string, Expression> found;
    for (const auto& [name, values] : properties) {
      const auto at = static_cast<std::size_t>(product);
      if (at < values.size() && !std::isnan(values[at])) found.emplace(name, values[at]);
    }
    return found;
  };
  const auto given = [](const std::map<std::string, Expression>& of) -> std::optional<Expression> {
    const auto found = of.find("given");
    return found == of.end() ? std::nullopt : std::optional(found->second);
  };
  UnitProcess process;
  process.name = system.process_name(column);
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    const int product = system.technosphere.row[outputs[i]];
    const double amount = system.technosphere.value[outputs[i]];
    const auto of = properties_of(product);
    if (i == 0) {
      process.product = system.product_name(product);
      process.production = amount;
      process.properties = of;
      process.factor = given(of);
    } else {
      process.co_products.push_back({system.product_name(product), "", amount, of, given(of)});
    }
  }
  return process;
}

/// Rows of wastes: taken in by a process that makes nothing, and no process's only output.
std::vector<bool> waste_rows(const SparseMatrix& a) {
  std::vector<bool> taken_in(static_cast<std::size_t>(a.rows), false),
      only_output(static_cast<std::size_t>(a.rows), false);
  for (std::size_t c = 0; c < static_cast<std::size_t>(a.columns); ++c) {
    int outputs = 0, output = 0;
    for (auto [k, end] = range_of(a.column_start, c); k < end; ++k)
      if (a.value[k] > 0.0) ++outputs, output = a.row[k];
    if (outputs == 1) only_output[static_cast<std::size_t>(output)] = true;
    if (outputs == 0)
      for (auto [k, end] = range_of(a.column_start, c); k < end; ++k)
        taken_in[static_cast<std::size_t>(a.row[k])] = true;
  }
  for (std::size_t r = 0; r < taken_in.size(); ++r) taken_in[r] = taken_in[r] && !only_output[r];
  return taken_in;
}

/// Columns copied one by one, some of them several times and scaled.
class Columns {
 public:
  explicit Columns(const SparseMatrix& from) : from_(from), to_{from.rows, 0, {0}, {}, {}} {}
  /// `keep(entry)` is the factor of an entry; 0 leaves it out.
  template <typename Keep>
  void add(int column, Keep keep) {
    const auto [begin, end] = range_of(from_.column_start, static_cast<std::size_t>(column));
    for (std::size_t k = begin; k < end; ++k) {
      const double factor = keep(k);
      if (factor == 0.0) continue;
      to_.row.push_back(from_.row[k]);
      to_.value.push_back(from_.value[k] * factor);
    }
    to_.column_start.push_back(static_cast<int>(to_.row.size()));
    ++to_.columns;
  }
  SparseMatrix take() { return std::move(to_); }

 private:
  const SparseMatrix& from_;
  SparseMatrix to_;
};

}  // namespace

Result<Findings> allocate(MatrixSystem& system, const Allocation& rule, const ProductProperties& properties,
                          std::vector<Timing>& timings) {
  const auto& a = system.technosphere;
  Findings warnings, errors;
  if (a.rows <= a.columns) {
    if (rule.kind != Allocation::Kind::none && rule.kind != Allocation::Kind::substitution)
      warnings.push_back({"W117", "the allocation rule divides nothing: every product has a process of its own already",
                          "what several processes make is displaced (substitution)"});
    return warnings;
  }
  const auto waste = waste_rows(a);
  if (rule.kind == Allocation::Kind::substitution)
    return failure(
        {"E080",
         fmt::format("{} products and {} processes: some co-product has no other maker that it could displace", a.rows,
                     a.columns),
         "add the process that makes it alone, or choose another rule"});
  Columns technosphere(a), biosphere(system.biosphere);
  std::vector<std::string> names;
  std::vector<int> new_column(static_cast<std::size_t>(a.columns), -1);
  std::vector<std::vector<int>> parts(static_cast<std::size_t>(a.columns));  // new columns of each old one
  for (int c = 0; c < a.columns; ++c) {
    std::vector<std::size_t> outputs;
    const auto [begin, end] = range_of(a.column_start, static_cast<std::size_t>(c));
    for (std::size_t k = begin; k < end; ++k)
      if (a.value[k] > 0.0 && !waste[static_cast<std::size_t>(a.row[k])]) outputs.push_back(k);
    if (outputs.size() < 2) {
      new_column[static_cast<std::size_t>(c)] = static_cast<int>(names.size());
      parts[static_cast<std::size_t>(c)] = {static_cast<int>(names.size())};
      names.push_back(system.process_name(c));
      technosphere.add(c, [](std::size_t) { return 1.0; });
      if (system.biosphere.columns == a.columns) biosphere.add(c, [](std::size_t) { return 1.0; });
      continue;
    }
    const auto process = process_of(system, c, outputs, properties);
    if (rule.kind == Allocation::Kind::none) {
      const auto refused = allocate({process}, rule, {});
      errors.insert(errors.end(), refused.error().begin(), refused.error().end());
      continue;
    }
    const auto factors = allocation_factors(process, rule, {});
    if (!factors) {
      errors.insert(errors.end(), factors.error().begin(), factors.error().end());
      continue;
    }
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      const double factor = (*factors)[i].evaluate({});
      parts[static_cast<std::size_t>(c)].push_back(static_cast<int>(names.size()));
      names.push_back(fmt::format("{} [{}]", process.name, system.product_name(a.row[outputs[i]])));
      technosphere.add(c, [&](std::size_t k) {
        const bool output = std::find(outputs.begin(), outputs.end(), k) != outputs.end();
        return k == outputs[i] ? 1.0 : output ? 0.0 : factor;
      });
      if (system.biosphere.columns == a.columns) biosphere.add(c, [&](std::size_t) { return factor; });
    }
  }
  if (!errors.empty()) return tl::unexpected(errors);
  const std::size_t before = system.uncertainties.size();
  std::erase_if(system.uncertainties, [&](UncertainEntry& uncertain) {
    if (uncertain.matrix == MatrixName::characterisation) return false;
    uncertain.column = new_column[static_cast<std::size_t>(uncertain.column)];
    return uncertain.column < 0;
  });
  if (const auto dropped = before - system.uncertainties.size(); dropped > 0)
    warnings.push_back(
        {"W115",
         fmt::format("{} uncertain exchange{} of divided processes taken as fixed", dropped, dropped == 1 ? "" : "s"),
         "an allocated exchange is a product of several numbers"});
  std::vector<Timing> placed;
  for (const auto& timing : timings)
    for (const int part : timing.matrix == MatrixName::characterisation
                              ? std::vector<int>{timing.column}
                              : parts[static_cast<std::size_t>(timing.column)]) {
      placed.push_back(timing);
      placed.back().column = part;
    }
  timings = std::move(placed);
  auto divided_b = biosphere.take();
  if (system.biosphere.columns == a.columns) system.biosphere = std::move(divided_b);
  system.technosphere = technosphere.take();
  system.processes = std::move(names);
  return warnings;
}

}  // namespace cradle::lca
