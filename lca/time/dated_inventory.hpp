// SPDX-License-Identifier: Apache-2.0
// Emissions by year: exchanges that happen years before or after the process that asks for them.
#pragma once

#include <chrono>
#include <map>
#include <span>
#include <vector>

#include "lca/matrix/matrix_lca.hpp"

namespace cradle::lca {

/// A share of an exchange, so many years after its process runs (before, where negative).
struct Timing {
  MatrixName matrix;  ///< technosphere or biosphere
  int row, column;
  int years;
  double share;  ///< the shares of one exchange sum to one
};

struct DatedInventory {
  int first_year = 0;
  std::vector<std::vector<double>> by_year;  ///< [year - first_year][elementary flow]
};

/// The inventory of a demand in year 0, by the year of each emission. Loops are followed until what goes round changes
/// no year's supply by more than 1e-12 of the whole. Sums over the years to the undated inventory. E098 where shares of
/// an exchange do not sum to one, E099 where it does not settle.
Result<DatedInventory> dated_inventory(const MatrixLca& lca, const MatrixDemand& demand,
                                       std::span<const Timing> timings);

/// Weights of the vintages of a background at a date: linear in days between the two around it, the nearest outside;
/// rounded to `decimals` where given (bw_timex rounds to 3).
std::vector<double> vintage_weights(std::span<const std::chrono::sys_days> vintages, std::chrono::sys_days date,
                                    int decimals = -1);

}  // namespace cradle::lca
