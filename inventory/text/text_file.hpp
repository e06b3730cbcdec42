// SPDX-License-Identifier: Apache-2.0
// Reading and replacing whole files: size looked at before reading, a new version complete before it takes the
// old one's place.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "inventory/text/read_files.hpp"
#include "lca/finding.hpp"

namespace cradle::inventory {

/// The bytes of a file. E001 cannot be read, E002 larger than `max_bytes`.
Result<std::string> read_text_file(const std::string& path, std::size_t max_bytes);

/// A sentence if the bytes are not UTF-8 text (a NUL or control byte, a broken sequence), else nothing.
std::optional<std::string> not_text(std::string_view bytes);

/// Writes all files beside their places, then renames them all: a failed run leaves every old file as it was. E072 for one
/// that is among the files `read`, before any is written; E070.
Result<void> replace_files(const std::vector<std::pair<std::string, std::string>>& paths_and_bytes,
                           const ReadFiles& read);
Result<void> replace_file(const std::string& path, std::string bytes, const ReadFiles& read);

/// Lower-case hexadecimal SHA-256.
std::string sha256(std::string_view bytes);
/// The same of a file of any size, through one small buffer; empty where it cannot be read.
std::string sha256_of_file(const std::string& path);

}  // namespace cradle::inventory
