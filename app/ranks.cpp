// SPDX-License-Identifier: Apache-2.0
#include "app/ranks.hpp"

#include <dlfcn.h>
#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <iostream>

#include "app/commands.hpp"

namespace cradle::app {
namespace {

class OneProcess final : public Ranks {
 public:
  int rank() const override { return 0; }
  int size() const override { return 1; }
  std::vector<double> gather(const std::vector<double>& own) override { return own; }
  std::vector<double> broadcast(std::vector<double> from_first) override { return from_first; }
  bool all_agree(bool own) override { return own; }
};

bool started_by_mpi() {
  for (const char* name : {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "PMIX_RANK"})
    if (std::getenv(name) != nullptr) return true;
  return false;
}

pid_t worker = 0;
void pass_on(int signal) { ::kill(worker, signal); }

/// Goes on in a child; the parent, which mpirun sees, waits and turns a worker killed (by the kernel for its memory, by
/// the batch system for its time) into exit 3 instead of a signal.
void watch_over_worker() {
  worker = ::fork();
  if (worker < 0) return;  // no more processes: unwatched, then
  if (worker == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    return;
  }
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) std::signal(signal, pass_on);
  int status = 0;
  while (::waitpid(worker, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFEXITED(status)) ::_exit(WEXITSTATUS(status));
  std::cerr << fmt::format(
      "cradle: a rank was killed (signal {}); draws in --store are kept, --resume goes on with them\n",
      WTERMSIG(status));
  ::_exit(machine_trouble);
}

}  // namespace

Result<std::unique_ptr<Ranks>> Ranks::join() {
  if (!started_by_mpi()) return std::make_unique<OneProcess>();
  watch_over_worker();
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
