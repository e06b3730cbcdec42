// SPDX-License-Identifier: Apache-2.0
// What every stage of the compiler has at hand: the study, the catalogue, the system as it grows, and what is said
// beside it. A stage names the stages that it builds on in its constructor; not used outside the compiler.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "inventory/compiler/remarks.hpp"
#include "inventory/compiler/system_draft.hpp"

namespace cradle::inventory {

struct Workbench {
  const Study& study;
  const Catalogue& catalogue;
  const std::string& profile;  ///< the tradition that hardware of the catalogue is made in
  SystemDraft& draft;
  Remarks& remarks;
};

class Stage {
 protected:
  explicit Stage(const Workbench& bench)
      : study_(bench.study),
        catalogue_(bench.catalogue),
        profile_(bench.profile),
        draft_(bench.draft),
        remarks_(bench.remarks) {}

  bool includes(std::string_view item) const { return study_.boundary && study_.boundary->includes(item); }
  /// A stage of the life of one hardware entry.
  bool includes(const std::string& stage, const std::string& hardware) const {
    return includes(stage) && includes_part(stage, hardware);
  }
  bool includes_part(const std::string& stage, const std::string& name) const {
    return !study_.boundary || !study_.boundary->exclude_parts.contains(stage + " of " + name);
  }
  /// The device of the catalogue that a run names; null where it names none.
  const Product* device_of(const Run& run) const {
    const auto hardware = study_.hardware.find(run.hardware);
    return hardware == study_.hardware.end() ? nullptr : catalogue_.find(hardware->second.device);
  }
  lca::Expression parameter(const lca::ParameterKey& key, const std::string& label, const Input& input) {
    return draft_.parameter(key, label, input);
  }
  lca::Expression calculated(const lca::ParameterKey& key, const CalculatedWords& words, lca::Expression formula) {
    return draft_.calculated(key, words, std::move(formula));
  }
  void cover(std::string item, Coverage status, std::string detail) {
    remarks_.cover(std::move(item), status, std::move(detail));
  }
  void report(std::string code, const Place& place, std::string message, std::string hint = "") {
    remarks_.report(std::move(code), place, std::move(message), std::move(hint));
  }

  const Study& study_;
  const Catalogue& catalogue_;
  const std::string& profile_;
  SystemDraft& draft_;
  Remarks& remarks_;
};

/// "sites/eu/grid": what an owner makes. A name that holds a slash is quoted, so that no two products read alike.
std::string product_of(const lca::Owner& owner, const std::string& part = "");
/// The same of a site, in the hours of a run where its grid goes by time.
std::string product_of_site(const Site& site, const Run* run, const std::string& which, const std::string& part);

/// An input that is never known exactly: an energy, a power, a factor, a measured total.
inline Input uncertain(Input input) {
  input.uncertain = true;
  return input;
}

/// Tags of a part of an energy: which account, which component where it is known.
inline lca::Tags part_tags(const std::string& account, const std::string& component) {
  lca::Tags tags{{"account", account}};
  if (!component.empty()) tags["component"] = component;
  return tags;
}

}  // namespace cradle::inventory
