// SPDX-License-Identifier: Apache-2.0
// `nvidia-smi --query-gpu=timestamp,...,power.draw --format=csv[,noheader][,nounits]`, as people keep it: headers
// missing or repeated, units in cells or not, several devices interleaved. power.draw is in W by the tool's manual.
// This is the format of which there are gigabytes: one pass, in blocks, no copy of a cell.
#include <emmintrin.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <limits>

#include "inventory/telemetry/blocks.hpp"
#include "inventory/telemetry/reader.hpp"
#include "inventory/telemetry/readers/all.hpp"
#include "inventory/text/csv.hpp"
#include "inventory/text/time_stamp.hpp"

namespace cradle::inventory {
namespace {

/// Limits are not draw, and a module's draw has a larger scope: neither is in this list.
constexpr std::array power_columns = {"power.draw", "power.draw.average", "power.draw.instant"};
constexpr std::array device_columns = {"uuid", "gpu_uuid", "pci.bus_id", "gpu", "index"};
constexpr std::size_t most_cells = 64;
constexpr std::size_t stamp_bytes = 23;  // "2026/03/01 00:00:00.000"

/// Which column holds what.
struct Layout {
  std::size_t time = 0, power = 0, cells = 0, wanted = 0;  ///< wanted: cells up to the last that is looked at
  std::optional<std::size_t> device, name, limit;
  bool exact = false;  ///< a header names every column
  bool operator==(const Layout&) const = default;
};

using Cells = std::vector<std::string_view>;

void finish(Layout& layout) {
  layout.wanted = 1 + std::max({layout.time, layout.power, layout.device.value_or(0), layout.name.value_or(0)});
}

std::optional<Layout> layout_of_header(const Cells& header) {
  const auto find = [&](std::string_view wanted) -> std::optional<std::size_t> {
    for (std::size_t i = 0; i < header.size(); ++i)
      if (header_name(header[i]) == wanted) return i;
    return std::nullopt;
  };
  const auto time = find("timestamp");
  if (!time) return std::nullopt;
  Layout layout;
  layout.time = *time;
  layout.cells = header.size();
  layout.exact = true;
  layout.name = find("name");
  for (const char* name : {"enforced.power.limit", "power.limit"})
    if (!layout.limit) layout.limit = find(name);
  std::optional<std::size_t> power;
  for (const char* name : power_columns)
    if (!power) power = find(name);
  for (const char* name : device_columns)
    if (!layout.device) layout.device = find(name);
  if (!power) return std::nullopt;
  layout.power = *power;
  finish(layout);
  return layout;
}

/// One to five digits, a point and two digits, as the tool writes them; -1 for all else. All eight bytes before `end`
/// at once, since numbers of two and of three digits alternate in no order that a processor could guess.
inline double two_decimals(const char* end, std::size_t n) {
  if (n < 4 || n > 8 || end[-3] != '.') return -1.0;
  std::uint64_t bytes = 0;
  std::memcpy(&bytes, end - 8, 8);
  constexpr std::uint64_t each = 0x0101010101010101, point = std::uint64_t{0xFF} << 40;
  const std::uint64_t digits = (bytes ^ (each * '0')) & (~std::uint64_t{0} << (8 * (8 - n))) & ~point;
  if (((digits + each * (0x7F - 9)) & (each * 0x80)) != 0) return -1.0;
  const auto digit = [&](int place) { return static_cast<std::uint32_t>((digits >> (8 * place)) & 0xFF); };
  const std::uint32_t cents = digit(0) * 1'000'000 + digit(1) * 100'000 + digit(2) * 10'000 + digit(3) * 1000 +
                              digit(4) * 100 + digit(6) * 10 + digit(7);
  return static_cast<double>(cents) / 100.0;  // both exact, so the quotient is the nearest double
}

/// "71.53 W", "71.53"; NaN for all else. `before`: bytes that may be read in front of the cell.
double watts(std::string_view cell, bool& unit, std::ptrdiff_t before = 0) {
  unit = cell.size() > 2 && cell.back() == 'W' && cell[cell.size() - 2] == ' ';
  if (unit) cell.remove_suffix(2);
  if (before >= 4)
    if (const double value = two_decimals(cell.data() + cell.size(), cell.size()); value >= 0) return value;
  return log_number(cell).value_or(std::numeric_limits<double>::quiet_NaN());
}

/// Without a header only a cell that says watts can be power; two of them would be a draw and a limit.
std::optional<Layout> layout_of_row(const Cells& row) {
  if (row.size() < 2 || !read_stamp(std::string(row[0]))) return std::nullopt;
  Layout layout;
  layout.cells = row.size();
  std::size_t candidates = 0;
  for (std::size_t i = 1; i < row.size(); ++i) {
    bool unit = false;
    if (!std::isnan(watts(row[i], unit)) && unit) {
      layout.power = i;
      ++candidates;
    }
    if (row[i].starts_with("GPU-")) layout.device = i;
  }
  if (candidates != 1) return std::nullopt;
  finish(layout);
  return layout;
}

std::optional<Layout> layout_of_head(std::string_view head) {
  Cells cells;
  std::string store;
  split_cells(first_line(head), ',', cells, store);
  auto layout = layout_of_header(cells);
  return layout ? layout : layout_of_row(cells);
}

/// Steps of a file without a device column: do rows of several devices alternate?
struct Interleaving {
  std::vector<Micros> steps;
  std::size_t conflicts = 0, rows = 0;
  Micros last = 0;
  double last_watts = 0.0;

