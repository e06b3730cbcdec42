// SPDX-License-Identifier: Apache-2.0
#include "inventory/text/line_reader.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace cradle::inventory {
namespace {
constexpr std::size_t first_buffer = 1 << 18;
}

LineReader::LineReader(std::string path, int file) : path_(std::move(path)), file_(file), buffer_(first_buffer) {}
LineReader::LineReader(LineReader&& other) noexcept
    : path_(std::move(other.path_)), file_(std::exchange(other.file_, -1)), buffer_(std::move(other.buffer_)) {}
LineReader::~LineReader() {
  if (file_ >= 0) ::close(file_);
}

Result<LineReader> LineReader::open(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  struct stat info {};
  if (file < 0) return failure({"E001", fmt::format("cannot be read: {}", std::strerror(errno)), "", {path, 0, 0, 1}});
  LineReader reader(path, file);
  if (::fstat(file, &info) == 0 && S_ISDIR(info.st_mode))
    return failure({"E001", "cannot be read: it is a folder", "", {path, 0, 0, 1}});
  return reader;
}

/// More bytes behind those not yet used; a line longer than the buffer makes it grow.
bool LineReader::fill() {
  if (at_end_) return false;
  std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
  end_ -= begin_;
  begin_ = 0;
  if (end_ == buffer_.size()) buffer_.resize(2 * buffer_.size());
  ssize_t got = 0;
  do got = ::read(file_, buffer_.data() + end_, buffer_.size() - end_);
  while (got < 0 && errno == EINTR);
  failed_ = got < 0;
  at_end_ = got <= 0;
  if (got > 0) end_ += static_cast<std::size_t>(got);
  return got > 0;
}

bool LineReader::next(std::string_view& line) {
  std::size_t looked = 0;
  for (;;) {
    const char* const start = buffer_.data() + begin_;
    const auto* found = static_cast<const char*>(std::memchr(start + looked, '\n', end_ - begin_ - looked));
    if (found != nullptr) {
      line = {start, static_cast<std::size_t>(found - start)};
      begin_ += line.size() + 1;
      break;
    }
    looked = end_ - begin_;
    if (fill()) continue;
    if (begin_ == end_) return false;
    line = {buffer_.data() + begin_, end_ - begin_};
    ended_ = false;
    begin_ = end_;
    break;
  }
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  ++number_;
  return true;
}

}  // namespace cradle::inventory
