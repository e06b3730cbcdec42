// SPDX-License-Identifier: Apache-2.0
#include "inventory/telemetry/log.hpp"

#include <fmt/format.h>
#include <iconv.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "inventory/telemetry/readers.hpp"
#include "inventory/text/csv.hpp"
#include "inventory/text/text_file.hpp"

namespace cradle::inventory {
namespace {

constexpr std::size_t max_log_bytes = std::size_t{2} << 30;

/// PowerShell's ">" writes UTF-16 with a byte-order mark.
std::string to_utf8(std::string bytes) {
  const bool little = bytes.starts_with("\xFF\xFE"), big = bytes.starts_with("\xFE\xFF");
  if (!little && !big) return bytes;
  const iconv_t converter = iconv_open("UTF-8", little ? "UTF-16LE" : "UTF-16BE");
  if (converter == iconv_t(-1)) return bytes;
  std::string result;
  char* from = bytes.data() + 2;
  std::size_t left = bytes.size() - 2;
  std::array<char, 4096> buffer{};
  while (left > 0) {
    char* to = buffer.data();
    std::size_t room = buffer.size();
    const std::size_t before = left;
    iconv(converter, &from, &left, &to, &room);
    result.append(buffer.data(), buffer.size() - room);
    if (left == before) break;
  }
  iconv_close(converter);
  return result;
}

CsvTable read_table(std::string_view text) {
  CsvTable table;
  read_csv(text, [&](CsvRow& row) {
    if (!table.header.empty()) {
      table.rows.push_back(std::move(row.cells));
      table.lines.push_back(row.line);
      return;
    }
    table.header = std::move(row.cells);
    for (std::size_t i = 0; i < table.header.size(); ++i)
      if (!trim(table.header[i]).empty()) table.column.emplace(header_name(table.header[i]), i);
  });
  return table;
}

}  // namespace

const std::string* CsvTable::cell(std::size_t row, const std::string& name) const {
  const auto found = column.find(name);
  return found == column.end() || found->second >= rows[row].size() ? nullptr : &rows[row][found->second];
}

double LogSummary::kwh() const {
  double total = 0.0;
  for (const auto& part : parts) total += part.kwh;
  return total;
}

double LogSummary::covered_share() const {
  double covered = 0.0, window = 0.0;
  for (const auto& device : devices) {
    covered += device.covered_hours;
    window += device.window_hours;
  }
  return window > 0 ? covered / window : 1.0;
}

std::optional<double> log_number(std::string_view text) {
  const std::string plain = trim(text);
  double value = 0.0;
  const auto [end, code] = std::from_chars(plain.data(), plain.data() + plain.size(), value);
  if (code != std::errc{} || end != plain.data() + plain.size() || !(value - value == 0.0)) return std::nullopt;
  return value;
}

bool says_missing(const std::string& cell) {
  const std::string plain = trim(cell);
  return plain.empty() || plain.front() == '[' || plain == "N/A" || plain == "None" || plain == "nan" ||
         plain == "NaN" || plain == "ERR!" || plain == "-";
}

std::optional<double> Clock::seconds(const std::string& text) {
  const std::string plain = trim(text);
  if (const auto unix_seconds = log_number(plain)) return *unix_seconds;
  const auto stamp = read_stamp(plain);
  if (!stamp) return std::nullopt;
  if (!stamp->offset && zone_.empty()) unzoned_ = true;
  const auto moment = to_moment(*stamp, zone_.empty() ? "UTC" : zone_);
  if (!moment) return std::nullopt;
  return std::chrono::duration<double>(moment->time_since_epoch()).count();
}

std::string Clock::text(double seconds) const {
  std::string utc = to_text(Moment(std::chrono::microseconds(static_cast<std::int64_t>(seconds * 1e6))));
  if (unzoned_) utc.pop_back();  // as written: no zone is known
  return utc;
}

Result<LogSummary> read_log(const std::string& path, const LogSources& options) {
  auto bytes = read_text_file(path, max_log_bytes);
  if (!bytes) return tl::unexpected(std::move(bytes.error()));
  LogSummary summary;
  summary.file = path;
  summary.bytes = bytes->size();
  summary.sha256 = sha256(*bytes);
  if (!options.timezone.empty() && !to_moment(*read_stamp("2000-01-01"), options.timezone))
    return log_failure(summary, "E064", fmt::format("unknown time zone '{}'", options.timezone),
                       "an IANA name such as Europe/Paris or UTC");
  const std::string text = to_utf8(std::move(*bytes));
  if (auto problem = not_text(text)) return log_failure(summary, "E003", *problem, "logs are read as text: CSV");
  const CsvTable table = read_table(text);
  if (table.header.empty()) return log_failure(summary, "E060", "the file holds no usable row: it is empty");

  Result<void> read;
  if (!options.columns.empty()) {
    summary.format = "CSV by column map";
    read = read_column_map(table, options, summary);
  } else if (is_codecarbon(table)) {
    summary.format = "codecarbon emissions.csv";
    read = read_codecarbon(table, options, summary);
  } else if (is_nvidia_smi(table, table.header)) {
    summary.format = "nvidia-smi query CSV";
    read = read_nvidia_smi(text, options, summary);
  } else {
    std::string header;
    for (const auto& cell : table.header) header += (header.empty() ? "" : ",") + cell;
    return log_failure(summary, "E061",
                       fmt::format("the format is not known; the first line reads '{}'", header.substr(0, 120)),
                       "known: codecarbon emissions.csv, nvidia-smi --query-gpu CSV with power.draw; any other CSV by "
                       "'columns: {time: ..., power: ..., unit: W}'");
  }
  if (!read) return tl::unexpected(std::move(read.error()));
  return summary;
}

}  // namespace cradle::inventory
