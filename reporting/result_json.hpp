// SPDX-License-Identifier: Apache-2.0
// The machine-readable result, "cradle/result/1" (schema: docs/schema/result.schema.json). Numbers are the
// shortest text that reads back to the same double.
#pragma once

#include <string>

#include "reporting/disclosure.hpp"

namespace cradle::reporting {

/// Pretty-printed JSON with a final newline.
std::string write_result_json(const Disclosure& disclosure);

/// SHA-256 of the result without its own provenance hash: names a result in every format.
std::string result_sha256(const Disclosure& disclosure);

}  // namespace cradle::reporting
