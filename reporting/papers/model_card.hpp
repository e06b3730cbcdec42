// SPDX-License-Identifier: Apache-2.0
// The footprint in a Hugging Face model card: co2_eq_emissions in its metadata, and its section "Environmental Impact".
#pragma once

#include "reporting/writers.hpp"

namespace cradle::reporting {

/// A card, or the one in `options.existing` with only these two parts replaced. Emissions are operational and
/// location-based, in grams, as every other card means them. R17 where they are not estimated.
Result<std::string> write_model_card(const Disclosure& disclosure, const WriteOptions& options);

/// `card` with the metadata block `metadata` (lines of YAML for its one key) and the section `section` put in place; every
/// other byte stays. R17 where its metadata cannot be read back as what was put there.
Result<std::string> merge_card(std::string card, const std::string& key, const std::string& metadata, const std::string& heading,
                               const std::string& section);

}  // namespace cradle::reporting
