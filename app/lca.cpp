// SPDX-License-Identifier: Apache-2.0
// General life-cycle assessment on systems given as folders of matrices: the commands and what they share.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <iostream>

#include "app/commands.hpp"
#include "app/lca_options.hpp"
#include "app/memory.hpp"
#include "app/terminal.hpp"
#include "inventory/text/suggestion.hpp"
#include "lca/allocation/matrix_allocation.hpp"

namespace cradle::app {
namespace {

/// "mass", "equal", "given", "substitution", "none"; any other word is the name of a property.
lca::Allocation allocation_of(const std::string& word) {
  using Kind = lca::Allocation::Kind;
  if (word.empty() || word == "none") return {Kind::none};
  if (word == "equal") return {Kind::equal};
  if (word == "given") return {Kind::given};
  if (word == "substitution") return {Kind::substitution};
  return {Kind::property, word};
}

lca::StoredPolicy stored_policy_of(const std::string& word) {
  using lca::StoredPolicy;
  return word == "combined" ? StoredPolicy::combined : word == "random" ? StoredPolicy::random : StoredPolicy::in_turn;
}

/// Methods that were asked for by name or number; all where none was. Nothing where the name is unknown.
std::optional<std::vector<int>> chosen_methods(const lca::MatrixSystem& system, const LcaOptions& options) {
  std::vector<int> all;
  std::vector<std::string> names;
  for (int m = 0; m < system.characterisation.rows; ++m) {
    names.push_back(system.method_name(m));
    if (options.method.empty() || options.method == names.back() || options.method == std::to_string(m))
      all.push_back(m);
  }
  if (!all.empty()) return all;
  std::cerr << fmt::format("cradle: the system has no method '{}'\n", options.method);
  if (const auto hint = inventory::did_you_mean(options.method, names); !hint.empty())
    std::cerr << "hint: " << hint << '\n';
  return std::nullopt;
}

}  // namespace

std::optional<inventory::SystemFolder> read_folder(const LcaOptions& options, inventory::ReadOptions read,
                                                   int& exit_code) {
  prefer_huge_pages();
  read.family = options.family;
  read.demands = options.demands;
  auto folder = inventory::read_system(options.folder, read);
  Findings findings = folder ? folder->findings : folder.error();
  if (folder) {
    folder->system.stored_policy = stored_policy_of(options.stored);
    auto allocated =
        lca::allocate(folder->system, allocation_of(options.allocation), folder->properties, folder->timings);
    Findings& said = allocated ? *allocated : allocated.error();
    for (auto& finding : said) finding.place.file = options.folder;
    findings.insert(findings.end(), said.begin(), said.end());
    if (folder->system.demands.empty() && !has_errors(findings))
      findings.push_back({"E087",
                          "no demand: there is nothing to assess",
                          "add demand.csv with the columns id, activity",
                          {options.folder, 0, 0, 1}});
    folder->findings = findings;
  }
  print_findings(std::cerr, findings);
  if (has_errors(findings)) {
    exit_code = refused;
    return std::nullopt;
  }
  return std::move(*folder);
}

int fail(const Findings& findings) {
  print_findings(std::cerr, findings);
  return refused;
}

int for_each_score(const lca::MatrixSystem& system, const LcaOptions& options, const UseScore& use) {
  const auto methods = chosen_methods(system, options);
  if (!methods) return refused;
  auto lca = lca::MatrixLca::prepare(system);
  if (!lca) return fail(lca.error());
  const auto prices = lca->prices(system.demands);
  if (!prices) return fail(prices.error());
  for (const auto& demand : system.demands) {
    const auto result = lca->solve(demand);
    if (!result) return fail(result.error());
    for (const int m : *methods)
      if (const auto used = use(*lca, demand, *result, m, (*prices)[static_cast<std::size_t>(m)]); !used)
        return fail(used.error());
  }
  return done;
}

void add_lca(Command app, int& exit_code) {
  auto command = app.add_subcommand("lca", "life-cycle assessment of any system given as matrices (docs/systems.md)");
  command->footer(
      "Example:\n  cradle lca solve examples/cogeneration --allocation energy\n  cradle lca contributions "
      "examples/two-plants");
  command->require_subcommand(1, 1);
  auto options = std::make_shared<LcaOptions>();
  const auto add = [&](const char* name, const char* what, const char* example, int (*run)(const LcaOptions&)) {
    auto inner = command->add_subcommand(name, what);
    inner->footer(std::string("Example:\n  cradle lca ") + example);
    inner->add_option("folder", options->folder, "a folder with A.mtx, and B.mtx, C.mtx, demand.csv")
        ->required()
        ->type_name("DIR");
    inner
        ->add_option("--allocation", options->allocation,
                     "for processes with several products: equal, given, substitution, or a property such as mass, "
                     "energy, price")
        ->type_name("RULE");
    inner
        ->add_option("--family", options->family,
                     "impact methods instead of C.mtx, weighting.csv: a published family (cradle catalogue search "
                     "family), or a CSV "
                     "file")
        ->type_name("NAME");
    inner->callback([options, run, &exit_code] { exit_code = run(*options); });
    return inner;
  };
  const auto formatted = [&](Command inner) {
    inner->add_option("--format", options->format, "text or json")->one_of({"text", "json"});
    inner->add_option("--demand", options->demands, "only this demand; may be given several times")->type_name("ID");
    return inner;
  };
  const auto of_method = [&](Command inner) {
    inner->add_option("--method", options->method, "only this method, by name or number")->type_name("METHOD");
    inner->add_option("--top", options->top, "rows of each table (20)")->between(1, 1000000);
    return inner;
  };
  const auto drawn = [&](Command inner) {
    inner->add_option("--seed", options->seed, "the same seed gives the same bits (0)");
    inner->add_option("--threads", options->threads, "how many at once (all)")->between(1, 1024);
    inner->add_flag("--quiet", options->quiet, "no progress bar");
    return inner;
  };

  auto solve = formatted(add("solve", "supply, inventory and scores of each demand",
                              "solve examples/two-plants --demand steel --format json", lca_solve));
  solve->add_option("--only", options->only, "scores leaves supply and inventory out")
      ->one_of({"scores"});

  auto contributions =
      of_method(formatted(add("contributions", "where a score comes from: table, upstream tree, links",
                              "contributions examples/two-plants --cut-off 0.01", lca_contributions)));
  contributions->add_option("--cut-off", options->cut_off, "leave out what is below this share of the score (0.005)")
      ->between(0.0, 1.0);
  contributions->add_option("--most", options->most_expansions, "nodes of the tree to follow (10000)");

  auto sensitivity =
      drawn(of_method(formatted(add("sensitivity", "what moves a score: exact derivatives, variance, Sobol indices",
                                    "sensitivity examples/two-plants --sobol 3", lca_sensitivity))));
  sensitivity->add_option("--sobol", options->sobol, "Sobol indices of so many exchanges")->between(1, 1000);
  sensitivity->add_option("--base", options->base, "base samples of the Sobol indices (512)")
      ->between(16, 1 << 20);

  auto draws = drawn(
      formatted(add("montecarlo", "the spread of the scores when every exchange varies",
                    "montecarlo examples/two-plants --draws 1000 --seed 1\n  mpirun -n 4 cradle lca montecarlo DIR "
                    "--draws 100000 --store draws --resume",
                    lca_monte_carlo)));
  draws->add_option("--draws", options->draws, "how many (1000)")->between(1ULL, 1000000000ULL);
  draws->add_option("--store", options->store, "keep finished draws here")->type_name("DIR");
  draws
      ->add_option("--stored", options->stored,
                   "which values of samples.csv a draw uses: the next of each file (in-turn), every combination of the "
                   "files (combined), or one of each by chance (random)")
      ->one_of({"in-turn", "combined", "random"});
  draws->add_option("-o,--output", options->output, "write every draw's scores to this CSV file")->type_name("FILE");
  draws->add_flag("--resume", options->resume, "go on with the draws in --store");
  draws->add_flag("--strict", options->strict, "warnings are errors");

  auto time = formatted(add("time", "emissions by year (timing.csv) and what they do to the climate by then",
                             "time examples/two-plants --horizon 100 --moving", lca_time));
  time->add_option("--horizon", options->horizon, "years (100)")->between(1.0, 10000.0);
  time->add_flag("--moving", options->moving,
                 "each emission has the whole horizon; without it all are counted to the same year");
  time->add_flag("--temperature", options->temperature, "GTP instead of GWP");

  auto write = add("write", "the system as files, allocated, or as one draw sees it",
                    "write examples/two-plants --draw 17 -o drawn", lca_write);
  write->add_option("-o,--output", options->output, "the folder to write")->required()->type_name("DIR");
  write->add_option("--seed", options->seed, "of the draw (0)");
  write->add_option(
      "--draw", [options](std::uint64_t draw) { options->draw = draw, options->sampled = true; },
      "the samples of this draw");
}

}  // namespace cradle::app
