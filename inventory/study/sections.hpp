// SPDX-License-Identifier: Apache-2.0
// Shared by the files that read the sections of a study; not used outside them.
#pragma once

#include "inventory/study/study.hpp"

namespace cradle::inventory {

/// The document under reading and everything found wrong with it so far.
struct StudyContext {
  const Document& document;
  Findings& findings;

  Place place(const Node& node) const { return document.place(node); }
  void report(std::string code, const Node& node, std::string message, std::string hint = "") const {
    findings.push_back(document.finding(std::move(code), node, std::move(message), std::move(hint)));
  }
};

Hardware read_hardware(const StudyContext& context, const std::string& name, const Node& node, bool in_boundary);
/// A value, or {of: aws, year: 2024, region: us-east-1}: a figure that somebody publishes by year.
std::optional<Input> read_published(const StudyContext& context, MapReader& reader, const char* key,
                                    Dimension dimension, std::optional<OperatorFigure>& published);
Site read_site(const StudyContext& context, const std::string& name, const Node& node);
/// Which files are read, and how: `logs` of an energy.
LogSources read_log_sources(const StudyContext& context, const Node& node);
std::optional<Energy> read_energy(const StudyContext& context, const Node& node, const std::string& what);
/// The runs that an entry with `from` stands for, as if each were written out. Findings of what the log or the study does
/// not say: E038 a status or stage without a value, or a name that the log does not have; E060, E061 ... of the log.
std::vector<Node> runs_from(const StudyContext& context, const Node& entry);
/// Reads the keys that runs and services share; the caller takes its own keys and finishes the reader.
Run read_run_keys(const StudyContext& context, MapReader& reader, const Node& node);

}  // namespace cradle::inventory
