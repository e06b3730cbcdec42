// SPDX-License-Identifier: Apache-2.0
#include "reporting/workbook.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "inventory/text/text_file.hpp"
#include "inventory/text/time_stamp.hpp"
#include "reporting/calculation.hpp"
#include "reporting/result_json.hpp"
#include "reporting/rounding.hpp"
#include "reporting/sheet.hpp"
#include "reporting/workbook_sheets.hpp"

namespace cradle::reporting {

void Workbook::set_properties() {
  lxw_doc_properties properties{};
  constexpr std::size_t longest_property = 255;
  std::string title = text_for_xml(d_.study().title, longest_property), comments = "result sha256 " + result_sha256(d_);
  properties.title = title.data();
  properties.comments = comments.data();
  // Without a date of the study the file is stamped 1980-01-01, the earliest that a zip can say.
  const auto stamp = inventory::read_stamp(d_.study().date.empty() ? "1980-01-01" : d_.study().date);
  properties.created =
      stamp ? std::chrono::duration_cast<std::chrono::seconds>(stamp->local.time_since_epoch()).count() : 315532800;
  workbook_set_properties(book_, &properties);
}

void Workbook::define_names() {
  const auto folded = [](std::string name) {
    std::transform(name.begin(), name.end(), name.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return name;
  };
  std::vector<std::pair<std::string, const std::pair<std::string, std::string>*>> order;
  for (const auto& defined : defined_) order.emplace_back(folded(defined.first), &defined);
  std::sort(order.begin(), order.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  for (const auto& [key, defined] : order) workbook_define_name(book_, defined->first.c_str(), defined->second.c_str());
}

void Workbook::write_readme() {
  readme_.widths({28, 100});
  std::size_t row = 0;
  readme_.height(row, 24);
  readme_.text(row++, 0, d_.study().title, styles_.title);
  if (options_.draft)
    readme_.text(row++, 0, "DRAFT: this report was refused and written with --draft. It must not be published.",
                 styles_.bold);
  if (d_.study().synthetic)
    readme_.text(row++, 0, "SYNTHETIC INPUTS: made up to show the method, measured nowhere.", styles_.bold);
  ++row;
  const std::pair<const char*, std::string> lines[] = {
      {"Purpose",
       "The footprint of the functional unit as live formulas: change a blue cell on Inputs and every total "
       "follows."},
      {"How to audit",
       "Start at Summary; each value sums rows of Calc_Operational and Calc_Embodied; each row multiplies an amount "
       "per run, the runs of its process, and a factor of Factors; "
       "amounts are formulas over the named cells of Inputs and Calculated, whose source and place in the study stand beside them."},
      {"Engine values",
       "Grey cells hold what the program computed for the study as delivered. Checks compares them with the live "
       "cells; after a change of inputs they differ, as they should."},
      {"Not live",
       "Intervals, and factors of background processes that have suppliers of their own, are values and marked so."},
      {"Missing values", "A word in the Status column and an empty value cell: never zero."},
      {"Tool", d_.tool},
      {"Command", d_.command},
      {"Result sha256", result_sha256(d_)}};
  for (const auto& [name, words] : lines) {
    readme_.text(row, 0, name, styles_.bold);
    readme_.height_for(row, words, 95);
    readme_.text(row++, 1, words, styles_.wrap);
  }
  ++row;
  readme_.text(row++, 0, "Colour key", styles_.bold);
  readme_.text(row, 0, "blue on yellow", styles_.input);
  readme_.text(row++, 1, "input: typed, may be changed");
  readme_.text(row, 0, "black", styles_.formula);
  readme_.text(row++, 1, "formula");
  readme_.text(row, 0, "grey", styles_.engine);
  readme_.text(row++, 1, "value computed by the program, not live");
  readme_.text(row, 0, "green, underlined", styles_.link);
  readme_.text(row++, 1, "link to another sheet");
  ++row;
  readme_.text(row++, 0, "Sheets", styles_.bold);
  for (const char* name : {"Summary", "Stages", "Inputs", "Calculated", "Factors", "Calc_Operational", "Calc_Embodied", "Coverage",
                           "Provenance", "Checks"})
    worksheet_write_url_opt(readme_.raw(), static_cast<lxw_row_t>(row++), 0,
                            (std::string("internal:") + name + "!A1").c_str(), styles_.link, name, nullptr);
}

void Workbook::write_coverage() {
  coverage_.headers(0, {"Item", "Status", "Detail"});
  coverage_.widths({34, 16, 100});
  std::size_t row = 1;
  for (const auto& line : d_.compiled().coverage) {
    coverage_.text(row, 0, line.item);
    coverage_.text(row, 1, std::string(inventory::name_of(line.status)));
    coverage_.text(row++, 2, line.detail);
  }
  for (const auto& log : d_.compiled().logs)
    for (const auto& gap : log.gaps) {
      coverage_.text(row, 0, fmt::format("gap in {}", log.file));
      coverage_.text(row, 1, log.gap_fill.empty() ? "not estimated" : log.used ? "substitute" : "shown only");
      coverage_.text(row++, 2,
                     fmt::format("device {}, {} minutes from {}: {}", gap.device, significant(gap.hours * 60, 4),
                                 gap.start, gap.reason));
    }
  coverage_.table(0, row - 1, 2, 1);
}

void Workbook::write_provenance() {
  provenance_.headers(0, {"What", "Value", "Version", "Licence", "sha256", "Attribution"});
  provenance_.widths({26, 50, 30, 30, 66, 80});
  std::size_t row = 1;
  for (const auto& [name, value] : {std::pair<std::string, std::string>{"tool", d_.tool},
                                    {"command", d_.command},
                                    {"date of the study", d_.study().date},
                                    {"characterisation", "GWP100, IPCC " + d_.study().gwp}}) {
    provenance_.text(row, 0, name);
    provenance_.text(row++, 1, value);
  }
  provenance_.text(row, 0, "study");
  provenance_.text(row, 1, std::filesystem::path(d_.study().file).filename().string());
  provenance_.text(row++, 4, d_.study().sha256);
  for (const auto& log : d_.compiled().logs) {
    provenance_.text(row, 0, "log");
    provenance_.text(row, 1, fmt::format("{} ({}, {} rows)", log.file, log.format, log.rows));
    provenance_.text(row++, 4, log.sha256);
  }
  for (const auto& dataset : d_.compiled().datasets) {
    provenance_.text(row, 0, "dataset " + dataset.id);
    provenance_.text(row, 1, dataset.title);
    provenance_.text(row, 2, dataset.version);
    provenance_.text(row, 3, dataset.licence);
    provenance_.text(row, 4, dataset.sha256);
    provenance_.text(row++, 5, dataset.attribution);
  }
  provenance_.table(0, row - 1, 5, 1);
}

void Workbook::write_checks() {
  checks_.headers(0, {"Check", "Live", "Expected", "Result"});
  checks_.widths({64, 22, 22, 12});
  for (const auto& check : d_.checks)
    if (check.verdict == lca::SelfCheck::Verdict::not_checkable)
      not_checkable_.push_back(check.name + ": " + check.detail);
  std::size_t row = 1;
  for (const auto& check : check_list_) {
    checks_.text(row, 0, check.name);
    checks_.formula(row, 1, check.live, check.value);
    checks_.formula(row, 2, check.expected, check.value);
    checks_.check(row, 3, same(fmt::format("B{}", row + 1), fmt::format("C{}", row + 1)));
    ++row;
  }
  checks_.text(row, 0, "no blank value among the inputs");
  const auto& parameters = d_.parameters();
  const auto inputs = static_cast<std::size_t>(
      std::count_if(parameters.begin(), parameters.end(), [](const auto& p) { return !p.calculated(); }));
  checks_.formula(row, 1, fmt::format("COUNT(Inputs!$C$2:$C${})", inputs + 1), static_cast<double>(inputs));
  checks_.number(row, 2, static_cast<double>(inputs), styles_.engine);
  checks_.check(row, 3, fmt::format("B{0}=C{0}", row + 1));
  ++row;
  checks_.text(row, 0, "location-based total is not negative");
  checks_.formula(row, 1, "Total_LB_kg",
                  d_.solution().totals()[d_.climate()]);
  checks_.check(row, 3, fmt::format("B{}>=0", row + 1));
  const std::size_t last = row;
  ++row;
  checks_.text(row, 0, "ALL_CHECKS", styles_.bold);
  worksheet_write_formula_str(checks_.raw(), static_cast<lxw_row_t>(row), 3,
                              fmt::format("=AND(D2:D{})", last + 1).c_str(), styles_.bold, "TRUE");
  define("ALL_CHECKS", fmt::format("=Checks!$D${}", row + 1));
  row += 2;
  for (const auto& line : not_checkable_) checks_.text(row++, 0, "not checkable: " + line);
  worksheet_freeze_panes(checks_.raw(), 1, 1);
}

Result<std::string> write_workbook(const Disclosure& d, const WriteOptions& options) {
  const auto trouble = [] {
    return failure({"E070",
                    "the workbook cannot be written to the temporary folder",
                    "see TMPDIR and the space left there",
                    {},
                    ""});
  };
  std::string path = (std::filesystem::temp_directory_path() / "cradle-XXXXXX").string();
  const int file = ::mkstemp(path.data());
  if (file < 0) return trouble();
  ::close(file);
  const bool written = Workbook(d, options, path).write();
  auto bytes = inventory::read_text_file(path, std::size_t{1} << 30);
  std::remove(path.c_str());
  if (!written || !bytes) return trouble();
  return std::move(*bytes);
}

}  // namespace cradle::reporting
