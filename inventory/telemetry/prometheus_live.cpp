// SPDX-License-Identifier: Apache-2.0
#include "inventory/telemetry/prometheus_live.hpp"

#define CURL_DISABLE_TYPECHECK  // its macros stand for functions that are found at run time here
#include <curl/curl.h>
#include <fmt/format.h>

#include <cmath>
#include <memory>
#include <nlohmann/json.hpp>

#include "inventory/telemetry/metrics.hpp"
#include "inventory/text/shared_library.hpp"
#include "lca/maths.hpp"

namespace cradle::inventory {
namespace {

using Json = nlohmann::json;
constexpr std::int64_t most_points = 11'000;  // that Prometheus gives per series and question
constexpr long patience_seconds = 60;

/// libcurl and the thirty libraries that it needs are loaded when a Prometheus is asked, not at every command's start.
struct Curl {
  SharedLibrary library = SharedLibrary("libcurl.so.4");
  decltype(::curl_easy_init)* init = nullptr;
  decltype(::curl_easy_cleanup)* cleanup = nullptr;
  decltype(::curl_easy_escape)* escape = nullptr;
  decltype(::curl_free)* free = nullptr;
  decltype(::curl_easy_setopt)* set = nullptr;
  decltype(::curl_easy_perform)* perform = nullptr;
  decltype(::curl_easy_strerror)* text = nullptr;

