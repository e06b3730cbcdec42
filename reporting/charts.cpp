// SPDX-License-Identifier: Apache-2.0
#include "reporting/charts.hpp"

#include <duktape.h>

#include <algorithm>
#include <stdexcept>
#include <string_view>

#include "reporting/embedded.hpp"
#include "reporting/template_engine.hpp"

namespace cradle::reporting {
namespace {

/// Removes ` name="..."` wherever `name` begins with a prefix: bookkeeping of the library that a reader never needs.
void drop_attributes(std::string& svg, const std::string& prefix) {
  for (std::size_t at = 0; (at = svg.find(" " + prefix, at)) != std::string::npos;) {
    const auto quote = svg.find('"', at);
    const auto end = svg.find('"', quote + 1);
    if (quote == std::string::npos || end == std::string::npos) return;
    svg.erase(at, end + 1 - at);
  }
}

void drop_between(std::string& svg, std::string_view open, std::string_view close) {
  for (std::size_t at = 0; (at = svg.find(open, at)) != std::string::npos;) {
    const auto end = svg.find(close, at);
    if (end == std::string::npos) return;
    svg.erase(at, end + close.size() - at);
  }
}

}  // namespace

struct ChartPainter::Heap {
  duk_context* context = duk_create_heap_default();
  ~Heap() { duk_destroy_heap(context); }
  [[noreturn]] void fail(const char* what) const {
    throw std::runtime_error(std::string(what) + ": " + duk_safe_to_string(context, -1));
  }
};

ChartPainter::ChartPainter() : heap_(std::make_unique<Heap>()) {
  const std::string_view bytecode = embedded::chart_scripts().front().second;
  duk_context* context = heap_->context;
  auto* buffer = static_cast<char*>(duk_push_fixed_buffer(context, bytecode.size()));
  std::copy(bytecode.begin(), bytecode.end(), buffer);
  duk_load_function(context);
  if (duk_pcall(context, 0) != 0) heap_->fail("the chart scripts do not load");
  duk_pop(context);
}

ChartPainter::~ChartPainter() = default;

std::string ChartPainter::draw(const std::string& kind, const std::string& data, const std::string& id,
                               const std::string& title, const std::string& description) {
  duk_context* context = heap_->context;
  duk_get_global_string(context, "draw");
  duk_push_lstring(context, kind.data(), kind.size());
  duk_push_lstring(context, data.data(), data.size());
  if (duk_pcall(context, 2) != 0) heap_->fail("a chart cannot be drawn");
  std::string svg = duk_get_string(context, -1);
  duk_pop(context);
  drop_attributes(svg, "ecmeta_");
  drop_attributes(svg, "class=\"zr");
  drop_attributes(svg, "pointer-events=");
  drop_attributes(svg, "baseProfile=");
  drop_between(svg, "<style", "</style>\n");
  const auto end = svg.find('>');
  svg.insert(end + 1, "\n<title id=\"" + id + "-title\">" + escape_html(title) + "</title>\n<desc id=\"" + id +
                          "-desc\">" + escape_html(description) + "</desc>");
  svg.insert(end, " role=\"img\" aria-labelledby=\"" + id + "-title " + id + "-desc\"");
  return svg;
}

}  // namespace cradle::reporting
