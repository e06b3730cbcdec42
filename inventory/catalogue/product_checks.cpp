// SPDX-License-Identifier: Apache-2.0
#include "inventory/catalogue/product_checks.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>

#include "inventory/text/csv.hpp"
#include "inventory/text/suggestion.hpp"

namespace cradle::inventory {
namespace {

/// A field of a lithography scanner, 26 x 33 mm: no die can be larger (recalled; ASML's data sheets, not opened).
constexpr double reticle_area = 8.58;  // cm2

/// "9nm" -> 9.
std::optional<double> nanometres(std::string_view process) {
  if (!process.ends_with("nm")) return std::nullopt;
  const auto value = read_quantity(process.substr(0, process.size() - 2), Dimension::number);
  return value ? std::optional(*value) : std::nullopt;
}

/// What parameters with a prefix stand for: "fab_grid_" -> europe, japan, ...
std::vector<std::string> known_after(std::string_view prefix, const HardwareData& data) {
  std::vector<std::string> known;
  for (const auto& [name, input] : data.parameters)
    if (name.starts_with(prefix)) known.push_back(name.substr(prefix.size()));
  return known;
}

/// Technologies with factors, finest first.
std::vector<std::string> known_processes(const HardwareData& data) {
  auto known = known_after("fab_energy_", data);
  std::sort(known.begin(), known.end(), [](const std::string& a, const std::string& b) {
    return nanometres(a).value_or(0) < nanometres(b).value_or(0);
  });
  return known;
}

/// The technologies that a missing one lies between.
std::optional<std::pair<std::string, std::string>> neighbours(const std::string& process, const HardwareData& data) {
  const auto size = nanometres(process);
  const auto known = known_processes(data);
  if (size)
    for (std::size_t i = 0; i + 1 < known.size(); ++i)
      if (*size > *nanometres(known[i]) && *size < *nanometres(known[i + 1])) return std::pair{known[i], known[i + 1]};
  return std::nullopt;
}

class Checks {
 public:
  Checks(const Product& product, const HardwareData& data) : product_(product), data_(data) {}

  Findings all() {
    figures();
    ways_to_make();
    model();
    memory();
    fab();
    process("process");
    process("process2");
    return std::move(findings_);
  }

 private:
  void report(std::string code, const Place& place, std::string message, std::string hint = "") {
    findings_.push_back({std::move(code), product_.id + ": " + std::move(message), std::move(hint), place});
  }

  const std::string* word(const char* name) const {
    const auto found = product_.words.find(name);
    return found == product_.words.end() ? nullptr : &found->second;
  }

  void limit(const char* name, double low, double high, const char* what, const char* hint = "") {
    const auto found = product_.parameters.find(name);
    if (found == product_.parameters.end()) return;
    const auto& p = found->second;
    if (p.value < low || p.value > high || (p.range != lca::RangeKind::none && (p.low < low || p.high > high)))
      report("E101", p.place,
             fmt::format("{} of {}{} is outside {} to {}", what, p.value, p.unit == "1" ? "" : " " + p.unit, low, high),
             hint);
  }

  void figures() {
    const char* const field =
        "a scanner's field is 26 x 33 mm; several dies in one package are 'dies', a whole wafer needs a model of its "
        "own";
    if (has_model()) {
      limit("die_area", 1e-4, reticle_area, "a die area", field);
      limit("die2_area", 0.0, reticle_area, "a die area", field);
    }
    limit("dies", 1.0, 1000.0, "a number of dies");
    limit("dies2", 0.0, 1000.0, "a number of dies");
    limit("stacks", 0.0, 1000.0, "a number of memory stacks");
    limit("interposer_area", 1e-4, 700.0, "an interposer area", "it is cut from a wafer of 300 mm");
    limit("storage", 0.0, 1e9, "a storage size");
    if (product_.footprint && !(product_.footprint->value > 0.0))
      report("E101", product_.footprint->place, "a footprint must be above zero", "leave out what is not known");
    limit("die_yield", 1e-6, 1.0, "a yield", "the share of dies that can be sold, such as 0.73");
    limit("bond_yield", 1e-6, 1.0, "a yield", "the share of bonds that hold, such as 0.96");
    limit("memory", 0.0, 1e7, "a memory size");
    limit("mass", 1e-6, 1e5, "a mass");
  }

