// SPDX-License-Identifier: Apache-2.0
#include "inventory/assessment/sweep.hpp"

#include <fmt/format.h>
#include <oneapi/tbb/parallel_for.h>
#include <oneapi/tbb/task_arena.h>

#include <cmath>
#include <limits>

#include "inventory/text/suggestion.hpp"

namespace cradle::inventory {
namespace {

std::vector<std::string> split(const std::string& text, char by) {
  std::vector<std::string> parts(1);
  for (const char c : text)
    if (c == by)
      parts.emplace_back();
    else
      parts.back() += c;
  for (auto& part : parts) {
    part.erase(0, part.find_first_not_of(' '));
    part.erase(part.find_last_not_of(' ') + 1);
  }
  return parts;
}

}  // namespace

Result<SweptInput> read_swept(const std::string& text, const lca::Parameters& parameters) {
  const auto equals = text.find('=');
  const std::string name = text.substr(0, std::min(equals, text.size()));
  const auto index = parameters.find(name);
  if (equals == std::string::npos || !index || parameters[*index].calculated()) {
    std::vector<std::string> names;
    for (const auto& parameter : parameters)
      if (!parameter.calculated()) names.push_back(parameter.name);
    const std::string hint = did_you_mean(name, names);
    return failure({"E041", fmt::format("--vary: the study has no input '{}'", name), hint.empty() ? "`cradle explain STUDY parameters` lists them" : hint});
  }
  const auto& p = parameters[*index];
  const auto dimension = dimension_of_unit(p.unit).value_or(Dimension::number);
  SweptInput swept{*index, {}};
  Findings findings;
  const auto read = [&](const std::string& value) {
    const auto number = read_quantity(value, dimension);
    if (!number)
      findings.push_back({number.error().code, fmt::format("--vary {}: {}", name, number.error().message), number.error().hint});
    else if (!p.limits.hold(*number))
      findings.push_back({"E024", fmt::format("--vary {}: {} is outside {} to {}", name, *number, p.limits.least, p.limits.most), ""});
    return number.value_or(0.0);
  };
  const auto list = text.substr(equals + 1);
  if (const auto ends = split(list, ':'); ends.size() == 3) {
    const double from = read(ends[0]), to = read(ends[1]);
    const auto steps = read_quantity(ends[2], Dimension::number);
    if (!steps || *steps < 2 || *steps != std::floor(*steps) || *steps > 1e7)
      findings.push_back({"E109", fmt::format("--vary {}: '{}' is no number of values", name, ends[2]), "two or more, such as 1.0:1.6:7"});
    else
      for (std::size_t i = 0; i < static_cast<std::size_t>(*steps); ++i)
        swept.values.push_back(from + (to - from) * static_cast<double>(i) / (*steps - 1));
  } else if (ends.size() == 1) {
    for (const auto& value : split(list, ',')) swept.values.push_back(read(value));
  } else {
    findings.push_back({"E109", fmt::format("--vary {}: '{}' is neither a list nor FROM:TO:NUMBER", name, list), "such as 1.0:1.6:7, or 1.0,1.2,1.5"});
  }
  if (!findings.empty()) return tl::unexpected(std::move(findings));
  return swept;
}

std::size_t points_of(const std::vector<SweptInput>& inputs) {
  std::size_t points = 1;
  for (const auto& input : inputs) {
    if (input.values.size() > std::numeric_limits<std::size_t>::max() / points) return std::numeric_limits<std::size_t>::max();
    points *= input.values.size();
  }
  return points;
}

std::vector<std::size_t> indices_of(std::size_t point, const std::vector<SweptInput>& inputs) {
  std::vector<std::size_t> indices(inputs.size());
  for (std::size_t i = inputs.size(); i-- > 0;) {
    indices[i] = point % inputs[i].values.size();
    point /= inputs[i].values.size();
  }
  return indices;
}

std::vector<double> sweep(const Assessment& assessment, const std::vector<SweptInput>& inputs, std::span<const lca::Query> queries, int threads) {
  const std::size_t points = points_of(inputs);
  std::vector<double> answers(points * queries.size(), std::numeric_limits<double>::quiet_NaN());
  const auto at_rest = assessment.moved(queries);
  if (!at_rest) return answers;
  constexpr std::size_t chunk = 256;
  tbb::task_arena arena(threads);
  arena.execute([&] {
    tbb::parallel_for(std::size_t{0}, (points + chunk - 1) / chunk, [&](std::size_t c) {
      auto moved = *at_rest;
      std::vector<std::size_t> before;
      for (std::size_t p = c * chunk; p < std::min(points, (c + 1) * chunk); ++p) {
        const auto indices = indices_of(p, inputs);
        bool solved = true;
        // Only what differs from the point before is moved: in most points that is one input.
        for (std::size_t i = 0; i < inputs.size(); ++i)
          if (before.empty() || indices[i] != before[i]) solved = moved.set(inputs[i].input, inputs[i].values[indices[i]]).has_value() && solved;
        before = solved ? indices : std::vector<std::size_t>();
        if (solved) std::copy(moved.answers().begin(), moved.answers().end(), answers.begin() + static_cast<std::ptrdiff_t>(p * queries.size()));
      }
    });
  });
  return answers;
}

}  // namespace cradle::inventory
