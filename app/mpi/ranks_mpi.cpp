// SPDX-License-Identifier: Apache-2.0
// The MPI side of app/ranks.hpp, a module of its own.
#include <mpi.h>

#include <numeric>

#include "app/ranks.hpp"

namespace cradle::app {
namespace {

class MpiRanks final : public Ranks {
 public:
  MpiRanks() {
    // Threads draw, only the first one speaks to MPI.
    int provided = 0;
    MPI_Init_thread(nullptr, nullptr, MPI_THREAD_FUNNELED, &provided);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank_);
    MPI_Comm_size(MPI_COMM_WORLD, &size_);
  }
  ~MpiRanks() override { MPI_Finalize(); }
  int rank() const override { return rank_; }
  int size() const override { return size_; }

  std::vector<double> gather(const std::vector<double>& own) override {
    const int count = static_cast<int>(own.size());
    std::vector<int> counts(static_cast<std::size_t>(size_)), offsets(static_cast<std::size_t>(size_), 0);
    MPI_Gather(&count, 1, MPI_INT, counts.data(), 1, MPI_INT, 0, MPI_COMM_WORLD);
    std::exclusive_scan(counts.begin(), counts.end(), offsets.begin(), 0);
    std::vector<double> all(rank_ == 0 ? static_cast<std::size_t>(offsets.back() + counts.back()) : 0);
    MPI_Gatherv(own.data(), count, MPI_DOUBLE, all.data(), counts.data(), offsets.data(), MPI_DOUBLE, 0,
                MPI_COMM_WORLD);
    return all;
  }

 private:
  int rank_ = 0, size_ = 1;
};

}  // namespace
}  // namespace cradle::app

extern "C" cradle::app::Ranks* cradle_join_mpi() { return new cradle::app::MpiRanks; }
