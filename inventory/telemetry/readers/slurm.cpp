// SPDX-License-Identifier: Apache-2.0
// `sacct -P`: energy of jobs in joules. The job's row, .batch, .extern and steps all carry it: the largest of the
// allocation's rows counts, steps lie inside. Energy is of whole nodes, and of what the site's plugin reads.
#include <algorithm>

#include "inventory/telemetry/readers/all.hpp"
#include "inventory/text/csv.hpp"

namespace cradle::inventory {
namespace {

constexpr double node_ceiling_watts = 20'000;  // of one machine; a larger mean is a broken counter

bool recognise(const LogInput& input) {
  const auto header = header_of(input.head, '|');
  return has_all(header, {"jobid"}) && (has_all(header, {"consumedenergyraw"}) || has_all(header, {"consumedenergy"}) ||
                                        has_all(header, {"tresusageintot"}) || has_all(header, {"alloctres"}));
}

/// "20.54M" in J; the suffixes are powers of 1000.
std::optional<double> joules_of(std::string_view text) {
  text = trimmed(text);
  double factor = 1.0;
  if (!text.empty()) {
    const char last = text.back();
    factor = last == 'K' ? 1e3 : last == 'M' ? 1e6 : last == 'G' ? 1e9 : last == 'T' ? 1e12 : 1.0;
    if (factor > 1) text.remove_suffix(1);
  }
  const auto number = log_number(text);
  // 2^32 - 2 and 2^64 - 1 mean "no value"
  if (!number || *number <= 0 || *number == 4294967294.0 || *number >= 1.8446744073709551e19) return std::nullopt;
  return *number * factor;
}

/// The value of "energy=" in a list of resources.
std::optional<double> energy_in(std::string_view list) {
  const std::size_t at = list.find("energy=");
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view rest = list.substr(at + 7);
  return joules_of(rest.substr(0, rest.find(',')));
}

/// "[D-]HH:MM:SS[.mmm]"
std::optional<double> elapsed_of(std::string_view text) {
  double days = 0.0, seconds = 0.0;
  if (const std::size_t dash = text.find('-'); dash != std::string_view::npos) {
    days = log_number(text.substr(0, dash)).value_or(0.0);
    text.remove_prefix(dash + 1);
  }
  for (;;) {
    const std::size_t colon = text.find(':');
    const auto part = log_number(text.substr(0, colon));
    if (!part) return std::nullopt;
    seconds = seconds * 60 + *part;
    if (colon == std::string_view::npos) return seconds + days * 86'400;
    text.remove_prefix(colon + 1);
  }
}

struct Job {
  double allocation = 0.0, steps = 0.0;  ///< J
  double seconds = 0.0, nodes = 0.0, gpus = 0.0;
  std::string start, end, state;
  std::size_t line = 0;
};

Result<void> read(LogInput& input, Draft& draft) {
  const auto names = header_of(input.head, '|');
  std::map<std::string, std::size_t> column;
  for (std::size_t i = 0; i < names.size(); ++i) column.emplace(names[i], i);
  std::vector<std::string_view> cells;
  std::string store;
  std::map<std::pair<std::string, std::string>, Job> jobs;  // a requeued job repeats its id with another start
  bool header = false;
  std::map<std::string, std::string> starts;  // of the allocation last seen
  auto done = input.lines([&](std::string_view line, std::size_t number, bool) {
    if (trimmed(line).empty() || line.find("|---") != std::string_view::npos) return;
    split_cells(line, '|', cells, store);
    if (!std::exchange(header, true)) return;
    const auto cell = [&](const char* name) {
      const auto at = column.find(name);
      return at == column.end() || at->second >= cells.size() ? std::string_view() : cells[at->second];
    };
    ++draft.file.rows;
    const std::string id(cell("jobid"));
    const std::size_t dot = id.find('.');
    const std::string job_id = id.substr(0, dot), step = dot == std::string::npos ? "" : id.substr(dot + 1);
    if (job_id.empty()) return draft.reject(number, "no JobID");
    // Steps start later than their allocation, whose row comes before them.
    if (step.empty() || !starts.contains(job_id)) starts[job_id] = cell("start");
    Job& job = jobs[{job_id, starts[job_id]}];
    auto joules = joules_of(cell("consumedenergyraw"));
    if (!joules) joules = joules_of(cell("consumedenergy"));
    if (!joules) joules = energy_in(cell("tresusageintot"));
    const bool allocation_row = dot == std::string::npos;
    if (!joules && allocation_row) joules = energy_in(cell("alloctres"));
    const bool allocates = allocation_row || step == "batch" || step == "extern";
    double& into = allocates ? job.allocation : job.steps;
    if (joules) into = allocates ? std::max(into, *joules) : into + *joules;
    auto seconds = log_number(cell("elapsedraw"));
    if (!seconds) seconds = elapsed_of(cell("elapsed"));
    job.seconds = std::max(job.seconds, seconds.value_or(0.0));
    if (!allocation_row || job.line != 0) return;
    job.line = number;
    job.nodes = log_number(cell("nnodes")).value_or(1.0);
    job.state = cell("state");
    job.start = cell("start");
    job.end = cell("end");
    const std::string_view tres = cell("alloctres");
    if (const std::size_t at = tres.find("gres/gpu="); at != std::string_view::npos) {
      const std::string_view count = tres.substr(at + 9);
      job.gpus = log_number(count.substr(0, count.find(','))).value_or(0.0);
    }
  });
  if (!done) return done;
  Clock clock(input.options.timezone);
  const auto stamp = [&](std::string text) {
    if (text.size() > 10 && text[10] == '-') text[10] = 'T';  // SLURM_TIME_FORMAT of some sites
    return clock.read(text);
  };
  const bool cpu_only = input.options.node_energy == "cpu";
  std::size_t absent = 0, failed = 0;
  for (const auto& [key, job] : jobs) {
    Window window;
    window.key = key.first + "@" + key.second;
    window.label = fmt::format("job {}", key.first);
    window.source.scope = cpu_only ? Scope::component : Scope::node;
    window.source.component = cpu_only ? "cpu" : "";
    window.source.name = window.label;
    window.seconds = job.seconds;
    window.device_seconds = job.gpus * job.seconds;
    window.how = "Slurm energy accounting of whole nodes";
    const auto from = stamp(job.start), to = stamp(job.end);
    if (from && to && *to >= *from) {
      window.from = *from;
      window.to = *to;
    }
    const double joules = std::max(job.allocation, job.steps);
    const double ceiling = node_ceiling_watts * std::max(job.nodes, 1.0) * job.seconds;
    if (joules <= 0) {
      window.missing = "no energy: the plugin is absent, or the job too short";
      ++absent;
    } else if (job.seconds > 0 && joules > ceiling) {
      window.missing = fmt::format("{:.4g} J in {} s is more than its nodes can draw", joules, job.seconds);
      draft.notes.push_back(fmt::format("job {}: {}", key.first, window.missing));
    } else {
      window.joules = joules;
    }
    if (job.state.starts_with("FAILED") || job.state.starts_with("CANCELLED") || job.state.starts_with("TIMEOUT") ||
        job.state.starts_with("NODE_FAIL") || job.state.starts_with("OUT_OF_MEMORY"))
      ++failed;
    draft.windows.push_back(std::move(window));
  }
  draft.unzoned = clock.unzoned();
  if (absent == jobs.size())
    return log_failure(
        input, "E060",
        fmt::format("no usable row: none of {} jobs has an energy; is an energy plugin configured?", jobs.size()),
        "ask sacct for ConsumedEnergyRaw");
  draft.notes.push_back("energy of whole nodes: right for exclusive jobs only");
  if (!cpu_only)
    draft.notes.push_back(
        "taken as all that a node draws (IPMI plugin); with the RAPL plugin it is CPU and memory only: 'node_energy: "
        "cpu'");
  if (failed > 0) draft.notes.push_back(fmt::format("{} jobs did not complete; their energy counts", failed));
  return {};
}

}  // namespace

const Reader slurm_sacct = {{"slurm", "Slurm sacct -P", "columns `JobID` and an energy, separated by |",
                             "the allocation's energy of each job", true},
                            recognise,
                            read};

/// Columns of fixed width cut job ids short ("2658300.bat+").
const Reader slurm_fixed = {
    {"slurm-fixed", "Slurm sacct, fixed width", "a `JobID` header without |", "refused: cells are cut", true},
    [](const LogInput& input) {
      const auto line = first_line(input.head);
      return line.starts_with("JobID") && line.find('|') == std::string_view::npos &&
             line.find("ConsumedEnergy") != std::string_view::npos;
    },
    [](LogInput& input, Draft&) -> Result<void> {
      return log_failure(input, "E060", "no usable row: a table of fixed width cuts job ids and numbers short",
                         "sacct -P --noconvert -o JobID,NNodes,AllocTRES,Start,End,ElapsedRaw,State,ConsumedEnergyRaw");
    }};

}  // namespace cradle::inventory
