// SPDX-License-Identifier: Apache-2.0
// The main job as a call: a study in, everything it comes to out. Prints nothing, ends nothing, and whatever it hands
// out lives as long as the assessment does. The terminal, reports, other languages and tests are its callers.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>

#include "inventory/compiler/compile.hpp"
#include "lca/evaluation/moved_system.hpp"
#include "lca/solution.hpp"
#include "lca/uncertainty/answer.hpp"

namespace cradle::inventory {

/// What is asked for.
struct Request {
  std::string study;           ///< path
  std::string catalogue = {};  ///< folder of devices and nodes of one's own
  std::string unit = {};       ///< another functional unit: "1e6 token of services/api"
  Overrides overrides = {};    ///< parameters replaced by name
  lca::DrawSettings draws = {};  ///< intervals by Monte Carlo; first-order without
};

class Assessment {
 public:
  const Study& study() const { return *study_; }
  const Compiled& compiled() const { return *compiled_; }
  const lca::ProductSystem& system() const { return compiled_->system; }
  const lca::Parameters& parameters() const { return compiled_->system.parameters(); }
  const lca::Solution& solution() const { return *solution_; }
  const Catalogue& catalogue() const { return *catalogue_; }
  const lca::DrawSettings& draws() const { return draws_; }
  /// Warnings of the study, the catalogue and the compiler.
  const Findings& findings() const { return findings_; }

  /// Values, intervals and scenario ranges of questions; ask them together.
  std::vector<lca::Answer> answer(std::span<const lca::Query> queries) const;

  /// The same study with its hardware made by another tradition; its logs and grid files are not read again.
  Result<Assessment> in_profile(const std::string& profile) const;

  /// The training of one model alone, development and failed runs as the study counts them, whether the study's own
  /// functional unit and boundary hold it or not; its logs and grid files are not read again.
  Result<Assessment> training_of(const std::string& model) const;

  /// The system with inputs that can be moved without compiling again. Whatever is a parameter (`explain STUDY
  /// parameters`) moves; what is not, such as a region or a device, shapes the system, and takes another request.
  Result<lca::MovedSystem> moved(std::span<const lca::Query> queries) const {
    return lca::MovedSystem::at_rest(solution_->evaluator(), queries);
  }

 private:
  /// Another study or profile beside the same files, inputs and draws.
  Result<Assessment> beside(std::shared_ptr<const Study> study, const std::string& profile) const;

  friend Result<Assessment> assess(const Request& request);
  friend Result<Assessment> assess(Study study, std::shared_ptr<const Catalogue> catalogue, const Request& request);

  std::shared_ptr<const Study> study_;
  std::shared_ptr<const Catalogue> catalogue_;
  std::shared_ptr<const StudyFiles> files_;
  std::unique_ptr<const Compiled> compiled_;
  std::unique_ptr<const lca::Solution> solution_;
  Overrides overrides_;
  Findings findings_;
  lca::DrawSettings draws_;
};

/// Reads, compiles and solves. Every error at once, with the warnings that came before them: those of read_study,
/// Catalogue::load, compile and Solution::solve.
Result<Assessment> assess(const Request& request);
/// The same for a study that is read already.
Result<Assessment> assess(Study study, std::shared_ptr<const Catalogue> catalogue, const Request& request = {});

/// A study that cannot be read, a file that cannot be written: trouble of the machine, not of the study.
bool machine_trouble(const Findings& findings);

}  // namespace cradle::inventory
