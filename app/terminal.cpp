// SPDX-License-Identifier: Apache-2.0
#include "app/terminal.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <optional>

namespace cradle::app {
namespace {

bool takes_colour(std::ostream& stream) {
  const char* no_colour = std::getenv("NO_COLOR");
  if (no_colour != nullptr && *no_colour != '\0') return false;
  const char* term = std::getenv("TERM");
  if (term != nullptr && std::string_view(term) == "dumb") return false;
  return (&stream == &std::cout && ::isatty(STDOUT_FILENO) == 1) ||
         (&stream == &std::cerr && ::isatty(STDERR_FILENO) == 1);
}

/// Long lines are shown around the place that matters.
void print_excerpt(std::ostream& stream, const Finding& finding) {
  constexpr std::size_t widest = 160;
  std::string text = finding.excerpt;
  std::size_t column = finding.place.column;
  std::replace(text.begin(), text.end(), '\t', ' ');
  if (text.size() > widest) {
    const std::size_t start = column > widest / 2 ? column - widest / 2 : 0;
    text = text.substr(start, widest);
    column -= start;
  }
  const std::string number = fmt::format("{}", finding.place.line);
  stream << "  " << number << " | " << text << '\n';
  const std::size_t length =
      std::max<std::size_t>(1, std::min(finding.place.length, text.size() + 1 - std::min(column, text.size())));
  stream << "  " << std::string(number.size(), ' ') << " | " << std::string(column > 0 ? column - 1 : 0, ' ')
         << styled(stream, Style::green, std::string(length, '^')) << '\n';
}

}  // namespace

std::string styled(std::ostream& stream, Style style, const std::string& text) {
  if (style == Style::plain || !takes_colour(stream)) return text;
  constexpr const char* codes[] = {"", "1", "2", "1;31", "1;33", "1;32", "1;34"};
  return fmt::format("\033[{}m{}\033[0m", codes[static_cast<std::size_t>(style)], text);
}

void print_findings(std::ostream& stream, const Findings& findings) {
  constexpr std::size_t most = 200;  // nobody reads more, and a broken file may have thousands
  std::size_t printed = 0;
  for (const auto& finding : findings) {
    if (printed++ == most) {
      stream << "and " << findings.size() - most << " more findings\n";
      return;
    }
    const Severity severity = finding.severity();
    const char* word = severity == Severity::error ? "error" : severity == Severity::refusal ? "refused" : "warning";
    std::string where = finding.place.file;
    if (finding.place.line > 0) where += fmt::format(":{}:{}", finding.place.line, finding.place.column);
    if (!where.empty()) where += ": ";
    stream << styled(stream, Style::bold, where)
           << styled(stream, severity == Severity::warning ? Style::yellow : Style::red,
                     fmt::format("{}[{}]: ", word, finding.code))
           << finding.message << '\n';
    if (finding.place.line > 0 && !finding.excerpt.empty()) print_excerpt(stream, finding);
    if (!finding.hint.empty()) stream << styled(stream, Style::blue, "hint: ") << finding.hint << '\n';
  }
}

std::size_t terminal_width() {
  constexpr std::size_t elsewhere = 100, narrowest = 40;
  winsize size{};
  if (::isatty(STDOUT_FILENO) == 1 && ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
    return std::max<std::size_t>(size.ws_col, narrowest);
  const char* columns = std::getenv("COLUMNS");
  const int stated = columns == nullptr ? 0 : std::atoi(columns);
  return stated > 0 ? std::max<std::size_t>(static_cast<std::size_t>(stated), narrowest) : elsewhere;
}

std::vector<std::string> wrapped(const std::string& text, std::size_t width) {
  std::vector<std::string> lines(1);
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = text.find(' ', at);
    if (end == std::string::npos) end = text.size();
    const std::string word = text.substr(at, end - at);
    auto& line = lines.back();
    if (!line.empty() && display_width(line) + 1 + display_width(word) > width)
      lines.push_back(word);
    else
      line += (at == 0 ? "" : " ") + word;
    at = end + 1;
  }
  for (auto& line : lines) line.erase(line.find_last_not_of(' ') + 1);
  return lines;
}

std::size_t display_width(const std::string& text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

namespace {

/// Columns that a table may take: of the terminal or of COLUMNS; elsewhere nothing is broken, so that programs can read it.
std::optional<std::size_t> table_width() {
  if (::isatty(STDOUT_FILENO) != 1 && std::getenv("COLUMNS") == nullptr) return std::nullopt;
  return terminal_width();
}

std::size_t longest_word(const std::string& text) {
  std::size_t longest = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    longest = std::max(longest, display_width(text.substr(at, end - at)));
    at = end + 1;
  }
  return std::min(text.find_first_not_of(' '), text.size()) + longest;  // what is indented stays so
}

/// Narrows columns of text, the widest first and none below its longest word, until the table fits.
void fit(const Table& table, std::vector<std::size_t>& widths, std::size_t most) {
  std::vector<std::size_t> least(widths.size(), 0);
  const auto measure = [&](const std::vector<std::string>& row) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      const bool number = i < table.right.size() && table.right[i];
      least[i] = std::max(least[i], number ? display_width(row[i]) : longest_word(row[i]));
    }
  };
  measure(table.header);
  for (const auto& row : table.rows) measure(row);
  std::size_t total = widths.empty() ? 0 : 2 * (widths.size() - 1);
  for (const auto width : widths) total += width;
  while (total > most) {
    std::size_t widest = widths.size();
    for (std::size_t i = 0; i < widths.size(); ++i)
      if (widths[i] > least[i] && (widest == widths.size() || widths[i] > widths[widest])) widest = i;
    if (widest == widths.size()) return;
    --widths[widest];
    --total;
  }
}

}  // namespace