  void add(Micros t, double w) {
    constexpr std::size_t enough = 4096;
    if (rows++ > 0 && steps.size() < enough) {
      steps.push_back(t - last);
      if (t == last && w != last_watts) ++conflicts;
    }
    last = t;
    last_watts = w;
  }
  /// Stamps that repeat with other values, or steps of two very different lengths (a sweep over the devices, then the
  /// pause between sweeps).
  bool found() {
    if (steps.size() < 3) return conflicts > 0;
    std::sort(steps.begin(), steps.end());
    const Micros usual_long = steps[steps.size() * 9 / 10];
    const auto brief =
        static_cast<std::size_t>(std::lower_bound(steps.begin(), steps.end(), usual_long / 20) - steps.begin());
    return conflicts > steps.size() / 10 || (brief > steps.size() / 4 && brief < steps.size());
  }
};

struct Parsed : BlockResult {
  struct Rejection {
    std::size_t line;
    std::string why;
  };
  Draft part;
  std::vector<std::string> ids;  ///< of part.tracks
  std::vector<Rejection> rejections;
  std::size_t rejected = 0, unread = 0;
  bool other_layout = false;
};

/// Parses the lines of one block.
class BlockParser {
 public:
  BlockParser(const Layout& layout, const std::string& zone, bool collect, Micros slot, Parsed& out)
      : layout_(layout), clock_(zone), out_(out), slot_(slot) {
    out_.part.collect = collect;
    out_.part.tracks.reserve(16);
  }

  void run(std::string_view block, bool last) {
    const char* at = block.data();
    const char* const end = at + block.size();
    const bool usual = layout_.time == 0 && layout_.device == 1 && layout_.power == 2 && layout_.cells == 3;
    while (at < end) {
      if (usual && same_stamp(at, end))
        if (const char* next = usual_row(at + stamp_bytes + 1, end)) {
          at = next;
          continue;
        }
      const char* stop = cut(at, end);
      const bool whole = stop < end;
      ++out_.lines;
      const char* trimmed_end = stop;
      if (trimmed_end > at && trimmed_end[-1] == '\r') --trimmed_end;
      const std::string_view text(at, static_cast<std::size_t>(trimmed_end - at));
      if (!text.empty() && (text.front() > ' ' || text.find_first_not_of(" \t") != std::string_view::npos))
        line(text, whole || !last);
      at = stop + 1;
    }
    out_.part.unzoned = clock_.unzoned();
  }

