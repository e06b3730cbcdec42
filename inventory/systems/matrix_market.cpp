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

/// The lines of a file, and findings that point into them.
class Lines {
 public:
  explicit Lines(LineReader reader) : reader_(std::move(reader)) {}

  bool next() { return reader_.next(line_); }
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

const char* skip_spaces(const char* at, const char* end) {
  while (at != end && (*at == ' ' || *at == '\t')) ++at;
  return at;
}

bool read_whole(const char*& at, const char* end, int& value) {
  at = skip_spaces(at, end);
  const char* const start = at;
  std::uint64_t read = 0;
  for (; at != end && *at >= '0' && *at <= '9' && at - start < 10; ++at)
    read = 10 * read + static_cast<std::uint64_t>(*at - '0');
  value = static_cast<int>(std::min<std::uint64_t>(read, std::numeric_limits<int>::max()));
  return at != start;
}

/// "3 7 0.25": true where all three are there and nothing else. `at` is left where reading stopped.
bool read_entry(std::string_view line, int& row, int& column, double& value, const char*& at) {
  const char* const end = line.data() + line.size();
  at = line.data();
  if (!read_whole(at, end, row) || !read_whole(at, end, column)) return false;
  at = skip_spaces(at, end);
  const auto number = std::from_chars(at, end, value);
  if (number.ec != std::errc()) return false;
  const char* const start = at;
  at = skip_spaces(number.ptr, end);
  if (at != end) return false;
  at = start;
  return true;
}

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
  while (lines.next()) {
    const auto line = lines.line();
    if (line.empty() || line.front() == '%') continue;
    int row = 0, column = 0;
    double value = 0;
    const char* at = nullptr;
    if (!sized) {
      if (!read_entry(line, rows, columns, declared, at) || rows < 0 || columns < 0 ||
          std::max(rows, columns) > largest_size || !(declared >= 0))
        return failure(lines.finding("E084",
                                     "the sizes are not three whole numbers of at most 100,000,000 rows and columns",
                                     "the first line after the remarks is 'rows columns entries'", at));
      sized = true;
      triplets.reserve(static_cast<std::size_t>(std::min(declared, most_reserved)));
      continue;
    }
    if (!read_entry(line, row, column, value, at))
      report("an entry is 'row column value', three numbers", "one entry to a line", at);
    else if (row < 1 || row > rows || column < 1 || column > columns)
      report(fmt::format("entry ({}, {}) lies outside the {} x {} matrix", row, column, rows, columns),
             "Matrix Market counts rows and columns from 1", line.data());
    else if (!std::isfinite(value))
      report(fmt::format("entry ({}, {}) is not a finite number", row, column), "leave the entry out, or correct it",
             at);
    else
      triplets.push_back({row - 1, column - 1, value});
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
