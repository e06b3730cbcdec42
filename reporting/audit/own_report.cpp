// SPDX-License-Identifier: Apache-2.0
#include "reporting/audit/own_report.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <sstream>
#include <nlohmann/json.hpp>

#include "inventory/assessment/assessment.hpp"
#include "inventory/text/text_file.hpp"
#include "reporting/disclosure.hpp"
#include "reporting/result_json.hpp"
#include "reporting/writers.hpp"

namespace cradle::reporting {
namespace {

using Json = nlohmann::ordered_json;

/// Each place where two results differ, by its path: "figures.ghg.total.value: 40, made again 50.5".
void compare(const Json& file, const Json& made, const std::string& at, std::vector<std::string>& says) {
  constexpr std::size_t most = 12;
  if (says.size() > most || file == made) return;
  if (file.is_object() && made.is_object()) {
    for (const auto& [key, value] : file.items())
      if (made.contains(key))
        compare(value, made[key], at.empty() ? key : at + "." + key, says);
      else
        says.push_back(fmt::format("{}.{} is not in the result made again", at, key));
    for (const auto& [key, value] : made.items())
      if (!file.contains(key)) says.push_back(fmt::format("{}.{} is missing", at, key));
    return;
  }
  if (file.is_array() && made.is_array() && file.size() == made.size()) {
    for (std::size_t i = 0; i < file.size(); ++i) compare(file[i], made[i], fmt::format("{}[{}]", at, i), says);
    return;
  }
  const auto text = [](const Json& value) {
    auto written = value.dump(-1, ' ', false, Json::error_handler_t::replace);
    return written.size() > 80 ? written.substr(0, 80) + " ..." : written;
  };
  says.push_back(fmt::format("{}: {} in the file, {} made again", at, text(file), text(made)));
}

}  // namespace

namespace {

constexpr std::string_view twin_begins = "<script type=\"application/json\" id=\"ledger\">";

/// The result inside a page of ours; empty where the text is none.
std::string twin_of(const std::string& text) {
  const auto begin = text.find(twin_begins);
  if (!text.starts_with("<!") || begin == std::string::npos) return "";
  const auto from = begin + twin_begins.size(), end = text.find("</script>", from);
  const auto json = Json::parse(text.substr(from, end - from), nullptr, false);
  return json.is_discarded() ? "{}" : json.dump(2) + "\n";
}

/// Lines of a page that are not those made again; what was edited by hand is named by its line.
std::vector<std::string> unlike_lines(const std::string& file, const std::string& made) {
  constexpr std::size_t most = 5, longest = 120;
  std::vector<std::string> says;
  std::istringstream one(file), other(made);
  std::string line, again;
  for (std::size_t number = 1; says.size() < most; ++number) {
    const bool more = static_cast<bool>(std::getline(one, line)), more_again = static_cast<bool>(std::getline(other, again));
    if (!more && !more_again) break;
    if (!more || !more_again) {
      says.push_back(fmt::format("the page has {} lines than the one made again", more ? "more" : "fewer"));
      break;
    }
    if (line.ends_with('\r')) line.pop_back();
    if (line == again) continue;
    std::size_t at = 0;
    while (at < line.size() && at < again.size() && line[at] == again[at]) ++at;
    const auto excerpt = [&](const std::string& text) { return text.substr(at < 40 ? 0 : at - 40, longest); };
    says.push_back(fmt::format("line {}: '{}' in the file, '{}' made again", number, excerpt(line), excerpt(again)));
  }
  return says;
}

}  // namespace

bool is_own_result(const std::string& text) {
  return text.find("\"schema\": \"cradle/result/") < 200 || twin_of(text).find("\"schema\": \"cradle/result/") < 200;
}

Verification verify_result(const std::string& text, const std::string& path) {
  Verification verification;
  const auto says = [&](std::string words) {
    verification.says.push_back(std::move(words));
    return verification;
  };
  const std::string twin = twin_of(text);
  const bool page = !twin.empty();
  const auto file = Json::parse(page ? twin : text, nullptr, false);
  if (file.is_discarded() || !file.contains("provenance") || !file["provenance"].is_object()) {
    verification.verdict = AuditVerdict::differs;
    return says("it is no whole result: its JSON or its provenance is broken");
  }
  const auto& provenance = file["provenance"];
  const auto said = [&](const char* key) { return provenance.contains(key) && provenance[key].is_string() ? provenance[key].get<std::string>() : std::string(); };
  const std::string name = std::filesystem::path(said("study")).filename().string();
  const auto study = (std::filesystem::path(path).parent_path() / name).string();
  const auto bytes = inventory::read_text_file(study, inventory::Document::max_bytes);
  if (!bytes) return says(fmt::format("its study '{}' does not lie beside it", name));
  if (inventory::sha256(*bytes) != said("study_sha256")) return says(fmt::format("the study '{}' beside it is not the one that it was made from (sha256 differs)", name));
  if (said("command").find(" --") != std::string::npos) return says("it was made with options that the file does not hold in full: " + said("command"));
  inventory::Request request;
  request.study = study;
  auto assessed = inventory::assess(request);
  if (!assessed) return says("its study cannot be assessed any more: " + assessed.error().front().message);
  const Disclosure d = disclose(std::make_shared<const inventory::Assessment>(std::move(*assessed)), said("command"));
  const std::string again = page ? embedded_result_json(d) : write_result_json(d);
  if (again == (page ? twin : text)) {
    const auto rendered = page ? find_writer({"", "x.html"})->write(d, {}) : Result<std::string>(again);
    if (!rendered) return says("its page cannot be made any more: " + rendered.error().front().message);
    if (*rendered == text) {
      verification.verdict = AuditVerdict::agrees;
      return says("made again from the study beside it, byte for byte");
    }
    verification.verdict = AuditVerdict::differs;
    says("the result inside the page is that of its study; the page around it is not:");
    auto lines = unlike_lines(text, *rendered);
    if (lines.empty()) lines.push_back("its lines are the same, their ends are not");
    for (auto& one : lines) says(std::move(one));
    return verification;
  }
  const bool same_tool = said("tool") == tool_name();
  std::vector<std::string> differences;
  const auto made = Json::parse(again);
  if (same_tool)
    compare(file, made, "", differences);
  else
    compare(file.value("figures", Json::object()), made["figures"], "figures", differences);
  verification.verdict = differences.empty() ? AuditVerdict::cannot_tell : AuditVerdict::differs;
  if (!same_tool) says(fmt::format("made by {}, this is {}: figures are compared, bytes cannot be", said("tool"), tool_name()));
  if (differences.empty()) says(same_tool ? "the values are those of its study, the bytes are laid out otherwise" : "the figures agree");
  for (auto& one : differences) says(std::move(one));
  return verification;
}

}  // namespace cradle::reporting
