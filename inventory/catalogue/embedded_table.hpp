// SPDX-License-Identifier: Apache-2.0
// Tables among the files inside the program.
#pragma once

#include <functional>
#include <string_view>

#include "inventory/text/csv.hpp"

namespace cradle::inventory {

/// The bytes of a dataset file; empty where there is none of this name.
std::string_view embedded_file(std::string_view name);
/// Calls `use` for every row of a table after its header.
void for_each_embedded_row(std::string_view name, const std::function<void(const CsvRow&)>& use);

}  // namespace cradle::inventory
