// SPDX-License-Identifier: Apache-2.0
// Runs a command and records what the machine draws meanwhile. Rows are written as they are measured, so that whatever
// ends the recording leaves what was measured so far.
#include <fmt/format.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "app/commands.hpp"
#include "app/forecast.hpp"
#include "app/terminal.hpp"
#include "inventory/recording/probe.hpp"
#include "inventory/recording/process_tree.hpp"
#include "inventory/telemetry/log.hpp"
#include "inventory/text/csv.hpp"
#include "inventory/text/time_stamp.hpp"
#include "inventory/text/units.hpp"
#include "reporting/disclosure.hpp"
#include "reporting/rounding.hpp"

namespace cradle::app {
namespace {

using Clock = std::chrono::system_clock;
constexpr int not_found = 127, killed_by = 128;

struct Options {
  std::vector<std::string> command;
  std::string output = "record.csv", interval = "1 s", powercap = "/sys/class/powercap", hwmon = "/sys/class/hwmon",
              forecast;
  bool force = false, quiet = false;
};

std::string host_name() {
  char name[256] = {};
  return ::gethostname(name, sizeof name - 1) == 0 ? name : "this machine";
}

std::string now_text() {
  return inventory::to_text(std::chrono::time_point_cast<std::chrono::microseconds>(Clock::now()));
}

/// To the millisecond.
std::string exact_now() {
  const auto now = std::chrono::time_point_cast<std::chrono::microseconds>(Clock::now());
  const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count();
  std::string text = inventory::to_text(now);
  text.insert(text.size() - 1, fmt::format(".{:03d}", milliseconds % 1000));
  return text;
}

/// Lines that the command writes to $CRADLE_MARKS, one at the end of each epoch.
class Marks {
 public:
  explicit Marks(std::string path) : path_(std::move(path)) {
    std::ofstream(path_, std::ios::trunc);
    ::setenv("CRADLE_MARKS", std::filesystem::absolute(path_).c_str(), 1);
  }
  ~Marks() {
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
  }
  Marks(const Marks&) = delete;
  Marks& operator=(const Marks&) = delete;

  /// How many lines have come since the last time.
  std::size_t fresh() {
    std::ifstream file(path_);
    std::size_t lines = 0;
    for (std::string line; std::getline(file, line);) ++lines;
    const std::size_t before = std::exchange(seen_, std::max(seen_, lines));
    return seen_ - before;
  }
  std::size_t seen() const { return seen_; }

 private:
  std::string path_;
  std::size_t seen_ = 0;
};

class Recording {
 public:
  Recording(const std::string& path, std::vector<std::unique_ptr<inventory::Probe>> probes)
      : file_(path, std::ios::trunc), probes_(std::move(probes)), node_(host_name()) {}

  void begin(const Options& options, const std::vector<std::string>& missing) {
    std::string command;
    for (const auto& word : options.command) command += (command.empty() ? "" : " ") + word;
    for (auto& c : command)
      if (static_cast<unsigned char>(c) < ' ') c = ' ';  // a comment is one line
    file_ << "# cradle record 1\n# tool: " << reporting::tool_name() << "\n# node: " << node_
          << "\n# command: " << command << "\n# started: " << now_text() << '\n';
    for (const auto& probe : probes_) file_ << "# read: " << probe->name() << '\n';
    for (const auto& what : missing) file_ << "# not read: " << what << '\n';
    file_ << "time,node,scope,component,device,name,reading,value,unit,wrap,note\n";
  }
  void comment(const std::string& text) { file_ << "# " << text << '\n' << std::flush; }

  /// The ends of so many epochs: now, as near as the interval between readings tells.
  void mark(std::size_t epochs) {
    for (std::size_t i = 0; i < epochs; ++i) comment("mark: " + exact_now());
  }

  /// One row per device, flushed at once.
  void sample(bool last = false) {
    if (last) next_look_ = {};
    for (const auto& probe : probes_) {
      const double time = std::chrono::duration<double>(Clock::now().time_since_epoch()).count();
      readings_.clear();
      probe->read(readings_);
      for (const auto& r : readings_)
        file_ << fmt::format("{:.6f},{},component,{},{},{},{},{},{},{},{}\n", time, node_, r.component, r.device,
                             inventory::quoted_cell(r.name), r.counter ? "counter" : "power",
                             r.value ? fmt::format("{}", *r.value) : "", r.counter ? "J" : "W",
                             r.wrap > 0 ? fmt::format("{}", r.wrap) : "", r.note);
    }
    sample_processes();
    file_ << std::flush;
  }
  bool failed() const { return !file_; }

