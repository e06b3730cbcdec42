// SPDX-License-Identifier: Apache-2.0
// yaml-cpp's event interface, not its Node: Node accepts duplicate keys silently, expands anchors without limit
// and guesses types (`010`, `no`).
#include "inventory/text/document.hpp"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <optional>
#include <charconv>
#include <map>
#include <set>
#include <sstream>

#include "inventory/text/text_file.hpp"

namespace cradle::inventory {
namespace {

struct Refused {
  std::string code, message, hint;
  YAML::Mark mark;
};

std::size_t count(const Node& node) {
  std::size_t total = 1;
  for (const auto& item : node.items) total += count(item);
  for (const auto& [key, value] : node.entries) total += count(key) + count(value);
  return total;
}

/// Builds the tree from events.
class Builder final : public YAML::EventHandler {
 public:
  Node root;
  YAML::Mark last;
  std::set<std::pair<std::size_t, std::size_t>> blanks;  ///< line and column of values still to be filled in

  /// Where this document begins, or a place before it.
  YAML::Mark first_mark(const YAML::Mark& otherwise) const { return root.line > 0 ? mark_of(root) : otherwise; }

  void OnDocumentStart(const YAML::Mark& mark) override { last = mark; }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    Node fresh = node(Node::Kind::null, mark);
    if (blanks.contains({fresh.line, fresh.column})) {
      fresh.kind = Node::Kind::scalar;
      fresh.text = "?";
    }
    add(std::move(fresh), anchor);
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end()) throw Refused{"E005", "this alias refers to a value that contains it", "", mark};
    const std::size_t copied = count(found->second);
    expanded_ += copied;
    if (expanded_ > Document::max_expanded)
      throw Refused{"E007", fmt::format("more than {} values by anchors", Document::max_expanded), "", mark};
    budget(copied, mark);
    Node copy = found->second;
    add(std::move(copy), 0);
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    Node scalar = node(Node::Kind::scalar, mark);
    if (std::any_of(value.begin(), value.end(),
                    [](unsigned char c) { return c < 0x20 && c != '\t' && c != '\n' && c != '\r'; }))
      throw Refused{"E003", "a text holds an escaped control character", "", mark};
    scalar.text = value;
    scalar.quoted = tag == "!";
    add(std::move(scalar), anchor);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(node(Node::Kind::sequence, mark), anchor, mark);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(node(Node::Kind::mapping, mark), anchor, mark);
  }
  void OnMapEnd() override { close(); }

 private:
  struct Open {
    Node node;
    YAML::anchor_t anchor;
    bool has_key = false;
    Node key;
    std::set<std::string> keys;
  };

  Node node(Node::Kind kind, const YAML::Mark& mark) {
    budget(1, mark);
    Node fresh;
    fresh.kind = kind;
    fresh.line = static_cast<std::size_t>(mark.line) + 1;
    fresh.column = static_cast<std::size_t>(mark.column) + 1;
    return fresh;
  }
  void budget(std::size_t nodes, const YAML::Mark& mark) {
    nodes_ += nodes;
    if (nodes_ > Document::max_nodes)
      throw Refused{"E007", fmt::format("more than {} values, anchors expanded", Document::max_nodes), "", mark};
  }
  void open(Node fresh, YAML::anchor_t anchor, const YAML::Mark& mark) {
    if (stack_.size() >= Document::max_depth)
      throw Refused{"E007", fmt::format("nested more than {} deep", Document::max_depth), "", mark};
    stack_.push_back({std::move(fresh), anchor, false, {}, {}});
  }
  void close() {
    Open done = std::move(stack_.back());
    stack_.pop_back();
    add(std::move(done.node), done.anchor);
  }
  void add(Node fresh, YAML::anchor_t anchor) {
    if (anchor != 0) anchors_[anchor] = fresh;
    if (stack_.empty()) {
      root = std::move(fresh);
      return;
    }
    Open& top = stack_.back();
    if (top.node.kind == Node::Kind::sequence) {
      top.node.items.push_back(std::move(fresh));
    } else if (!top.has_key) {
      const YAML::Mark mark = mark_of(fresh);
      if (fresh.kind != Node::Kind::scalar) throw Refused{"E005", "a key must be plain text", "", mark};
      if (!top.keys.insert(fresh.text).second) {
        const auto first = std::find_if(top.node.entries.begin(), top.node.entries.end(),
                                        [&](const auto& entry) { return entry.first.text == fresh.text; });
        throw Refused{"E006",
                      fmt::format("key '{}' is given twice; the first is on line {}", fresh.text, first->first.line),
                      "remove one of the two", mark};
      }
      top.key = std::move(fresh);
      top.has_key = true;
    } else {
      top.node.entries.emplace_back(std::move(top.key), std::move(fresh));
      top.has_key = false;
    }
  }
  static YAML::Mark mark_of(const Node& node) {
    YAML::Mark mark;
    mark.line = static_cast<int>(node.line) - 1;
    mark.column = static_cast<int>(node.column) - 1;
    return mark;
  }