  bool open() {
    return library.find("curl_easy_init", init) && library.find("curl_easy_cleanup", cleanup) &&
           library.find("curl_easy_escape", escape) && library.find("curl_free", free) &&
           library.find("curl_easy_setopt", set) && library.find("curl_easy_perform", perform) &&
           library.find("curl_easy_strerror", text);
  }
};

std::size_t append(char* bytes, std::size_t size, std::size_t count, void* text) {
  static_cast<std::string*>(text)->append(bytes, size * count);
  return size * count;
}

/// A URL without the name and password that may stand in it.
std::string masked(std::string url) {
  const std::size_t scheme = url.find("://"), begin = scheme == std::string::npos ? 0 : scheme + 3;
  const std::size_t end = url.find('@', begin);
  if (end != std::string::npos && end < url.find('/', begin)) url.replace(begin, end - begin, "***");
  return url;
}

tl::unexpected<Findings> trouble(const std::string& url, std::string message, std::string hint = "") {
  return failure({"E066", std::move(message), std::move(hint), {masked(url), 0, 0, 1}, ""});
}

Result<std::string> get(const Curl& curl, const std::string& base, const std::string& promql,
                        const LiveQuestion& question) {
  const std::unique_ptr<CURL, decltype(curl.cleanup)> handle(curl.init(), curl.cleanup);
  if (!handle) return trouble(base, "libcurl does not start");
  const std::unique_ptr<char, decltype(curl.free)> query(
      curl.escape(handle.get(), promql.c_str(), static_cast<int>(promql.size())), curl.free);
  const std::string url = fmt::format("{}/api/v1/query_range?query={}&start={}&end={}&step={}", base, query.get(),
                                      question.from + question.step, question.to, question.step);
  std::string body;
  curl.set(handle.get(), CURLOPT_URL, url.c_str());
  curl.set(handle.get(), CURLOPT_WRITEFUNCTION, append);
  curl.set(handle.get(), CURLOPT_WRITEDATA, &body);
  curl.set(handle.get(), CURLOPT_TIMEOUT, patience_seconds);
  curl.set(handle.get(), CURLOPT_NOSIGNAL, 1L);
  curl.set(handle.get(), CURLOPT_PROTOCOLS_STR, "http,https");
  // The library's longer text tells milliseconds, so that the same failure would read differently each time.
  if (const CURLcode code = curl.perform(handle.get()); code != CURLE_OK)
    return trouble(base, fmt::format("cannot be asked: {}", curl.text(code)),
                   "the address of a Prometheus or Thanos, such as http://localhost:9090");
  return body;
}

/// The question in PromQL: energy in J (counters) or mean W (gauges), summed over all that is not kept apart.
std::string promql_of(const LiveQuestion& question, const Metric& metric) {
  const std::string selector =
      fmt::format("{}{}", question.metric, question.match.empty() ? "" : "{" + question.match + "}");
  const std::string over = metric.rule.reading == Reading::counter ? "increase" : "avg_over_time";
  return fmt::format("sum{}({}({}[{}s]))", question.by.empty() ? "" : fmt::format(" by ({}) ", question.by), over,
                     selector, question.step);
}

}  // namespace

double LiveAnswer::kwh() const {
  lca::maths::Sum sum;
  for (const auto& row : rows) sum.add(row.kwh);
  return sum.value();
}

Result<LiveAnswer> ask_prometheus(const LiveQuestion& question) {
  const auto metric = metric_of(question.metric, {{"zone", "package"}});
  if (!metric)
    return failure({"E060",
                    fmt::format("the unit of '{}' is not known", question.metric),
                    "such as DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION or node_rapl_package_joules_total",
                    {masked(question.url), 0, 0, 1},
                    ""});
  if (question.step <= 0 || question.to - question.from < question.step)
    return failure(
        {"E060", "the window is shorter than one step", "--from, --to and --step", {masked(question.url), 0, 0, 1}, ""});
  Curl curl;
  if (!curl.open()) return trouble(question.url, "libcurl.so.4 is not there", "Debian's package libcurl4 has it");
  LiveAnswer answer;
  answer.promql = promql_of(question, *metric);
  for (std::int64_t from = question.from; question.to - from >= question.step; from += most_points * question.step) {
    LiveQuestion part = question;
    part.from = from;
    part.to = std::min(question.to, from + most_points * question.step);
    const auto body = get(curl, question.url, answer.promql, part);
    if (!body) return tl::unexpected(body.error());
    answer.bytes += body->size();
    const Json json = Json::parse(*body, nullptr, false);
    if (!json.is_object() || json.value("status", "") != "success")
      return trouble(question.url, fmt::format("answers with an error: {}",
                                               json.is_object() ? json.value("error", "") : body->substr(0, 120)));
    const Json data = json.value("data", Json::object()), series = data.value("result", Json::array());
    for (const auto& one : series) {
      std::string group;
      const Json labels = one.value("metric", Json::object());
      for (const auto& [key, value] : labels.items())
        if (value.is_string()) group += (group.empty() ? "" : " ") + value.get<std::string>();
      const Json points = one.value("values", Json::array());
      for (const auto& point : points) {
        const auto value =
            point.size() == 2 && point[1].is_string() ? log_number(point[1].get<std::string>()) : std::nullopt;
        if (!value) continue;
        const double joules = *value * metric->factor *
                              (metric->rule.reading == Reading::counter ? 1.0 : static_cast<double>(question.step));
        answer.rows.push_back(
            {group, static_cast<std::int64_t>(std::llround(point[0].get<double>())), joules / joules_per_kwh});
      }
    }
  }
  if (answer.rows.empty())
    return failure({"E060",
                    fmt::format("no usable row: {} has no points in the window", question.metric),
                    "",
                    {masked(question.url), 0, 0, 1},
                    ""});
  const auto steps = static_cast<std::size_t>((question.to - question.from) / question.step);
  if (question.by.empty() && answer.rows.size() < steps)
    answer.notes.push_back(
        fmt::format("{} of {} steps have no points: gaps, not zero", steps - answer.rows.size(), steps));
  answer.notes.push_back(
      metric->rule.reading == Reading::counter
          ? "counters by increase(), which follows resets and extrapolates to the ends of each step"
          : "gauges by their mean over each step; a device that was away part of a step counts as if it had gone on");
  return answer;
}

}  // namespace cradle::inventory
