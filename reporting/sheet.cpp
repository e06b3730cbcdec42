// SPDX-License-Identifier: Apache-2.0
#include "reporting/sheet.hpp"

#include <algorithm>

namespace cradle::reporting {
namespace {

lxw_row_t row_of(std::size_t row) { return static_cast<lxw_row_t>(row); }
lxw_col_t column_of(int column) { return static_cast<lxw_col_t>(column); }

}  // namespace

Styles::Styles(lxw_workbook* workbook) {
  const auto make = [&](const char* number_format) {
    lxw_format* format = workbook_add_format(workbook);
    format_set_align(format, LXW_ALIGN_VERTICAL_TOP);
    if (number_format != nullptr) format_set_num_format(format, number_format);
    return format;
  };
  // Decimals where a value is small, none where it is large; the stored value is untouched.
  const char* magnitude = "[>=1000]#,##0;[>=0.01]0.00##;General";
  title = make(nullptr);
  format_set_bold(title);
  format_set_font_size(title, 16);
  header = make(nullptr);
  format_set_bold(header);
  format_set_bottom(header, LXW_BORDER_MEDIUM);
  format_set_text_wrap(header);
  unit = make(nullptr);
  format_set_italic(unit);
  format_set_font_color(unit, 0x57606A);
  text = make(nullptr);
  wrap = make(nullptr);
  format_set_text_wrap(wrap);
  input = make("General");
  format_set_font_color(input, 0x0000FF);
  format_set_bg_color(input, 0xFFF8DC);
  format_set_unlocked(input);
  formula = make(magnitude);
  scientific = make("0.000E+00");
  engine = make(magnitude);
  format_set_font_color(engine, 0x707070);
  bold = make(nullptr);
  format_set_bold(bold);
  bold_formula = make(magnitude);
  format_set_bold(bold_formula);
  format_set_top(bold_formula, LXW_BORDER_THIN);
  link = make(nullptr);
  format_set_font_color(link, 0x006100);
  format_set_underline(link, LXW_UNDERLINE_SINGLE);
  percent = make("0.0%");
  failed = workbook_add_format(workbook);
  format_set_bg_color(failed, 0xF4C7C3);
  format_set_bold(failed);
  check = make(nullptr);
  format_set_align(check, LXW_ALIGN_CENTER);
}

std::string text_for_xml(const std::string& text, std::size_t longest) {
  std::string kept;
  for (std::size_t at = 0; at < text.size();) {
    const auto lead = static_cast<unsigned char>(text[at]);
    const std::size_t length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    const std::string_view one = std::string_view(text).substr(at, length);
    at += length;
    // XML 1.0 forbids most control characters and U+FFFE, U+FFFF (section 2.2).
    const bool control = lead < 0x20 && one != "\t" && one != "\n" && one != "\r";
    if (control || one == "\xef\xbf\xbe" || one == "\xef\xbf\xbf") continue;
    if (kept.size() + one.size() > longest) break;
    kept += one;
  }
  return kept;
}

Sheet::Sheet(lxw_workbook* workbook, const char* name, const Styles& styles)
    : sheet_(workbook_add_worksheet(workbook, name)), styles_(styles) {
  worksheet_set_landscape(sheet_);
  worksheet_set_paper(sheet_, 9);  // A4
  worksheet_fit_to_pages(sheet_, 1, 0);
}

void Sheet::text(std::size_t row, int column, const std::string& value, lxw_format* format) {
  worksheet_write_string(sheet_, row_of(row), column_of(column), text_for_xml(value, longest_cell).c_str(),
                         format != nullptr ? format : styles_.text);
}

void Sheet::number(std::size_t row, int column, double value, lxw_format* format) {
  worksheet_write_number(sheet_, row_of(row), column_of(column), value, format);
}

void Sheet::formula(std::size_t row, int column, const std::string& formula, double value, lxw_format* format) {
  worksheet_write_formula_num(sheet_, row_of(row), column_of(column), ("=" + formula).c_str(),
                              format != nullptr ? format : styles_.formula, value);
}

void Sheet::check(std::size_t row, int column, const std::string& formula) {
  worksheet_write_formula_str(sheet_, row_of(row), column_of(column), ("=" + formula).c_str(), styles_.check, "TRUE");
  lxw_conditional_format failed{};
  failed.type = LXW_CONDITIONAL_TYPE_CELL;
  failed.criteria = LXW_CONDITIONAL_CRITERIA_EQUAL_TO;
  failed.value_string = const_cast<char*>("FALSE");
  failed.format = styles_.failed;
  worksheet_conditional_format_cell(sheet_, row_of(row), column_of(column), &failed);
}

void Sheet::height(std::size_t row, double points) { worksheet_set_row(sheet_, row_of(row), points, nullptr); }

void Sheet::headers(std::size_t row, const std::vector<std::string>& names) {
  for (std::size_t i = 0; i < names.size(); ++i) text(row, static_cast<int>(i), names[i], styles_.header);
}

void Sheet::height_for(std::size_t row, const std::string& text, std::size_t characters) {
  constexpr double line = 15.0;
  height(row, line * static_cast<double>(1 + text.size() / characters));
}

void Sheet::widths(const std::vector<double>& widths) {
  for (std::size_t i = 0; i < widths.size(); ++i)
    worksheet_set_column(sheet_, static_cast<lxw_col_t>(i), static_cast<lxw_col_t>(i), widths[i], nullptr);
}

void Sheet::table(std::size_t header_row, std::size_t last_row, int last_column, std::size_t frozen_rows) {
  worksheet_freeze_panes(sheet_, row_of(frozen_rows), 1);
  worksheet_autofilter(sheet_, row_of(header_row), 0, row_of(std::max(last_row, frozen_rows)), column_of(last_column));
  worksheet_repeat_rows(sheet_, row_of(header_row), row_of(frozen_rows - 1));
}

}  // namespace cradle::reporting