  std::vector<Open> stack_;
  std::map<YAML::anchor_t, Node> anchors_;
  std::size_t nodes_ = 0, expanded_ = 0;
};

/// Where `?` stands alone in place of a value, the character becomes YAML's null, which is as long; the reader of nulls
/// knows the places.
std::string with_blanks(std::string text, std::set<std::pair<std::size_t, std::size_t>>& blanks) {
  if (text.find('?') == std::string::npos) return text;
  std::size_t line = 1, start = 0;
  char before = '\n', quote = 0;  // the last character that is no space, and the quote that is open
  bool comment = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\n') {
      ++line;
      start = i + 1;
      before = '\n';
      comment = false;
      quote = 0;
      continue;
    }
    if (comment || c == ' ' || c == '\t' || c == '\r') continue;
    const bool after_space = i == start || text[i - 1] == ' ';
    if (c == '#' && after_space && quote == 0) comment = true;
    const bool opens = before == ':' || before == ',' || before == '[' || before == '{' || before == '-';
    if ((c == '"' || c == '\'') && (quote == c || (quote == 0 && (opens || before == '\n')))) quote = quote == c ? 0 : c;
    const char next = i + 1 < text.size() ? text[i + 1] : '\n';
    const bool ends = next == '\n' || next == '\r' || next == ',' || next == ']' || next == '}' || next == ' ';
    if (c == '?' && quote == 0 && ends && (before == ':' || before == '[' || before == ',' || before == '-') && after_space) {
      text[i] = '~';
      blanks.emplace(line, i - start + 1);
    }
    before = c;
  }
  return text;
}

/// JSON writers escape a character beyond the first plane as two halves ("\\ud83d\\ude00", RFC 8259, section 7), which YAML
/// does not know: each such pair becomes YAML's own long escape. Half a pair stays, and is refused.
std::string with_whole_escapes(const std::string& text) {
  const auto half = [&](std::size_t at, unsigned low, unsigned high) -> std::optional<unsigned> {
    if (at + 6 > text.size() || text[at] != '\\' || text[at + 1] != 'u') return std::nullopt;
    unsigned value = 0;
    const auto [end, code] = std::from_chars(text.data() + at + 2, text.data() + at + 6, value, 16);
    if (code != std::errc{} || end != text.data() + at + 6 || value < low || value > high) return std::nullopt;
    return value;
  };
  std::string whole;
  bool escaped = false;
  for (std::size_t at = 0; at < text.size();) {
    if (!escaped && text[at] == '\\')
      if (const auto first = half(at, 0xd800, 0xdbff))
        if (const auto second = half(at + 6, 0xdc00, 0xdfff)) {
          whole += fmt::format("\\U{:08x}", 0x10000 + ((*first - 0xd800) << 10) + (*second - 0xdc00));
          at += 12;
          continue;
        }
    escaped = !escaped && text[at] == '\\';
    whole += text[at++];
  }
  return whole;
}