 private:
  /// CPU time of the machine, then of the command's processes. Looking through all processes takes milliseconds, so not
  /// more often than five times a second.
  void sample_processes() {
    const auto now = std::chrono::steady_clock::now();
    if (now < next_look_) return;
    next_look_ = now + std::chrono::milliseconds(200);
    const auto machine = inventory::machine_cpu_seconds(), tree = inventory::descendants_cpu_seconds();
    if (!machine || !tree) return;
    const double time = std::chrono::duration<double>(Clock::now().time_since_epoch()).count();
    for (const auto& [scope, seconds] : {std::pair{"node", *machine}, std::pair{"process", *tree}})
      file_ << fmt::format("{:.6f},{},{},cpu,,,seconds,{},s,,\n", time, node_, scope, seconds);
  }

  std::chrono::steady_clock::time_point next_look_;
  std::ofstream file_;
  std::vector<std::unique_ptr<inventory::Probe>> probes_;
  std::vector<inventory::ProbeReading> readings_;
  std::string node_;
};

/// Starts the command with the signals as they were; the child never returns.
pid_t start(const std::vector<std::string>& command, const sigset_t& before) {
  std::vector<char*> words;
  for (const auto& word : command) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  const pid_t child = ::fork();
  if (child != 0) return child;
  ::sigprocmask(SIG_SETMASK, &before, nullptr);
  ::signal(SIGXFSZ, SIG_DFL);
  ::signal(SIGPIPE, SIG_DFL);
  ::execvp(words[0], words.data());
  const std::string text = fmt::format("cradle: {} cannot be run: {}\n", words[0], std::strerror(errno));
  [[maybe_unused]] const auto written = ::write(STDERR_FILENO, text.data(), text.size());
  ::_exit(not_found);
}

/// Tells the forecast after 1, 2, 4, 8 ... epochs or minutes, so that reading the file again stays cheap.
class Teller {
 public:
  Teller(const Options& options, std::optional<ForecastTarget> target)
      : options_(options), target_(target), begun_(std::chrono::steady_clock::now()) {}

  void look(std::size_t epochs) {
    if (!target_ || options_.quiet) return;
    const double minutes =
        std::chrono::duration<double, std::ratio<60>>(std::chrono::steady_clock::now() - begun_).count();
    const double now = target_->epochs ? static_cast<double>(epochs) : minutes;
    if (now < next_) return;
    while (next_ <= now) next_ *= 2;
    tell();
  }
  void tell() const {
    inventory::LogSources sources;
    sources.hash = false;
    if (target_ && !options_.quiet)
      std::cerr << forecast_words(inventory::read_logs({options_.output}, sources),
                                  inventory::marks_of(options_.output), *target_)
                << '\n';
  }

