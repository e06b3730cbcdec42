// SPDX-License-Identifier: Apache-2.0
#include "inventory/recording/process_tree.hpp"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <charconv>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace cradle::inventory {
namespace {

double ticks_per_second() { return static_cast<double>(::sysconf(_SC_CLK_TCK)); }

struct Process {
  long parent = 0;
  double ticks = 0.0;  ///< its own and those of children it has waited for
};

/// A line of /proc/PID/stat; the name, which may hold anything, stands in parentheses.
std::optional<Process> read_process(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::string line;
  if (!std::getline(file, line)) return std::nullopt;  // it has ended meanwhile
  const auto name_end = line.rfind(')');
  if (name_end == std::string::npos) return std::nullopt;
  std::istringstream rest(line.substr(name_end + 1));
  std::string state, skipped;
  Process process;
  rest >> state >> process.parent;
  for (int field = 5; field <= 13; ++field) rest >> skipped;
  for (int field = 14; field <= 17; ++field) {  // utime, stime, cutime, cstime
    double ticks = 0.0;
    rest >> ticks;
    process.ticks += ticks;
  }
  return rest ? std::optional(process) : std::nullopt;
}

}  // namespace

void adopt_orphans() { ::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); }

std::optional<double> descendants_cpu_seconds() {
  std::map<long, Process> processes;
  std::error_code error;
  for (std::filesystem::directory_iterator entry("/proc", error), end; !error && entry != end; entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    long pid = 0;
    const auto parsed = std::from_chars(name.data(), name.data() + name.size(), pid);
    if (parsed.ec != std::errc() || parsed.ptr != name.data() + name.size()) continue;
    if (const auto process = read_process(entry->path() / "stat")) processes.emplace(pid, *process);
  }
  if (processes.empty()) return std::nullopt;
  std::multimap<long, long> children;
  for (const auto& [pid, process] : processes) children.emplace(process.parent, pid);
  rusage waited{};
  ::getrusage(RUSAGE_CHILDREN, &waited);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6;
  };
  double ticks = 0.0;
  std::vector<long> left = {static_cast<long>(::getpid())};
  while (!left.empty()) {
    const auto [first, last] = children.equal_range(left.back());
    left.pop_back();
    for (auto child = first; child != last; ++child) {
      ticks += processes.at(child->second).ticks;
      left.push_back(child->second);
    }
  }
  return ticks / ticks_per_second() + seconds(waited.ru_utime) + seconds(waited.ru_stime);
}

std::optional<double> machine_cpu_seconds() {
  std::ifstream file("/proc/stat");
  std::string word;
  double user = 0, nice = 0, system = 0, idle = 0, wait = 0, irq = 0, soft = 0, steal = 0;
  if (!(file >> word >> user >> nice >> system >> idle >> wait >> irq >> soft >> steal)) return std::nullopt;
  return (user + nice + system + irq + soft + steal) / ticks_per_second();
}

}  // namespace cradle::inventory
