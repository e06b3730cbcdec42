// SPDX-License-Identifier: Apache-2.0
// What is wrong with a product of the catalogue: figures beyond the possible, two ways to make it, unknown words.
#pragma once

#include "inventory/catalogue/hardware_reader.hpp"

namespace cradle::inventory {

/// E101 a figure beyond the possible, E102 two ways to make it, E103 an unknown model, technology or part.
Findings check_product(const Product& product, const HardwareData& data);

/// W120: figures that nothing reads and nobody knows, most likely misspelt.
Findings unread_figures(const Product& product, const HardwareData& data);

}  // namespace cradle::inventory
