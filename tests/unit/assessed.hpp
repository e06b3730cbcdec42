// SPDX-License-Identifier: Apache-2.0
// A study from its text to its figures, for tests.
#pragma once

#include <catch2/catch.hpp>
#include <memory>

#include "inventory/compiler/compile.hpp"
#include "reporting/disclosure.hpp"

namespace cradle::reporting {

using namespace cradle::inventory;

inline const Catalogue& catalogue() {
  static const Catalogue loaded = *Catalogue::load();
  return loaded;
}

/// A study solved, with its figures.
struct Assessed {
  Disclosure d;
  const Compiled* compiled;
  const lca::Solution* solution;
  double value(std::string_view id) const {
    CAPTURE(id, d.figure(id).reason);
    REQUIRE(d.figure(id).value.has_value());
    return *d.figure(id).value;
  }
};

inline Assessed assess(ReadStudy read, const Overrides& overrides = {}) {
  static const auto shared = std::make_shared<const Catalogue>(catalogue());
  Request request;
  request.overrides = overrides;
  auto assessment = inventory::assess(std::move(read.study), shared, request);
  if (!assessment) FAIL(assessment.error().front().message);
  const auto kept = std::make_shared<const Assessment>(std::move(*assessment));
  return {disclose(kept, "test", Bracket::none), &kept->compiled(), &kept->solution()};
}

inline Assessed assess(const std::string& text, const Overrides& overrides = {}) {
  auto read = parse_study(text, "study.yaml");
  if (!read) FAIL(read.error().front().message);
  return assess(std::move(*read), overrides);
}

/// Codes of everything that is wrong with a study; empty where nothing is.
inline std::vector<std::string> codes(const std::string& text) {
  std::vector<std::string> found;
  auto read = parse_study(text, "study.yaml");
  if (!read) {
    for (const auto& finding : read.error()) found.push_back(finding.code);
    return found;
  }
  const auto compiled = compile(read->study, catalogue(), read_files(read->study));
  if (!compiled)
    for (const auto& finding : compiled.error()) found.push_back(finding.code);
  return found;
}

}  // namespace cradle::reporting
