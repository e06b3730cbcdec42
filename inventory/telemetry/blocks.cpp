// SPDX-License-Identifier: Apache-2.0
#include "inventory/telemetry/blocks.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <oneapi/tbb/parallel_pipeline.h>
#include <oneapi/tbb/task_arena.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

namespace cradle::inventory {
namespace {

constexpr std::size_t block_bytes = std::size_t{1} << 20;

/// Leaves the bytes that are about to be read into as they are, instead of setting them to zero first.
template <typename T>
struct Untouched : std::allocator<T> {
  template <typename U>
  struct rebind {
    using other = Untouched<U>;
  };
  template <typename U>
  void construct(U*) {}
  template <typename U, typename... Arguments>
  void construct(U* at, Arguments&&... arguments) {
    ::new (static_cast<void*>(at)) U(std::forward<Arguments>(arguments)...);
  }
};
using Bytes = std::vector<char, Untouched<char>>;

/// Cuts a file into blocks at line ends. A file that grows is read to the size it had at first.
class Cutter {
 public:
  Cutter(int file, std::size_t size) : file_(file), left_(size) {}

  /// Empty at the end.
  Bytes next() {
    Bytes block;
    block.reserve(carry_.size() + block_bytes);
    block.insert(block.end(), carry_.begin(), carry_.end());
    carry_.clear();
    for (;;) {
      const std::size_t old = block.size();
      block.resize(old + std::min(block_bytes, left_));
      std::size_t filled = old;
      while (filled < block.size()) {
        const ssize_t got = ::read(file_, block.data() + filled, block.size() - filled);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) {
          failed_ = got < 0;
          left_ = 0;
          break;
        }
        filled += static_cast<std::size_t>(got);
        left_ -= static_cast<std::size_t>(got);
      }
      block.resize(filled);
      if (left_ == 0) return block;
      const auto end = std::find(block.rbegin(), block.rend() - static_cast<std::ptrdiff_t>(old), '\n');
      if (end == block.rend() - static_cast<std::ptrdiff_t>(old)) continue;  // a line longer than a block
      carry_.assign(end.base(), block.end());
      block.erase(end.base(), block.end());
      return block;
    }
  }
  bool done() const { return left_ == 0 && carry_.empty(); }
  bool failed() const { return failed_; }

 private:
  int file_;
  std::size_t left_;
  Bytes carry_;
  bool failed_ = false;
};

struct Block {
  Bytes bytes;
  bool last = false;
};

}  // namespace

Result<void> read_blocks(const std::string& path, unsigned threads, const LogProgress* progress,
                         const ParseBlock& parse, const TakeBlock& take) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  struct stat info {};
  if (file < 0 || ::fstat(file, &info) != 0)
    return failure({"E001", fmt::format("cannot be read: {}", std::strerror(errno)), "", {path, 0, 0, 1}});
  ::posix_fadvise(file, 0, 0, POSIX_FADV_SEQUENTIAL);
  Cutter cutter(file, static_cast<std::size_t>(info.st_size));
  bool ended = false;
  const unsigned workers = threads == 0 ? std::max(1u, std::thread::hardware_concurrency()) : threads;
  tbb::task_arena arena(static_cast<int>(workers));
  using Parsed = std::shared_ptr<BlockResult>;
  arena.execute([&] {
    tbb::parallel_pipeline(
        2 * workers,
        tbb::make_filter<void, std::shared_ptr<Block>>(tbb::filter_mode::serial_in_order,
                                                       [&](tbb::flow_control& control) -> std::shared_ptr<Block> {
                                                         if (ended) {
                                                           control.stop();
                                                           return nullptr;
                                                         }
                                                         auto block = std::make_shared<Block>();
                                                         block->bytes = cutter.next();
                                                         block->last = ended = cutter.done();
                                                         return block;
                                                       }) &
            tbb::make_filter<std::shared_ptr<Block>, Parsed>(
                tbb::filter_mode::parallel,
                [&](const std::shared_ptr<Block>& block) -> Parsed {
                  if (progress != nullptr && *progress) (*progress)(block->bytes.size());
                  return parse({block->bytes.data(), block->bytes.size()}, block->last);
                }) &
            tbb::make_filter<Parsed, void>(tbb::filter_mode::serial_in_order,
                                           [&](const Parsed& parsed) { take(*parsed); }));
  });
  ::close(file);
  if (cutter.failed()) return failure({"E001", "reading stopped before the end of the file", "", {path, 0, 0, 1}});
  return {};
}

}  // namespace cradle::inventory
