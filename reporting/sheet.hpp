// SPDX-License-Identifier: Apache-2.0
// A thin layer over libxlsxwriter: cell styles of ours, text that can never become a formula, formulas that carry
// the engine's value. Included by the workbook's files only.
#pragma once

#include <xlsxwriter.h>

#include <string>
#include <vector>

namespace cradle::reporting {

/// Named cell styles; the legend on README explains them in words.
struct Styles {
  explicit Styles(lxw_workbook* workbook);
  lxw_format *title, *header, *unit, *text, *wrap, *input, *formula, *engine, *bold, *link, *percent, *check, *failed,
      *bold_formula, *scientific;
};

inline constexpr std::size_t longest_cell = 32'000;  ///< bytes; Excel holds 32,767 characters
/// Text without what XML forbids, cut between characters where it is longer than so many bytes.
std::string text_for_xml(const std::string& text, std::size_t longest);

class Sheet {
 public:
  Sheet(lxw_workbook* workbook, const char* name, const Styles& styles);

  void text(std::size_t row, int column, const std::string& value, lxw_format* format = nullptr);
  /// Not-a-number is never written; callers pass values that exist.
  void number(std::size_t row, int column, double value, lxw_format* format);
  /// `formula` without "=", with the value that the engine has for it.
  void formula(std::size_t row, int column, const std::string& formula, double value, lxw_format* format = nullptr);
  /// A formula that must be TRUE; it turns red when it is not.
  void check(std::size_t row, int column, const std::string& formula);
  void headers(std::size_t row, const std::vector<std::string>& names);
  void height(std::size_t row, double points);
  /// High enough for wrapped text in so many characters of width: viewers do not measure it.
  void height_for(std::size_t row, const std::string& text, std::size_t characters);
  void widths(const std::vector<double>& widths);
  /// Frozen header rows, a filter over the table, header repeated in print, landscape on one page's width.
  void table(std::size_t header_row, std::size_t last_row, int last_column, std::size_t frozen_rows);

  lxw_worksheet* raw() const { return sheet_; }
  const Styles& styles() const { return styles_; }

 private:
  lxw_worksheet* sheet_;
  const Styles& styles_;
};

}  // namespace cradle::reporting
