// SPDX-License-Identifier: Apache-2.0
// The MPI side of app/ranks.hpp, a module of its own.
#include <mpi.h>

#include <algorithm>

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

  // MPI counts in int: long messages go in pieces.
  std::vector<double> gather(const std::vector<double>& own) override {
    if (rank_ != 0) {
      send(own.size());
      for (std::size_t at = 0; at < own.size(); at += piece)
        MPI_Send(own.data() + at, length(own.size(), at), MPI_DOUBLE, 0, 0, MPI_COMM_WORLD);
      return {};
    }
    std::vector<double> all = own;
    for (int from = 1; from < size_; ++from) {
      unsigned long long count = 0;
      MPI_Recv(&count, 1, MPI_UNSIGNED_LONG_LONG, from, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
      const std::size_t start = all.size();
      all.resize(start + count);
      for (std::size_t at = 0; at < count; at += piece)
        MPI_Recv(all.data() + start + at, length(count, at), MPI_DOUBLE, from, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    }
    return all;
  }

  std::vector<double> broadcast(std::vector<double> numbers) override {
    unsigned long long count = numbers.size();
    MPI_Bcast(&count, 1, MPI_UNSIGNED_LONG_LONG, 0, MPI_COMM_WORLD);
    numbers.resize(count);
    for (std::size_t at = 0; at < count; at += piece)
      MPI_Bcast(numbers.data() + at, length(count, at), MPI_DOUBLE, 0, MPI_COMM_WORLD);
    return numbers;
  }

  bool all_agree(bool own) override {
    int yes = own ? 1 : 0, all = 0;
    MPI_Allreduce(&yes, &all, 1, MPI_INT, MPI_MIN, MPI_COMM_WORLD);
    return all == 1;
  }

 private:
  static constexpr std::size_t piece = std::size_t{1} << 26;
  static int length(std::size_t count, std::size_t at) { return static_cast<int>(std::min(piece, count - at)); }
  static void send(std::size_t size) {
    const unsigned long long count = size;
    MPI_Send(&count, 1, MPI_UNSIGNED_LONG_LONG, 0, 0, MPI_COMM_WORLD);
  }

  int rank_ = 0, size_ = 1;
};

}  // namespace
}  // namespace cradle::app

extern "C" cradle::app::Ranks* cradle_join_mpi() { return new cradle::app::MpiRanks; }
