// SPDX-License-Identifier: Apache-2.0
#include "inventory/compiler/remarks.hpp"

namespace cradle::inventory {

namespace {

/// "end of life of tpu" as a boundary writes it.
std::string as_item(std::string words) {
  for (const auto& [plain, item] : {std::pair{"end of life of ", "end-of-life of "}, {"raw materials of ", "raw-materials of "}})
    if (words.starts_with(plain)) return item + words.substr(std::string_view(plain).size());
  return words;
}

}  // namespace

void Remarks::miss(const std::string& item) {
  const bool excluded = study_.boundary && study_.boundary->exclude_parts.contains(as_item(item));
  if (!excluded) missing.push_back(as_item(item));
}

void Remarks::cover(std::string item, Coverage status, std::string detail) {
  if (study_.boundary)
    if (const auto part = study_.boundary->exclude_parts.find(as_item(item)); part != study_.boundary->exclude_parts.end()) {
      item = part->first;
      status = Coverage::excluded;
      detail = part->second.reason;
    }
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
