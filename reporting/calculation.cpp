// SPDX-License-Identifier: Apache-2.0
#include "reporting/calculation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <iterator>
#include <map>
#include <set>
#include <tuple>

namespace cradle::reporting {
namespace {

using lca::Exchange;
using lca::tag_of;

using Names = std::vector<std::string>;

std::string excel(const Names& names, const lca::Expression& expression) {
  return expression.excel([&](lca::ParameterIndex index) { return names[index]; });
}

/// Impact per unit of a background product; live where it only emits, a value where it has suppliers of its own.
FactorRow background_factor(const Disclosure& d, const Names& names, std::size_t instance) {
  const auto& system = d.compiled().system;
  const auto& process = system.process(instance);
  const auto& methods = system.inventory().methods;
  FactorRow row{process.product, process.name, process.unit, "background product", "", {}, {}};
  const bool simple = std::none_of(process.exchanges.begin(), process.exchanges.end(),
                                   [](const Exchange& e) { return e.kind == Exchange::Kind::technosphere; });
  for (std::size_t m = 0; m < methods.size(); ++m) {
    row.values.push_back(d.solution().intensity(instance, m));
    std::string formula;
    for (const auto& exchange : process.exchanges) {
      const auto factor = methods[m].factors.find(exchange.flow);
      if (factor == methods[m].factors.end()) continue;
      formula += (formula.empty() ? "" : " + ") + std::string("(") + excel(names, exchange.amount) + ")" +
                 (factor->second.is_constant(1.0) ? "" : " * (" + excel(names, factor->second) + ")");
    }
    row.formulas.push_back(simple && !formula.empty() ? formula : "");
  }
  return row;
}

FactorRow elementary_factor(const Disclosure& d, const Names& names, const std::string& flow, const std::string& unit) {
  FactorRow row{flow, flow, unit, "elementary flow", "", {}, {}};
  for (const auto& method : d.methods()) {
    const auto factor = method.factors.find(flow);
    const bool known = factor != method.factors.end();
    const auto& values = d.parameters().values();
    std::set<lca::ParameterIndex> read;
    if (known) factor->second.collect_parameters(read);
    row.values.push_back(known ? factor->second.evaluate(values) : 0.0);
    row.formulas.push_back(read.empty() ? "" : excel(names, factor->second));
  }
  return row;
}

/// A shared tree as all users with the same tags, but for their run, take it: its rows carry these tags. The foreground is
/// the first copy of all.
struct Copy {
  std::size_t tree = lca::Instance::no_tree;
  lca::Tags tags;                    ///< of these users, without their run
  double amount = 1.0;               ///< of the tree's product
  std::vector<std::size_t> members;  ///< instances
};

lca::Tags without_run(lca::Tags tags) {
  tags.erase("run");
  return tags;
}

std::vector<Copy> copies_of(const Disclosure& d) {
  const auto& system = d.assessment->system();
  std::vector<Copy> copies(1);
  std::vector<std::vector<std::size_t>> members(system.trees().size());
  for (const std::size_t i : system.order()) {
    const auto tree = system.instances()[i].tree;
    if (tree != lca::Instance::no_tree)
      members[tree].push_back(i);
    else if (!system.background(i))
      copies.front().members.push_back(i);
  }
  for (std::size_t t = 0; t < system.trees().size(); ++t) {
    std::map<lca::Tags, double> by_tags;
    for (const auto& use : d.solution().trees()[t].uses) by_tags[without_run(use.tags)] += use.amount;
    for (const auto& [tags, amount] : by_tags) copies.push_back({t, tags, amount, members[t]});
  }
  return copies;
}

/// Writes the rows of one calculation.
class Calculator {
 public:
  explicit Calculator(const Disclosure& d)
      : d_(d), system_(d.assessment->system()), solution_(d.solution()), copies_(copies_of(d)) {
    for (const auto& flow : system_.inventory().elementary_flows) elementary_units_[flow.name] = flow.unit;
    for (std::size_t c = 1; c < copies_.size(); ++c) copy_of_[{copies_[c].tree, copies_[c].tags}] = c;
    const auto index = [&](const std::vector<lca::LedgerEntry>& entries) {
      for (const auto& entry : entries)
        if (entry.at) entries_[{entry.at->instance, entry.at->exchange}] = &entry;
    };
    index(solution_.ledger());
    for (const auto& tree : solution_.trees()) index(tree.entries);
  }

