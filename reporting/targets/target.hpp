// SPDX-License-Identifier: Apache-2.0
// A target that somebody else defined: a schema, a form, a table. What is computed is filled in; what only people know
// is taken from the study's `disclosure`; what is then still missing is named, and where the target demands it refused.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "reporting/writers.hpp"

namespace cradle::reporting {

using Json = nlohmann::ordered_json;

/// A field that a target asks for: "task.dataset.0.dataType".
struct Asked {
  std::string_view path;
  bool mandatory;
  std::string_view meaning;  ///< what is wanted, with the words that may stand there
};

struct Target {
  std::string_view id;  ///< as in `-o boamps:report.json`, and the key in `disclosure`
  Json (*make)(const Disclosure&, bool draft);
  std::vector<Asked> asked;
  bool says_null = false;  ///< what is not known stands as null, where the target's own schema has no word against it
};

/// The target's document with the study's facts in it. R17, once, with all mandatory fields that are missing; E032 for
/// a fact where a number was computed.
Result<Json> fill(const Target& target, const Disclosure& disclosure, bool draft);

/// Fields that the target would like and nothing tells, in the order of the target.
std::vector<std::string> gaps(const Target& target, const Disclosure& disclosure);

/// The rows of the table of writers.
std::vector<Writer> target_writers();

// What several targets need.

/// What one activity (development, training, inference) took.
struct ActivityRow {
  std::string activity;
  double it_kwh = 0.0, facility_kwh = 0.0;
  double operational_kg = 0.0, embodied_kg = 0.0;
};
std::vector<ActivityRow> by_activity(const Assessment& assessment);

/// The training of what the functional unit is of, whole and once: of its model, or of the model that its service
/// serves, else of the runs that it counts. Nothing where that cannot be told.
struct WholeTraining {
  std::shared_ptr<const Assessment> assessment;
  std::string of;  ///< the model; empty where the runs stand for themselves
  std::vector<const inventory::Run*> runs;
};
std::optional<WholeTraining> whole_training(const Disclosure& disclosure);

/// What the study calls its period, else from the first start to the last end of its runs; null where neither is known.
Json period_of(const Disclosure& disclosure);

/// "not estimated"
std::string in_words(Status status);

/// A UUID that the result decides: the same result has the same.
std::string uuid_of(const Disclosure& disclosure);

/// Devices at work together of a hardware entry, where its runs or services state them.
std::optional<double> devices_at_work(const inventory::Study& study, const std::string& hardware);

/// "Facility energy, PUE 1.2 at idris; boundary ...": what a reader must know to use a figure, in a sentence or two.
std::string method_in_words(const Disclosure& disclosure);

Json make_boamps(const Disclosure& disclosure, bool draft);
Json make_cyclonedx(const Disclosure& disclosure, bool draft);
Json make_sci(const Disclosure& disclosure, bool draft);
Json make_gpai(const Disclosure& disclosure, bool draft);
Json make_ghg(const Disclosure& disclosure, bool draft);
/// One row of facts of a taxonomy: datasets/disclosure/esrs.csv says which figure is which element.
Json make_esrs(const Disclosure& disclosure, bool draft);
Json make_vsme(const Disclosure& disclosure, bool draft);

}  // namespace cradle::reporting
