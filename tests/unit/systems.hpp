// SPDX-License-Identifier: Apache-2.0
// Small product systems for the tests of the engine.
#pragma once

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "lca/solution.hpp"

namespace cradle::lca::test {

using Kind = Exchange::Kind;

/// A foreground process with one exchange list.
inline UnitProcess process(const std::string& product, std::vector<Exchange> exchanges, double production = 1.0,
                           Tags tags = {}) {
  return {product, product, "unit", false, std::move(tags), production, std::move(exchanges)};
}
inline UnitProcess background(UnitProcess process) {
  process.background = true;
  return process;
}
inline Exchange takes(const std::string& product, Expression amount, Tags assigns = {}) {
  return {Kind::technosphere, product, amount, std::move(assigns), "", ""};
}
inline Exchange emits(Expression amount, const std::string& flow = "CO2") {
  return {Kind::biosphere, flow, amount, {}, "", ""};
}

inline Inventory inventory(std::vector<UnitProcess> processes, const std::string& product, Expression amount,
                           Parameters parameters = {}) {
  return {std::move(parameters),
          {{"CO2", "kg"}, {"SO2", "kg"}, {"oil", "l"}},
          std::move(processes),
          {{"climate", "climate", "kg", {{"CO2", 1.0}}},
           {"acid", "acid", "kg", {{"SO2", 1.0}}},
           {"oil", "oil", "l", {{"oil", 1.0}}}},
          {product, amount}};
}

inline Parameter parameter(const std::string& name, double value, double low = 0, double high = 0) {
  Parameter p;
  p.name = p.label = name;
  p.value = value;
  p.unit = "1";
  if (low != high) {
    p.range = RangeKind::interval_95;
    p.low = low;
    p.high = high;
  }
  return p;
}

inline ProductSystem link(Inventory inventory) {
  auto system = ProductSystem::link(std::move(inventory));
  REQUIRE(system);
  return std::move(*system);
}

inline const Selection everything = {};

}  // namespace cradle::lca::test
