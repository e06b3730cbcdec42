// SPDX-License-Identifier: Apache-2.0
// Reads one mapping of a document field by field, collecting every finding instead of stopping at the first.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "inventory/text/document.hpp"
#include "inventory/text/units.hpp"
#include "lca/parameter.hpp"

namespace cradle::inventory {

/// A number as a person or a dataset wrote it: value in canonical unit, range, basis, source, place. Its `name`
/// is given when it becomes a parameter of a system.
using Input = lca::Parameter;

/// What a quantity is taken to be where its author does not say.
struct InputDefaults {
  lca::Basis basis = lca::Basis::supplier;
  std::string source = {};
};

class MapReader {
 public:
  /// `what` names the mapping in messages: "site 'idris'". A node that is no mapping is reported (E012).
  MapReader(const Document& document, const Node& node, std::string what, Findings& findings);

  /// The value at a key (marked as known), or nullptr.
  const Node* take(std::string_view key);
  /// As take(), reporting E011 when it is missing.
  const Node* need(std::string_view key, std::string hint = "");
  std::optional<std::string> text(std::string_view key);
  std::optional<bool> boolean(std::string_view key);
  std::optional<std::string> choice(std::string_view key, const std::vector<std::string>& choices);
  /// The enumerator whose name stands at the key; `otherwise` where there is none.
  template <typename Enum, std::size_t n>
  Enum choice(std::string_view key, const std::array<std::string_view, n>& names, Enum otherwise) {
    std::vector<std::string> words;
    for (const auto name : names)
      if (!name.empty()) words.emplace_back(name);
    const auto chosen = choice(key, words);
    for (std::size_t i = 0; chosen && i < n; ++i)
      if (names[i] == *chosen) return static_cast<Enum>(i);
    return otherwise;
  }
  std::vector<std::string> texts(std::string_view key);
  std::optional<Input> quantity(std::string_view key, Dimension dimension, InputDefaults defaults = {});
  /// Names every key that was never asked for (E010), with the nearest known one.
  void finish();

  const Node& node() const { return *node_; }
  const std::string& what() const { return what_; }

 private:
  const Document& document_;
  const Node* node_;
  std::string what_;
  Findings& findings_;
  std::vector<std::string> known_;
};

/// A scalar "57 g/kWh", or {value, low, high, kind, basis, source, verified}. Reports and gives nothing when it
/// cannot be read. low and high without a value are a scenario range.
std::optional<Input> read_input(const Document& document, const Node& node, Dimension dimension,
                                const InputDefaults& defaults, Findings& findings,
                                const std::vector<std::string>& further_keys = {});

/// "metered", "modelled" ...; reports E013 otherwise.
std::optional<lca::Basis> read_basis(const Document& document, const Node& node, Findings& findings);

/// Text of a scalar node, reporting E012 otherwise.
std::optional<std::string> read_text(const Document& document, const Node& node, std::string_view what,
                                     Findings& findings);

/// Gives an input its limits; reports E024 when a value lies outside [low, high].
void check_range(const Document& document, const Node& node, std::optional<Input>& input, double low, double high,
                 std::string_view what, std::string hint, Findings& findings);

}  // namespace cradle::inventory
