// SPDX-License-Identifier: Apache-2.0
#include "inventory/text/csv.hpp"

#include <csv.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <limits>

namespace cradle::inventory {
namespace {

struct State {
  const std::function<void(CsvRow&)>& row;
  CsvRow current;
};

void on_cell(void* bytes, std::size_t size, void* state) {
  static_cast<State*>(state)->current.cells.emplace_back(static_cast<const char*>(bytes), size);
}

void on_row(int, void* data) {
  auto* state = static_cast<State*>(data);
  const bool blank = state->current.cells.size() == 1 && state->current.cells.front().empty();
  if (!state->current.cells.empty() && !blank) state->row(state->current);
  state->current.cells.clear();
}

}  // namespace

void read_csv(std::string_view text, const std::function<void(CsvRow&)>& row) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  csv_parser parser;
  csv_init(&parser, CSV_APPEND_NULL);
  State state{row, {}};
  // Line by line, so that a row knows where it stands; libcsv itself does not count.
  for (std::size_t line = 1; !text.empty(); ++line) {
    const std::size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
    state.current.line = line;
    csv_parse(&parser, text.data(), end, on_cell, on_row, &state);
    text.remove_prefix(end);
  }
  csv_fini(&parser, on_cell, on_row, &state);
  csv_free(&parser);
}

std::string quoted_cell(std::string text) {
  if (text.find_first_of(",\"\n\r") == std::string::npos) return text;
  for (std::size_t at = 0; (at = text.find('"', at)) != std::string::npos; at += 2) text.insert(at, 1, '"');
  return '"' + text + '"';
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front()))) text.remove_prefix(1);
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back()))) text.remove_suffix(1);
  return text;
}

std::string trim(std::string_view text) { return std::string(trimmed(text)); }

std::string lower_case(std::string_view text) {
  std::string small = trim(text);
  std::transform(small.begin(), small.end(), small.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return small;
}

std::string header_name(std::string_view cell) { return lower_case(cell.substr(0, cell.find('['))); }

double number_of(std::string_view cell) {
  double value = 0.0;
  const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
  return error == std::errc{} && end == cell.data() + cell.size() ? value : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace cradle::inventory
