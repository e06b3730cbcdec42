// SPDX-License-Identifier: Apache-2.0
#include "app/ranks.hpp"

#include <dlfcn.h>

#include <cstdlib>
#include <filesystem>

namespace cradle::app {
namespace {

class OneProcess final : public Ranks {
 public:
  int rank() const override { return 0; }
  int size() const override { return 1; }
  std::vector<double> gather(const std::vector<double>& own) override { return own; }
};

bool started_by_mpi() {
  for (const char* name : {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "PMIX_RANK"})
    if (std::getenv(name) != nullptr) return true;
  return false;
}

}  // namespace

Result<std::unique_ptr<Ranks>> Ranks::join() {
  if (!started_by_mpi()) return std::make_unique<OneProcess>();
  std::error_code error;
  const auto module = std::filesystem::read_symlink("/proc/self/exe", error).parent_path() / "cradle_mpi.so";
  void* const library = ::dlopen(module.c_str(), RTLD_NOW | RTLD_GLOBAL);
  void* const make = library == nullptr ? nullptr : ::dlsym(library, "cradle_join_mpi");
  if (make == nullptr)
    return failure({"E091",
                    "started by mpirun, but this build has no MPI",
                    "build with libopenmpi-dev installed, or run without mpirun",
                    {module.string(), 0, 0, 1}});
  return std::unique_ptr<Ranks>(reinterpret_cast<Ranks* (*)()>(make)());
}

}  // namespace cradle::app
