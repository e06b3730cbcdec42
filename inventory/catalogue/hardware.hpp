// SPDX-License-Identifier: Apache-2.0
// Hardware as the catalogue's files describe it: devices and nodes with their figures, and the models that turn figures
// into unit processes, in one of several published traditions (profiles).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "inventory/text/reader.hpp"

namespace cradle::inventory {

/// Impact criteria that hardware may have factors for.
namespace criteria {
inline const std::string climate = "climate-change";
inline const std::string abiotic_depletion = "abiotic-depletion";
inline const std::string primary_energy = "primary-energy";
inline const std::string credit = "credit";  ///< kg CO2e that recycling displaces elsewhere: never in a total
inline const std::vector<std::string> all = {climate, abiotic_depletion, primary_energy};
}  // namespace criteria

/// The three traditions, in the order of a bracket; the second is the default.
inline const std::vector<std::string> hardware_profiles = {"vendor", "central", "ademe"};

using Formulas = std::vector<std::pair<std::string, std::string>>;  ///< name -> formula, in order

/// A unit process of the catalogue: amounts are formula texts over parameters in reach.
struct ProcessRecipe {
  std::string id, name, unit, stage, component, rule;
  std::string location;  ///< where it happens; empty where no source says
  Formulas emits;        ///< criterion -> amount
  Formulas inputs;       ///< process id -> amount
  bool background = false;
  std::vector<std::string> profiles;  ///< that it belongs to; empty: all
  std::string when;                   ///< a figure without which the process does not exist
  Place place;
};

/// Processes over the figures of any product.
struct HardwareModel {
  std::string id;
  std::vector<std::string> needs;           ///< figures without which nothing can be estimated
  std::map<std::string, Input> parameters;  ///< where the product does not say
  Formulas let;                             ///< likewise, as formulas
  std::vector<ProcessRecipe> processes;
  Formulas materials;  ///< metal -> kg of it, for end-of-life rules that look at recycling
  std::string delivery;  ///< shared process that brings a kg of it
};

/// A device or a node: words ("process" -> "7nm") and figures, made by a model, by processes of its own, from parts, or
/// known by a published footprint. The process with the product's id makes it.
struct Product {
  std::string id, kind, name, vendor, dataset, model;
  int year = 0;
  std::map<std::string, std::string> words;
  std::map<std::string, Input> parameters;
  Formulas let;
  std::vector<ProcessRecipe> processes;
  Formulas materials;              ///< metal -> kg; those of the model where the product names none
  Formulas parts;                  ///< product or shared process -> how many
  std::optional<Input> footprint;  ///< a published total, manufacture and raw materials
  Place place;
  bool has_model() const { return !model.empty() || !processes.empty() || !parts.empty() || footprint.has_value(); }
};

/// A product as one profile makes it.
struct ResolvedProduct {
  const Product* product = nullptr;
  std::map<std::string, Input> parameters;
  Formulas let;
  std::vector<ProcessRecipe> processes;
  Formulas materials;
  std::string delivery = "delivery";
  std::vector<std::string> substitutes;  ///< "12nm stands for 14nm ..."
  std::vector<std::string> missing;      ///< what is not known, so that the product is "not estimated"
};

/// A tradition: factors that it has otherwise than the others.
struct Profile {
  std::string id, title;
  std::map<std::string, Input> parameters;
};

/// Before the id of a part, so that it is not taken for a process of the product itself.
inline const std::string part_prefix = "part ";

/// Whether a formula reads a name, not only a longer one that begins with it.
bool mentions(std::string_view formula, std::string_view name);

/// `{key}` replaced by words; unknown keys stay as they are.
std::string substitute_words(std::string_view text, const std::map<std::string, std::string>& words);

}  // namespace cradle::inventory
