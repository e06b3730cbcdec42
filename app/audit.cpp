// SPDX-License-Identifier: Apache-2.0
// `cradle audit`: does a claim follow from its own inputs?
#include <fmt/format.h>

#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "app/commands.hpp"
#include "app/terminal.hpp"
#include "inventory/text/text_file.hpp"
#include "reporting/audit/audit.hpp"
#include "reporting/audit/own_report.hpp"
#include "reporting/rounding.hpp"

namespace cradle::app {
namespace {

struct AuditOptions {
  std::string file, format = "text", folder;
  std::string ghg, energy, hours, device, power, pue, grid;
};

/// A claim in a few words of the command line, as its file would be written.
std::string text_of(const AuditOptions& o) {
  std::string text = "claim: {" + (o.ghg.empty() ? "" : "ghg: " + o.ghg) + (!o.ghg.empty() && !o.energy.empty() ? ", " : "") +
                     (o.energy.empty() ? "" : "energy: " + o.energy) + "}\n";
  // Without hours an energy is what emissions follow from.
  if (!o.ghg.empty() && !o.energy.empty() && o.hours.empty())
    text = "claim: {ghg: " + o.ghg + "}\nenergy: " + o.energy + "\n";
  for (const auto& [key, value] : {std::pair{"device_hours", &o.hours}, {"device", &o.device}, {"power", &o.power}, {"pue", &o.pue}, {"grid", &o.grid}})
    if (!value->empty()) text += fmt::format("{}: {}\n", key, *value);
  return text;
}

std::string amount(double value, const std::string& unit) {
  const auto shown = reporting::display_unit(unit, std::abs(value));
  return reporting::significant(value / shown.size, 3) + " " + shown.name;
}

void print_audit(const reporting::Audit& audit) {
  if (!audit.claim.title.empty()) std::cout << styled(std::cout, Style::bold, audit.claim.title) << '\n';
  Table figures{{"", "claimed", "recomputed", "95 %", "claimed / recomputed", "verdict"}, {}, {false, true, true, true, true, false}};
  for (const auto& f : audit.figures)
    figures.rows.push_back({f.id == "ghg.total" ? "emissions" : "energy", amount(f.claimed, f.unit), f.recomputed ? amount(*f.recomputed, f.unit) : "",
                            f.low && f.high ? amount(*f.low, f.unit) + " to " + amount(*f.high, f.unit) : "",
                            f.recomputed ? reporting::significant(f.ratio(), 3) : "", std::string(name_of(f.verdict))});
  print_table(std::cout, figures);
  if (!audit.claim.not_said.empty()) std::cout << "\nnot said, and taken instead:\n";
  for (const auto& n : audit.claim.not_said) std::cout << fmt::format("  {}: {}\n", n.what, n.taken);
  if (!audit.reaches.empty()) {
    std::cout << "\nhow far each unknown alone could move it:\n";
    Table reaches{{"input", "from", "to"}, {}, {false, true, true}};
    const std::string unit = audit.figures.front().unit;
    for (const auto& r : audit.reaches) reaches.rows.push_back({r.label, amount(r.low, unit), amount(r.high, unit)});
    print_table(std::cout, reaches);
  }
  if (!audit.needed.empty() && !audit.figures.empty() && audit.figures.front().verdict != reporting::AuditVerdict::agrees) {
    std::cout << "\nit would be true with one of these alone:\n";
    Table needed{{"input", "now", "needed", ""}, {}, {false, true, true, false}};
    for (const auto& n : audit.needed)
      needed.rows.push_back({n.label, reporting::significant(n.now, 3) + " " + n.unit, reporting::significant(n.needed, 3) + " " + n.unit,
                             n.possible ? "" : "not possible, or outside its range"});
    print_table(std::cout, needed);
  }
  if (!audit.slips.empty()) std::cout << "\nslips that fit, or cannot be ruled out:\n";
  for (const auto& slip : audit.slips) std::cout << "  " << slip << '\n';
}

int verify(const AuditOptions& o, const std::string& text) {
  const auto verification = reporting::verify_result(text, o.file);
  if (o.format == "json")
    std::cout << nlohmann::ordered_json{{"schema", "cradle/audit/1"}, {"file", o.file}, {"verdict", reporting::name_of(verification.verdict)}, {"says", verification.says}}.dump(1) << '\n';
  else {
    std::cout << fmt::format("{}: {}\n", o.file, reporting::name_of(verification.verdict));
    for (const auto& line : verification.says) std::cout << "  " << line << '\n';
  }
  return verification.verdict == reporting::AuditVerdict::differs ? refused : done;
}

int run(const AuditOptions& o) {
  auto loaded = inventory::Catalogue::load(o.folder);
  if (!loaded) {
    print_findings(std::cerr, loaded.error());
    return refused;
  }
  const auto catalogue = std::make_shared<const inventory::Catalogue>(std::move(*loaded));
  std::string text = text_of(o), name = "the command line";
  if (!o.file.empty()) {
    auto read = inventory::read_text_file(o.file, 16u << 20);
    if (!read) {
      std::cerr << fmt::format("cradle: {} cannot be read\n", o.file);
      return machine_trouble;
    }
    text = std::move(*read);
    name = o.file;
    if (reporting::is_own_result(text)) return verify(o, text);
  }
  const auto claim = reporting::read_claim(*catalogue, text, name);
  const auto audited = claim ? reporting::audit(*claim, catalogue) : Result<reporting::Audit>(tl::unexpected(claim.error()));
  if (!audited) {
    print_findings(std::cerr, audited.error());
    return refused;
  }
  if (o.format == "json")
    std::cout << reporting::write_audit_json(*audited);
  else
    print_audit(*audited);
  return audited->disagrees() ? refused : done;
}

}  // namespace

void add_audit(Command app, int& exit_code) {
  auto command = app.add_subcommand("audit", "recompute a claim from its own inputs; exit 1 where it differs");
  command->footer(
      "Example:\n  cradle audit --ghg '2300 t' --hours '7.7e6 h' --device h100");
  auto options = std::make_shared<AuditOptions>();
  command->add_option("claim", options->file, "a claim (docs/audit.md), a model card, or a result of our own with its study beside it")->type_name("FILE");
  command->add_option("--ghg", options->ghg, "emissions that are claimed");
  command->add_option("--energy", options->energy, "energy that is claimed");
  command->add_option("--hours", options->hours, "device-hours given with it");
  command->add_option("--device", options->device, "device given with it");
  command->add_option("--power", options->power, "mean power of a device given with it");
  command->add_option("--pue", options->pue, "PUE given with it");
  command->add_option("--grid", options->grid, "carbon intensity given with it, or {region: US, year: 2024}");
  command->add_option("--format", options->format, "text or json")->one_of({"text", "json"});
  add_catalogue_option(command, options->folder);
  command->callback([options, &exit_code] {
    if (options->file.empty() && options->ghg.empty() && options->energy.empty()) {
      std::cerr << "cradle: audit takes a file, or --ghg or --energy\n";
      exit_code = wrong_use;
      return;
    }
    exit_code = run(*options);
  });
}

}  // namespace cradle::app
