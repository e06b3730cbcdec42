// SPDX-License-Identifier: Apache-2.0
// Findings: what is wrong, where, and what to do about it. Errors in this project are values of this kind;
// nothing below app/ prints them, and nothing below app/ ends the program.
#pragma once

#include <cstddef>
#include <string>
#include <tl/expected.hpp>
#include <vector>

namespace cradle {

/// A place in a text that a person wrote. Line and column count from 1; line 0 means "no place".
struct Place {
  std::string file;
  std::size_t line = 0;
  std::size_t column = 0;
  std::size_t length = 1;
};

enum class Severity { error, warning, refusal };

/// One finding. `code` is stable ("E014"); its page is in docs/errors.md.
struct Finding {
  std::string code;
  std::string message;
  std::string hint = {};
  Place place = {};
  std::string excerpt = {};  ///< the line of text at `place`, kept so that printing needs no second read

  /// Severity follows from the code's letter: E error, W warning, R refusal to print.
  Severity severity() const {
    return code.starts_with('E') ? Severity::error : code.starts_with('R') ? Severity::refusal : Severity::warning;
  }
};

using Findings = std::vector<Finding>;

inline bool has_errors(const Findings& findings) {
  for (const auto& finding : findings)
    if (finding.severity() == Severity::error) return true;
  return false;
}

/// A value, or everything that stands in its way. Becomes std::expected with C++23.
template <typename T>
using Result = tl::expected<T, Findings>;

inline tl::unexpected<Findings> failure(Finding finding) {
  return tl::unexpected<Findings>(Findings{std::move(finding)});
}

}  // namespace cradle
