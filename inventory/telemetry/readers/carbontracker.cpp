// SPDX-License-Identifier: Apache-2.0
// carbontracker's standard log (powers per epoch, without PUE) and its human output ("Actual consumption", with PUE),
// also as pasted into notes. Predicted consumption is an extrapolation and never read as energy.
#include "inventory/telemetry/readers/all.hpp"
#include "inventory/text/csv.hpp"

namespace cradle::inventory {
namespace {

/// Seconds of "0:10:00.00", "111:11:54", "1 day, 2:03:04".
std::optional<double> seconds_of(std::string_view text) {
  double days = 0.0;
  if (const std::size_t comma = text.find(", "); comma != std::string_view::npos) {
    const auto number = log_number(text.substr(0, text.find(' ')));
    if (!number) return std::nullopt;
    days = *number;
    text.remove_prefix(comma + 2);
  }
  double total = 0.0;
  for (text = trimmed(text);;) {
    const std::size_t end = text.find(':');
    const auto part = log_number(text.substr(0, end));
    if (!part) return std::nullopt;
    total = total * 60 + *part;
    if (end == std::string_view::npos) return total + days * 86'400;
    text.remove_prefix(end + 1);
  }
}

/// Numbers of "[240. 260.]", "136.86", "[None]"; nothing where one is missing.
std::optional<double> watts_of(std::string text) {
  for (char& c : text)
    if (c == '[' || c == ']' || c == ',') c = ' ';
  double sum = 0.0;
  std::size_t count = 0;
  std::string_view rest = text;
  while (!(rest = trimmed(rest)).empty()) {
    std::string word(rest.substr(0, rest.find(' ')));
    rest.remove_prefix(word.size());
    if (word.ends_with('.')) word += '0';  // as NumPy prints whole numbers
    const auto number = log_number(word);
    if (!number) return std::nullopt;
    sum += *number;
    ++count;
  }
  return count > 0 ? std::optional(sum) : std::nullopt;
}

std::string_view after(std::string_view line, std::string_view marker) {
  const std::size_t at = line.find(marker);
  return at == std::string_view::npos ? std::string_view() : trimmed(line.substr(at + marker.size()));
}

/// The name that a run's files have in common.
std::string run_of(const std::string& name) {
  const std::size_t at = name.find("_carbontracker");
  return at == std::string::npos ? "" : name.substr(0, at);
}

class Carbontracker {
 public:
  Carbontracker(const LogInput& input, Draft& draft) : input_(input), clock_(input.options.timezone), draft_(draft) {}

  void line(std::string_view text) {
    if (open_ != nullptr) {  // an array that goes on over lines without a stamp
      *open_ += " " + std::string(trimmed(text));
      if (text.find(']') != std::string_view::npos) open_ = nullptr;
      return;
    }
    if (text.size() > 19 && text[4] == '-' && text[13] == ':')
      if (const auto t = clock_.read(text.substr(0, 19))) now_ = *t;
    if (const auto epochs = after(text, "Actual consumption"); !epochs.empty()) {
      block_ = Block::actual;
      block_epochs_ = epochs_named(epochs);
    }
    if (const auto epochs = after(text, "Predicted consumption"); !epochs.empty()) {
      block_ = Block::predicted;
      planned_epochs_ = epochs_named(epochs);
    }
    if (const auto pue = after(text, "PUE coefficient of "); !pue.empty())
      pue_ = log_number(pue.substr(0, pue.find(' '))).value_or(pue_);
    if (text.find("Epoch ") != std::string_view::npos && text.ends_with(":")) {
      finish_epoch();
      in_epoch_ = true;
      epoch_end_ = now_;  // the line is written when the epoch is over
    }
    if (const auto value = after(text, "Duration: "); !value.empty()) duration_ = seconds_of(value).value_or(0.0);
    power(text, "for gpu: ", gpu_);
    power(text, "for cpu: ", cpu_);
    if (block_ == Block::none) return;
    if (const auto time = after(text, "Time:"); !time.empty()) block_seconds_ = seconds_of(time).value_or(0.0);
    if (const auto energy = after(text, "Energy:"); !energy.empty()) {
      if (auto kwh = log_number(energy.substr(0, energy.find(' ')))) {
        const auto unit = trimmed(energy.substr(std::min(energy.find(' '), energy.size())));
        if (unit.starts_with("Wh")) *kwh /= 1000;
        if (unit.starts_with("J")) *kwh /= joules_per_kwh;
        if (block_ == Block::actual)
          actual(*kwh);
        else
          ++predicted_;
      }
      block_ = Block::none;
    }
  }

