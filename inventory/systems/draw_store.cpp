// SPDX-License-Identifier: Apache-2.0
#include "inventory/systems/draw_store.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include "inventory/text/text_file.hpp"

namespace cradle::inventory {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t largest_file = std::size_t{16} << 30;

/// Index, the three counts, the scores, then a checksum of them all, eight bytes each.
constexpr std::size_t head = 4;

std::uint64_t checksum(const std::uint64_t* words, std::size_t count) {
  std::uint64_t hash = 0xcbf29ce484222325ULL;  // FNV-1a over words
  for (std::size_t i = 0; i < count; ++i) hash = (hash ^ words[i]) * 0x100000001b3ULL;
  return hash;
}

std::vector<std::uint64_t> record_of(const lca::DrawBatch& batch) {
  std::vector<std::uint64_t> record = {batch.index, batch.counts.escalated_to_krylov, batch.counts.solved_directly,
                                       batch.counts.failed};
  for (const double score : batch.scores) record.push_back(std::bit_cast<std::uint64_t>(score));
  record.push_back(checksum(record.data(), record.size()));
  return record;
}

}  // namespace

DrawStore::DrawStore(DrawStore&& other) noexcept
    : folder_(std::move(other.folder_)), file_(std::exchange(other.file_, -1)) {}
DrawStore::~DrawStore() {
  if (file_ >= 0) ::close(file_);
}

Result<DrawStore> DrawStore::open(const std::string& folder, const std::string& key, bool resume) {
  std::error_code error;
  fs::create_directories(folder, error);
  const auto name = (fs::path(folder) / "run.txt").string();
  if (fs::exists(name)) {
    const auto before = read_text_file(name, 1 << 16);
    if (!before) return tl::unexpected(before.error());
    if (*before != key)
      return failure({"E090",
                      "the store holds draws of another run: other inputs, another seed or another version",
                      "give each run a folder of its own",
                      {name, 0, 0, 1}});
    if (!resume)
      return failure(
          {"E090", "the store holds draws of this run already", "add --resume to go on with them", {name, 0, 0, 1}});
  } else if (const auto written = replace_file(name, key, {}); !written) {
    return tl::unexpected(written.error());
  }
  return DrawStore(folder);
}

std::vector<lca::DrawBatch> DrawStore::load(std::size_t scores_per_batch) const {
  std::vector<lca::DrawBatch> batches;
  std::vector<std::string> names;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder_, error))
    if (entry.path().extension() == ".draws") names.push_back(entry.path().string());
  std::sort(names.begin(), names.end());
  const std::size_t words = head + scores_per_batch + 1;
  for (const auto& name : names) {
    const auto bytes = read_text_file(name, largest_file);
    if (!bytes) continue;
    std::vector<std::uint64_t> record(words);
    for (std::size_t at = 0; at + words * 8 <= bytes->size(); at += words * 8) {
      std::memcpy(record.data(), bytes->data() + at, words * 8);
      if (checksum(record.data(), words - 1) != record.back()) break;  // cut short here
      lca::DrawBatch batch{record[0], std::vector<double>(scores_per_batch), {record[1], record[2], record[3]}};
      std::memcpy(batch.scores.data(), record.data() + head, scores_per_batch * sizeof(double));
      batches.push_back(std::move(batch));
    }
  }
  std::stable_sort(batches.begin(), batches.end(), [](const auto& a, const auto& b) { return a.index < b.index; });
  batches.erase(
      std::unique(batches.begin(), batches.end(), [](const auto& a, const auto& b) { return a.index == b.index; }),
      batches.end());
  return batches;
}

Result<void> DrawStore::append(const lca::DrawBatch& batch) {
  const auto name = (fs::path(folder_) / fmt::format("{}.draws", ::getpid())).string();
  // A file of its own even where a process number comes round again: a torn end stays the end of its file.
  for (int n = 1; file_ < 0 && n < 1000; ++n) {
    const auto own = n == 1 ? name : (fs::path(folder_) / fmt::format("{}-{}.draws", ::getpid(), n)).string();
    file_ = ::open(own.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (file_ < 0 && errno != EEXIST) break;
  }
  const auto record = record_of(batch);
  const auto* bytes = reinterpret_cast<const char*>(record.data());
  for (std::size_t done = 0, size = record.size() * 8; file_ >= 0 && done < size;) {
    const ssize_t wrote = ::write(file_, bytes + done, size - done);
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote <= 0) {
      ::close(std::exchange(file_, -1));
      break;
    }
    done += static_cast<std::size_t>(wrote);
  }
  if (file_ < 0)
    return failure({"E070", fmt::format("cannot be written: {}", std::strerror(errno)), "", {name, 0, 0, 1}});
  return {};
}

}  // namespace cradle::inventory
