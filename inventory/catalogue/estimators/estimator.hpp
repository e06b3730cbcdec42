// SPDX-License-Identifier: Apache-2.0
// Energy when nothing was measured: formulas over named inputs, one file each in datasets/estimators and one page each
// in docs/method. An estimator is data; this file only knows how to read one.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "inventory/catalogue/estimators/language_models.hpp"
#include "inventory/text/reader.hpp"

namespace cradle::inventory {

/// What an estimator asks for, and what it takes where nothing is said.
struct EstimatorInput {
  std::string name, meaning;
  Dimension dimension = Dimension::number;
  bool needed = false;    ///< no default: the study must say it
  bool optional = false;  ///< no default, and formulas ask whether it is there
  std::optional<Input> fallback;
  std::string formula;  ///< of other inputs
  std::string device;   ///< a figure of the run's device, such as tdp; "{precision}" stands for the study's word
  std::string model;    ///< a figure of the language model that the study names
  std::string with;     ///< another input: this one is asked for only where that is stated
  std::string requires_too;  ///< another input that must be stated with it
  std::string says;     ///< printed where the formula stands in for what is not stated
  bool choice = false;    ///< known once it is stated, however wide its default
  bool constant = false;  ///< of the method: fitted or taken from a source, not asked of a study
  bool host = false;    ///< mean power of the machine around one device, at the input `load` where there is one
  std::string run;      ///< a quantity that the run or service states itself
  double least = 0.0, most = 0.0;  ///< least < most: limits

  /// Not a count or a choice: where nothing is stated its default has a range.
  bool is_uncertain() const { return !choice && fallback && fallback->range != lca::RangeKind::none; }
};

/// A formula, or two of which one holds where one of some optional inputs is given.
struct EstimatorFormula {
  std::string name, then, otherwise;
  std::vector<std::string> given;
  std::string unit = {};  ///< of a step

  /// The name as words: "device seconds".
  std::string meaning() const;
};

/// What inputs must come to together.
struct EstimatorCheck {
  std::string value, says;
  std::string with;           ///< only where this input is stated
  std::string code = "E024";  ///< an error, or a warning
  std::string figure;         ///< a formula that the message ends with: how many it takes
  double least = 0.0;
  bool whole = false;
};

/// The steps once more, at the point where something was measured: that measurement over what they say there.
struct EstimatorPoint {
  std::vector<std::string> when;                           ///< inputs of which one is stated
  std::vector<std::pair<std::string, std::string>> with;   ///< names that have another value there -> its formula
  std::vector<std::pair<std::string, std::string>> gives;  ///< name for the steps below -> step at that point
};

struct EstimatorWord {
  std::string fallback;
  std::vector<std::string> of;
};

struct Estimator {
  std::string id, version, title, source, licence, limits, level;
  bool verified = false;
  bool host_left_out = false;  ///< a tool that counts the devices only, computed as it computes
  std::vector<EstimatorInput> inputs;
  std::map<std::string, EstimatorWord> words;
  std::vector<EstimatorCheck> checks;
  EstimatorPoint point;
  std::vector<EstimatorFormula> let, result, energy;  ///< result: steps that read what `point` gives; energy: kWh by component, without PUE
  std::string device_hours, flop;             ///< formulas; empty where it tells none

  const EstimatorInput* input(std::string_view name) const;
  bool takes_model() const;  ///< some input is a figure of a language model
};

/// All estimators. A defect of our own files throws std::logic_error.
const std::vector<Estimator>& estimators();
/// The latest version of an id ("roofline"), or one of them ("roofline-2"). Null where there is none.
const Estimator* find_estimator(std::string_view name);
/// The id where it is the latest version, else with its version.
std::string name_of(const Estimator& estimator);

/// An estimator as a study asks for it.
struct Estimate {
  const Estimator* estimator = nullptr;
  const LanguageModel* model = nullptr;
  std::map<std::string, Input> inputs;
  std::map<std::string, std::string> words;
  Place place;
};

/// Reads {estimator: 6nd, parameters: 7e9, ...}; E013 unknown estimator or word, E011 needed input missing, E024
/// limits.
std::optional<Estimate> read_estimate(const Document& document, MapReader& reader, const Node& node,
                                      Findings& findings);

}  // namespace cradle::inventory
