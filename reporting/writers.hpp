// SPDX-License-Identifier: Apache-2.0
// One door to all formats.
#pragma once

#include <string>

#include "lca/finding.hpp"
#include "reporting/disclosure.hpp"

namespace cradle::reporting {

struct WriteOptions {
  bool draft = false;          ///< mark the report as a draft
  std::string templates = {};  ///< folder whose files replace the built-in templates by name
};

/// Whether the file's extension names a format.
bool knows_format(const std::string& path);

/// The bytes of a report in the format of the path's extension. E071 when a template is at fault.
Result<std::string> write(const std::string& path, const Disclosure& disclosure, const WriteOptions& options);

}  // namespace cradle::reporting
