// SPDX-License-Identifier: Apache-2.0
// `cradle refresh`: does replacing old devices by new ones pay back, and when?
#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>

#include "app/commands.hpp"
#include "app/terminal.hpp"
#include "inventory/text/suggestion.hpp"
#include "reporting/hardware/refresh.hpp"
#include "reporting/rounding.hpp"

namespace cradle::app {
namespace {

using inventory::Dimension;

struct RefreshOptions {
  std::string old_id, new_id, grid, pue = "1.2", utilisation = "60 %", load = "70 %", age, lifetime = "6 years",
                                    old_power, new_power, format = "text", profile = "central", folder;
  double speed = 0.0;
};

/// Dense peaks of the two at the same precision, the most used first.
std::optional<std::pair<double, std::string>> speed_of(const inventory::Product& old_one,
                                                       const inventory::Product& new_one) {
  // Before BF16 the tensor cores of a device knew FP16 only: the two stand for each other.
  const std::pair<const char*, const char*> peaks[] = {{"peak_bf16", "peak_bf16"},
                                                       {"peak_fp16", "peak_fp16"},
                                                       {"peak_fp16", "peak_bf16"},
                                                       {"peak_tf32", "peak_tf32"},
                                                       {"peak_fp32", "peak_fp32"}};
  for (const auto& [before, after] : peaks)
    if (old_one.parameters.contains(before) && new_one.parameters.contains(after))
      return std::pair(
          new_one.parameters.at(after).value / old_one.parameters.at(before).value,
          fmt::format("{} over {}", new_one.parameters.at(after).label, old_one.parameters.at(before).label));
  return std::nullopt;
}

std::string printed(const reporting::BreakEven& even) {
  if (!even.years) return "never: the new one does not save emissions of electricity for the same work";
  return fmt::format("{} years ({} to {})", reporting::significant(*even.years, 2),
                     reporting::significant(*even.low, 2), reporting::significant(*even.high, 2));
}

nlohmann::ordered_json even_json(const reporting::BreakEven& even) {
  if (!even.years) return {{"status", "never"}, {"years", nullptr}, {"low", nullptr}, {"high", nullptr}};
  return {{"status", "estimated"}, {"years", *even.years}, {"low", *even.low}, {"high", *even.high}};
}

void print(const reporting::RefreshQuestion& q, const reporting::RefreshAnswer& a, const inventory::Product& old_one,
           const inventory::Product& new_one, const std::string& speed_from) {
  const auto number = [](double value) { return reporting::significant(value, 3); };
  std::cout << styled(std::cout, Style::bold, fmt::format("{} {} -> 1 {}", number(q.speed), old_one.name, new_one.name))
            << fmt::format("  ({})\n\n", speed_from);
  Table table{{"kg CO2e", "old", "new"}, {}, {false, true, true}};
  table.rows = {
      {fmt::format("operation, each year ({} and {} W)", number(q.speed * q.old_power), number(q.new_power)),
       number(a.old_yearly), number(a.new_yearly)},
      {"making it", "", number(a.new_embodied)},
      {fmt::format("unused life at {} of {} years", number(q.age), number(q.lifetime)), number(a.old_remaining), ""}};
  print_table(std::cout, table);
  std::cout << "\npays back, old devices passed on:   " << printed(a.passed_on)
            << "\npays back, old devices written off: " << printed(a.written_off) << "\n\n";
  if (a.passed_on.years && *a.passed_on.years > q.lifetime)
    std::cout << fmt::format("that is longer than the {} years that a device lives\n\n", number(q.lifetime));
  if (!a.passed_on.years) return;
  const double last = std::max(a.new_embodied + a.old_remaining + a.new_yearly * q.lifetime, a.old_yearly * q.lifetime);
  for (int year = 1; year <= static_cast<int>(q.lifetime); ++year)
    std::cout << fmt::format("year {:>2}  old {:<32} {:>8}\n         new {:<32} {:>8}\n", year,
                             bar(a.old_yearly * year / last, 32), number(a.old_yearly * year),
                             bar((a.new_embodied + a.new_yearly * year) / last, 32),
                             number(a.new_embodied + a.new_yearly * year));
  std::cout << "cumulative kg CO2e, old devices passed on\n";
}

int run(const RefreshOptions& o) {
  Findings findings;
  const auto report = [&](std::string code, std::string message, std::string hint = "") {
    findings.push_back({std::move(code), std::move(message), std::move(hint)});
  };
  const auto catalogue = inventory::Catalogue::load(o.folder);
  if (!catalogue) {
    print_findings(std::cerr, catalogue.error());
    return refused;
  }
  const auto device = [&](const std::string& id) {
    const auto* found = catalogue->find(id);
    if (found == nullptr)
      report("E014", fmt::format("unknown device '{}'", id),
             inventory::did_you_mean(id, catalogue->ids("device")) + " `cradle catalogue search device` lists them");
    return found;
  };
  const auto quantity = [&](const char* name, const std::string& text, Dimension dimension, double low, double high) {
    const auto value = inventory::read_quantity(text, dimension);
    if (!value)
      report(value.error().code, fmt::format("--{}: {}", name, value.error().message), value.error().hint);
    else if (*value < low || *value > high)
      report("E024", fmt::format("--{}: {} is outside {} to {}", name, *value, low, high));
    return value.value_or(low);
  };
  const auto before_colon = [](const std::string& id) { return id.substr(0, id.find(':')); };
  const auto* old_one = device(before_colon(o.old_id));
  const auto* new_one = device(before_colon(o.new_id));
  constexpr double year = 8760.0;
  reporting::RefreshQuestion q;
  q.grid = quantity("grid", o.grid, Dimension::co2e_per_energy, 0.0, 1.5);
  q.pue = quantity("pue", o.pue, Dimension::number, 1.0, 3.0);
  q.utilisation = quantity("utilisation", o.utilisation, Dimension::number, 0.001, 1.0);
  q.lifetime = quantity("lifetime", o.lifetime, Dimension::time, 1.0, 50 * year) / year;
  q.age = o.age.empty() ? q.lifetime / 2 : quantity("age", o.age, Dimension::time, 0.0, q.lifetime * year) / year;
  const double load = quantity("load", o.load, Dimension::number, 0.01, 1.5);
  std::string speed_from = "as stated";
  const auto power = [&](const inventory::Product* product, const std::string& text, const char* name) {
    if (!text.empty()) return quantity(name, text, Dimension::power, 0.1, 1e6);
    if (product == nullptr) return 0.0;
    if (product->parameters.contains("tdp")) return load * product->parameters.at("tdp").value;
    report("E011", fmt::format("the power of '{}' is not known", product->id), fmt::format("state --{}", name));
    return 0.0;
  };
  const auto machine = [&](const std::string& id) -> std::optional<reporting::MachineShare> {
    const auto colon = id.find(':');
    if (colon == std::string::npos) return std::nullopt;
    const auto* node = catalogue->find(id.substr(colon + 1));
    if (node == nullptr || node->kind != "node") {
      report("E018", fmt::format("unknown node '{}'", id.substr(colon + 1)),
             inventory::did_you_mean(id.substr(colon + 1), catalogue->ids("node")) + " `cradle catalogue search node` lists them");
      return std::nullopt;
    }
    auto share = reporting::share_of_machine(*catalogue, *node, load, o.profile);
    if (!share) report("E011", fmt::format("the catalogue has no power of '{}', or not how many devices it holds", node->id), "name another machine, or state --old-power and --new-power of the whole");
    return share;
  };
  const auto old_machine = machine(o.old_id), new_machine = machine(o.new_id);
  q.old_power = power(old_one, o.old_power, "old-power") + (old_machine && o.old_power.empty() ? old_machine->watts : 0.0);
  q.new_power = power(new_one, o.new_power, "new-power") + (new_machine && o.new_power.empty() ? new_machine->watts : 0.0);
  q.speed = o.speed;
  if (o.speed <= 0.0 && old_one != nullptr && new_one != nullptr) {
    if (const auto found = speed_of(*old_one, *new_one)) {
      q.speed = found->first;
      speed_from = found->second + "; work may gain less or more";
    } else {
      report("E011", "the catalogue has no peak that both devices share",
             "state --speed: old devices that one new replaces");
    }
  }
  reporting::ProductImpact impacts[2];
  for (int i = 0; i < 2 && findings.empty(); ++i) {
    const auto& product = i == 0 ? *old_one : *new_one;
    impacts[i] = reporting::view_profile(*catalogue, product, o.profile).impacts.front();
    if (const auto& around = i == 0 ? old_machine : new_machine) impacts[i] = reporting::with_machine(std::move(impacts[i]), around->impact);
    if (!impacts[i].value)
      report("E019", fmt::format("'{}' cannot be estimated: {}", product.id, impacts[i].reason),
             "choose another --profile, or add the figure in a catalogue of your own");
  }
  if (!findings.empty()) {
    print_findings(std::cerr, findings);
    return refused;
  }
  const auto answer = reporting::refresh(q, impacts[0], impacts[1]);
  if (o.format == "json")
    std::cout << nlohmann::ordered_json{{"schema", "cradle/refresh/1"},
                                        {"old", old_one->id},
                                        {"new", new_one->id},
                                        {"machines_counted", old_machine && new_machine},
                                        {"profile", o.profile},
                                        {"old_devices_per_new", q.speed},
                                        {"old_kg_co2e_per_year", answer.old_yearly},
                                        {"new_kg_co2e_per_year", answer.new_yearly},
                                        {"new_embodied_kg_co2e", answer.new_embodied},
                                        {"old_unused_life_kg_co2e", answer.old_remaining},
                                        {"break_even_passed_on", even_json(answer.passed_on)},
                                        {"break_even_written_off", even_json(answer.written_off)}}
                     .dump(1)
              << '\n';
  else {
    print(q, answer, *old_one, *new_one, speed_from);
    if (!old_machine || !new_machine) std::cout << "\nthe machine around the devices is not counted: name it after ':', such as v100:dgx-1-v100 h100:dgx-h100\n";
  }
  return done;
}

}  // namespace

void add_refresh(Command app, int& exit_code) {
  auto command = app.add_subcommand("refresh", "when new devices pay back what making them emitted");
  command->footer(
      "Example:\n  cradle refresh v100:dgx-1-v100 h100:dgx-h100 --grid '400 g/kWh' --age '3 years'\n  cradle refresh a100 b200 --grid '57 "
      "g/kWh' --speed 4 --format json");
  auto o = std::make_shared<RefreshOptions>();
  command->add_option("old", o->old_id, "the device in use, of the catalogue, with its machine after ':'")->required()->type_name("OLD[:NODE]");
  command->add_option("new", o->new_id, "the device that replaces it")->required()->type_name("NEW[:NODE]");
  command->add_option("--grid", o->grid, "intensity of the electricity, e.g. '400 g/kWh'")->required();
  command->add_option("--pue", o->pue, "facility over IT energy (1.2)");
  command->add_option("--utilisation", o->utilisation, "share of the year that they work (60 %)");
  command->add_option("--load", o->load, "mean power while working, as a share of thermal design power (70 %)");
  command->add_option("--old-power", o->old_power, "mean power of an old device while working, instead of --load");
  command->add_option("--new-power", o->new_power, "mean power of a new device while working, instead of --load");
  command->add_option("--speed", o->speed, "old devices that one new one replaces (ratio of dense peaks)")
      ->positive();
  command->add_option("--age", o->age, "age of the old devices (half of the lifetime)");
  command->add_option("--lifetime", o->lifetime, "of the old devices (6 years)");
  command->add_option("--profile", o->profile, "vendor, central or ademe (central)")
      ->one_of(inventory::hardware_profiles);
  add_catalogue_option(command, o->folder);
  command->add_option("--format", o->format, "text or json")->one_of({"text", "json"});
  command->callback([o, &exit_code] { exit_code = run(*o); });
}

}  // namespace cradle::app
