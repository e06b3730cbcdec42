// SPDX-License-Identifier: Apache-2.0
#include "inventory/text/text_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <memory>

namespace cradle::inventory {

Result<std::string> read_text_file(const std::string& path, std::size_t max_bytes) {
  const Place place{path, 0, 0, 1};
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return failure({"E001", fmt::format("cannot be read: {}", std::strerror(errno)), "", place, ""});
  struct Closer {
    int file;
    ~Closer() { ::close(file); }
  } closer{file};
  struct stat info {};
  if (::fstat(file, &info) == 0) {
    if (S_ISDIR(info.st_mode)) return failure({"E001", "cannot be read: it is a folder", "", place, ""});
    if (S_ISREG(info.st_mode) && static_cast<std::size_t>(info.st_size) > max_bytes)
      return failure({"E002",
                      fmt::format("{:.0f} MB is too large; at most {:.0f} MB is read",
                                  static_cast<double>(info.st_size) / 1e6, static_cast<double>(max_bytes) / 1e6),
                      "", place, ""});
  }
  std::string bytes;
  if (S_ISREG(info.st_mode)) bytes.reserve(static_cast<std::size_t>(info.st_size) + 1);
  std::array<char, 1 << 16> buffer{};
  for (;;) {
    const ssize_t got = ::read(file, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failure({"E001", fmt::format("cannot be read: {}", std::strerror(errno)), "", place, ""});
    if (got == 0) return bytes;
    bytes.append(buffer.data(), static_cast<std::size_t>(got));
    if (bytes.size() > max_bytes)  // a pipe tells no size beforehand
      return failure({"E002", fmt::format("too large; at most {:.0f} MB is read", static_cast<double>(max_bytes) / 1e6),
                      "", place, ""});
  }
}

std::optional<std::string> not_text(std::string_view bytes) {
  std::size_t line = 1;
  for (std::size_t i = 0; i < bytes.size();) {
    const auto c = static_cast<unsigned char>(bytes[i]);
    if (c == '\n') ++line;
    if (c < 0x20 && c != '\t' && c != '\n' && c != '\r')
      return fmt::format("not a text file: byte 0x{:02x} on line {}", c, line);
    const std::size_t length = c < 0x80 ? 1 : (c >> 5) == 6 ? 2 : (c >> 4) == 14 ? 3 : (c >> 3) == 30 ? 4 : 0;
    bool whole = length != 0 && i + length <= bytes.size();
    for (std::size_t k = 1; whole && k < length; ++k) whole = (static_cast<unsigned char>(bytes[i + k]) >> 6) == 2;
    if (whole && length > 1) {  // no overlong forms, no surrogates, nothing above U+10FFFF (RFC 3629)
      const auto second = static_cast<unsigned char>(bytes[i + 1]);
      whole = !(c < 0xC2 || (c == 0xE0 && second < 0xA0) || (c == 0xED && second > 0x9F) ||
                (c == 0xF0 && second < 0x90) || (c == 0xF4 && second > 0x8F) || c > 0xF4);
    }
    if (!whole) return fmt::format("not UTF-8 text: byte 0x{:02x} on line {}", c, line);
    i += length;
  }
  return std::nullopt;
}

namespace {

using Digest = std::array<unsigned char, SHA256_DIGEST_LENGTH>;

std::string hexadecimal(const Digest& digest) {
  std::string text;
  for (const unsigned char byte : digest) text += fmt::format("{:02x}", byte);
  return text;
}

/// Whole and on the disk, or an errno.
int write_whole(const std::string& path, std::string_view bytes) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (file < 0) return errno;
  for (std::size_t done = 0; done < bytes.size();) {
    const ssize_t put = ::write(file, bytes.data() + done, bytes.size() - done);
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) {
      const int trouble = errno;
      ::close(file);
      return trouble;
    }
    done += static_cast<std::size_t>(put);
  }
  if (::fsync(file) != 0 && errno != EINVAL) {  // some file systems cannot
    const int trouble = errno;
    ::close(file);
    return trouble;
  }
  return ::close(file) == 0 ? 0 : errno;
}

/// Why a rename onto this path would fail, as far as can be told beforehand.
int obstacle_at(const std::string& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode)) return EISDIR;
  return 0;
}

}  // namespace

Result<void> replace_files(const std::vector<std::pair<std::string, std::string>>& files, const ReadFiles& read) {
  for (const auto& [path, bytes] : files)
    if (read.holds(path))
      return failure({"E072",
                      "this output is one of the files that the command reads",
                      "nothing was written; give it another name",
                      {path, 0, 0, 1}});
  const auto temporary = [](const std::string& path) { return fmt::format("{}.{}.tmp", path, ::getpid()); };
  const auto refuse = [&](const std::string& path, int trouble) -> Result<void> {
    for (const auto& [other, bytes] : files) ::unlink(temporary(other).c_str());
    return failure({"E070",
                    fmt::format("cannot be written: {}", std::strerror(trouble)),
                    "what stood there before is unchanged",
                    {path, 0, 0, 1},
                    ""});
  };
  for (const auto& [path, bytes] : files) {
    if (const int trouble = obstacle_at(path)) return refuse(path, trouble);
    if (const int trouble = write_whole(temporary(path), bytes)) return refuse(path, trouble);
  }
  for (const auto& [path, bytes] : files)
    if (std::rename(temporary(path).c_str(), path.c_str()) != 0) return refuse(path, errno);
  return {};
}

Result<void> replace_file(const std::string& path, std::string bytes, const ReadFiles& read) {
  return replace_files({{path, std::move(bytes)}}, read);
}

std::string sha256(std::string_view bytes) {
  Digest digest{};
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), digest.data());
  return hexadecimal(digest);
}

std::string sha256_of_file(const std::string& path) {
  constexpr std::size_t buffer_bytes = 1 << 20;
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  std::ifstream file(path, std::ios::binary);
  if (!file || !context || EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr) != 1) return "";
  std::string buffer(buffer_bytes, '\0');
  while (file.read(buffer.data(), static_cast<std::streamsize>(buffer.size())) || file.gcount() > 0)
    EVP_DigestUpdate(context.get(), buffer.data(), static_cast<std::size_t>(file.gcount()));
  Digest digest{};
  unsigned size = 0;
  return file.bad() || EVP_DigestFinal_ex(context.get(), digest.data(), &size) != 1 ? "" : hexadecimal(digest);
}

}  // namespace cradle::inventory
