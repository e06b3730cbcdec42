// SPDX-License-Identifier: Apache-2.0
// Reads hardware from YAML (models, shared processes, products of the user) and from the built-in tables of figures.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "inventory/catalogue/hardware.hpp"
#include "inventory/text/document.hpp"

namespace cradle::inventory {

/// What one or more files say.
struct HardwareData {
  std::map<std::string, std::string> sources;     ///< key -> citation
  std::map<std::string, std::string> labels;      ///< figure -> words for people
  std::map<std::string, std::string> step_units;  ///< what models calculate -> unit
  std::map<std::string, std::string> process_as;  ///< technology -> the one whose figures stand for it
  std::map<std::string, Profile> profiles;
  std::map<std::string, Input> parameters;
  std::map<std::string, std::vector<ProcessRecipe>> processes;  ///< shared; by id, one for each group of profiles
  std::map<std::string, HardwareModel> models;
  std::map<std::string, Product> products;
  std::map<std::string, std::string> aliases;  ///< "h100" -> the product's id
};

/// Adds the sections of a catalogue file. E010 to E024 as any reader; `dataset` is the file's id.
void read_hardware(const Document& document, MapReader& reader, const std::string& dataset, HardwareData& into,
                   Findings& findings);

/// Adds a built-in table: id,figure,value,low,high,source,verified,note; `kind` is device or node.
Findings read_hardware_table(std::string_view csv, const std::string& file, const std::string& kind,
                             const std::string& dataset, HardwareData& into);

}  // namespace cradle::inventory