  Calculation run() {
    calculation_.names = defined_names(system_.parameters());
    for (std::size_t c = 0; c < copies_.size(); ++c) {
      for (const std::size_t instance : copies_[c].members) add_rows(c, instance);
      if (c == 0) std::copy(std::begin(next_), std::end(next_), std::begin(last_of_users_));
    }
    write_runs();
    return std::move(calculation_);
  }

 private:
  void add_rows(std::size_t c, std::size_t instance) {
    const Copy& copy = copies_[c];
    const auto& process = system_.process(instance);
    lca::Tags tags = system_.tags(instance);
    tags.insert(copy.tags.begin(), copy.tags.end());
    const std::string stage = tag_of(tags, "life_cycle");
    const bool embodied = instance != system_.root() && stage != "use" && stage != "unsplit";
    const double runs = c == 0 ? solution_.scaling()[instance]
                               : solution_.evaluation().runs[instance] * copy.amount;  // of this copy's users
    for (std::size_t e = 0; e < process.exchanges.size(); ++e) {
      const Exchange& exchange = process.exchanges[e];
      const auto provider = system_.instances()[instance].providers[e];
      CalculationRow row;
      row.at = {instance, e};
      row.copy = c;
      row.embodied = embodied;
      row.row = next_[embodied ? 1 : 0]++;
      row.process = process.name;
      row.flow = provider ? system_.process(*provider).name : exchange.flow;
      row.provider = provider ? system_.process(*provider).product : "environment";
      row.rule = exchange.rule;
      row.unit = provider ? system_.process(*provider).unit : elementary_units_[exchange.flow];
      row.unit_formula = excel(calculation_.names, exchange.amount);
      row.unit_amount = exchange.amount.evaluate(system_.parameters().values());
      row.runs = runs;
      row.total = row.unit_amount * row.runs;
      row.live = system_.loop_of(instance).size() == 1;
      row.tags = tags;
      row.impacts.assign(d_.methods().size(), 0.0);
      if (const auto entry = entries_.find({instance, e}); entry != entries_.end())
        add_factor(row, *entry->second, provider, copy);
      else if (c == 0 && provider && system_.instances()[*provider].tree != lca::Instance::no_tree)
        mark_user(row, exchange, system_.instances()[*provider].tree);
      calculation_.rows.push_back(std::move(row));
    }
  }

  /// A use of a tree names the copy that it belongs to: by a number, since a sheet compares words without regard to case
  /// and reads some characters as wildcards.
  void mark_user(CalculationRow& row, const Exchange& exchange, std::size_t tree) const {
    lca::Tags tags = system_.instances()[row.at.instance].inherited;
    for (const auto& [key, value] : exchange.assigns) tags[key] = value;
    row.tags["account"] = tag_of(tags, "account");
    row.tags["run"] = tag_of(tags, "run");
    row.users_key = key_of(copy_of_.at({tree, without_run(tags)}));
  }

  static std::string key_of(std::size_t copy) { return fmt::format("T{}", copy); }

  void add_factor(CalculationRow& row, const lca::LedgerEntry& entry, std::optional<std::size_t> provider,
                  const Copy& copy) {
    lca::Tags tags = entry.tags;
    tags.insert(copy.tags.begin(), copy.tags.end());
    row.tags = tags;
    row.tags["stage"] = stage_name(tag_of(tags, "life_cycle"), tag_of(tags, "activity"), tag_of(tags, "account"));
    for (std::size_t m = 0; m < row.impacts.size(); ++m) row.impacts[m] = entry.impacts[m] * copy.amount;
    row.factor_key = provider ? row.provider : entry.flow;
    if (factor_rows_.emplace(row.factor_key, calculation_.factors.size()).second)
      calculation_.factors.push_back(provider ? background_factor(d_, calculation_.names, *provider)
                                              : elementary_factor(d_, calculation_.names, entry.flow, row.unit));
    auto& factor = calculation_.factors[factor_rows_[row.factor_key]];
    if (factor.source.empty()) factor.source = entry.factor_basis ? entry.source : "";
  }

