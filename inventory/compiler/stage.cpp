// SPDX-License-Identifier: Apache-2.0
#include "inventory/compiler/stage.hpp"

namespace cradle::inventory {

std::string product_of(const lca::Owner& owner, const std::string& part) {
  const auto quoted = [](const std::string& name) {
    if (name.find_first_of("/'") == std::string::npos) return name;
    std::string text = "'";
    for (const char c : name) text += c == '\'' ? std::string("''") : std::string(1, c);
    return text + "'";
  };
  return owner.kind + "/" + quoted(owner.name) + (part.empty() ? "" : "/" + part);
}

std::string product_of_site(const Site& site, const Run* run, const std::string& which, const std::string& part) {
  const std::string hours = run == nullptr ? "" : product_of(run->owner, which == "idle" ? "idle/" : "") + "/";
  return product_of({"sites", site.name}, hours + part);
}

}  // namespace cradle::inventory
