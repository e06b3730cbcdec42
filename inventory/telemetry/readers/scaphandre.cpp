// SPDX-License-Identifier: Apache-2.0
// Scaphandre's JSON exporter: an array of reports, in microwatts, which a killed run leaves open. The host counts;
// sockets and processes lie inside it.
#include <nlohmann/json.hpp>

#include "inventory/telemetry/readers/all.hpp"

namespace cradle::inventory {
namespace {

using Json = nlohmann::json;

bool recognise(const LogInput& input) {
  return input.head.find("\"host\"") != std::string_view::npos &&
         input.head.find("\"consumption\"") != std::string_view::npos && input.head.find('[') != std::string_view::npos;
}

/// The array, closed after its last whole object where it is cut.
Json parse(std::string_view text, bool& cut) {
  Json whole = Json::parse(text, nullptr, false);
  cut = whole.is_discarded();
  if (!cut) return whole;
  int depth = 0;
  bool quoted = false;
  std::size_t last = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted) {
      if (c == '\\') ++i;
      if (c == '"') quoted = false;
      continue;
    }
    if (c == '"') quoted = true;
    if (c == '{' || c == '[') ++depth;
    if (c == '}' || c == ']') {
      --depth;
      if (c == '}' && depth == 1) last = i + 1;
    }
  }
  return Json::parse(std::string(text.substr(0, last)) + "]", nullptr, false);
}

Result<void> read(LogInput& input, Draft& draft) {
  auto text = input.text();
  if (!text) return tl::unexpected(text.error());
  const std::size_t start = text->find('[');  // a banner may come before
  bool cut = false;
  const Json reports = parse(text->substr(std::min(start, text->size())), cut);
  if (!reports.is_array()) return log_failure(input, "E060", "no usable row: not an array of reports");
  if (cut) draft.notes.push_back("the file ends inside a report, which is left out");
  std::size_t processes = 0;
  for (const auto& report : reports) {
    if (!report.is_object() || !report.contains("host") || !report["host"].is_object()) continue;
    const Json& host = report["host"];
    if (!host.contains("timestamp") || !host["timestamp"].is_number()) continue;
    ++draft.file.rows;
    processes += report.value("consumers", Json::array()).size();
    Source source;
    source.scope = Scope::node;
    const auto t = static_cast<Micros>(std::llround(host["timestamp"].get<double>() * 1e6));
    Track& track = draft.track(source, {Reading::instant, 0, 0}, "host power");
    const double microwatts = host.value("consumption", 0.0);
    const bool placeholder = microwatts == 0 && report.value("consumers", Json::array()).empty() &&
                             report.value("sockets", Json::array()).empty();
    if (placeholder)
      track.miss(t, "an empty report at the start");
    else
      track.add(t, microwatts * 1e-6);
  }
  if (processes > 0)
    draft.notes.push_back(fmt::format("{} process entries lie inside the host and are not added", processes));
  draft.notes.push_back("no GPU is in it: the host is PSYS, or packages and DRAM");
  return {};
}

}  // namespace

const Reader scaphandre = {{"scaphandre", "Scaphandre JSON", "an array of `host` with `consumption`",
                            "host power in microwatts; processes are inside it", true},
                           recognise,
                           read};

}  // namespace cradle::inventory
