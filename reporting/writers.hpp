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
  std::string existing = {};   ///< what the file holds now, for targets that keep a part of it
};

/// One target of a report.
struct Writer {
  std::string id, extension, summary;
  /// The bytes of the file. E071 when a template is at fault.
  std::function<Result<std::string>(const Disclosure&, const WriteOptions&)> write;
  bool keeps_existing = false;  ///< only a part of the file is its own
  bool by_name_only = false;  ///< the extension alone means another target
  /// What the target would like and nothing tells: said beside the file, which is written without.
  std::function<std::vector<std::string>(const Disclosure&)> gaps = {};
};

/// All targets, in the order in which --help lists them.
const std::vector<Writer>& writers();
/// "short:appendix.md" in its target, "" where the extension alone says it, and its path.
struct OutputName {
  std::string target, path;
};
OutputName output_name(const std::string& output);
/// The writer of a target and a path's extension; of the extension alone, its first. Null where there is none.
const Writer* find_writer(const OutputName& output);

}  // namespace cradle::reporting
