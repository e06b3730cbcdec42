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
#include <span>
#include <string_view>

#include "inventory/systems/plain_entry.hpp"
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

/// A whole number with a blank behind it; -1 where there is none.
int read_whole(const char*& at, const char* end) {
  at = skip_spaces(at, end);
  const char* const start = at;
  constexpr std::uint64_t most = std::numeric_limits<int>::max();
  std::uint64_t read = 0;
  for (; at != end && *at >= '0' && *at <= '9'; ++at)
    read = std::min(most, 10 * read + static_cast<std::uint64_t>(*at - '0'));
  const bool ends = at != end && (*at == ' ' || *at == '\t');
  return at == start || !ends ? -1 : static_cast<int>(read);
}

/// "3 7 0.25": where it ends, or null; `at` is then left where reading stopped.
const char* read_entry(const char*& at, const char* end, MatrixEntry& entry) {
  entry.row = read_whole(at, end);
  if (entry.row < 0) return nullptr;
  entry.column = read_whole(at, end);
  if (entry.column < 0) return nullptr;
  at = skip_spaces(at, end);
  const auto number = std::from_chars(at, end, entry.value);
  return number.ec == std::errc() ? number.ptr : nullptr;
}

/// The same where nothing else may stand in the line.
bool read_entry(std::string_view line, MatrixEntry& entry, const char*& at) {
  const char* const end = line.data() + line.size();
  at = line.data();
  const char* const stop = read_entry(at, end, entry);
  if (stop == nullptr) return false;
  const char* const rest = skip_spaces(stop, end);
  if (rest != end) at = rest;
  return rest == end;
}

/// Whether entries come row by row or column by column, each place once.
class Order {
 public:
  void see(const MatrixEntry& entry) {
    const auto row = static_cast<std::uint64_t>(entry.row), column = static_cast<std::uint64_t>(entry.column);
    by_row_ = ascends(by_row_, row << 32 | column);
    if (by_column_ != broken) by_column_ = ascends(by_column_, column << 32 | row);
  }
  bool strict() const { return by_row_ != broken || by_column_ != broken; }

 private:
  static constexpr std::uint64_t broken = ~0ULL;
  static std::uint64_t ascends(std::uint64_t last, std::uint64_t next) { return next > last ? next : broken; }
  std::uint64_t by_row_ = 0, by_column_ = 0;  ///< the last place
};

/// The lines of a file, and findings that point into them.
class Lines {
 public:
  explicit Lines(LineReader reader) : reader_(std::move(reader)) {}

  bool next() { return reader_.next(line_); }
  /// Entries as every program writes them, up to the first line that needs a closer look: what is odd, what `use`
  /// refuses, and the last line of the buffer are left for next().
  template <typename Use>
  void read_plain_entries(std::span<const char> wanted_rows, Use use) {
    const auto text = reader_.ahead();
    const char* const end = text.data() + text.size();
    const char* taken = text.data();
    std::size_t lines = 0;
    for (MatrixEntry entry; static_cast<std::size_t>(end - taken) >= plain_entry_behind; ++lines) {
      const bool room = static_cast<std::size_t>(taken - text.data()) >= plain_entry_before;
      std::size_t length = room ? read_plain_entry(taken, entry, wanted_rows) : 0;
      if (length == 0) {
        const char* at = taken;
        const char* const stop = read_entry(at, end, entry);
        if (stop == nullptr || stop == end || *stop != '\n') break;
        length = static_cast<std::size_t>(stop - taken) + 1;
      }
      if (!use(entry)) break;
      taken += length;
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

Result<MatrixFile> MatrixReader::read(const std::string& path, const WantedEntries& wanted) {
  auto reader = LineReader::open(path);
  if (!reader) return tl::unexpected(reader.error());
  Lines lines(std::move(*reader));
  if (const auto header = read_header(lines); !header) return tl::unexpected(header.error());

  int rows = 0, columns = 0;
  double declared = 0;
  bool sized = false, some = false;
  Findings findings;
  auto& triplets = triplets_;
  triplets.clear();
  std::size_t entries = 0;
  Order order;
  const auto report = [&](std::string message, std::string hint, const char* at) {
    if (findings.size() < most_findings)
      findings.push_back(lines.finding("E085", std::move(message), std::move(hint), at));
  };
  const auto inside = [&](const MatrixEntry& entry) {
    return static_cast<unsigned>(entry.row - 1) < static_cast<unsigned>(rows) &&
           static_cast<unsigned>(entry.column - 1) < static_cast<unsigned>(columns);
  };
  const auto keep = [&](const MatrixEntry& entry) {
    if (!inside(entry) || !std::isfinite(entry.value)) return false;
    ++entries;
    if (some) {
      order.see(entry);
      if (!wanted.contain(entry.row - 1, entry.column - 1)) return true;
    }
    triplets.push_back({entry.row - 1, entry.column - 1, entry.value});
    return true;
  };
  while (lines.next()) {
    const auto line = lines.line();
    if (line.empty() || line.front() == '%') continue;
    MatrixEntry entry;
    const char* at = nullptr;
    const bool read = read_entry(line, entry, at);
    if (!sized) {
      if (!read || std::max(entry.row, entry.column) > largest_size || !(entry.value >= 0))
        return failure(lines.finding("E084",
                                     "the sizes are not three whole numbers of at most 100,000,000 rows and columns",
                                     "the first line after the remarks is 'rows columns entries'", at));
      rows = entry.row, columns = entry.column, declared = entry.value;
      sized = true;
      const auto fits = [](const std::vector<char>& flags, int size) {
        return flags.empty() || flags.size() == static_cast<std::size_t>(size);
      };
      some = !wanted.all() && fits(wanted.rows, rows) && fits(wanted.columns, columns);
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
    lines.read_plain_entries(some ? std::span(wanted.rows) : std::span<const char>(), keep);
  }
  if (lines.failed()) return failure({"E001", "reading it failed half way", "", {path, 0, 0, 1}});
  if (!sized) return failure(lines.finding("E084", "the file ends before the sizes of the matrix", ""));
  if (findings.empty() && static_cast<double>(entries) != declared)
    return failure(lines.finding("E084", fmt::format("{} entries are declared, {} are there", declared, entries),
                                 "the file may be cut short"));
  if (!findings.empty()) return tl::unexpected(findings);
  if (some && !order.strict()) return read(path);
  MatrixFile file{lca::SparseMatrix::from(rows, columns, triplets), 0};
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
