// SPDX-License-Identifier: Apache-2.0
// Static SVG by Apache ECharts inside Duktape. No clock, no chance, no network; the same data give the same bytes.
#pragma once

#include <memory>
#include <string>

namespace cradle::reporting {

/// One script heap; make one per report, since element ids are numbered per heap.
class ChartPainter {
 public:
  ChartPainter();
  ~ChartPainter();
  ChartPainter(const ChartPainter&) = delete;
  ChartPainter& operator=(const ChartPainter&) = delete;

  /// An <svg role="img"> with accessible title and description. `kind` is a function of charts/charts.js, `data`
  /// its JSON. Throws std::runtime_error if the script fails, which is a defect of ours.
  std::string draw(const std::string& kind, const std::string& data, const std::string& id, const std::string& title,
                   const std::string& description);

 private:
  struct Heap;
  std::unique_ptr<Heap> heap_;
};

}  // namespace cradle::reporting
