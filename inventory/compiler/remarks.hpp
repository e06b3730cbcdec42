// SPDX-License-Identifier: Apache-2.0
// What is said beside the figures while a study is compiled: findings, what became of each item, and which datasets
// figures were taken from. Each thing is said once.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "inventory/compiler/compiled.hpp"

namespace cradle::inventory {

class Remarks {
 public:
  Remarks(const Study& study, const Catalogue& catalogue) : study_(study), catalogue_(catalogue) {}

  void report(std::string code, const Place& place, std::string message, std::string hint = "");
  void add(Finding finding) { findings.push_back(std::move(finding)); }
  /// What the study excludes of a part is excluded, whatever the program would say of it.
  void cover(std::string item, Coverage status, std::string detail);
  /// A boundary item without data (refusal R02), unless the study excludes it.
  void miss(const std::string& item);
  void use_dataset(std::string_view id);
  /// A file of the study that figures were taken from.
  void cite(Dataset file);

  Findings findings;
  std::vector<CoverageRow> coverage;
  std::vector<Dataset> datasets;
  std::vector<std::string> missing;

 private:
  const Study& study_;
  const Catalogue& catalogue_;
  std::set<std::string> covered_, cited_;
};

}  // namespace cradle::inventory
