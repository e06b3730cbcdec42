// SPDX-License-Identifier: Apache-2.0
#include "reporting/template_engine.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <kainjow/mustache.hpp>
#include <nlohmann/json.hpp>
#include <set>

#include "inventory/text/suggestion.hpp"
#include "inventory/text/text_file.hpp"
#include "reporting/embedded.hpp"

namespace cradle::reporting {
namespace {

namespace mustache = kainjow::mustache;
using Json = nlohmann::ordered_json;

mustache::data to_data(const Json& json) {
  if (json.is_object()) {
    mustache::data object{mustache::data::type::object};
    for (const auto& [key, value] : json.items()) object.set(key, to_data(value));
    return object;
  }
  if (json.is_array()) {
    mustache::data list{mustache::data::type::list};
    for (const auto& item : json) list.push_back(to_data(item));
    return list;
  }
  if (json.is_boolean()) return mustache::data{json.get<bool>()};
  return mustache::data{json.is_string() ? json.get<std::string>() : json.dump()};
}

/// Remembers every name that was looked up and not found.
class StrictContext final : public mustache::context<std::string> {
 public:
  explicit StrictContext(const mustache::data* data) : context(data) {}
  const mustache::data* get(const std::string& name) const override {
    const auto* found = context::get(name);
    if (found == nullptr) unknown.insert(name);
    return found;
  }
  mutable std::set<std::string> unknown;
};

void collect_names(const Json& json, std::set<std::string>& names) {
  if (json.is_object())
    for (const auto& [key, value] : json.items()) {
      names.insert(key);
      collect_names(value, names);
    }
  if (json.is_array() && !json.empty()) collect_names(json.front(), names);
}

Place place_of(const std::string& file, const std::string& text, std::size_t offset) {
  offset = std::min(offset, text.size());
  const auto line =
      static_cast<std::size_t>(std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(offset), '\n')) + 1;
  const auto start = text.rfind('\n', offset == 0 ? 0 : offset - 1);
  return {file, line, offset - (start == std::string::npos || offset == 0 ? 0 : start + 1) + 1, 1};
}

}  // namespace

std::string escape_html(const std::string& text) { return mustache::html_escape(text); }

std::string escape_markdown(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '\n' || c == '\r') {
      escaped += ' ';
      continue;
    }
    if (std::string_view("\\`*_{}[]<>#|~").find(c) != std::string_view::npos) escaped += '\\';
    escaped += c;
  }
  return escaped;
}

Result<std::string> load_template(const std::string& name, const std::string& folder) {
  if (!folder.empty() && !std::filesystem::is_directory(folder))
    return failure({"E001", "is not a folder of templates", "", {folder, 0, 0, 1}, ""});
  if (!folder.empty())
    if (auto text = inventory::read_text_file(folder + "/" + name, 4u << 20)) return std::move(*text);
  for (const auto& [file, bytes] : embedded::templates())
    if (file == "templates/" + name) return std::string(bytes);
  return failure({"E071", fmt::format("there is no template '{}'", name), "", {}, ""});
}

Result<std::string> render_template(const std::string& name, const std::string& text, const Json& view,
                                    const Escape& escape) {
  mustache::mustache engine(text);
  if (!engine.is_valid()) {
    const std::string& message = engine.error_message();
    const auto digits = message.find_last_not_of("0123456789");
    const std::size_t offset = digits + 1 < message.size() ? std::stoul(message.substr(digits + 1)) : 0;
    return failure({"E071", "template is malformed: " + message, "", place_of(name, text, offset), ""});
  }
  engine.set_custom_escape(escape);
  const auto data = to_data(view);
  StrictContext context(&data);
  std::string rendered = engine.render(context);
  if (context.unknown.empty()) return rendered;
  std::set<std::string> known;
  collect_names(view, known);
  Findings findings;
  for (const auto& unknown : context.unknown)
    findings.push_back({"E071", fmt::format("the template uses '{}', which a report does not have", unknown),
                        inventory::did_you_mean(unknown, std::vector<std::string>(known.begin(), known.end())),
                        place_of(name, text, text.find(unknown)), ""});
  return tl::unexpected(std::move(findings));
}

}  // namespace cradle::reporting
