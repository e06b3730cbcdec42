// SPDX-License-Identifier: Apache-2.0
// What of this machine can be read while a command runs: GPUs through NVML, AMD GPUs through AMD SMI (both
// opened at run time) or the kernel's hwmon, processors and memory through RAPL. A probe gives readings; who writes
// them is not its concern.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace cradle::inventory {

/// One reading of one device. Without a value, `note` says why.
struct ProbeReading {
  std::string component, device, name;
  bool counter = false;         ///< J since some start, starting again at `wrap`; else W
  std::optional<double> value;  ///< J or W
  double wrap = 0.0;            ///< J; 0: does not wrap
  std::string note;
};

class Probe {
 public:
  virtual ~Probe() = default;
  virtual std::string name() const = 0;
  virtual void read(std::vector<ProbeReading>& into) = 0;
};

/// A probe, or why there is none.
struct FoundProbe {
  std::unique_ptr<Probe> probe;
  std::string missing;
};

/// Of a kind whose `open()` says what is missing, or nothing.
template <typename Kind>
FoundProbe open_probe() {
  auto probe = std::make_unique<Kind>();
  std::string missing = probe->open();
  if (!missing.empty()) return {nullptr, std::move(missing)};
  return {std::move(probe), ""};
}

/// NVIDIA's library: energy counters where devices have them, else power.
FoundProbe open_nvml();
/// powercap: one counter per package and, where it is apart, DRAM. `root`: /sys/class/powercap.
FoundProbe open_rapl(const std::string& root);
/// AMD's library: energy counters, of devices whose counter moves.
FoundProbe open_amd_smi();
/// AMD GPUs: the library's energy counters, else amdgpu's power sensor. `root`: /sys/class/hwmon; the library is asked
/// only where the kernel shows such a GPU, for it complains aloud where there is none.
FoundProbe open_amd(const std::string& root);

}  // namespace cradle::inventory
