// SPDX-License-Identifier: Apache-2.0
#include "reporting/findings_json.hpp"

#include <filesystem>
#include <nlohmann/json.hpp>

namespace cradle::reporting {

nlohmann::ordered_json findings_json(const Findings& findings) {
  auto json = nlohmann::ordered_json::array();
  for (const auto& finding : findings)
    json.push_back({{"code", finding.code},
                    {"message", finding.message},
                    {"hint", finding.hint},
                    {"file", std::filesystem::path(finding.place.file).filename().string()},
                    {"line", finding.place.line},
                    {"column", finding.place.column}});
  return json;
}

}  // namespace cradle::reporting
