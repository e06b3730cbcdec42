// SPDX-License-Identifier: Apache-2.0
#include "inventory/systems/matrix_market.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <limits>
#include <string_view>

#include "inventory/text/line_reader.hpp"

namespace cradle::inventory {
namespace {

constexpr int largest_size = 100'000'000;
constexpr double most_reserved = 1e7;  // a header may lie about the size
constexpr std::size_t most_findings = 100;

const char* skip_spaces(const char* at, const char* end) {
  while (at != end && (*at == ' ' || *at == '\t')) ++at;
  return at;
}

/// A whole number; -1 where there is none. Ten digits are more than any size allowed.
int read_whole(const char*& at, const char* end) {
  at = skip_spaces(at, end);
  const char* const start = at;
  std::uint64_t read = 0;
  for (; at != end && *at >= '0' && *at <= '9' && at - start < 10; ++at)
    read = 10 * read + static_cast<std::uint64_t>(*at - '0');
  return at == start ? -1 : static_cast<int>(std::min<std::uint64_t>(read, std::numeric_limits<int>::max()));
}

struct Entry {
  int row = 0, column = 0;
  double value = 0.0;
};

/// "3 7 0.25": where it ends, or null; `at` is then left where reading stopped.
const char* read_entry(const char*& at, const char* end, Entry& entry) {
  entry.row = read_whole(at, end);
  if (entry.row < 0) return nullptr;
  entry.column = read_whole(at, end);
  if (entry.column < 0) return nullptr;
  at = skip_spaces(at, end);
  const auto number = std::from_chars(at, end, entry.value);
  return number.ec == std::errc() ? number.ptr : nullptr;
}

/// The same where nothing else may stand in the line.
bool read_entry(std::string_view line, Entry& entry, const char*& at) {
  const char* const end = line.data() + line.size();
  at = line.data();
  const char* const stop = read_entry(at, end, entry);
  if (stop == nullptr) return false;
  const char* const rest = skip_spaces(stop, end);
  if (rest != end) at = rest;
  return rest == end;
}

/// The lines of a file, and findings that point into them.
class Lines {
 public:
  explicit Lines(LineReader reader) : reader_(std::move(reader)) {}

  bool next() { return reader_.next(line_); }
  /// Entries as every program writes them, up to the first line that needs a closer look: what is odd, what `use`
  /// refuses, and the last line of the buffer are left for next().
  template <typename Use>
  void read_plain_entries(Use use) {
    const auto text = reader_.ahead();
    const char* const end = text.data() + text.size();
    const char* taken = text.data();
    std::size_t lines = 0;
    for (Entry entry; const char* at = taken;) {
      const char* const stop = read_entry(at, end, entry);
      if (stop == nullptr || stop == end || *stop != '\n' || !use(entry)) break;
      taken = stop + 1;
      ++lines;
    }
    reader_.take(static_cast<std::size_t>(taken - text.data()), lines);
  }
  bool failed() const { return reader_.failed(); }
  std::string_view line() const { return line_; }
  Finding finding(std::string code, std::string message, std::string hint, const char* at = nullptr) const {
    const std::size_t column = at == nullptr ? 1 : static_cast<std::size_t>(at - line_.data()) + 1;
    return {std::move(code),
            std::move(message),
            std::move(hint),
            {reader_.path(), reader_.number(), column, 1},
            std::string(line_)};
  }

