// SPDX-License-Identifier: Apache-2.0
#include "inventory/compiler/compile.hpp"

#include <fmt/format.h>

#include <tuple>

#include "inventory/compiler/activities.hpp"
#include "inventory/compiler/boundary_coverage.hpp"
#include "inventory/compiler/functional_unit.hpp"
#include "inventory/compiler/given_figures.hpp"
#include "inventory/compiler/impact_methods.hpp"
#include "inventory/compiler/overrides.hpp"
#include "inventory/text/suggestion.hpp"

namespace cradle::inventory {
namespace {

/// The stages over one workbench, each built on those before it.
class Compiler {
 public:
  Compiler(const Study& study, const Catalogue& catalogue, const StudyFiles& files, const std::string& profile)
      : study_(study),
        files_(files),
        profile_(profile),
        remarks_(study, catalogue),
        bench_{study, catalogue, profile_, draft_, remarks_},
        grids_(bench_, files),
        sites_(bench_, grids_),
        formulas_(bench_),
        products_(bench_, formulas_),
        hardware_(bench_, products_, formulas_),
        quantities_(bench_),
        hosts_(bench_),
        estimates_(bench_, formulas_, quantities_, hosts_),
        activities_(bench_, files, sites_, hardware_, estimates_, hosts_, quantities_) {}

  Result<Compiled> run(const Overrides& overrides) {
    add_flows();
    for (const auto& finding : files_.findings) remarks_.add(finding);
    FunctionalUnits unit(bench_, activities_, hardware_, quantities_);
    unit.add();
    GivenFigures figures(bench_, activities_, quantities_);
    for (const auto& given : study_.given) figures.attach(given);
    BoundaryCoverage boundary(bench_, activities_);
    boundary.check_hardware();
    boundary.cover_unreached();
    ImpactMethods(bench_).add(!products_.used.empty());
    boundary.cover_idle_hours();
    boundary.cover_items();
    grids_.compare_kinds();
    apply(overrides, study_.file, draft_.inventory.parameters, remarks_);
    return link(unit.name());
  }

  /// One product of the catalogue instead of what the study asks for.
  Result<Compiled> run(const Product& product) {
    add_flows();
    if (hardware_.asset(root_product, "", product.kind, product.id, product.place))
      draft_.inventory.demand = {root_product, 1.0};
    ImpactMethods(bench_).add(!products_.used.empty());
    return link(product.name);
  }

 private:
  void add_flows() {
    for (const auto& [flow, unit] : {std::pair{flows::co2e, "kg CO2e"},
                                     {flows::grid_location, "kg CO2e"},
                                     {flows::grid_market, "kg CO2e"},
                                     {flows::grid_hourly, "kg CO2e"},
                                     {flows::inherited, "kg CO2e"},
                                     {flows::water, "m3"},
                                     {flows::water_off_site, "m3"},
                                     {flows::abiotic_depletion, "kg Sb-eq"},
                                     {flows::primary_energy, "MJ"},
                                     {flows::credit, "kg CO2e"},
                                     {flows::occupation, "h"},
                                     {flows::computation, "FLOP"},
                                     {flows::water_scarcity, "m3 world-eq"},
                                     {flows::energy_cost, "USD"},
                                     {flows::compute_cost, "USD"}})
      draft_.inventory.elementary_flows.push_back({flow, unit});
  }

  /// Logs of runs and services that the functional unit reaches.
  std::vector<LogSummary> logs_in_use() const {
    std::vector<LogSummary> logs;
    for (const auto& [energy, of] : files_.logs) {
      if (!draft_.makes(product_of(energy.owner))) continue;
      for (auto log : of.logs) {
        if (of.alternative) {
          log.used = false;
          log.relation = "another way to know an energy";
        }
        logs.push_back(std::move(log));
      }
    }
    return logs;
  }

  Result<Compiled> link(std::string functional_unit) {
    if (has_errors(remarks_.findings)) return tl::unexpected(std::move(remarks_.findings));
    auto logs = logs_in_use();
    auto system = lca::ProductSystem::link(std::move(draft_.inventory));
    if (!system) return tl::unexpected(std::move(system.error()));
    return Compiled{.system = std::move(*system),
                    .findings = std::move(remarks_.findings),
                    .coverage = std::move(remarks_.coverage),
                    .logs = std::move(logs),
                    .datasets = std::move(remarks_.datasets),
                    .missing = std::move(remarks_.missing),
                    .functional_unit = std::move(functional_unit),
                    .profile = profile_,
                    .lacking = std::move(products_.lacking),
                    .hardware_products = std::move(products_.used),
                    .hardware_gaps = std::move(products_.gaps),
                    .facility_level_energy = activities_.facility_level_energy,
                    .unsplit_stages = std::move(hardware_.unsplit_stages),
                    .hardware_unknown = std::move(activities_.hardware_unknown),
                    .served = std::move(activities_.served_models),
                    .grids = grids_.uses(),
                    .lives = std::move(hardware_.lives)};
  }

  const Study& study_;
  const StudyFiles& files_;
  const std::string profile_;
  SystemDraft draft_;
  Remarks remarks_;
  Workbench bench_;
  Grids grids_;
  Sites sites_;
  CatalogueFormulas formulas_;
  CatalogueProducts products_;
  HardwareLives hardware_;
  RunQuantities quantities_;
  Hosts hosts_;
  Estimates estimates_;
  Activities activities_;
};

}  // namespace

Result<Compiled> compile(const Study& study, const Catalogue& catalogue, const StudyFiles& files,
                         const Overrides& overrides, const std::string& profile) {
  return Compiler(study, catalogue, files, profile.empty() ? study.profile : profile).run(overrides);
}

Findings unknown_values(const Study& study, const Catalogue& catalogue) {
  Remarks remarks(study, catalogue);
  const bool counts = study.boundary && study.boundary->hardware();
  for (const auto& [name, hardware] : study.hardware) {
    if (!counts || hardware.embodied) continue;
    for (const auto& [kind, id, place] :
         {std::tuple{"device", hardware.device, hardware.device_place}, {"node", hardware.node, hardware.node_place}})
      if (const Product* product = catalogue.find(id); !id.empty() && id != "?" && (product == nullptr || product->kind != kind))
        remarks.report(kind == std::string_view("device") ? "E014" : "E018", place, fmt::format("unknown {} '{}'", kind, id),
                       did_you_mean(id, catalogue.ids(kind)));
  }
  for (const auto& [name, site] : study.sites)
    if (const auto& region = site.grid.region; !region.empty() && region != "?" && !site.grid.location && site.grid.series.empty() &&
                                               catalogue.grids().kinds(region).empty())
      remarks.report("E016", site.grid.place, fmt::format("unknown region '{}'", region), catalogue.grids().hint(region));
  return std::move(remarks.findings);
}

Result<Compiled> compile_product(const Catalogue& catalogue, const Product& product, const std::string& profile) {
  Study study;
  study.boundary.emplace();
  study.boundary->include = {"raw-materials", "manufacture", "transport", "end-of-life"};
  return Compiler(study, catalogue, {}, profile).run(product);
}

}  // namespace cradle::inventory
