// SPDX-License-Identifier: Apache-2.0
#include "inventory/text/reader.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "inventory/text/suggestion.hpp"

namespace cradle::inventory {
namespace {

const Node& empty_mapping() {
  static const Node node = [] {
    Node mapping;
    mapping.kind = Node::Kind::mapping;
    return mapping;
  }();
  return node;
}

std::optional<double> read_number(const Document& document, const Node& node, Dimension dimension, Findings& findings) {
  if (node.kind != Node::Kind::scalar) {
    findings.push_back(document.finding("E012", node, fmt::format("{} is expected here", name_of(dimension))));
    return std::nullopt;
  }
  const auto value = read_quantity(node.text, dimension);
  if (value && *value < 0) {
    findings.push_back(document.finding("E024", node, fmt::format("'{}' is negative", node.text),
                                        "amounts are gross; offsets and credits go under 'memo'"));
    return std::nullopt;
  }
  if (value) return *value;
  findings.push_back(document.finding(value.error().code, node, value.error().message, value.error().hint));
  return std::nullopt;
}

/// Low and high of a range; `value` is moved to their middle when it was not given.
void read_range(const Document& document, const Node& node, MapReader& reader, Dimension dimension, bool has_value,
                Input& input, Findings& findings) {
  const Node* low = reader.take("low");
  const Node* high = reader.take("high");
  const auto kind = reader.choice("kind", {"interval", "range"});
  if ((low == nullptr) != (high == nullptr)) {
    findings.push_back(document.finding(
        "E011", node, fmt::format("'{}' is missing: a range has both ends", low == nullptr ? "low" : "high")));
    return;
  }
  if (low == nullptr) return;
  const auto a = read_number(document, *low, dimension, findings),
             b = read_number(document, *high, dimension, findings);
  if (!a || !b) return;
  input.low = *a;
  input.high = *b;
  input.range = !has_value || kind == "range" ? lca::RangeKind::scenario : lca::RangeKind::interval_95;
  if (!has_value) input.value = (*a + *b) / 2;
  if (*a > *b || (has_value && (input.value < *a || input.value > *b)))
    findings.push_back(document.finding("E025", *low, "low, value and high are not in order"));
}

}  // namespace

std::optional<lca::Basis> read_basis(const Document& document, const Node& node, Findings& findings) {
  for (std::size_t i = 0; i < lca::basis_names.size(); ++i)
    if (node.text == lca::basis_names[i]) return static_cast<lca::Basis>(i);
  findings.push_back(document.finding("E013", node, fmt::format("'{}' is not a basis", node.text),
                                      fmt::format("one of {}", fmt::join(lca::basis_names, ", "))));
  return std::nullopt;
}

MapReader::MapReader(const Document& document, const Node& node, std::string what, Findings& findings)
    : document_(document), node_(&node), what_(std::move(what)), findings_(findings) {
  if (node.kind == Node::Kind::mapping) return;
  findings_.push_back(document_.finding("E012", node, fmt::format("{} must be a mapping of keys and values", what_)));
  node_ = &empty_mapping();
}

const Node* MapReader::take(std::string_view key) {
  known_.emplace_back(key);
  return node_->find(key);
}

const Node* MapReader::need(std::string_view key, std::string hint) {
  const Node* found = take(key);
  if (found == nullptr && node_ != &empty_mapping())
    findings_.push_back(document_.finding("E011", *node_, fmt::format("{} has no '{}'", what_, key), std::move(hint)));
  return found;
}

std::optional<std::string> MapReader::text(std::string_view key) {
  const Node* found = take(key);
  if (found == nullptr) return std::nullopt;
  return read_text(document_, *found, key, findings_);
}

std::optional<bool> MapReader::boolean(std::string_view key) {
  const Node* found = take(key);
  if (found == nullptr) return std::nullopt;
  if (found->text == "true" || found->text == "false") return found->text == "true";
  findings_.push_back(document_.finding("E013", *found, fmt::format("'{}' must be true or false", key)));
  return std::nullopt;
}

std::optional<std::string> MapReader::choice(std::string_view key, const std::vector<std::string>& choices) {
  const Node* found = take(key);
  if (found == nullptr) return std::nullopt;
  if (std::find(choices.begin(), choices.end(), found->text) != choices.end()) return found->text;
  std::string hint = did_you_mean(found->text, choices);
  if (hint.empty()) hint = fmt::format("one of {}", fmt::join(choices, ", "));
  findings_.push_back(
      document_.finding("E013", *found, fmt::format("'{}' is not a choice for '{}'", found->text, key), hint));
  return std::nullopt;
}

std::vector<std::string> MapReader::texts(std::string_view key) {
  std::vector<std::string> result;
  const Node* found = take(key);
  if (found == nullptr) return result;
  const auto add = [&](const Node& node) {
    if (auto value = read_text(document_, node, key, findings_)) result.push_back(std::move(*value));
  };
  if (found->kind == Node::Kind::sequence)
    for (const auto& item : found->items) add(item);
  else
    add(*found);
  return result;
}

std::optional<Input> MapReader::quantity(std::string_view key, Dimension dimension, InputDefaults defaults) {
  const Node* found = take(key);
  if (found == nullptr) return std::nullopt;
  return read_input(document_, *found, dimension, defaults, findings_);
}

void MapReader::finish() {
  constexpr std::size_t most = 10;  // nobody reads more, and a file that is no study may have a million
  std::size_t unknown = 0;
  for (const auto& [key, value] : node_->entries) {
    if (std::find(known_.begin(), known_.end(), key.text) != known_.end()) continue;
    if (++unknown > most) continue;
    std::string hint = did_you_mean(key.text, known_);
    if (hint.empty()) hint = fmt::format("known keys: {}", fmt::join(known_, ", "));
    findings_.push_back(document_.finding("E010", key, fmt::format("{} has no key '{}'", what_, key.text), hint));
  }
  if (unknown > most)
    findings_.push_back(
        document_.finding("E010", *node_, fmt::format("{} has {} more keys that are not known", what_, unknown - most)));
}

std::optional<Input> read_input(const Document& document, const Node& node, Dimension dimension,
                                const InputDefaults& defaults, Findings& findings,
                                const std::vector<std::string>& further_keys) {
  Input input;
  input.unit = canonical_unit(dimension);
  input.basis = defaults.basis;
  input.source = defaults.source;
  input.place = document.place(node);
  // What is typed and says neither how it was come by nor where it is from is assumed, whoever typed it.
  const auto settle_basis = [&](bool stated) {
    if (!stated && input.source.empty() && input.basis == lca::Basis::supplier) input.basis = lca::Basis::assumed;
  };
  if (node.kind != Node::Kind::mapping) {
    const auto value = read_number(document, node, dimension, findings);
    if (!value) return std::nullopt;
    input.value = *value;
    settle_basis(false);
    return input;
  }
  const std::size_t before = findings.size();
  MapReader reader(document, node, "this value", findings);
  for (const auto& key : further_keys) reader.take(key);
  const Node* value_node = reader.take("value");
  if (value_node != nullptr)
    if (const auto value = read_number(document, *value_node, dimension, findings)) input.value = *value;
  read_range(document, node, reader, dimension, value_node != nullptr, input, findings);
  if (value_node == nullptr && input.range == lca::RangeKind::none && findings.size() == before)
    findings.push_back(
        document.finding("E011", node, "'value' is missing", "or give low and high for a scenario range"));
  if (const Node* basis = reader.take("basis"))
    if (const auto read = read_basis(document, *basis, findings)) input.basis = *read;
  if (auto source = reader.text("source")) input.source = *source;
  if (auto note = reader.text("note")) input.source += (input.source.empty() ? "" : "; ") + *note;
  if (auto verified = reader.boolean("verified")) input.verified = *verified;
  settle_basis(node.find("basis") != nullptr);
  reader.finish();
  if (has_errors(Findings(findings.begin() + static_cast<std::ptrdiff_t>(before), findings.end()))) return std::nullopt;
  return input;
}

std::optional<std::string> read_text(const Document& document, const Node& node, std::string_view what,
                                     Findings& findings) {
  if (node.kind == Node::Kind::scalar) return node.text;
  findings.push_back(document.finding("E012", node, fmt::format("'{}' must be plain text", what)));
  return std::nullopt;
}

void check_range(const Document& document, const Node& node, std::optional<Input>& input, double low, double high,
                 std::string_view what, std::string hint, Findings& findings) {
  if (input) input->limits = {low, high};
  const auto inside = [&](double value) { return value >= low && value <= high; };
  if (!input ||
      (inside(input->value) && (input->range == lca::RangeKind::none || (inside(input->low) && inside(input->high)))))
    return;
  const double shown = !inside(input->value) ? input->value : !inside(input->low) ? input->low : input->high;
  findings.push_back(document.finding("E024", node, fmt::format("{} of {} is outside {} to {}", what, shown, low, high),
                                      std::move(hint)));
}

}  // namespace cradle::inventory