 private:
  LineReader reader_;
  std::string_view line_;
};

Result<void> read_header(Lines& lines) {
  const char* const hint = "the first line must be '%%MatrixMarket matrix coordinate real general'";
  if (!lines.next()) return failure(lines.finding("E084", "the file is empty", hint));
  std::string header(lines.line());
  std::transform(header.begin(), header.end(), header.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (!header.starts_with("%%matrixmarket"))
    return failure(lines.finding("E084", "this is not a Matrix Market file", hint));
  if (header.find(" coordinate ") == std::string::npos || header.find(" general") == std::string::npos ||
      (header.find(" real ") == std::string::npos && header.find(" integer ") == std::string::npos))
    return failure(lines.finding("E084", "a matrix of this form is not read", hint));
  return {};
}

}  // namespace

Result<MatrixFile> read_matrix_market(const std::string& path) {
  auto reader = LineReader::open(path);
  if (!reader) return tl::unexpected(reader.error());
  Lines lines(std::move(*reader));
  if (const auto header = read_header(lines); !header) return tl::unexpected(header.error());

  int rows = 0, columns = 0;
  double declared = 0;
  bool sized = false;
  Findings findings;
  std::vector<lca::Triplet> triplets;
  const auto report = [&](std::string message, std::string hint, const char* at) {
    if (findings.size() < most_findings)
      findings.push_back(lines.finding("E085", std::move(message), std::move(hint), at));
  };
  const auto inside = [&](const Entry& entry) {
    return entry.row >= 1 && entry.row <= rows && entry.column >= 1 && entry.column <= columns;
  };
  const auto keep = [&](const Entry& entry) {
    if (!inside(entry) || !std::isfinite(entry.value)) return false;
    triplets.push_back({entry.row - 1, entry.column - 1, entry.value});
    return true;
  };
  while (lines.next()) {
    const auto line = lines.line();
    if (line.empty() || line.front() == '%') continue;
    Entry entry;
    const char* at = nullptr;
    const bool read = read_entry(line, entry, at);
    if (!sized) {
      if (!read || std::max(entry.row, entry.column) > largest_size || !(entry.value >= 0))
        return failure(lines.finding("E084",
                                     "the sizes are not three whole numbers of at most 100,000,000 rows and columns",
                                     "the first line after the remarks is 'rows columns entries'", at));
      rows = entry.row, columns = entry.column, declared = entry.value;
      sized = true;
      triplets.reserve(static_cast<std::size_t>(std::min(declared, most_reserved)));
    } else if (!read) {
      report("an entry is 'row column value', three numbers", "one entry to a line", at);
    } else if (!inside(entry)) {
      report(fmt::format("entry ({}, {}) lies outside the {} x {} matrix", entry.row, entry.column, rows, columns),
             "Matrix Market counts rows and columns from 1", line.data());
    } else if (!keep(entry)) {
      report(fmt::format("entry ({}, {}) is not a finite number", entry.row, entry.column),
             "leave the entry out, or correct it", at);
    }
    lines.read_plain_entries(keep);
  }
  if (lines.failed()) return failure({"E001", "reading it failed half way", "", {path, 0, 0, 1}});
  if (!sized) return failure(lines.finding("E084", "the file ends before the sizes of the matrix", ""));
  if (findings.empty() && static_cast<double>(triplets.size()) != declared)
    return failure(lines.finding("E084",
                                 fmt::format("{} entries are declared, {} are there", declared, triplets.size()),
                                 "the file may be cut short"));
  if (!findings.empty()) return tl::unexpected(findings);
  MatrixFile file{lca::SparseMatrix::from(rows, columns, triplets), 0, {path, 0, 0, 1}};
  file.duplicates = triplets.size() - file.matrix.entries();
  return file;
}

std::string write_matrix_market(const lca::SparseMatrix& matrix) {
  const auto by_row = matrix.transposed();
  std::string text = fmt::format("%%MatrixMarket matrix coordinate real general\n{} {} {}\n", matrix.rows,
                                 matrix.columns, matrix.entries());
  for (std::size_t r = 0; r < static_cast<std::size_t>(matrix.rows); ++r) {
    const auto [begin, end] = lca::range_of(by_row.column_start, r);
    for (std::size_t k = begin; k < end; ++k)
      fmt::format_to(std::back_inserter(text), "{} {} {}\n", r + 1, by_row.row[k] + 1, by_row.value[k]);
  }
  return text;
}

}  // namespace cradle::inventory
