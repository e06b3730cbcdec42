// SPDX-License-Identifier: Apache-2.0
// The machine around the devices: processors, memory, fans, losses of its power supplies. Where only the devices'
// energy is known, what the host drew is an entry of its own, assumed from what the machine is rated for.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "inventory/compiler/stage.hpp"

namespace cradle::inventory {

/// A value, or why there is none.
template <typename T>
using HostOr = tl::expected<T, std::string>;

class Hosts : Stage {
 public:
  explicit Hosts(const Workbench& bench) : Stage(bench) {}

  /// Mean W of the host for each device while the devices work: (rating - its own devices x their design power) x load /
  /// devices, or the catalogue's range for a machine without a rating. `load` is an estimator's own, null: that of
  /// training nodes.
  HostOr<lca::Expression> mean(const Run& run, const lca::Expression* load);

  /// Idle energy that is stated of whole machines is taken to hold their hosts, which would count twice.
  static bool in_idle(const Run& run) { return run.idle && run.idle->level_stated && run.idle->level != EnergyLevel::device; }
  static constexpr const char* idle_holds_it = "the idle energy is stated of whole machines and taken to hold it";

  void cover_counted(const Run& run);
  void cover_missing(const Run& run, const std::string& why);
  void cover_excluded(const Run& run);

 private:
  /// Of one hardware entry, found once however many runs it has.
  struct Known {
    std::optional<lca::Expression> full;  ///< at the machine's rating
    std::optional<lca::Expression> mean;  ///< of a machine without one, or at the load of training nodes
    std::string unknown;
  };
  Known& known(const Hardware& hardware);
  Known found(const Hardware& hardware);
  lca::Expression at_training_load(const Hardware& hardware, const lca::Expression& full);
  std::string item_of(const Run& run) const;

  std::map<std::string, Known> known_;
};

}  // namespace cradle::inventory
