// SPDX-License-Identifier: Apache-2.0
// A large text file line by line, through one small buffer: memory does not grow with the file.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lca/finding.hpp"

namespace cradle::inventory {

class LineReader {
 public:
  /// E001 where the file cannot be opened.
  static Result<LineReader> open(const std::string& path);
  LineReader(LineReader&& other) noexcept;
  LineReader(const LineReader&) = delete;
  LineReader& operator=(LineReader&&) = delete;
  ~LineReader();

  /// False at the end, or where reading failed (see failed()). The line is valid until the next call.
  bool next(std::string_view& line);
  /// What is read of the file but not yet handed out: a caller that finds whole lines in it itself says so by take(),
  /// and saves looking for their ends first.
  std::string_view ahead() const { return {buffer_.data() + begin_, end_ - begin_}; }
  void take(std::size_t bytes, std::size_t lines) {
    begin_ += bytes;
    number_ += lines;
  }
  std::size_t number() const { return number_; }  ///< of the last line, from 1
  bool ended() const { return ended_; }           ///< the last line had an end of its own
  bool failed() const { return failed_; }
  const std::string& path() const { return path_; }

 private:
  LineReader(std::string path, int file);
  bool fill();

  std::string path_;
  int file_;
  std::vector<char> buffer_;
  std::size_t begin_ = 0, end_ = 0, number_ = 0;
  bool at_end_ = false, failed_ = false, ended_ = true;
};

}  // namespace cradle::inventory
