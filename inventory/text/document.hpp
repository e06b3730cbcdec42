// SPDX-License-Identifier: Apache-2.0
// One tree for YAML and JSON input in which every node knows its line and column. Scalars stay text: meaning is
// given by who reads them. JSON is read by the same parser, being YAML in flow style.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lca/finding.hpp"

namespace cradle::inventory {

struct Node {
  enum class Kind { null, scalar, sequence, mapping };
  Kind kind = Kind::null;
  std::string text;  ///< of a scalar
  bool quoted = false;
  bool blank() const { return kind == Kind::scalar && text == "?"; }  ///< still to be filled in
  std::size_t line = 0, column = 0;            ///< from 1
  std::vector<Node> items;                     ///< of a sequence
  std::vector<std::pair<Node, Node>> entries;  ///< of a mapping, in order, keys unique

  /// The value at a key, or nullptr.
  const Node* find(std::string_view key) const;
};

class Document {
 public:
  /// Limits that no honest study reaches, and that keep a hostile one from costing time or memory.
  static constexpr std::size_t max_bytes = 64u << 20;
  static constexpr std::size_t max_nodes = 10'000'000;
  static constexpr std::size_t max_expanded = 200'000;  ///< of them, copies that aliases make: few bytes can ask for many
  static constexpr std::size_t max_depth = 64;

  /// E001 unreadable, E002 too large (by size, before reading), and those of parse().
  static Result<Document> read(const std::string& path);
  /// A `?` alone in place of a value is read as a text, though YAML would take it for the mark of a key.
  /// E003 not UTF-8 text, E004 empty, E005 syntax, E006 duplicate key, E007 too deep, too many nodes, or too many by aliases.
  static Result<Document> parse(std::string text, std::string file);

  const Node& root() const { return root_; }
  const std::string& file() const { return *file_; }
  const std::string& text() const { return *text_; }

  Place place(const Node& node) const;
  /// A finding at a node, with its excerpt.
  Finding finding(std::string code, const Node& node, std::string message, std::string hint = "") const;
  std::string excerpt(std::size_t line) const;

 private:
  Node root_;
  std::shared_ptr<const std::string> file_;
  std::shared_ptr<const std::string> text_;
  std::shared_ptr<const std::vector<std::size_t>> line_starts_;
};

/// Line `line` (from 1) of a text, without its end.
std::string line_of(std::string_view text, std::size_t line);

}  // namespace cradle::inventory
