// SPDX-License-Identifier: Apache-2.0
// The table of targets: what each is made of, what it asks of the study, and how it is printed.
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "inventory/text/csv.hpp"
#include "reporting/targets/target.hpp"
#include "reporting/template_engine.hpp"

namespace cradle::reporting {
namespace {

const Target boamps{
    "boamps",
    make_boamps,
    {{"header.reportDatetime", true, "'date' of the study"},
     {"task.taskStage", true, "training, inference ..."},
     {"task.taskFamily", true, "such as text generation"},
     {"task.algorithms.0", true, "algorithmType, algorithmName, parametersNumber in billions ..."},
     {"task.dataset.0.dataUsage", true, "input or output"},
     {"task.dataset.0.dataType", true, "text, token, image, audio, video, tabular ..."},
     {"measures.0.powerConsumption", true, "energy of a run"},
     {"infrastructure.infraType", true, "publicCloud, privateCloud, onPremise or other"},
     {"infrastructure.components.0.nbComponent", true, "how many devices work together: 'devices' of a run"},
     {"environment.country", true, "where it ran"},
     {"header.publisher.name", false, "with confidentialityLevel: public, internal, confidential or secret"},
     {"system.os", false, "operating system"},
     {"software.language", false, "programming language"},
     {"quality", false, "an interval that covers the energy"}}};

const Target cyclonedx{"cyclonedx",
                       make_cyclonedx,
                       {{"components.0.modelCard.considerations.environmentalConsiderations.energyConsumptions.0", true,
                         "energy of an activity"},
                        {"components.0.version", false, "version of the model"},
                        {"components.0.supplier.name", false, "who supplies the model"},
                        {"components.0.purl", false, "package URL of the model"}}};

const Target sci{"sci",
                 make_sci,
                 {{"sci.score", true, "operational emissions"},
                  {"application.version", false, "version of the software"},
                  {"application.url", false, "where it is"},
                  {"accountable.organisation", false, "'organisation' of the study"},
                  {"accountable.person", false, "who answers for it"},
                  {"accountable.contact", false, "how to reach them"}},
                 true};

const Target gpai{"gpai",
                  make_gpai,
                  {{"general.provider", true, "'organisation' of the study"},
                   {"general.model_name", true, "'subject' of the study"},
                   {"energy.training", true, "energy of training in the boundary"},
                   {"general.authenticity", false, "hash of the weights"},
                   {"general.release_date", false, "date of release"},
                   {"general.union_date", false, "date on the Union market"},
                   {"general.dependencies", false, "base models"},
                   {"compute.training_time_days", false, "'duration', or 'start' and 'end', of the final runs"},
                   {"compute.computation", false, "'flop' of the runs"},
                   {"inference.computation", false, "FLOP of a benchmarked task"},
                   {"inference.energy_per_unit", false, "a functional unit of a service"}},
                  true};

const Target ghg{"ghg",
                 make_ghg,
                 {{"organisation", true, "'organisation' of the study"},
                  {"period", true, "'period' of the study, or 'start' and 'end' of its runs"},
                  {"approach", false, "operational control, financial control or equity share"},
                  {"base_year", false, "base year and when it is recalculated"},
                  {"assurance", false, "who assured it, at which level"}},
                 true};

const Target esrs{"esrs",
                  make_esrs,
                  {{"organisation", true, "'organisation' of the study"},
                   {"rows.0.period", true, "'period' of the study, or 'start' and 'end' of its runs"}},
                  true};
const Target vsme{"vsme",
                  make_vsme,
                  {{"organisation", true, "'organisation' of the study"},
                   {"rows.0.period", true, "'period' of the study, or 'start' and 'end' of its runs"}},
                  true};

auto as_json(const Target& target) {
  return [&target](const Disclosure& d, const WriteOptions& options) -> Result<std::string> {
    auto json = fill(target, d, options.draft);
    if (!json) return tl::unexpected(std::move(json.error()));
    json->erase("text");  // for people
    return json->dump(2) + "\n";
  };
}

/// What is missing of a form is "N/A" with the name of what is missing.
void name_gaps(const Target& target, Json& json) {
  for (const auto& field : target.asked) {
    Json* at = &json;
    std::string rest(field.path);
    while (at->is_object() && rest.find('.') != std::string::npos) {
      at = &(*at)[rest.substr(0, rest.find('.'))];
      rest.erase(0, rest.find('.') + 1);
    }
    if (at->is_object() && (!at->contains(rest) || (*at)[rest].is_null()))
      (*at)[rest] = fmt::format("N/A: {}", field.meaning);
  }
}

/// Every other value that is not known, whatever asks for it.
void name_nulls(Json& json) {
  if (json.is_null()) json = "N/A";
  if (json.is_structured())
    for (auto& item : json) name_nulls(item);
}

auto as_text(const Target& target, const std::string& name) {
  return [&target, name](const Disclosure& d, const WriteOptions& options) -> Result<std::string> {
    auto text = load_template(name, options.templates);
    if (!text) return tl::unexpected(std::move(text.error()));
    auto filled = fill(target, d, options.draft);
    if (!filled) return tl::unexpected(std::move(filled.error()));
    Json view = std::move(*filled);
    name_gaps(target, view);
    name_nulls(view);
    view["draft"] = options.draft;
    return render_template(name, *text, view, escape_markdown);
  };
}

std::string cell(const Json& value) {
  return inventory::quoted_cell(value.is_null() ? "" : value.is_string() ? value.get<std::string>() : value.dump());
}

auto as_csv(const Target& target) {
  return [&target](const Disclosure& d, const WriteOptions& options) -> Result<std::string> {
    const auto filled = fill(target, d, options.draft);
    if (!filled) return tl::unexpected(filled.error());
    const Json& made = *filled;
    const auto taxonomy = cell(made["taxonomy"]);
    std::string csv;
    for (const auto& [key, value] : made["rows"][0].items()) csv += key + ",";
    csv += "taxonomy,draft\n";
    for (const auto& row : made["rows"]) {
      for (const auto& value : row) csv += cell(value) + ",";
      csv += taxonomy + (options.draft ? ",draft\n" : ",\n");
    }
    return csv;
  };
}

}  // namespace

std::vector<Writer> target_writers() {
  std::vector<Writer> all;
  const auto add = [&](const Target& target, const char* extension, const char* summary, auto write) {
    Writer writer{std::string(target.id), extension, summary, write};
    writer.by_name_only = true;
    writer.gaps = [&target](const Disclosure& d) { return gaps(target, d); };
    all.push_back(std::move(writer));
  };
  add(boamps, ".json", "BoAmps report of one computing task", as_json(boamps));
  add(cyclonedx, ".json", "CycloneDX 1.7, a machine-learning model with its energy", as_json(cyclonedx));
  add(sci, ".json", "Software Carbon Intensity, and SCI for AI by consumer and provider", as_json(sci));
  add(sci, ".md", "the same as text", as_text(sci, "sci.md"));
  add(gpai, ".md", "EU model documentation form (AI Act, Annex XI): compute and energy", as_text(gpai, "gpai.md"));
  add(gpai, ".json", "the same for programs", as_json(gpai));
  add(ghg, ".md", "GHG Protocol table, scopes by both methods, capital goods reconciled", as_text(ghg, "ghg.md"));
  add(esrs, ".csv", "facts for ESRS E1 (taxonomy 2023-12-22)", as_csv(esrs));
  add(vsme, ".csv", "facts for VSME B3", as_csv(vsme));
  return all;
}

}  // namespace cradle::reporting
