// SPDX-License-Identifier: Apache-2.0
// The table of targets that a disclosure is written to: each writer is a file of its own, and a row here.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "lca/finding.hpp"
#include "reporting/disclosure.hpp"

namespace cradle::reporting {

struct WriteOptions {
  bool draft = false;          ///< mark the report as a draft
  std::string templates = {};  ///< folder whose files replace the built-in templates by name
};

/// One target of a report.
struct Writer {
  std::string id, extension, summary;
  /// The bytes of the file. E071 when a template is at fault.
  std::function<Result<std::string>(const Disclosure&, const WriteOptions&)> write;
};

/// All targets, in the order in which --help lists them.
const std::vector<Writer>& writers();
/// The one that a path's extension names, or nullptr.
const Writer* find_writer(const std::string& path);

}  // namespace cradle::reporting
