// SPDX-License-Identifier: Apache-2.0
// A plain table of powers over time that no tool signs: found by its columns where these say what they are. The unit must
// stand in the names. A whole beside its parts is counted once; statistics and ratings are no readings; what cannot be told
// is asked, with the column map to type.
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <regex>

#include "inventory/telemetry/readers/all.hpp"
#include "inventory/telemetry/table.hpp"
#include "inventory/text/csv.hpp"

namespace cradle::inventory {
namespace {

/// What a column of powers is to the others.
enum class Role { part, sum, machine };

struct Column {
  std::size_t at;
  std::string name;  ///< as written
  double factor;     ///< to W; 0: the name says no unit that means one thing
  Role role;
};

struct Layout {
  NumberStyle numbers;
  std::size_t count = 0;
  std::vector<std::size_t> time;  ///< or a date and a time
  double time_unit = 1.0;
  std::optional<std::size_t> device, node;
  std::vector<Column> powers;
};

std::vector<std::string> cells_as_written(std::string_view head, char separator) {
  std::vector<std::string_view> cells;
  std::string store;
  split_cells(first_line(head), separator, cells, store);
  return {cells.begin(), cells.end()};
}

bool holds_word(const std::string& name, std::initializer_list<const char*> words) {
  std::string spaced = " ";
  for (const char c : name) spaced += std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : ' ';
  spaced += ' ';
  return std::any_of(words.begin(), words.end(),
                     [&](const char* word) { return spaced.find(fmt::format(" {} ", word)) != std::string::npos; });
}

/// W in the unit that a name ends with; 0 where it names a power and no unit, or "MW", which people write for both;
/// nothing where it is no reading of a power.
std::optional<double> power_unit(const std::string& written) {
  static const std::regex watts(R"(.*(\((m|k)?w(atts?)?\)|[_ ](m|k|milli|kilo)?w(atts?)?|\bwatts?))"), word(R"(.*(power|pwr|draw).*)");
  const std::string name = header_name(written);
  if (holds_word(name, {"limit", "cap", "tdp", "rating", "rated", "max", "min", "peak", "avg", "average", "mean", "std", "median"}))
    return std::nullopt;
  if (written.find("MW") != std::string::npos) return 0.0;
  std::smatch found;
  if (std::regex_match(name, found, watts)) {
    const std::string prefix = found[2].matched ? found[2].str() : found[4].str();
    return prefix.starts_with("m") ? 1e-3 : prefix.starts_with("k") ? 1e3 : 1.0;
  }
  if (std::regex_match(name, word)) return 0.0;
  return std::nullopt;
}

Role role_of(const std::string& written) {
  const std::string name = header_name(written);
  if (holds_word(name, {"total", "sum", "all"})) return Role::sum;
  return holds_word(name, {"node", "system", "sys", "board", "wall", "psu", "machine", "server", "outlet", "plug"}) ? Role::machine
                                                                                                                  : Role::part;
}

double seconds_of(const std::string& unit) {
  return unit == "ns" ? 1e-9 : unit == "us" ? 1e-6 : unit == "ms" ? 1e-3 : unit == "min" ? 60.0 : unit == "h" ? 3600.0 : 1.0;
}

std::optional<Layout> layout_of(std::string_view head) {
  static const std::regex time(R"((time|timestamp|date|datetime|date_time|elapsed|seconds|t|ts)( ?\((ns|us|ms|s|min|h)\)|_(ns|us|ms|s))?)");
  for (const char separator : column_separators) {
    const auto written = cells_as_written(head, separator);
    if (written.size() < 2) continue;
    Layout layout;
    layout.numbers = NumberStyle::of(head, separator);
    layout.count = written.size();
    for (std::size_t i = 0; i < written.size(); ++i) {
      const std::string name = header_name(written[i]);
      std::smatch found;
      const bool pair = layout.time.size() == 1 && header_name(written[layout.time[0]]) == "date" && name == "time";
      if ((layout.time.empty() || pair) && std::regex_match(name, found, time)) {
        layout.time.push_back(i);
        layout.time_unit = seconds_of(found[3].matched ? found[3].str() : found[4].str());
      } else if (const auto factor = power_unit(written[i])) {
        layout.powers.push_back({i, written[i], *factor, role_of(written[i])});
      } else if (!layout.device && holds_word(name, {"gpu", "device", "index", "uuid", "id", "card"})) {
        layout.device = i;
      } else if (!layout.node && holds_word(name, {"host", "hostname", "node", "machine"})) {
        layout.node = i;
      }
    }
    if (!layout.time.empty() && !layout.powers.empty()) return layout;
  }
  return std::nullopt;
}

bool recognise(const LogInput& input) { return layout_of(input.head).has_value(); }

/// The column map to type, where the names do not say enough.
std::string map_for(const LogInput& input, const Layout& layout) {
  const auto written = cells_as_written(input.head, layout.numbers.separator);
  std::string map = "say it:";
  for (const auto at : layout.time) map += fmt::format(" --column 'time={}'", written[at]);
  if (layout.device) map += fmt::format(" --column 'device={}'", written[*layout.device]);
  const bool parts = std::any_of(layout.powers.begin(), layout.powers.end(), [](const auto& c) { return c.role == Role::part; });
  for (const auto& column : layout.powers)
    if (column.role == Role::part || !parts) map += fmt::format(" --column 'power={}'", column.name);
  return map + " --column unit=W";
}

class Powers {
 public:
  Powers(const Layout& layout, const LogInput& input, Draft& draft)
      : layout_(layout), clock_(input.options.timezone), draft_(draft) {
    clock_.count_in(layout.time_unit);
    for (const auto& column : layout.powers)
      (column.role == Role::part ? counted_ : wholes_).push_back(column);
    // A machine's own power holds its parts, and more; a sum is the parts once more.
    if (counted_.empty() || (wholes_.size() == 1 && wholes_.front().role == Role::machine)) std::swap(counted_, wholes_);
  }