 private:
  const Options& options_;
  std::optional<ForecastTarget> target_;
  std::chrono::steady_clock::time_point begun_;
  double next_ = 1.0;
};

/// Waits for whoever has ended, orphans of the command too; whether the command itself has.
bool ended(pid_t child, int& status) {
  bool done = false;
  int one = 0;
  for (pid_t pid; (pid = ::waitpid(-1, &one, WNOHANG)) > 0;)
    if (pid == child) {
      status = one;
      done = true;
    }
  return done;
}

/// Samples until the command ends; its exit code, or 128 and the signal that ended it.
int watch(Recording& recording, const Options& options, double interval, Marks& marks, Teller& teller) {
  sigset_t signals, before;
  sigemptyset(&signals);
  for (const int signal : {SIGCHLD, SIGINT, SIGQUIT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2}) sigaddset(&signals, signal);
  ::sigprocmask(SIG_BLOCK, &signals, &before);
  recording.sample();
  const pid_t child = start(options.command, before);
  if (child < 0) {
    std::cerr << "cradle: no process can be started: " << std::strerror(errno) << '\n';
    return machine_trouble;
  }
  auto next = std::chrono::steady_clock::now();
  int status = 0;
  for (;;) {
    next += std::chrono::duration_cast<std::chrono::steady_clock::duration>(std::chrono::duration<double>(interval));
    for (;;) {
      const auto left =
          std::max(std::chrono::nanoseconds(0),
                   std::chrono::duration_cast<std::chrono::nanoseconds>(next - std::chrono::steady_clock::now()));
      const timespec wait{left.count() / 1'000'000'000, left.count() % 1'000'000'000};
      const int signal = ::sigtimedwait(&signals, nullptr, &wait);
      if (signal < 0) break;  // time for the next sample
      // What a terminal sends (Ctrl-C, Ctrl-\) reaches the command by itself; what is sent to us alone, as a scheduler
      // does before it ends a job, is passed on.
      if (signal != SIGCHLD && signal != SIGINT && signal != SIGQUIT) ::kill(child, signal);
      if (signal == SIGCHLD && ended(child, status)) {
        recording.sample(true);
        recording.mark(marks.fresh());
        ::sigprocmask(SIG_SETMASK, &before, nullptr);
        return WIFEXITED(status) ? WEXITSTATUS(status) : killed_by + WTERMSIG(status);
      }
    }
    recording.sample();
    recording.mark(marks.fresh());
    teller.look(marks.seen());
  }
}

void print_energy(const Options& options) {
  inventory::LogSources sources;
  sources.hash = false;
  const auto reading = inventory::read_logs({options.output}, sources);
  print_findings(std::cerr, reading.findings);
  for (const auto& log : reading.logs)
    for (const auto& part : log.parts)
      std::cerr << fmt::format("{}: {} Wh of {}, {:.2f} % of the time read\n", options.output,
                               reporting::significant(part.kwh * 1000, 4),
                               part.component.empty() ? "the whole" : part.component, log.covered_share() * 100);
}

int run(const Options& options) {
  const auto hours = inventory::read_quantity(options.interval, inventory::Dimension::time);
  constexpr double shortest = 0.01;
  if (!hours || *hours * 3600 < shortest) {
    std::cerr << "cradle: --interval must be a time of at least 10 ms, such as '1 s'\n";
    return wrong_use;
  }
  std::optional<ForecastTarget> target;
  if (!options.forecast.empty() && !(target = read_forecast_target(options.forecast))) return wrong_use;
  ::signal(SIGPIPE, SIG_IGN);  // a reader of our words that has gone does not end the recording
  if (!options.force && std::filesystem::exists(options.output)) {
    std::cerr << fmt::format("cradle: {} is there already; --force replaces it\n", options.output);
    return refused;
  }
  std::vector<std::unique_ptr<inventory::Probe>> probes;
  std::vector<std::string> missing;
  for (auto* open : {+[](const Options&) { return inventory::open_nvml(); },
                     +[](const Options& o) { return inventory::open_amd(o.hwmon); },
                     +[](const Options& o) { return inventory::open_rapl(o.powercap); }}) {
    auto found = open(options);
    if (found.probe)
      probes.push_back(std::move(found.probe));
    else
      missing.push_back(std::move(found.missing));
  }
  if (probes.empty()) {
    std::cerr << "cradle: nothing can be read on this machine, so nothing was run:\n";
    for (const auto& what : missing) std::cerr << "  " << what << '\n';
    std::cerr << "What a model says instead: energy: {estimator: hours}, see docs/method/hours.md\n";
    return machine_trouble;
  }
  Recording recording(options.output, std::move(probes));
  if (recording.failed()) {
    std::cerr << fmt::format("cradle: {} cannot be written\n", options.output);
    return machine_trouble;
  }
  recording.begin(options, missing);
  inventory::adopt_orphans();
  const auto node_before = inventory::machine_cpu_seconds();
  Marks marks(fmt::format("{}.{}.marks", options.output, ::getpid()));
  Teller teller(options, target);
  const int code = watch(recording, options, *hours * 3600, marks, teller);
  const auto node_after = inventory::machine_cpu_seconds();
  recording.comment(fmt::format("ended: {}", now_text()));
  recording.comment(fmt::format("exit: {}", code));
  const double node = node_before && node_after ? *node_after - *node_before : 0.0;
  recording.comment(node > 0
                        ? fmt::format("process share of the node's CPU time: {:.1f} %",
                                      std::min(1.0, inventory::descendants_cpu_seconds().value_or(0.0) / node) * 100)
                        : std::string("process share of the node's CPU time: too little to tell"));
  if (recording.failed()) std::cerr << fmt::format("cradle: {} could not be written to its end\n", options.output);
  if (!options.quiet) print_energy(options);
  teller.tell();
  return code;
}

}  // namespace

void add_record(Command app, int& exit_code) {
  auto command = app.add_subcommand("record", "run a command and record what the machine draws meanwhile");
  command->footer(
      "Example:\n  cradle record --help\nOn a machine with sensors: cradle record -o train.csv -- python train.py\nThe "
      "exit code is the command's. "
      "`cradle logs train.csv` shows what was recorded.");
  auto options = std::make_shared<Options>();
  command->add_option("command", options->command, "what to run, after --")->type_name("COMMAND")->required();
  command->add_option("-o,--output", options->output, "the recording, written as it is made")->type_name("FILE");
  command->add_option("--interval", options->interval, "between readings")->type_name("TIME");
  command->add_option("--powercap", options->powercap, "where the kernel's RAPL counters lie")->type_name("DIR");
  command->add_option("--hwmon", options->hwmon, "where the kernel's sensors lie")->type_name("DIR");
  command
      ->add_option("--forecast", options->forecast,
                   "energy of the whole run, such as '48 h', or '20 epochs' of a command that writes a line to "
                   "$CRADLE_MARKS after each")
      ->type_name("TOTAL");
  command->add_flag("--force", options->force, "replace a recording that is there");
  command->add_flag("--quiet", options->quiet, "print nothing of our own");
  command->callback([options, &exit_code] { exit_code = run(*options); });
}

}  // namespace cradle::app
