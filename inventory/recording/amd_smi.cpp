// SPDX-License-Identifier: Apache-2.0
// AMD's energy counters through AMD SMI (amd_smi/amdsmi.h, ROCm 5.7 to 7), opened at run time. Only functions whose
// arguments are numbers, handles and buffers of the caller: the library's structures changed with nearly every release.
#include <fmt/format.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <thread>

#include "inventory/recording/probe.hpp"
#include "inventory/text/shared_library.hpp"

namespace cradle::inventory {
namespace {

using Handle = void*;
constexpr int success = 0;
constexpr std::uint64_t amd_gpus = 1 << 1;
constexpr double micro = 1e-6;
constexpr std::size_t uuid_bytes = 38;           // AMDSMI_GPU_UUID_SIZE, the least that it accepts
constexpr std::size_t largest_asic_info = 4096;  // the structure has below a kilobyte in every release
constexpr std::size_t name_bytes = 63;           // its first member, the name, has 64 bytes or more

class AmdSmi : public Probe {
 public:
  ~AmdSmi() override {
    if (shut_down_ != nullptr) shut_down_();
  }

  /// Empty, or what is missing.
  std::string open() {
    for (const char* name : {"libamd_smi.so", "libamd_smi.so.27", "libamd_smi.so.26", "libamd_smi.so.25",
                             "libamd_smi.so.24", "libamd_smi.so.23", "/opt/rocm/lib/libamd_smi.so"})
      if (!library_) library_ = SharedLibrary(name);
    if (!library_) return "libamd_smi.so is not there";
    int (*init)(std::uint64_t) = nullptr;
    int (*sockets_of)(std::uint32_t*, Handle*) = nullptr;
    int (*processors_of)(Handle, std::uint32_t*, Handle*) = nullptr;
    if (!library_.find("amdsmi_init", init) || !library_.find("amdsmi_get_socket_handles", sockets_of) ||
        !library_.find("amdsmi_get_processor_handles", processors_of) ||
        !library_.find("amdsmi_get_energy_count", energy_))
      return "libamd_smi.so is older than ROCm 5.7";
    if (const int error = init(amd_gpus); error != success)
      return fmt::format("AMD SMI does not start (error {})", error);
    library_.find("amdsmi_shut_down", shut_down_);
    for (const Handle socket : list(sockets_of))
      for (const Handle processor : list(std::bind_front(processors_of, socket))) add(processor);
    return keep_those_that_count();
  }

  std::string name() const override {
    return fmt::format("AMD SMI, {} energy counter(s){}", gpus_.size(),
                       still_ == 0
                           ? ""
                           : fmt::format("; {} device(s) whose counter stands still are left out: the second die "
                                         "of a package, or MI100 before ROCm 6.1",
                                         still_));
  }

  void read(std::vector<ProbeReading>& into) override {
    for (const auto& gpu : gpus_) {
      ProbeReading reading{"accelerator", gpu.uuid, gpu.name, true, joules(gpu.handle), 0.0, ""};
      if (!reading.value) reading.note = "AMD SMI gives no energy";
      into.push_back(std::move(reading));
    }
  }

 private:
  struct Gpu {
    Handle handle = nullptr;
    std::string uuid, name;
  };

  /// The library tells how many there are, then which.
  template <typename Ask>
  static std::vector<Handle> list(Ask ask) {
    std::uint32_t count = 0;
    if (ask(&count, nullptr) != success || count == 0) return {};
    std::vector<Handle> handles(count);
    if (ask(&count, handles.data()) != success) return {};
    handles.resize(count);
    return handles;
  }

  void add(Handle processor) {
    int (*uuid_of)(Handle, unsigned*, char*) = nullptr;
    int (*asic_of)(Handle, void*) = nullptr;
    Gpu gpu{processor, fmt::format("{}", gpus_.size()), ""};
    std::array<char, uuid_bytes + 1> uuid{};
    unsigned length = uuid_bytes;
    if (library_.find("amdsmi_get_gpu_device_uuid", uuid_of) && uuid_of(processor, &length, uuid.data()) == success)
      gpu.uuid = uuid.data();
    alignas(8) std::array<char, largest_asic_info> asic{};
    if (library_.find("amdsmi_get_gpu_asic_info", asic_of) && asic_of(processor, asic.data()) == success) {
      asic[name_bytes] = '\0';
      gpu.name = asic.data();
    }
    gpus_.push_back(std::move(gpu));
  }

  /// J since some start.
  std::optional<double> joules(Handle processor) const {
    std::uint64_t count = 0, nanoseconds = 0;
    float resolution = 0.0F;
    if (energy_(processor, &count, &resolution, &nanoseconds) != success) return std::nullopt;
    return static_cast<double>(count) * static_cast<double>(resolution) * micro;
  }

  /// An idle GPU draws watts: a counter that does not move in a tenth of a second does not count.
  std::string keep_those_that_count() {
    std::vector<std::optional<double>> before;
    for (const auto& gpu : gpus_) before.push_back(joules(gpu.handle));
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    std::vector<Gpu> moving;
    for (std::size_t i = 0; i < gpus_.size(); ++i) {
      const auto now = joules(gpus_[i].handle);
      if (now && before[i] && *now != *before[i]) moving.push_back(gpus_[i]);
    }
    still_ = gpus_.size() - moving.size();
    gpus_ = std::move(moving);
    return gpus_.empty() ? fmt::format("AMD SMI finds {} GPU(s), no energy counter of which moves", still_) : "";
  }

  SharedLibrary library_;
  int (*shut_down_)() = nullptr;
  int (*energy_)(Handle, std::uint64_t*, float*, std::uint64_t*) = nullptr;
  std::vector<Gpu> gpus_;
  std::size_t still_ = 0;
};

}  // namespace

FoundProbe open_amd_smi() { return open_probe<AmdSmi>(); }

}  // namespace cradle::inventory
