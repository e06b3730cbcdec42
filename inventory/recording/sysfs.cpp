// SPDX-License-Identifier: Apache-2.0
// Power and energy that Linux gives as files: powercap (RAPL, microjoules that wrap at their range) and hwmon (amdgpu,
// microwatts). Kernel documentation: power/powercap, gpu/amdgpu/thermal.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "inventory/recording/probe.hpp"
#include "inventory/text/csv.hpp"

namespace cradle::inventory {
namespace {

namespace fs = std::filesystem;
constexpr double micro = 1e-6;

/// The first line of a file; nothing where it cannot be read.
std::optional<std::string> line_of(const fs::path& path) {
  std::ifstream file(path);
  std::string line;
  return std::getline(file, line) ? std::optional(trim(line)) : std::nullopt;
}

std::vector<fs::path> folders_in(const std::string& root) {
  std::vector<fs::path> folders;
  std::error_code error;
  for (fs::directory_iterator entry(root, error), end; !error && entry != end; entry.increment(error))
    folders.push_back(entry->path());
  std::sort(folders.begin(), folders.end());
  return folders;
}

/// Files that each hold one number.
class Files : public Probe {
 public:
  struct File {
    fs::path path;
    ProbeReading reading;
  };
  Files(std::string name, std::vector<File> files) : name_(std::move(name)), files_(std::move(files)) {}
  std::string name() const override { return fmt::format("{}, {} sensor(s)", name_, files_.size()); }
  void read(std::vector<ProbeReading>& into) override {
    for (const auto& file : files_) {
      ProbeReading reading = file.reading;
      const auto text = line_of(file.path);
      const double number = text ? number_of(*text) : 0.0;
      if (text && number >= 0)
        reading.value = number * micro;
      else
        reading.note = "cannot be read";
      into.push_back(std::move(reading));
    }
  }

 private:
  std::string name_;
  std::vector<File> files_;
};

}  // namespace

FoundProbe open_rapl(const std::string& root) {
  std::vector<Files::File> files;
  bool any = false, unreadable = false;
  for (const auto& zone : folders_in(root)) {
    const std::string id = zone.filename().string();
    if (!id.starts_with("intel-rapl:")) continue;  // the mmio tree repeats a package
    const auto name = line_of(zone / "name");
    if (!name) continue;
    const bool package = name->starts_with("package"), dram = *name == "dram";
    if (!package && !dram) continue;
    any = true;
    if (!line_of(zone / "energy_uj")) {
      unreadable = true;
      continue;
    }
    const auto range = line_of(zone / "max_energy_range_uj");
    files.push_back({zone / "energy_uj",
                     {dram ? "dram" : "cpu", id, *name, true, {}, range ? number_of(*range) * micro : 0.0, ""}});
  }
  if (!files.empty()) return {std::make_unique<Files>("RAPL", std::move(files)), ""};
  return {nullptr,
          unreadable
              ? fmt::format("processors: {}/*/energy_uj may be read by root only (chmod a+r, or run as root)", root)
          : any ? std::string("processors: no RAPL counter can be read")
                : fmt::format("processors: there is no RAPL under {}, as in most virtual machines", root)};
}

FoundProbe open_amd(const std::string& root) {
  std::vector<Files::File> files;
  for (const auto& folder : folders_in(root)) {
    if (line_of(folder / "name").value_or("") != "amdgpu") continue;
    for (const char* sensor : {"power1_average", "power1_input"})
      if (line_of(folder / sensor)) {
        std::error_code error;
        const fs::path device = fs::canonical(folder / "device", error);
        files.push_back({folder / sensor,
                         {"accelerator",
                          error ? folder.filename().string() : device.filename().string(),
                          "AMD GPU",
                          false,
                          {},
                          0.0,
                          ""}});
        break;
      }
  }
  if (files.empty()) return {nullptr, fmt::format("AMD GPUs: no amdgpu power sensor under {}", root)};
  if (auto counters = open_amd_smi(); counters.probe) return counters;
  return {std::make_unique<Files>("amdgpu", std::move(files)), ""};
}

}  // namespace cradle::inventory
