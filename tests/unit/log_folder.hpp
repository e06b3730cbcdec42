// SPDX-License-Identifier: Apache-2.0
// Folders of log files written by a test, and what reading them gave.
#pragma once

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

#include "inventory/telemetry/log.hpp"

namespace cradle::inventory {

namespace fs = std::filesystem;

/// A folder of log files that goes away with the test.
class LogFolder {
 public:
  LogFolder()
      : path_(fs::temp_directory_path() /
              ("cradle-telemetry-" + std::to_string(::getpid()) + "-" + std::to_string(count_++))) {
    fs::create_directories(path_);
  }
  ~LogFolder() { fs::remove_all(path_); }
  LogFolder& file(const std::string& name, const std::string& text) {
    fs::create_directories((path_ / name).parent_path());
    std::ofstream(path_ / name, std::ios::binary) << text;
    return *this;
  }
  LogReading read(LogSources options = {}, unsigned threads = 1) const {
    if (options.timezone.empty()) options.timezone = "UTC";
    return read_logs({path_.string()}, options, {}, threads);
  }
  const fs::path& path() const { return path_; }
  LogReading read_unzoned() const { return read_logs({path_.string()}, {}, {}, 1); }

 private:
  static inline int count_ = 0;
  fs::path path_;
};

inline LogReading one(const std::string& name, const std::string& text, LogSources options = {}) {
  return LogFolder().file(name, text).read(std::move(options));
}

inline double counted(const LogReading& reading) {
  double kwh = 0.0;
  for (const auto& log : reading.logs)
    if (log.used) kwh += log.kwh();
  return kwh;
}
inline double joules(const LogReading& reading) { return counted(reading) * 3.6e6; }

inline bool says(const LogReading& reading, const std::string& code) {
  return std::any_of(reading.findings.begin(), reading.findings.end(),
                     [&](const Finding& f) { return f.code == code; });
}
inline bool notes(const LogReading& reading, const std::string& words) {
  for (const auto& log : reading.logs)
    for (const auto& note : log.notes)
      if (note.find(words) != std::string::npos) return true;
  return false;
}

inline const std::string smi_header = "timestamp, index, power.draw [W]\n";

inline std::string smi(int seconds, int gpu, const std::string& watts, const char* day = "2026/05/14") {
  char text[80];
  std::snprintf(text, sizeof text, "%s %02d:%02d:%02d.000, %d, %s\n", day, seconds / 3600, seconds / 60 % 60,
                seconds % 60, gpu, watts.c_str());
  return text;
}

}  // namespace cradle::inventory
