// SPDX-License-Identifier: Apache-2.0
// macOS powermetrics, as text or as property lists. Each sample is the mean over the time before its stamp; the combined
// or package power is the whole of the chip, and its parts are not added to it. Screen and board are not in it.
#include <pugixml.hpp>
#include <regex>

#include "inventory/telemetry/readers/all.hpp"
#include "inventory/text/csv.hpp"

namespace cradle::inventory {
namespace {

/// One sample of the chip, W.
struct Sample {
  std::optional<double> whole, cpu, clusters, gpu, neural, memory;
  std::optional<double> watts() const {
    if (whole) return whole;
    const auto cores = cpu ? cpu : clusters;
    if (!cores) return std::nullopt;  // a part is not the chip
    return *cores + gpu.value_or(0) + neural.value_or(0) + memory.value_or(0);
  }
};

class Samples {
 public:
  explicit Samples(Draft& draft) : draft_(draft) { source_.scope = Scope::module; }

  /// Stamps are whole seconds and samples may be shorter: within a second and a half time goes by what has elapsed.
  void add(Micros stamp, double seconds, const Sample& sample) {
    ++draft_.file.rows;
    const auto elapsed = static_cast<Micros>(seconds * 1e6);
    const Micros follows = end_ + elapsed;
    const bool gap = !started_ || std::abs(follows - stamp) > 3 * micros_per_second / 2;
    Track& track = draft_.track(source_, {Reading::average, 0, 0}, "powermetrics: mean power of the chip");
    const auto watts = sample.watts();
    const Micros end = gap ? stamp : follows;
    if (!watts) {
      track.miss(end, "no power in this sample");
    } else {
      if (!started_) track.add(end - elapsed, *watts);
      track.add(end, *watts);
    }
    started_ = true;
    end_ = end;
  }

 private:
  Draft& draft_;
  Source source_;
  bool started_ = false;
  Micros end_ = 0;
};

bool is_list(const LogInput& input) {
  return input.head.find("<plist") != std::string_view::npos && input.head.find("elapsed_ns") != std::string_view::npos;
}

bool recognise(const LogInput& input) {
  return input.head.find("*** Sampled system activity (") != std::string_view::npos || is_list(input);
}

/// Watts of "CPU Power: 967 mW" and "package power (CPUs+GT+SA): 3.42W".
std::optional<double> watts_of(std::string_view line) {
  const std::size_t colon = line.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  std::string_view text = trimmed(line.substr(colon + 1));
  const double factor = text.ends_with("mW") ? 1e-3 : 1.0;
  if (!text.ends_with("W")) return std::nullopt;
  text.remove_suffix(factor < 1 ? 2 : 1);
  const auto value = log_number(text);
  return value ? std::optional(*value * factor) : std::nullopt;
}

void take(std::string_view line, Sample& sample) {
  const auto watts = watts_of(line);
  if (!watts) return;
  const auto first = [&](std::optional<double>& into) {  // GPU Power stands twice in some versions
    if (!into) into = watts;
  };
  if (line.starts_with("Combined Power") || line.starts_with("Package Power") ||
      line.find("derived package power") != std::string_view::npos)
    first(sample.whole);
  else if (line.starts_with("CPU Power") || line.starts_with("Clusters Total Power"))
    first(sample.cpu);
  else if (line.starts_with("E-Cluster Power") || line.starts_with("P-Cluster Power") || line.starts_with("P0-Cluster Power") ||
           line.starts_with("P1-Cluster Power"))
    sample.clusters = sample.clusters.value_or(0) + *watts;
  else if (line.starts_with("DRAM Power"))
    first(sample.memory);
  else if (line.starts_with("GPU Power"))
    first(sample.gpu);
  else if (line.starts_with("ANE Power"))
    first(sample.neural);
}

Result<void> read_text(LogInput& input, Draft& draft) {
  static const std::regex head(R"(\*\*\* Sampled system activity \((.*?)\) \(([0-9.]+)ms elapsed\))");
  Clock clock(input.options.timezone);
  Samples samples(draft);
  std::optional<Micros> stamp;
  double seconds = 0.0;
  Sample sample;
  const auto close = [&] {
    if (stamp) samples.add(*stamp, seconds, sample);
    stamp.reset();
    sample = {};
  };
  auto done = input.lines([&](std::string_view line, std::size_t number, bool) {
    if (line.starts_with("*** Sampled")) {
      close();
      std::cmatch found;
      if (!std::regex_search(line.data(), line.data() + line.size(), found, head))
        return draft.reject(number, "no readable stamp");
      stamp = read_ctime(found[1].str(), clock);
      seconds = log_number(found[2].str()).value_or(0.0) / 1000;
      if (!stamp) draft.reject(number, "no readable time");
      return;
    }
    take(line, sample);
  });
  if (!done) return done;
  close();
  draft.unzoned = clock.unzoned();
  return {};
}

/// The value that follows a key of a property list's dictionary.
pugi::xml_node value_of(const pugi::xml_node& dictionary, const char* key) {
  for (auto entry = dictionary.child("key"); entry; entry = entry.next_sibling("key"))
    if (std::string_view(entry.child_value()) == key) return entry.next_sibling();
  return {};
}

Result<void> read_lists(LogInput& input, Draft& draft) {
  const auto text = input.text();
  if (!text) return tl::unexpected(text.error());
  Clock clock(input.options.timezone);
  Samples samples(draft);
  constexpr std::string_view open = "<plist", close = "</plist>";
  for (std::size_t at = text->find(open); at != std::string_view::npos; at = text->find(open, at + 1)) {
    const std::size_t end = text->find(close, at);
    if (end == std::string_view::npos) {
      draft.notes.push_back("the last sample is cut and left out");
      break;
    }
    pugi::xml_document document;
    if (!document.load_buffer(text->data() + at, end + close.size() - at)) continue;
    const auto root = document.child("plist").child("dict");
    const auto processor = value_of(root, "processor");
    const auto power = [&](const char* key, double factor) -> std::optional<double> {
      const auto value = log_number(value_of(processor, key).child_value());
      return value ? std::optional(*value * factor) : std::nullopt;
    };
    Sample sample;
    sample.whole = power("combined_power", 1e-3);
    if (!sample.whole) sample.whole = power("package_watts", 1.0);
    sample.cpu = power("cpu_power", 1e-3);
    sample.gpu = power("gpu_power", 1e-3);
    sample.neural = power("ane_power", 1e-3);
    const auto stamp = clock.read(value_of(root, "timestamp").child_value());
    const double seconds = log_number(value_of(root, "elapsed_ns").child_value()).value_or(0.0) * 1e-9;
    if (stamp)
      samples.add(*stamp, seconds, sample);
    else
      draft.notes.push_back("a sample without a time is left out");
  }
  draft.unzoned = clock.unzoned();
  return {};
}

Result<void> read(LogInput& input, Draft& draft) {
  draft.notes.push_back("the chip alone: screen, memory outside it and the rest of the machine are not measured");
  return is_list(input) ? read_lists(input, draft) : read_text(input, draft);
}

}  // namespace

const Reader powermetrics = {{"powermetrics", "macOS powermetrics", "\"*** Sampled system activity\", or its property list",
                              "mean power of the chip over each sample: combined or package, else CPU, GPU and ANE", false},
                             recognise,
                             read};

}  // namespace cradle::inventory
