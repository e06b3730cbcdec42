// SPDX-License-Identifier: Apache-2.0
// Named numbers with unit, range, basis and source. A parameter is an input, or calculated from others by a formula
// (openLCA's dependent parameters).
#pragma once

#include <array>
#include <limits>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
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

/// What a value may be at all: a PUE is at least 1, a share lies between 0 and 1.
struct Limits {
  double least = -std::numeric_limits<double>::infinity();
  double most = std::numeric_limits<double>::infinity();

  bool hold(double value) const { return value >= least && value <= most; }
  bool any() const { return least > -std::numeric_limits<double>::max() || most < std::numeric_limits<double>::max(); }
};

/// Who a parameter belongs to: {"sites", "idris"}.
struct Owner {
  std::string kind, name = {};
  auto operator<=>(const Owner&) const = default;
};

/// What a parameter is: the field of an owner.
struct ParameterKey {
  Owner owner;
  std::string field;
  auto operator<=>(const ParameterKey&) const = default;

  /// A field below this one: "energy" / "parts" is "energy.parts".
  ParameterKey operator/(const std::string& below) const { return {owner, field + "." + below}; }
  /// For people and for --param: "sites.idris.pue". A name that holds a dot is quoted, so that no two keys read alike.
  std::string text() const;
};

struct Parameter {
  std::string name;    ///< unique: the text of its key, "sites.idris.pue"
  std::string label;   ///< for people, e.g. "PUE of idris"
  double value = 0.0;  ///< in `unit`; the middle of low and high for a scenario
  std::string unit;
  RangeKind range = RangeKind::none;
  double low = 0.0, high = 0.0;
  Basis basis = Basis::assumed;  ///< of an input; a calculated one has the weakest of what it reads
  std::string source;
  bool verified = false;  ///< the source was opened and shows this figure
  Place place;            ///< where a person or a dataset wrote it
  Limits limits = {};
  bool uncertain = false;  ///< by nature: an interval speaks of what it makes only where it carries a range
  std::string figure = {};  ///< whose value this is: parameters of one figure are right or wrong together
  std::optional<Expression> formula = {};  ///< of a calculated parameter, over others
  std::string rule = {};                   ///< of a calculated parameter: how it comes about, one sentence

  bool calculated() const { return formula.has_value(); }
};

class Parameters;
/// Inputs with 95 % ranges, those of one figure together: what an interval combines as independent of one another.
std::vector<std::vector<ParameterIndex>> uncertain_figures(const Parameters& parameters);

/// All parameters of a system, in order of definition.
class Parameters {
 public:
  /// The index of a new parameter. Names must be new; a second definition is a defect of the program
  /// (std::logic_error).
  ParameterIndex add(Parameter parameter);
  /// Gives a parameter that is there a formula, which may read parameters of any place.
  void define(ParameterIndex index, Expression formula);
  std::optional<ParameterIndex> find(std::string_view name) const;
  const Parameter& operator[](ParameterIndex index) const { return all_[index]; }
  std::size_t size() const { return all_.size(); }
  auto begin() const { return all_.begin(); }
  auto end() const { return all_.end(); }

  /// Calculated parameters, each after those that it reads. Refuses (E055) a circle, naming it.
  Result<std::vector<ParameterIndex>> order() const;
  /// Values of all, the calculated ones as of the inputs' last values.
  const std::vector<double>& values() const { return values_; }
  /// Another value of an input; what is calculated from it follows.
  void set_value(ParameterIndex index, double value);
  void replace(ParameterIndex index, Parameter parameter);

  /// Inputs that formulas read, through whatever is calculated.
  std::set<ParameterIndex> inputs_of(const std::set<ParameterIndex>& parameters) const;
  /// The weakest basis among them.
  Basis basis_of(ParameterIndex index) const;

 private:
  void recalculate();

  std::vector<Parameter> all_;
  std::vector<double> values_;
  std::unordered_map<std::string, ParameterIndex> index_;
};

}  // namespace cradle::lca
