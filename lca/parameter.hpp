// SPDX-License-Identifier: Apache-2.0
// Named numbers with unit, range, basis and source: the leaves of every amount.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lca/expression.hpp"
#include "lca/finding.hpp"

namespace cradle::lca {

/// How a number was come by, best first. A sum has shares of these, never the best of its parts.
enum class Basis { metered, measured, supplier, modelled, default_value, assumed };

inline constexpr std::array<std::string_view, 6> basis_names = {"metered",  "measured", "supplier",
                                                                "modelled", "default",  "assumed"};
inline std::string_view name_of(Basis basis) { return basis_names[static_cast<std::size_t>(basis)]; }

/// What low and high mean.
enum class RangeKind {
  none,
  interval_95,  ///< 2.5 and 97.5 percentiles of what the value may be
  scenario      ///< two choices with no value between them; never called a confidence interval
};

struct Parameter {
  std::string name;    ///< unique, e.g. "sites.idris.pue"
  std::string label;   ///< for people, e.g. "PUE of idris"
  double value = 0.0;  ///< in `unit`; the middle of low and high for a scenario
  std::string unit;
  RangeKind range = RangeKind::none;
  double low = 0.0, high = 0.0;
  Basis basis = Basis::assumed;
  std::string source;
  bool verified = false;  ///< the source was opened and shows this figure
  Place place;            ///< where a person or a dataset wrote it
};

/// All parameters of a system, in order of definition.
class Parameters {
 public:
  /// The index of a new parameter; names must be new.
  ParameterIndex add(Parameter parameter);
  std::optional<ParameterIndex> find(std::string_view name) const;
  const Parameter& operator[](ParameterIndex index) const { return all_[index]; }
  std::size_t size() const { return all_.size(); }
  auto begin() const { return all_.begin(); }
  auto end() const { return all_.end(); }
  const std::vector<double>& values() const { return values_; }
  void set_value(ParameterIndex index, double value);
  void replace(ParameterIndex index, Parameter parameter);

 private:
  std::vector<Parameter> all_;
  std::vector<double> values_;
};

}  // namespace cradle::lca
