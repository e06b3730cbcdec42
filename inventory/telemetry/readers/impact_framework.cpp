// SPDX-License-Identifier: Apache-2.0
// Outputs of Impact Framework manifests (YAML). Leaves only: parents repeat their children. Plugins are never run, and
// the execution block is not looked at. An energy whose unit nobody states is asked for, not guessed.
#include "inventory/telemetry/readers/all.hpp"
#include "inventory/text/document.hpp"

namespace cradle::inventory {
namespace {

bool recognise(const LogInput& input) {
  const auto at_line_start = [&](const char* key) {
    return input.head.starts_with(key) || input.head.find(std::string("\n") + key) != std::string_view::npos;
  };
  return at_line_start("tree:") || (at_line_start("initialize:") && at_line_start("name:"));
}

const std::string& text_at(const Node& node, std::string_view key) {
  static const std::string none;
  const Node* found = node.find(key);
  return found == nullptr ? none : found->text;
}

class Manifest {
 public:
  Manifest(const LogInput& input, Draft& draft) : clock_(input.options.timezone), draft_(draft) {}

  void walk(const Node& node, const std::string& name) {
    if (const Node* children = node.find("children")) {
      for (const auto& [key, child] : children->entries) walk(child, name.empty() ? key.text : name + "/" + key.text);
      return;
    }
    if (const Node* outputs = node.find("outputs"))
      for (const auto& output : outputs->items) row(output, name);
  }
  const std::string& unitless() const { return unitless_; }
  bool unzoned() const { return clock_.unzoned(); }

 private:
  /// `energy` is the sum of its parts where a pipeline has made it; else the parts with a known unit (kWh).
  void row(const Node& output, const std::string& name) {
    ++draft_.file.rows;
    if (const auto energy = log_number(text_at(output, "energy"))) return window(output, name, "", *energy);
    bool any = false;
    for (const auto& [part, component] :
         {std::pair{"cpu", "cpu"}, {"memory", "dram"}, {"gpu", "accelerator"}, {"network", "network"}})
      for (const char* ending : {"/energy", "-energy-kwh"})
        if (const auto energy = log_number(text_at(output, std::string(part) + ending))) {
          window(output, name, component, *energy);
          any = true;
          break;
        }
    if (any) return;
    for (const auto& [key, value] : output.entries)
      if (key.text.find("energy") != std::string::npos && log_number(value.text)) unitless_ = key.text;
  }

  void window(const Node& output, const std::string& name, const std::string& component, double kwh) {
    Window found;
    found.source.device = name;
    found.source.component = component;
    found.seconds = log_number(text_at(output, "duration")).value_or(0.0);
    found.joules = kwh * joules_per_kwh;
    found.basis = lca::Basis::modelled;
    found.how = "Impact Framework output";
    found.label = name;
    if (const auto t = clock_.read(text_at(output, "timestamp"))) {
      found.from = *t;
      found.to = *t + static_cast<Micros>(found.seconds * 1e6);
    }
    draft_.windows.push_back(std::move(found));
  }

  Clock clock_;
  Draft& draft_;
  std::string unitless_;
};

Result<void> read(LogInput& input, Draft& draft) {
  const auto text = input.text();
  if (!text) return tl::unexpected(text.error());
  auto document = Document::parse(std::string(*text), input.path);
  if (!document) return tl::unexpected(std::move(document.error()));
  const Node* tree = document->root().find("tree");
  if (tree == nullptr) return log_failure(input, "E060", "no usable row: the manifest has no tree");
  Manifest manifest(input, draft);
  manifest.walk(*tree, "");
  draft.unzoned = manifest.unzoned();
  if (!draft.windows.empty()) {
    draft.notes.push_back("kWh by the framework's convention; leaves only, since parents repeat them");
    return {};
  }
  return log_failure(input, "E060",
                     manifest.unitless().empty()
                         ? "no usable row: no output holds an energy; was the manifest run?"
                         : fmt::format("no usable row: the unit of '{}' is not known", manifest.unitless()),
                     "outputs named energy, cpu/energy, memory/energy, gpu/energy or network/energy are in kWh by "
                     "convention, those that end in -energy-kwh by name");
}

}  // namespace

const Reader impact_framework = {
    {"impact-framework", "Impact Framework manifest", "a `tree` of children", "energy of the leaves' outputs", true},
    recognise,
    read};

}  // namespace cradle::inventory
