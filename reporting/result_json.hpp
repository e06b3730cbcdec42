// SPDX-License-Identifier: Apache-2.0
// The machine-readable result, "cradle/result/1", or 2 with trees (schema: docs/schema/result.schema.json). Numbers are the
// shortest text that reads back to the same double.
#pragma once

#include <string>

#include "reporting/disclosure.hpp"

namespace cradle::reporting {

/// Pretty-printed JSON with a final newline.
const std::string& write_result_json(const Disclosure& disclosure);

/// The same to stand inside a page: without the ledger where that has more than 4 MB, and saying so.
std::string embedded_result_json(const Disclosure& disclosure);

/// SHA-256 of the result without its own provenance hash: names a result in every format.
std::string result_sha256(const Disclosure& disclosure);

}  // namespace cradle::reporting
