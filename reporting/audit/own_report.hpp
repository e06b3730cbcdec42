// SPDX-License-Identifier: Apache-2.0
// A result of ours held against the study that it names: made again, byte for byte.
#pragma once

#include <string>
#include <vector>

#include "reporting/audit/audit.hpp"

namespace cradle::reporting {

struct Verification {
  AuditVerdict verdict = AuditVerdict::cannot_tell;
  std::vector<std::string> says;  ///< what was compared, and each place where it differs
};

/// Whether a JSON file is a result of this program, or a page holds one.
bool is_own_result(const std::string& text);
/// `path` is the result's own, its study is looked for beside it.
Verification verify_result(const std::string& text, const std::string& path);

}  // namespace cradle::reporting
