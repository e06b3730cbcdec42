// SPDX-License-Identifier: Apache-2.0
// The workbook: every result a formula that an auditor can follow to typed inputs, the engine's value beside it,
// and a check cell that compares both.
#pragma once

#include <string>

#include "lca/finding.hpp"
#include "reporting/disclosure.hpp"
#include "reporting/writers.hpp"

namespace cradle::reporting {

/// The bytes of an .xlsx file; the same disclosure gives the same bytes.
Result<std::string> write_workbook(const Disclosure& disclosure, const WriteOptions& options);

}  // namespace cradle::reporting