 private:
  /// The rest of "..., 3, 71.53 W" after a stamp that is known; the line after it, or nothing where it is not as usual.
  const char* usual_row(const char* at, const char* end) {
    if (end - at < 16) return nullptr;
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    const auto ends = static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('\n'))));
    const auto commas = static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(','))));
    if (ends == 0) return nullptr;
    const int stop = __builtin_ctz(ends);
    const unsigned inside = commas & ((1u << stop) - 1);
    if (inside == 0 || (inside & (inside - 1)) != 0) return nullptr;
    const int comma = __builtin_ctz(inside);
    if (comma < 2 || at[0] != ' ' || at[comma + 1] != ' ' || at[stop - 1] != 'W' || at[stop - 2] != ' ') return nullptr;
    const double value = two_decimals(at + stop - 2, static_cast<std::size_t>(stop - comma - 4));
    if (value < 0) return nullptr;
    const std::string_view id(at + 1, static_cast<std::size_t>(comma - 1));
    auto& tracks = out_.part.tracks;
    std::size_t next = at_ + 1 < tracks.size() ? at_ + 1 : 0;
    for (std::size_t i = 0;; ++i, next = next + 1 < tracks.size() ? next + 1 : 0) {
      if (i == tracks.size()) return nullptr;
      const std::string& known = tracks[next].source.device;
      if (known.size() == id.size() && known.back() == id.back() && (id.size() == 1 || known == id)) break;
    }
    at_ = next;
    tracks[next].add(moment_, value);
    ++out_.part.file.rows;
    ++out_.lines;
    return at + stop + 1;
  }

  /// The line's end; the places of its first commas are kept on the way, sixteen bytes at a time.
  const char* cut(const char* at, const char* end) {
    commas_ = 0;
    odd_ = false;
    again_ = same_stamp(at, end);
    if (again_) {
      comma_[commas_++] = at + stamp_bytes;
      at += stamp_bytes + 1;
    }
    const __m128i comma = _mm_set1_epi8(','), newline = _mm_set1_epi8('\n'), quote = _mm_set1_epi8('"');
    const char* p = at;
    for (; end - p >= 16; p += 16) {
      const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
      auto found = static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, comma)));
      const auto ends = static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, newline)));
      // A quote or a NUL byte in the sixteen after the line only costs a second look.
      odd_ |= _mm_movemask_epi8(
                  _mm_or_si128(_mm_cmpeq_epi8(bytes, quote), _mm_cmpeq_epi8(bytes, _mm_setzero_si128()))) != 0;
      if (ends != 0) found &= (ends & -ends) - 1;
      for (; found != 0 && commas_ < most_cells; found &= found - 1) comma_[commas_++] = p + __builtin_ctz(found);
      if (ends != 0) return p + __builtin_ctz(ends);
    }
    for (; p < end && *p != '\n'; ++p) {
      if (*p == ',' && commas_ < most_cells) comma_[commas_++] = p;
      odd_ |= *p == '"' || *p == '\0';
    }
    return p;
  }

  /// Whether a line starts with the stamp and the comma of the line before: rows of one sweep over the devices do.
  bool same_stamp(const char* at, const char* end) const {
    if (stamp_ == nullptr || end - at < 32) return false;
    const auto load = [](const char* p) { return _mm_loadu_si128(reinterpret_cast<const __m128i*>(p)); };
    const __m128i low = _mm_cmpeq_epi8(load(at), load(stamp_)), high = _mm_cmpeq_epi8(load(at + 8), load(stamp_ + 8));
    return _mm_movemask_epi8(_mm_and_si128(low, high)) == 0xFFFF;
  }

  std::string_view cell(std::string_view text, std::size_t index) const {
    const char* from = index == 0 ? text.data() : comma_[index - 1] + 1;
    const char* to = index < commas_ ? comma_[index] : text.data() + text.size();
    while (from < to && *from == ' ') ++from;
    while (to > from && to[-1] == ' ') --to;
    return {from, static_cast<std::size_t>(to - from)};
  }

  void line(std::string_view text, bool whole) {
    if (odd_ && text.find('"') != std::string_view::npos) {  // a name with a comma in it
      split_cells(text, ',', cells_, store_);
      row(text, whole, cells_.size(), [&](std::size_t i) { return cells_[i]; });
    } else {
      row(text, whole, commas_ + 1, [&](std::size_t i) { return cell(text, i); });
    }
  }

  template <typename Cell>
  void row(std::string_view text, bool whole, std::size_t count, const Cell& cell_at) {
    if (!again_) {
      const auto read = count > layout_.time ? clock_.read(cell_at(layout_.time)) : std::nullopt;
      stamp_ = nullptr;
      if (!read) return no_time(text);
      moment_ = *read;
      if (layout_.time == 0 && commas_ > 0 && comma_[0] == text.data() + stamp_bytes) stamp_ = text.data();
    }
    const Micros time = moment_;
    if (layout_.exact && count > layout_.cells) return reject("more cells than columns: decimal commas?");
    if (count < layout_.wanted || (odd_ && text.find('\0') != std::string_view::npos))
      return reject(count < layout_.wanted ? "too few cells" : "NUL bytes: the machine stopped while writing?");
    bool unit = false;
    const std::string_view power = cell_at(layout_.power);
    const double value = watts(power, unit, power.data() - text.data());
    // The last line of a file that was cut may end inside a number.
    if (!whole && !unit && layout_.power + 1 == count) return reject("the last line is cut");
    Track& track = track_of(layout_.device ? cell_at(*layout_.device) : "0", count, cell_at);
    ++out_.part.file.rows;
    if (value >= 0) {
      track.add(time, value);
    } else {
      track.miss(time, power.empty() ? "empty cell" : power);
      ++out_.unread;
    }
  }

  /// A repeated header, or a row that cannot be trusted.
  void no_time(std::string_view text) {
    split_cells(text, ',', cells_, store_);
    const auto header = layout_of_header(cells_);
    if (header) {
      out_.other_layout = out_.other_layout || *header != layout_;
      return;
    }
    reject("no readable time");
  }

  void reject(const char* why) {
    ++out_.rejected;
    ++out_.part.file.rows;
    if (out_.rejections.size() < 3) out_.rejections.push_back({out_.lines, why});
  }

  /// Devices mostly take turns: the one after the last is tried first.
  template <typename Cell>
  Track& track_of(std::string_view id, std::size_t count, const Cell& cell_at) {
    auto& tracks = out_.part.tracks;
    for (std::size_t i = 0, n = tracks.size(); i < n; ++i) {
      at_ = at_ + 1 < n ? at_ + 1 : 0;
      const std::string& known = tracks[at_].source.device;
      if (known.size() == id.size() && !id.empty() && known.back() == id.back() && known == id) return tracks[at_];
    }
    Source source;
    source.device = std::string(id);
    source.component = "accelerator";
    source.identified = id.starts_with("GPU-");
    if (layout_.name && *layout_.name < count) source.name = std::string(cell_at(*layout_.name));
    at_ = tracks.size();
    constexpr double most = 1.3;  // a limit is kept within moments
    bool unit = false;
    const double limit = layout_.limit && *layout_.limit < count ? watts(cell_at(*layout_.limit), unit) : 0.0;
    return out_.part.track(source, {Reading::instant, 0, limit > 0 ? most * limit : 0.0, slot_}, "power draw");
  }

  const Layout& layout_;
  Clock clock_;
  Parsed& out_;
  Micros slot_;
  std::array<const char*, most_cells> comma_;
  std::size_t commas_ = 0, at_ = 0;
  const char* stamp_ = nullptr;  ///< where the last stamp stands, if it is the first cell and of the usual length
  bool again_ = false;           ///< the line has that stamp too
  Micros moment_ = 0;
  bool odd_ = false;  ///< the line holds quotes or NUL bytes, or one near it does
  Cells cells_;
  std::string store_;
};