  void finish() {
    finish_epoch();
    if (epochs_ == 0 && actual_ > 0) {
      const double stated = input_.options.pue;
      draft_.pue_inside = stated <= 0;
      draft_.notes.push_back(
          stated > 0 ? fmt::format("energies contain a PUE of {}, as declared; it is divided out", stated)
                     : std::string("energies contain a PUE that the text does not say; they are taken as they stand: "
                                   "declare 'pue', or the site's PUE counts twice"));
    }
    if (predicted_ > 0)
      draft_.notes.push_back(
          fmt::format("{} predicted figures are left out: extrapolations of the first epochs", predicted_));
    if (nothing_ > 0)
      draft_.notes.push_back(fmt::format("{} blocks of no time and no energy are no measurement", nothing_));
    draft_.unzoned = clock_.unzoned();
  }

 private:
  enum class Block { none, actual, predicted };

  /// "for 10 epoch(s):"
  static int epochs_named(std::string_view text) {
    if (!text.starts_with("for ")) return 0;
    text.remove_prefix(4);
    return static_cast<int>(log_number(text.substr(0, text.find(' '))).value_or(0.0));
  }

  void power(std::string_view text, std::string_view marker, std::string& into) {
    if (text.find("Average power usage (W)") == std::string_view::npos) return;
    const auto value = after(text, marker);
    if (value.empty()) return;
    into = std::string(value);
    if (value.find('[') != std::string_view::npos && value.find(']') == std::string_view::npos) open_ = &into;
  }

  void finish_epoch() {
    if (!std::exchange(in_epoch_, false)) return;
    ++epochs_;
    ++draft_.file.rows;
    const auto part = [&](const char* component, std::string& text) {
      if (text.empty()) return;
      Window window;
      window.key = run_of(input_.name);
      window.label = "epochs";
      window.rank = 1;  // powers without PUE, before the output's rounded sums with it
      window.seconds = duration_;
      window.source.component = component;
      if (epoch_end_ != 0) {
        window.to = epoch_end_;
        window.from = epoch_end_ - static_cast<Micros>(duration_ * 1e6);
      }
      if (const auto watts = watts_of(text)) {
        window.joules = *watts * duration_;
        window.how = "carbontracker: mean power of the epoch x its duration";
      } else {
        window.missing = "no power in this epoch: " + text;
      }
      draft_.windows.push_back(std::move(window));
      text.clear();
    };
    part("accelerator", gpu_);
    part("cpu", cpu_);
  }

  void actual(double kwh) {
    ++draft_.file.rows;
    if (kwh == 0.0 && block_seconds_ == 0.0) {
      ++nothing_;
      return;
    }
    // What was told beside the prediction is part of what was predicted.
    if (planned_epochs_ > 0 && block_epochs_ == planned_epochs_ && told_epochs_ > 0 && told_epochs_ < block_epochs_ &&
        !draft_.windows.empty()) {
      draft_.windows.pop_back();
      draft_.notes.push_back("the consumption of the first epochs lies inside that of all");
    }
    told_epochs_ = block_epochs_;
    ++actual_;
    Window window;
    window.key = run_of(input_.name);
    window.label = window.key.empty() ? fmt::format("block {}", actual_) : "output";
    window.seconds = block_seconds_;
    const double pue = input_.options.pue > 0 ? input_.options.pue : 1.0;
    window.joules = kwh * joules_per_kwh / pue;
    window.how = "carbontracker, actual consumption, not split";
    if (now_ != 0) {
      window.to = now_;
      window.from = now_ - static_cast<Micros>(block_seconds_ * 1e6);
    }
    draft_.windows.push_back(std::move(window));
  }

  const LogInput& input_;
  Clock clock_;
  Draft& draft_;
  Block block_ = Block::none;
  int block_epochs_ = 0, planned_epochs_ = 0, told_epochs_ = 0;
  Micros now_ = 0, epoch_end_ = 0;
  double duration_ = 0.0, block_seconds_ = 0.0, pue_ = 1.0;
  std::string gpu_, cpu_;
  std::string* open_ = nullptr;
  bool in_epoch_ = false;
  std::size_t epochs_ = 0, actual_ = 0, predicted_ = 0, nothing_ = 0;
};

bool recognise(const LogInput& input) {
  return input.head.find("carbontracker version ") != std::string_view::npos ||
         input.head.find("Actual consumption for ") != std::string_view::npos ||
         input.head.find("Actual consumption:") != std::string_view::npos ||
         input.head.find("CarbonTracker: ") != std::string_view::npos;
}

Result<void> read(LogInput& input, Draft& draft) {
  Carbontracker reader(input, draft);
  auto done = input.lines([&](std::string_view line, std::size_t, bool) { reader.line(line); });
  if (!done) return done;
  reader.finish();
  if (draft.windows.empty())
    return log_failure(input, "E060", "no usable row: no epoch with powers and no actual consumption",
                       "epochs shorter than the tool's reading interval are not measured");
  return {};
}

}  // namespace

const Reader carbontracker = {{"carbontracker", "carbontracker log", "its version line, or \"Actual consumption\"",
                               "mean powers of epochs without PUE; else actual consumption", true},
                              recognise,
                              read};

}  // namespace cradle::inventory
