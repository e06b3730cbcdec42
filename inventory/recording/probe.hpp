// SPDX-License-Identifier: Apache-2.0
// What of this machine can be read while a command runs: GPUs through NVML (opened at run time), AMD GPUs through the
// kernel's hwmon, processors and memory through RAPL. A probe gives readings; who writes them is not its concern.
#pragma once

#include <memory>
#include <optional>
#include <string>
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

/// NVIDIA's library: energy counters where devices have them, else power.
FoundProbe open_nvml();
/// powercap: one counter per package and, where it is apart, DRAM. `root`: /sys/class/powercap.
FoundProbe open_rapl(const std::string& root);
/// amdgpu's power sensor. `root`: /sys/class/hwmon.
FoundProbe open_amdgpu(const std::string& root);

}  // namespace cradle::inventory