void print_table(std::ostream& stream, const Table& table) {
  std::vector<std::size_t> widths(table.header.size(), 0);
  const auto measure = [&](const std::vector<std::string>& row) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], display_width(row[i]));
  };
  measure(table.header);
  for (const auto& row : table.rows) measure(row);
  if (const auto most = table_width()) fit(table, widths, *most);
  const auto line = [&](const std::vector<std::string>& row, Style style) {
    std::vector<std::vector<std::string>> cells;
    std::size_t height = 1;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::size_t indent = std::min(row[i].find_first_not_of(' '), row[i].size());
      const bool fits = display_width(row[i]) <= widths[i];
      cells.push_back(fits ? std::vector<std::string>{row[i]} : wrapped(row[i].substr(indent), widths[i] - indent));
      if (!fits)
        for (auto& part : cells.back()) part.insert(0, indent, ' ');
      height = std::max(height, cells.back().size());
    }
    for (std::size_t at = 0; at < height; ++at) {
      std::string text;
      for (std::size_t i = 0; i < row.size(); ++i) {
        const std::string& cell = at < cells[i].size() ? cells[i][at] : "";
        const std::string padding(widths[i] - std::min(widths[i], display_width(cell)), ' ');
        const bool right = i < table.right.size() && table.right[i];
        text += (i > 0 ? "  " : "") + (right ? padding + cell : cell + padding);
      }
      text.erase(text.find_last_not_of(' ') + 1);
      stream << styled(stream, style, text) << '\n';
    }
  };
  if (std::any_of(table.header.begin(), table.header.end(), [](const std::string& cell) { return !cell.empty(); }))
    line(table.header, Style::bold);
  for (const auto& row : table.rows) line(row, Style::plain);
}

std::string bar(double share, std::size_t width) {
  constexpr const char* eighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  const auto cells = static_cast<std::size_t>(std::clamp(share, 0.0, 1.0) * static_cast<double>(width) * 8 + 0.5);
  std::string text;
  for (std::size_t i = 0; i < cells / 8; ++i) text += "█";
  return text + eighths[cells % 8];
}

}  // namespace cradle::app
