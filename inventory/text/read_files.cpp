// SPDX-License-Identifier: Apache-2.0
#include "inventory/text/read_files.hpp"

#include <sys/stat.h>

#include <filesystem>
#include <optional>

namespace cradle::inventory {
namespace {

std::optional<std::pair<std::uint64_t, std::uint64_t>> identity(const std::string& path) {
  struct stat info {};
  if (path.empty() || ::stat(path.c_str(), &info) != 0) return std::nullopt;
  return std::pair<std::uint64_t, std::uint64_t>(info.st_dev, info.st_ino);
}

}  // namespace

void ReadFiles::add(const std::string& path) {
  const auto found = identity(path);
  if (!found) return;
  files_.insert(*found);
  std::error_code error;
  if (!std::filesystem::is_directory(path, error)) return;
  constexpr auto quietly = std::filesystem::directory_options::skip_permission_denied;
  for (auto entry = std::filesystem::recursive_directory_iterator(path, quietly, error);
       !error && entry != std::filesystem::recursive_directory_iterator(); entry.increment(error))
    if (const auto file = identity(entry->path().string())) files_.insert(*file);
}

bool ReadFiles::holds(const std::string& path) const {
  const auto found = identity(path);
  return found && files_.contains(*found);
}

}  // namespace cradle::inventory
