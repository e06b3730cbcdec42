// SPDX-License-Identifier: Apache-2.0
// `nvidia-smi -q -x`, once or in a loop: one document per reading. Names of the power elements changed with drivers 535
// and 595; all are accepted, the average first. DTDs are not fetched.
#include <pugixml.hpp>

#include "inventory/telemetry/metrics.hpp"
#include "inventory/telemetry/readers/all.hpp"
#include "inventory/text/csv.hpp"

namespace cradle::inventory {
namespace {

bool recognise(const LogInput& input) { return input.head.find("<nvidia_smi_log>") != std::string_view::npos; }

/// Watts as text, from whichever element this driver has.
std::string power_of(const pugi::xml_node& gpu) {
  for (const char* group : {"gpu_power_readings", "power_readings"})
    for (const char* name : {"average_power_draw", "power_draw", "instant_power_draw"})
      if (const auto found = gpu.child(group).child(name)) {
        const std::string text = trim(found.child_value());
        if (!says_missing(text) || std::string_view(name) == "instant_power_draw") return text;
      }
  return trim(gpu.child("power_readings").child("power_draw").child_value());
}

Result<void> read(LogInput& input, Draft& draft) {
  const auto text = input.text();
  if (!text) return tl::unexpected(text.error());
  Clock clock(input.options.timezone);
  const auto named = time_in_name(input.name, clock);
  std::size_t timeless = 0, documents = 0;
  constexpr std::string_view open = "<nvidia_smi_log>", close = "</nvidia_smi_log>";
  for (std::size_t at = text->find(open); at != std::string_view::npos; at = text->find(open, at + 1)) {
    const std::size_t end = text->find(close, at);
    if (end == std::string_view::npos) {
      draft.notes.push_back("the last document is cut and left out");
      break;
    }
    pugi::xml_document document;
    if (!document.load_buffer(text->data() + at, end + close.size() - at)) continue;
    ++documents;
    const auto root = document.child("nvidia_smi_log");
    auto t = read_ctime(trim(root.child("timestamp").child_value()), clock);
    if (!t) t = named;
    if (!t) {
      ++timeless;
      continue;
    }
    for (const auto& gpu : root.children("gpu")) {
      ++draft.file.rows;
      Source source;
      source.device = trim(gpu.child("uuid").child_value());
      if (source.device.empty()) source.device = gpu.attribute("id").value();
      source.identified = source.device.starts_with("GPU-");
      source.name = trim(gpu.child("product_name").child_value());
      source.component = "accelerator";
      Track& track = draft.track(source, {Reading::instant, 0, 0}, "power draw");
      std::string power = power_of(gpu);
      if (power.ends_with(" W")) power.resize(power.size() - 2);
      if (const auto watts = log_number(power); watts && *watts >= 0)
        track.add(*t, *watts);
      else
        track.miss(*t, power.empty() ? "no power element" : power);
    }
  }
  draft.unzoned = clock.unzoned();
  if (documents > 0 && timeless == documents)
    return log_failure(input, "E060", "no usable row: no document has a timestamp");
  return {};
}

}  // namespace

const Reader nvidia_smi_xml = {{"nvidia-xml", "nvidia-smi -q -x", "element `nvidia_smi_log`",
                                "power draw per device, the average where there is one", true},
                               recognise,
                               read};

}  // namespace cradle::inventory