/// Length of the token that starts at a column: what the caret line underlines.
std::size_t token_length(const std::string& line, std::size_t column) {
  if (column == 0 || column > line.size()) return 1;
  std::size_t end = column - 1;
  while (end < line.size() && std::string_view(",}]\"'#:").find(line[end]) == std::string_view::npos) ++end;
  while (end > column && line[end - 1] == ' ') --end;
  return std::max<std::size_t>(1, end - (column - 1));
}

}  // namespace

const Node* Node::find(std::string_view key) const {
  for (const auto& [name, value] : entries)
    if (name.text == key) return &value;
  return nullptr;
}

std::string line_of(std::string_view text, std::size_t line) {
  std::size_t start = 0;
  for (std::size_t i = 1; i < line; ++i) {
    start = text.find('\n', start);
    if (start == std::string_view::npos) return {};
    ++start;
  }
  std::string found(text.substr(start, text.find('\n', start) - start));
  if (!found.empty() && found.back() == '\r') found.pop_back();
  return found;
}

std::string Document::excerpt(std::size_t line) const {
  if (line == 0 || line > line_starts_->size()) return {};
  return line_of(std::string_view(*text_).substr((*line_starts_)[line - 1]), 1);
}

Place Document::place(const Node& node) const {
  return {*file_, node.line, node.column, token_length(excerpt(node.line), node.column)};
}

Finding Document::finding(std::string code, const Node& node, std::string message, std::string hint) const {
  return {std::move(code), std::move(message), std::move(hint), place(node), excerpt(node.line)};
}

Result<Document> Document::read(const std::string& path) {
  auto text = read_text_file(path, max_bytes);
  if (!text) return tl::unexpected(std::move(text.error()));
  return parse(std::move(*text), path);
}

Result<Document> Document::parse(std::string text, std::string file) {
  Document document;
  document.file_ = std::make_shared<const std::string>(std::move(file));
  const Place whole{*document.file_, 0, 0, 1};
  if (auto problem = not_text(text)) return failure({"E003", *problem, "a study is YAML or JSON in UTF-8", whole, ""});
  if (text.find_first_not_of(" \t\r\n") == std::string::npos)
    return failure(
        {"E004", "the file is empty", "`cradle init -o study.yaml` writes a study to start from", whole, ""});
  document.text_ = std::make_shared<const std::string>(std::move(text));
  std::vector<std::size_t> starts{0};
  for (std::size_t i = 0; i < document.text_->size(); ++i)
    if ((*document.text_)[i] == '\n') starts.push_back(i + 1);
  document.line_starts_ = std::make_shared<const std::vector<std::size_t>>(std::move(starts));

  const auto at = [&](std::string code, std::string message, std::string hint, const YAML::Mark& mark) {
    const auto line = static_cast<std::size_t>(mark.line + 1), column = static_cast<std::size_t>(mark.column + 1);
    std::string excerpt = document.excerpt(line);
    const auto length = token_length(excerpt, column);
    return failure({std::move(code),
                    std::move(message),
                    std::move(hint),
                    {*document.file_, line, column, length},
                    std::move(excerpt)});
  };
  Builder builder;
  try {
    const auto first = document.text_->find_first_not_of(" \t\r\n");
    const bool json = (*document.text_)[first] == '{' || (*document.text_)[first] == '[';
    std::istringstream stream(with_blanks(json ? with_whole_escapes(*document.text_) : *document.text_, builder.blanks));
    YAML::Parser parser(stream);
    parser.HandleNextDocument(builder);
    const YAML::Mark end = builder.last;
    Builder more;
    if (parser.HandleNextDocument(more))
      throw Refused{"E005", "a second document follows after '---'; one file is one study", "", more.first_mark(end)};
  } catch (const Refused& refused) {
    return at(refused.code, refused.message, refused.hint, refused.mark);
  } catch (const YAML::Exception& error) {
    return at("E005", "not well-formed: " + error.msg, "", error.mark);
  }
  document.root_ = std::move(builder.root);
  return document;
}

}  // namespace cradle::inventory