/// Puts what the blocks say together, in their order.
struct Gathering {
  Draft& draft;
  std::size_t lines = 0, unread = 0;
  bool other_layout = false;

  void take(Parsed& parsed) {
    draft.file.rows += parsed.part.file.rows;
    draft.unzoned = draft.unzoned || parsed.part.unzoned;
    for (const auto& rejection : parsed.rejections) draft.reject(lines + rejection.line, rejection.why);
    draft.rejected += parsed.rejected - parsed.rejections.size();
    unread += parsed.unread;
    lines += parsed.lines;
    other_layout = other_layout || parsed.other_layout;
    for (auto& track : parsed.part.tracks) {
      Track& whole = draft.track(track.source, track.rule, track.how);
      whole.series.append(std::move(track.series));
      for (auto& raw : track.raw) {
        if (raw.reason >= 0)
          whole.miss(raw.t, track.reasons[static_cast<std::size_t>(raw.reason)]);
        else
          whole.add(raw.t, raw.value);
      }
    }
  }
};

bool recognise(const LogInput& input) {
  Cells cells;
  std::string store;
  split_cells(first_line(input.head), ',', cells, store);
  const bool stamped = cells.size() >= 2 && read_stamp(std::string(cells[0])).has_value();
  const auto header = header_of(input.head);
  const bool without_power = has_all(header, {"timestamp"}) && std::any_of(header.begin(), header.end(), [](const auto& name) {
                               return name == "utilization.gpu" || name == "temperature.gpu" || name == "memory.used";
                             });
  return layout_of_header(cells).has_value() || stamped || without_power;
}