  void row(const std::vector<std::string_view>& cells, std::size_t line, bool whole) {
    ++draft_.file.rows;
    if (cells.size() != layout_.count)
      return draft_.reject(line, cells.size() > layout_.count ? fmt::format("{} cells under {} columns", cells.size(), layout_.count)
                                                              : "the row is cut");
    if (!whole) return draft_.reject(line, "the last line is cut");
    const std::string stamp = layout_.time.size() == 2 ? std::string(cells[layout_.time[0]]) + " " + std::string(cells[layout_.time[1]])
                                                       : std::string(cells[layout_.time[0]]);
    const auto t = clock_.read(stamp);
    if (!t) {
      ++timeless_;
      return draft_.reject(line, "no readable time");
    }
    for (const auto& column : counted_) {
      const auto watts = layout_.numbers.read(cells[column.at]);
      Track& track = draft_.track(source_of(column, cells), {Reading::instant, 0, 0}, fmt::format("column '{}'", column.name));
      if (watts && *watts >= 0) {
        track.add(*t, *watts * column.factor);
        sum_ += *watts * column.factor;
      } else {
        const auto cell = cells[column.at];
        track.miss(*t, cell.empty() ? "empty cell" : says_missing(cell) ? cell : "no number");
      }
    }
    for (const auto& column : wholes_) beside_ += layout_.numbers.read(cells[column.at]).value_or(0.0) * column.factor;
  }

  Result<void> finish(const LogInput& input) {
    draft_.unzoned = clock_.unzoned();
    if (!wholes_.empty()) {
      std::vector<std::string> names;
      for (const auto& column : wholes_) names.push_back(column.name);
      draft_.notes.push_back(fmt::format("column{} '{}' {:+.2f} % from what counts: a whole and its parts are counted once",
                                         names.size() > 1 ? "s" : "", fmt::join(names, "' and '"), sum_ > 0 ? (beside_ / sum_ - 1) * 100 : 0.0));
    }
    if (!draft_.tracks.empty()) return {};
    if (timeless_ > 0 && timeless_ == draft_.file.rows)
      return log_failure(input, "E060", fmt::format("no usable row: none of {} rows has a time that can be read", timeless_),
                         "a date and time such as 2026-05-14T13:00:00Z, or Unix time in s, ms, us or ns");
    return log_failure(input, "E060", fmt::format("no usable row: none of {} rows holds a time and powers", draft_.file.rows),
                       "decimal commas between commas? Write the table with decimal points, or with ';' between cells");
  }

 private:
  Source source_of(const Column& column, const std::vector<std::string_view>& cells) const {
    Source source;
    if (layout_.device) source.device = std::string(cells[*layout_.device]);
    if (layout_.node) source.node = std::string(cells[*layout_.node]);
    if (counted_.size() > 1) source.device += (source.device.empty() ? "" : "/") + column.name;
    if (column.role == Role::machine) source.scope = Scope::node;
    return source;
  }

  const Layout& layout_;
  Clock clock_;
  Draft& draft_;
  std::vector<Column> counted_, wholes_;
  double sum_ = 0.0, beside_ = 0.0;
  std::size_t timeless_ = 0;
};

Result<void> read(LogInput& input, Draft& draft) {
  const Layout layout = *layout_of(input.head);
  if (std::any_of(layout.powers.begin(), layout.powers.end(), [](const auto& column) { return column.factor == 0; }))
    return log_failure(input, "E063", "a table of powers, whose unit stands nowhere or may be two", map_for(input, layout));
  const auto of = [&](Role role) {
    return std::count_if(layout.powers.begin(), layout.powers.end(), [&](const auto& column) { return column.role == role; });
  };
  if (of(Role::part) > 0 && of(Role::sum) + of(Role::machine) > 1)
    return log_failure(input, "E063", "a table of powers, of which it cannot be told what lies inside what", map_for(input, layout));
  Powers powers(layout, input, draft);
  std::vector<std::string_view> cells;
  std::string store;
  bool header = true;
  auto done = input.lines([&](std::string_view line, std::size_t number, bool whole) {
    if (trimmed(line).empty() || line.front() == '#' || std::exchange(header, false)) return;
    split_cells(line, layout.numbers.separator, cells, store);
    powers.row(cells, number, whole);
  });
  if (!done) return done;
  return powers.finish(input);
}

}  // namespace

const Reader plain_table = {{"table", "plain table of powers", "a column of times and columns whose names say watts",
                             "power of each column; a whole and its parts are counted once", false},
                            recognise,
                            read,
                            true};

}  // namespace cradle::inventory