  void ways_to_make() {
    const bool own = !product_.processes.empty();
    if ((product_.footprint && (has_model() || own || !product_.parts.empty())) || (has_model() && own))
      report("E102", product_.place, "made in two ways, so it would be counted twice",
             "keep the measured total ('footprint'), or what it is made of ('model' or 'processes', and 'parts')");
  }

  void model() {
    if (!has_model() || data_.models.contains(product_.model)) return;
    std::vector<std::string> names;
    for (const auto& [id, known] : data_.models) names.push_back(id);
    report("E103", product_.place, fmt::format("unknown model '{}'", product_.model),
           trim(fmt::format("{} (there are {})", did_you_mean(product_.model, names), fmt::join(names, ", "))));
  }

  void memory() {
    const auto* type = word("memory_type");
    if (type == nullptr || !has_model()) return;
    const auto is_factor = [](const Input& input) {
      return input.unit == canonical_unit(Dimension::co2e_per_information);
    };
    const auto factor = data_.parameters.find(*type);
    if (factor != data_.parameters.end() && is_factor(factor->second)) return;
    std::vector<std::string> kinds;
    for (const auto& [name, input] : data_.parameters)
      if (is_factor(input)) kinds.push_back(name);
    report("E103", product_.place, fmt::format("unknown kind of memory '{}'", *type),
           fmt::format("there are {}", fmt::join(kinds, ", ")));
  }

  void fab() {
    const auto* place = word("fab");
    if (place != nullptr && !data_.parameters.contains("fab_grid_" + *place))
      report("E103", product_.place, fmt::format("no electricity is known for a fab in '{}'", *place),
             fmt::format("there are {}", fmt::join(known_after("fab_grid_", data_), ", ")));
    if (product_.parameters.contains("dies2") && has_model() && product_.model != "processor" &&
        word("process2") == nullptr)
      report("E103", product_.place, "dies of a second kind need 'process2', their technology");
  }

  /// "7nm" needs factors of its own; "~9nm" needs none, and two technologies that it lies between.
  void process(const char* name) {
    const auto* stated = word(name);
    if (stated == nullptr || !has_model()) return;
    const bool interpolated = stated->starts_with('~');
    const std::string process = stated->substr(interpolated ? 1 : 0);
    const bool known = data_.parameters.contains("fab_energy_" + process) || data_.process_as.contains(process);
    if (known && interpolated)
      report("E103", product_.place, fmt::format("'{}' has figures of its own: nothing is interpolated", process),
             fmt::format("process: {}", process));
    const auto between = neighbours(process, data_);
    if (known || (interpolated && between)) return;
    report("E103", product_.place, fmt::format("unknown process technology '{}'", *stated),
           between ? fmt::format("'process: ~{}' interpolates between {} and {}, and the report says so", process,
                                 between->first, between->second)
                   : fmt::format("there are {}", fmt::join(known_processes(data_), ", ")));
  }

  bool has_model() const { return !product_.model.empty(); }

  const Product& product_;
  const HardwareData& data_;
  Findings findings_;
};

}  // namespace

Findings check_product(const Product& product, const HardwareData& data) { return Checks(product, data).all(); }

Findings unread_figures(const Product& product, const HardwareData& data) {
  std::string formulas;
  const auto gather = [&](const Formulas& all) {
    for (const auto& [name, formula] : all) formulas += name + " " + formula + " ";
  };
  const auto gather_recipes = [&](const std::vector<ProcessRecipe>& recipes) {
    for (const auto& recipe : recipes) {
      gather(recipe.emits);
      gather(recipe.inputs);
    }
  };
  gather(product.let);
  gather_recipes(product.processes);
  std::vector<std::string> known;
  for (const auto& [name, label] : data.labels) known.push_back(name);
  if (const auto model = data.models.find(product.model); model != data.models.end()) {
    gather(model->second.let);
    gather_recipes(model->second.processes);
    for (const auto& [name, input] : model->second.parameters) known.push_back(name);
  }
  Findings findings;
  for (const auto& [name, input] : product.parameters)
    if (std::find(known.begin(), known.end(), name) == known.end() && !mentions(formulas, name))
      findings.push_back({"W120", fmt::format("{}: nothing reads the figure '{}'", product.id, name),
                          did_you_mean(name, known), input.place});
  return findings;
}

}  // namespace cradle::inventory
