// SPDX-License-Identifier: Apache-2.0
// What the functional unit asks for: an amount of one product of the study, or all that it makes in the end.
#pragma once

#include <string>

#include "inventory/compiler/activities.hpp"

namespace cradle::inventory {

inline const std::string root_product = "functional unit";

class FunctionalUnits : Stage {
 public:
  FunctionalUnits(const Workbench& bench, Activities& activities, HardwareLives& hardware, RunQuantities& quantities)
      : Stage(bench), activities_(activities), hardware_(hardware), quantities_(quantities) {}

  /// Adds the process that everything else hangs on, and asks for one of it.
  void add();
  std::string name() const;

 private:
  /// A product, how much of it one functional unit takes, and what that says of the activity.
  struct Reference {
    std::string product;
    lca::Expression amount = 1.0;
    lca::Tags tags;
  };
  void add_final_products(lca::UnitProcess& root);
  std::optional<Reference> referenced();
  std::optional<Reference> run_reference(const std::string& name, const std::string& unit,
                                         const lca::Expression& amount);
  std::optional<Reference> model_reference(const std::string& name, const std::string& unit,
                                         const lca::Expression& amount);
  std::optional<Reference> service_reference(const std::string& name, const std::string& unit,
                                         const lca::Expression& amount);
  std::optional<Reference> hardware_reference(const std::string& name, const std::string& unit,
                                         const lca::Expression& amount);
  std::optional<Reference> refuse(const std::string& message, const std::string& hint);
  std::optional<Reference> refuse_unit(const std::string& unit, const std::string& hint);

  Activities& activities_;
  HardwareLives& hardware_;
  RunQuantities& quantities_;
};

}  // namespace cradle::inventory
