// SPDX-License-Identifier: Apache-2.0
#include "inventory/compiler/remarks.hpp"

namespace cradle::inventory {

void Remarks::cover(std::string item, Coverage status, std::string detail) {
  if (covered_.insert(item).second) coverage.push_back({std::move(item), status, std::move(detail)});
}

void Remarks::use_dataset(std::string_view id) {
  if (cited_.insert(std::string(id)).second) datasets.push_back(catalogue_.dataset(id));
}

void Remarks::cite(Dataset file) {
  if (cited_.insert(file.id).second) datasets.push_back(std::move(file));
}

void Remarks::report(std::string code, const Place& place, std::string message, std::string hint) {
  for (const auto& known : findings)
    if (known.code == code && known.message == message && known.place.line == place.line) return;
  findings.push_back({std::move(code), std::move(message), std::move(hint), place,
                      place.file == study_.file && place.line > 0 ? study_.document.excerpt(place.line) : ""});
}

}  // namespace cradle::inventory
