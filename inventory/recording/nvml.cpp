// SPDX-License-Identifier: Apache-2.0
// NVML through its C interface (NVML API Reference Guide): milliwatts and millijoules. The library belongs to the
// driver and is opened at run time, so that a build needs neither.
#include <fmt/format.h>

#include "inventory/recording/probe.hpp"
#include "inventory/text/shared_library.hpp"

namespace cradle::inventory {
namespace {

using Device = struct NvmlDevice*;
constexpr int success = 0;
constexpr unsigned name_bytes = 96;

class Nvml : public Probe {
 public:
  ~Nvml() override {
    if (shutdown_ != nullptr) shutdown_();
  }

  /// Empty, or what is missing.
  std::string open() {
    library_ = SharedLibrary("libnvidia-ml.so.1");
    if (!library_) return "NVIDIA GPUs: libnvidia-ml.so.1 is not there; is the driver installed?";
    int (*init)() = nullptr;
    int (*count_of)(unsigned*) = nullptr;
    int (*handle_of)(unsigned, Device*) = nullptr;
    int (*uuid_of)(Device, char*, unsigned) = nullptr;
    int (*name_of)(Device, char*, unsigned) = nullptr;
    if (!library_.find("nvmlInit_v2", init) || !library_.find("nvmlDeviceGetCount_v2", count_of) ||
        !library_.find("nvmlDeviceGetHandleByIndex_v2", handle_of) || !library_.find("nvmlDeviceGetUUID", uuid_of) ||
        !library_.find("nvmlDeviceGetName", name_of) || !library_.find("nvmlDeviceGetPowerUsage", power_))
      return "NVIDIA GPUs: the library lacks a function of NVML";
    library_.find("nvmlDeviceGetTotalEnergyConsumption", energy_);  // since Volta
    if (const int error = init(); error != success)
      return fmt::format("NVIDIA GPUs: NVML does not start (error {})", error);
    library_.find("nvmlShutdown", shutdown_);
    unsigned count = 0;
    if (count_of(&count) != success || count == 0) return "NVIDIA GPUs: NVML finds none";
    for (unsigned i = 0; i < count; ++i) {
      Gpu gpu;
      if (handle_of(i, &gpu.handle) != success) continue;
      char text[name_bytes] = {};
      gpu.uuid = uuid_of(gpu.handle, text, name_bytes) == success ? text : fmt::format("{}", i);
      gpu.name = name_of(gpu.handle, text, name_bytes) == success ? text : "";
      unsigned long long millijoules = 0;
      gpu.counts = energy_ != nullptr && energy_(gpu.handle, &millijoules) == success;
      gpus_.push_back(std::move(gpu));
    }
    return gpus_.empty() ? "NVIDIA GPUs: none can be opened" : "";
  }

  std::string name() const override { return fmt::format("NVML, {} GPU(s)", gpus_.size()); }

  void read(std::vector<ProbeReading>& into) override {
    for (const auto& gpu : gpus_) {
      ProbeReading reading{"accelerator", gpu.uuid, gpu.name, gpu.counts, {}, 0.0, ""};
      unsigned milliwatts = 0;
      unsigned long long millijoules = 0;
      const int error = gpu.counts ? energy_(gpu.handle, &millijoules) : power_(gpu.handle, &milliwatts);
      if (error == success)
        reading.value = (gpu.counts ? static_cast<double>(millijoules) : milliwatts) * 1e-3;
      else
        reading.note = fmt::format("NVML error {}", error);
      into.push_back(std::move(reading));
    }
  }

 private:
  struct Gpu {
    Device handle = nullptr;
    std::string uuid, name;
    bool counts = false;
  };

  SharedLibrary library_;
  int (*shutdown_)() = nullptr;
  int (*power_)(Device, unsigned*) = nullptr;
  int (*energy_)(Device, unsigned long long*) = nullptr;
  std::vector<Gpu> gpus_;
};

}  // namespace

FoundProbe open_nvml() { return open_probe<Nvml>(); }

}  // namespace cradle::inventory
