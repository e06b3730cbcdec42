// SPDX-License-Identifier: Apache-2.0
// What was done: runs with their energy, services, and models that amortise training over their use.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "inventory/compiler/estimates.hpp"
#include "inventory/compiler/hardware_lives.hpp"
#include "inventory/compiler/sites.hpp"

namespace cradle::inventory {

class Activities : Stage {
 public:
  Activities(const Workbench& bench, const StudyFiles& files, Sites& sites, HardwareLives& hardware,
             Estimates& estimates, Hosts& hosts, RunQuantities& quantities)
      : Stage(bench),
        files_(files),
        sites_(sites),
        hardware_(hardware),
        estimates_(estimates),
        hosts_(hosts),
        quantities_(quantities) {}

  /// Adds a run's process; its product. So for services and models.
  std::string run(const Run& run);
  std::string service(const Service& service);
  std::string model(const Model& model);
  /// Device-hours of a run as a formula, where the study, its estimator or its logs tell them.
  std::optional<lca::Expression> device_hours(const Run& run);
  /// Adds to a process all repetitions of a run, and the development that the study gives it.
  void use_run(const Run& run, const std::string& rule, lca::UnitProcess& process);

  bool facility_level_energy = false;  ///< some energy is known at facility level only
  bool development_beside = false;     ///< some run carries development of its own
  std::vector<std::string> hardware_unknown;  ///< runs whose share of hardware is not known
  std::vector<ServedModel> served_models;

 private:
  // energies.cpp
  void add_energy(const Run& run, const Energy& energy, const std::string& which, const std::string& account,
                  lca::UnitProcess& process);
  void add_overhead(const Run& run, const Energy& energy, const lca::ParameterKey& at, const Site& site,
                    lca::UnitProcess& process, const std::string& account);
  void add_power(const Run& run, const Energy& energy, const lca::ParameterKey& at, const std::string& supply,
                 const std::string& account, lca::UnitProcess& process);
  void add_host(const Run& run, const Energy& energy, const lca::ParameterKey& at, const std::string& supply,
                const std::string& account, lca::UnitProcess& process);
  bool of_devices_alone(const Energy& energy, const lca::ParameterKey& at) const;
  HostOr<lca::Expression> host_energy(const Run& run, const Energy& energy);
  void check_power(const Run& run, const Input& watts);
  Input as_mean_power(const Run& run, Input watts);
  void compare_alternatives(const Run& run, const Energy& energy, const lca::ParameterKey& at);
  std::optional<double> kwh_of(const Run& run, const Energy& energy, const lca::ParameterKey& at);
  std::optional<double> kwh_as_known(const Run& run, const Energy& energy, const lca::ParameterKey& at);
  // energy_logs.cpp
  void add_logs(const Run& run, const Energy& energy, const std::string& which, const Site& site,
                const std::string& account, lca::UnitProcess& process);
  void check_log(const Run& run, const Site& site, const LogSummary& log, const Place& place);
  void cover_log(const Run& run, const LogSummary& log);
  // activities.cpp
  std::optional<lca::Expression> development(const Run& run);
  void add_energy_per_unit(const Service& service, lca::UnitProcess& process);
  void add_training_share(const Service& service, const std::string& product, lca::UnitProcess& process);
  void note_model(const Service& service, const std::string& product);
  // occupation.cpp
  void add_occupation(const Run& run, lca::UnitProcess& process);
  void add_computation(const Run& run, const lca::Tags& account, lca::UnitProcess& process);
  void add_price(const Run& run, const std::optional<lca::Expression>& hours, const lca::Tags& account,
                 lca::UnitProcess& process);
  void add_hardware(const Run& run, const std::optional<lca::Expression>& hours, const lca::Tags& account,
                    lca::UnitProcess& process);
  std::map<std::string, lca::Expression> use_of_life(const Run& run, AmortisationMethod method,
                                                     const lca::UnitProcess& process);
  lca::Expression it_energy(const Run& run, const lca::Exchange& exchange, Supply supply);
  bool counts_in(const std::string& hardware, const std::string& unit) const;

  const StudyFiles& files_;
  Sites& sites_;
  HardwareLives& hardware_;
  Estimates& estimates_;
  Hosts& hosts_;
  RunQuantities& quantities_;
};

}  // namespace cradle::inventory
