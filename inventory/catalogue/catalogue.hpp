// SPDX-License-Identifier: Apache-2.0
// What the project knows beforehand: devices, nodes, grids, characterisation factors, each with its source.
// Built-in datasets are compiled into the program; users add their own folder in the same formats.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "inventory/catalogue/grids/grid_tables.hpp"
#include "inventory/catalogue/hardware_reader.hpp"
#include "inventory/text/reader.hpp"

namespace cradle::inventory {

/// One row of `cradle catalogue`.
struct CatalogueRow {
  std::string id, kind, name, value, source;
  bool verified = false;
};

class Catalogue {
 public:
  /// The built-in datasets and, if given, a user's folder of *.yaml files, whose entries replace ours by id.
  static Result<Catalogue> load(const std::string& user_folder = "");

  /// By id or alias ("h100").
  const Product* find(std::string_view id) const;
  std::vector<std::string> ids(std::string_view kind) const;
  /// The device that a driver or a tracker calls so: "4 x NVIDIA A100-SXM4-80GB". Nothing where it may be several.
  const Product* device_named(std::string_view name) const;
  const HardwareData& hardware() const { return hardware_; }

  /// A product's processes in a profile, with its figures in place.
  ResolvedProduct resolve(const Product& product, const std::string& profile) const;
  /// A process shared by products, its words filled in from its id: "logic-wafer-7nm-taiwan"; nothing where the profile
  /// has none.
  std::optional<ProcessRecipe> shared_process(const std::string& id, const std::string& profile) const;
  /// A factor by name, the profile's own first; between two technologies it is interpolated, and marked as assumed.
  std::optional<Input> shared_parameter(const std::string& name, const std::string& profile) const;

  const GridTables& grids() const { return grids_; }
  /// GWP100 in kg CO2e per kg, by gas and assessment report ("AR5", "AR6").
  std::map<std::string, double> gwp100(std::string_view report) const;

  /// What was odd in the user's files (W120).
  const Findings& warnings() const { return warnings_; }
  const Dataset& dataset(std::string_view id) const;
  std::vector<CatalogueRow> rows() const;

 private:
  Result<void> read_hardware_file(const Document& document);
  Result<void> load_built_in();
  void read_gwp();

  std::map<std::string, Dataset, std::less<>> datasets_;
  HardwareData hardware_;
  Findings warnings_;
  GridTables grids_;
  std::map<std::string, std::pair<double, double>> gwp_;              ///< gas -> AR5, AR6
  std::map<std::string, bool> gwp_verified_;
};

}  // namespace cradle::inventory
