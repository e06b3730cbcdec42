// SPDX-License-Identifier: Apache-2.0
// Everything that is printed for people: findings, tables, bars. Colour only on a terminal, and not where
// NO_COLOR is set.
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "lca/finding.hpp"

namespace cradle::app {

enum class Style { plain, bold, dim, red, yellow, green, blue };

/// Text in a style where the stream is a terminal that takes colour.
std::string styled(std::ostream& stream, Style style, const std::string& text);

/// file:line:column: error[E014]: message, excerpt with carets, hint; all of them, in order.
void print_findings(std::ostream& stream, const Findings& findings);

/// Columns as wide as they need to be; cells of columns named in `right` are right-aligned.
struct Table {
  std::vector<std::string> header;
  std::vector<std::vector<std::string>> rows;
  std::vector<bool> right;
};
void print_table(std::ostream& stream, const Table& table);

/// A bar of `share` of `width` character cells.
std::string bar(double share, std::size_t width);

/// Columns of the terminal that stdout is, or of COLUMNS; 100 elsewhere.
std::size_t terminal_width();
/// A text in lines of at most `width` columns, broken between words; a longer word stands in a line of its own.
std::vector<std::string> wrapped(const std::string& text, std::size_t width);

/// Terminal columns that a UTF-8 text takes, one a code point.
std::size_t display_width(const std::string& text);

}  // namespace cradle::app