  /// The first row of a process in a copy says how often it runs, the others refer to it.
  void write_runs() {
    for (const auto& row : calculation_.rows) by_exchange_[{row.copy, row.at.instance, row.at.exchange}] = &row;
    const CalculationRow* first = nullptr;
    for (auto& row : calculation_.rows) {
      if (first == nullptr || first->at.instance != row.at.instance || first->copy != row.copy) {
        first = &row;
        row.runs_formula = runs_formula(row.copy, row.at.instance);
        if (row.runs_formula.size() > longest_formula) row.live = false;
      } else {
        row.runs_formula = fmt::format("${}${}", column_letters(total_column - 1), first->row + 1);
      }
      if (row.unit_formula.size() > longest_formula) row.live = false;
    }
  }

  /// How often a process runs, from the totals of those who use it: (sum of uses) / (production - own use).
  std::string runs_formula(std::size_t copy, std::size_t instance) const {
    const auto& names = calculation_.names;
    std::string uses;
    const auto add = [&](const std::string& term) { uses += (uses.empty() ? "" : " + ") + term; };
    if (instance == system_.root()) add("(" + excel(names, system_.inventory().demand.amount) + ")");
    std::string production = "(" + excel(names, system_.process(instance).production) + ")";
    bool plain = system_.process(instance).production.is_constant(1.0);
    if (copy > 0 && system_.trees()[copies_[copy].tree].root == instance) add(sum_of_users(copy));
    for (const auto& use : system_.consumers(instance)) {
      if (use.instance == instance) {
        production += " - (" + excel(names, system_.exchange(use).amount) + ")";
        plain = false;
        continue;
      }
      if (const auto row = by_exchange_.find({copy, use.instance, use.exchange}); row != by_exchange_.end())
        add(cell_reference(*row->second, total_column));
    }
    return plain ? uses : "(" + uses + ") / (" + production + ")";
  }

  std::string sum_of_users(std::size_t copy) const {
    std::string sum;
    for (const bool embodied : {false, true}) {
      const std::size_t last = last_of_users_[embodied ? 1 : 0];
      if (last == calculation_first_row) continue;  // no row of the foreground stands there
      const auto range = [&](int column) {
        const auto letters = column_letters(column);
        return fmt::format("{}!${}${}:${}${}", embodied ? "Calc_Embodied" : "Calc_Operational", letters,
                           calculation_first_row + 1, letters, last);
      };
      sum += fmt::format("{}SUMIFS({},{},\"{}\")", sum.empty() ? "" : "+", range(total_column), range(users_column),
                         key_of(copy));
    }
    return "(" + sum + ")";
  }

  const Disclosure& d_;
  const lca::ProductSystem& system_;
  const lca::Solution& solution_;
  std::vector<Copy> copies_;
  Calculation calculation_;
  std::size_t next_[2] = {calculation_first_row, calculation_first_row};
  std::size_t last_of_users_[2] = {};
  std::map<std::pair<std::size_t, lca::Tags>, std::size_t> copy_of_;
  std::map<std::string, std::size_t> factor_rows_;
  std::map<std::string, std::string> elementary_units_;
  std::map<std::pair<std::size_t, std::size_t>, const lca::LedgerEntry*> entries_;
  std::map<std::tuple<std::size_t, std::size_t, std::size_t>, const CalculationRow*> by_exchange_;
};

}  // namespace

std::vector<std::string> defined_names(const lca::Parameters& parameters) {
  Names names;
  std::set<std::string> taken;
  for (const auto& parameter : parameters) {
    std::string name = parameter.calculated() ? "calc_" : "in_";
    for (const char c : parameter.name) name += std::isalnum(static_cast<unsigned char>(c)) || c == '.' ? c : '_';
    const auto fold = [](std::string text) {
      std::transform(text.begin(), text.end(), text.begin(),
                     [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
      return text;
    };
    std::string unique = name.substr(0, 200);  // Excel allows 255 characters
    for (int i = 2; !taken.insert(fold(unique)).second; ++i) unique = fmt::format("{}_{}", name.substr(0, 200), i);
    names.push_back(std::move(unique));
  }
  return names;
}

std::string column_letters(int column) {
  std::string letters;
  for (++column; column > 0; column = (column - 1) / 26)
    letters.insert(letters.begin(), static_cast<char>('A' + (column - 1) % 26));
  return letters;
}

std::string cell_reference(const CalculationRow& row, int column) {
  return fmt::format("{}!${}${}", row.embodied ? "Calc_Embodied" : "Calc_Operational", column_letters(column),
                     row.row + 1);
}

Calculation make_calculation(const Disclosure& d) { return Calculator(d).run(); }

}  // namespace cradle::reporting
