// SPDX-License-Identifier: Apache-2.0
// Where figures come from and on what terms: the YAML file that stands beside every table.
#pragma once

#include <string>
#include <string_view>

#include "inventory/catalogue/grids/grid_kind.hpp"
#include "inventory/text/reader.hpp"

namespace cradle::inventory {

struct Dataset {
  std::string id, version, title, source, licence, attribution, sha256;
  bool verified = false;
  double spread = 0.0;  ///< of grids: 95 % lie within value / spread to value x spread; 0 where no source says
  std::string spread_source = {};
  GridKind grid = {};        ///< of grids
  int life_cycle_until = 0;  ///< of grids: a series that was of life-cycle factors up to this year
};

/// The header keys that every dataset file carries; its hash is that of `data`.
Dataset read_dataset(MapReader& reader, std::string_view data);
/// What stands in the file beside a table of the program's own: "x.yaml" beside "x.csv".
Result<Dataset> dataset_of_table(std::string_view table);

}  // namespace cradle::inventory