Result<void> read(LogInput& input, Draft& draft) {
  const auto layout = layout_of_head(input.head);
  if (!layout)
    return log_failure(
        input, "E060", "no usable row: no column says that it is a power draw",
        "query it: `nvidia-smi --query-gpu=timestamp,uuid,power.draw,power.limit --format=csv -l 1`; or name the column "
        "and its unit: 'columns: {time: ..., power: ..., unit: W}'");
  Gathering gathering{draft};
  // Seconds are for looking closely at short recordings.
  const Micros slot = draft.file.bytes > (8u << 20) ? 60 * micros_per_second : micros_per_second;
  const auto parse = [&](const Layout& of, std::string_view block, bool last) {
    auto parsed = std::make_unique<Parsed>();
    parsed->part.from = draft.from;
    parsed->part.to = draft.to;
    BlockParser(of, input.options.timezone, draft.collect, slot, *parsed).run(block, last);
    return parsed;
  };
  if (input.in_memory) {
    auto parsed = parse(*layout, input.converted, true);
    gathering.take(*parsed);
  } else {
    auto done = read_blocks(
        input.path, input.threads, input.progress,
        [&](std::string_view block, bool last) {
          if (block.starts_with("\xEF\xBB\xBF")) block.remove_prefix(3);
          return parse(*layout, block, last);
        },
        [&](BlockResult& result) { gathering.take(static_cast<Parsed&>(result)); });
    if (!done) return done;
  }
  if (gathering.other_layout)
    return log_failure(input, "E061", "the columns change inside the file: a header names others than the first",
                       "split the file where the header changes");
  if (!layout->device) {
    Interleaving interleaving;
    Clock clock(input.options.timezone);
    Cells cells;
    std::string store;
    std::string_view rest = input.head;
    while (rest.find('\n') != std::string_view::npos) {
      const std::string_view line = rest.substr(0, rest.find('\n'));
      rest.remove_prefix(line.size() + 1);
      split_cells(line, ',', cells, store);
      bool unit = false;
      if (cells.size() < layout->wanted) continue;
      const auto time = clock.read(cells[layout->time]);
      const double value = watts(cells[layout->power], unit);
      if (time && !std::isnan(value)) interleaving.add(*time, value);
    }
    if (interleaving.found())
      return log_failure(input, "E060",
                         "no usable row: several devices seem to share this log, and no column tells them apart",
                         "query 'uuid' or 'index' beside power.draw");
  }
  if (gathering.unread > 0)
    draft.notes.push_back(fmt::format("{} rows say that power could not be read: gaps, not zero", gathering.unread));
  return {};
}

}  // namespace

const Reader nvidia_smi_query = {
    {"nvidia-smi", "nvidia-smi query CSV", "columns `timestamp` and `power.draw`, or a stamp and one cell in watts",
     "power draw per device, by trapezoids", true},
    recognise,
    read};

}  // namespace cradle::inventory
