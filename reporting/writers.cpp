// SPDX-License-Identifier: Apache-2.0
#include "reporting/writers.hpp"

#include <filesystem>

#include "reporting/result_json.hpp"

namespace cradle::reporting {

bool knows_format(const std::string& path) {
  const auto extension = std::filesystem::path(path).extension();
  return extension == ".html" || extension == ".md" || extension == ".xlsx" || extension == ".json";
}

Result<std::string> write(const std::string& path, const Disclosure& disclosure, const WriteOptions& options) {
  (void)options;
  return write_result_json(disclosure);
}

}  // namespace cradle::reporting
