// SPDX-License-Identifier: Apache-2.0
#include "inventory/assessment/assessment.hpp"

#include <algorithm>
#include <set>

namespace cradle::inventory {

std::vector<lca::Answer> Assessment::answer(std::span<const lca::Query> queries) const {
  return lca::answer(*solution_, queries, draws_);
}

Result<Assessment> Assessment::in_profile(const std::string& profile) const { return beside(study_, profile); }

Result<Assessment> Assessment::training_of(const std::string& model) const {
  Study study = *study_;
  study.functional_unit = FunctionalUnit{"training of " + model, std::nullopt, "models/" + model, "model", {}};
  if (!study.boundary) study.boundary.emplace();
  if (!study.boundary->includes("training")) study.boundary->include.push_back("training");
  study.boundary->exclude.erase("training");
  return beside(std::make_shared<const Study>(std::move(study)), "");
}

Result<Assessment> Assessment::beside(std::shared_ptr<const Study> study, const std::string& profile) const {
  auto compiled = compile(*study, *catalogue_, *files_, overrides_, profile);
  if (!compiled) return tl::unexpected(std::move(compiled.error()));
  Assessment other;
  other.study_ = std::move(study);
  other.catalogue_ = catalogue_;
  other.files_ = files_;
  other.overrides_ = overrides_;
  other.draws_ = draws_;
  other.compiled_ = std::make_unique<const Compiled>(std::move(*compiled));
  auto solution = lca::Solution::solve(other.compiled_->system);
  if (!solution) return tl::unexpected(std::move(solution.error()));
  other.solution_ = std::make_unique<const lca::Solution>(std::move(*solution));
  other.findings_ = findings_;
  return other;
}

Result<Assessment> assess(Study study, std::shared_ptr<const Catalogue> catalogue, const Request& request) {
  Assessment assessment;
  assessment.study_ = std::make_shared<const Study>(std::move(study));
  assessment.catalogue_ = std::move(catalogue);
  assessment.overrides_ = request.overrides;
  assessment.draws_ = request.draws;
  assessment.files_ = std::make_shared<const StudyFiles>(read_files(assessment.study()));
  auto compiled = compile(assessment.study(), assessment.catalogue(), *assessment.files_, request.overrides);
  if (!compiled) return tl::unexpected(std::move(compiled.error()));
  assessment.compiled_ = std::make_unique<const Compiled>(std::move(*compiled));
  auto solution = lca::Solution::solve(assessment.compiled_->system);
  if (!solution) return tl::unexpected(std::move(solution.error()));
  assessment.solution_ = std::make_unique<const lca::Solution>(std::move(*solution));
  assessment.findings_ = assessment.compiled_->findings;
  return assessment;
}

namespace {

/// What else is wrong with a study that could not be read whole: values that the catalogue does not know, files that cannot
/// be read, and what compiling its sound part finds. What is said there of references and of what is missing may come from
/// the part left out.
void add_further(const PartialStudy& partial, const Request& request, Findings& findings) {
  static const std::set<std::string> of_values = {"E014", "E016", "E017", "E018", "E019", "E024", "E037", "E060", "E061",
                                                  "E062", "E063", "E064", "E065", "E067", "E068", "E069", "E073", "E001",
                                                  "W102", "W103", "W105", "W121", "W122", "W123", "W124", "W125", "W126"};
  const auto add = [&](const Finding& finding) {
    const bool known = std::any_of(findings.begin(), findings.end(), [&](const Finding& other) {
      return other.code == finding.code && other.place.line == finding.place.line && other.place.column == finding.place.column;
    });
    if (!known && of_values.contains(finding.code)) findings.push_back(finding);
  };
  auto catalogue = Catalogue::load(request.catalogue);
  if (!catalogue) return;
  if (partial.sound) {
    const auto compiled = compile(*partial.sound, *catalogue, read_files(*partial.sound));
    for (const auto& finding : compiled ? compiled->findings : compiled.error()) add(finding);
  }
  if (partial.whole) {
    for (const auto& finding : unknown_values(*partial.whole, *catalogue)) add(finding);
    for (const auto& finding : read_files(*partial.whole).findings) add(finding);
  }
}

}  // namespace

Result<Assessment> assess(const Request& request) {
  PartialStudy partial;
  auto read = read_study(request.study, &partial);
  if (!read) {
    add_further(partial, request, read.error());
    return tl::unexpected(std::move(read.error()));
  }
  if (!request.unit.empty()) {
    auto unit = parse_functional_unit(request.unit);
    if (!unit) return tl::unexpected(std::move(unit.error()));
    unit->place = {request.study, 0, 0, 1};
    read->study.functional_unit = std::move(*unit);
  }
  auto catalogue = Catalogue::load(request.catalogue);
  if (!catalogue) return tl::unexpected(std::move(catalogue.error()));
  Findings warnings = std::move(read->findings);
  warnings.insert(warnings.end(), catalogue->warnings().begin(), catalogue->warnings().end());
  auto assessment =
      assess(std::move(read->study), std::make_shared<const Catalogue>(std::move(*catalogue)), request);
  if (!assessment) {
    warnings.insert(warnings.end(), assessment.error().begin(), assessment.error().end());
    return tl::unexpected(std::move(warnings));
  }
  warnings.insert(warnings.end(), assessment->findings_.begin(), assessment->findings_.end());
  assessment->findings_ = std::move(warnings);
  return assessment;
}

bool machine_trouble(const Findings& findings) {
  return std::any_of(findings.begin(), findings.end(),
                     [](const Finding& finding) { return finding.code == "E001" || finding.code == "E070"; });
}

}  // namespace cradle::inventory
