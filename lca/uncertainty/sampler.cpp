// SPDX-License-Identifier: Apache-2.0
#include "lca/uncertainty/sampler.hpp"

#include <algorithm>

#include "lca/lanes/lane_math.hpp"

namespace cradle::lca {
namespace {

using lanes::Sampler;
using lanes::SamplerKind;

constexpr std::uint64_t stored_stream = 0x570d;

}  // namespace

std::uint64_t exchange_id(MatrixName matrix, int row, int column) {
  const auto letter = static_cast<std::uint64_t>(static_cast<char>(matrix) - 'A');
  return letter << 62 | static_cast<std::uint64_t>(row) << 31 | static_cast<std::uint64_t>(column);
}

std::uint64_t name_id(std::string_view name) {
  std::uint64_t hash = 0xcbf29ce484222325ULL;  // FNV-1a (Fowler, Noll, Vo)
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  return std::uint64_t{3} << 62 | hash >> 2;
}

Sampler fixed_sampler(double value) {
  Sampler sampler;
  sampler.a = value;
  return sampler;
}

SamplerTables::SamplerTables(const MatrixSystem& system, std::uint64_t seed)
    : system_(&system), seed_(seed), variables_(*CorrelatedVariables::of(system)) {
  std::vector<std::uint64_t> width;
  for (const auto& stored : system.samples) {
    width.resize(std::max(width.size(), stored.set + 1), 1);
    width[stored.set] = stored.values.size();
  }
  stride_.assign(width.size(), 1);
  for (std::size_t set = 1; set < width.size(); ++set) stride_[set] = stride_[set - 1] * width[set - 1];
}

Sampler SamplerTables::sampler(const UncertainEntry& uncertain) {
  const auto& d = uncertain.distribution;
  Sampler sampler;
  sampler.id = uncertain.group >= 0 ? name_id(system_->groups[static_cast<std::size_t>(uncertain.group)])
                                    : exchange_id(uncertain.matrix, uncertain.row, uncertain.column);
  if (uncertain.group >= 0) {  // sizes move together: an input's is the negative of its amount
    const auto& matrix = system_->matrix(uncertain.matrix);
    const auto entry = matrix.find(uncertain.row, uncertain.column);
    sampler.mirrored = entry && matrix.value[*entry] < 0.0;
  }
  if (uncertain.samples >= 0) {
    sampler.kind = SamplerKind::looked_up;
    sampler.index = static_cast<std::uint32_t>(uncertain.samples);
    return sampler;
  }
  if (uncertain.group >= 0 && variables_.has(uncertain.group)) {
    sampler.kind = SamplerKind::looked_up;
    sampler.index = static_cast<std::uint32_t>(system_->samples.size() + correlated_.size());
    correlated_.push_back({d, uncertain.group, sampler.mirrored});
    return sampler;
  }
  switch (d.cut_off() ? DistributionKind::weibull : d.kind) {  // what is cut off has no lanes of its own
    case DistributionKind::lognormal:  // a negative amount's quantiles run the other way
      sampler.kind = SamplerKind::lognormal;
      sampler.factor = d.negative ? -1.0 : 1.0;
      sampler.a = d.loc;
      sampler.b = d.negative ? -d.scale : d.scale;
      return sampler;
    case DistributionKind::normal:
      sampler.kind = SamplerKind::normal;
      sampler.a = d.loc;
      sampler.b = d.scale;
      return sampler;
    case DistributionKind::uniform:
      sampler.kind = SamplerKind::uniform;
      sampler.a = d.minimum;
      sampler.b = d.maximum;
      return sampler;
    case DistributionKind::triangular:
      sampler.kind = SamplerKind::triangular;
      sampler.a = d.minimum;
      sampler.b = d.maximum;
      sampler.c = d.loc;
      return sampler;
    default:
      sampler.kind = SamplerKind::other;
      sampler.index = static_cast<std::uint32_t>(others_.size());
      others_.push_back(d);
      return sampler;
  }
}

double SamplerTables::quantile(const void* tables, std::uint32_t index, double p) {
  return static_cast<const SamplerTables*>(tables)->others_[index].quantile(p);
}

double SamplerTables::look_up(const void* tables, std::uint32_t index, std::uint64_t draw) {
  const auto& self = *static_cast<const SamplerTables*>(tables);
  const std::size_t stored = self.system_->samples.size();
  if (index < stored) return self.stored_value(index, draw);
  const auto& entry = self.correlated_[index - stored];
  const double p = self.variables_.probability(entry.group, self.seed_, draw);
  return entry.distribution.quantile(entry.mirrored ? 1.0 - p : p);
}

/// Entries of one set use the same column in one draw, so that what was stored together stays together.
double SamplerTables::stored_value(std::size_t index, std::uint64_t draw) const {
  const auto& [values, set] = system_->samples[index];
  switch (system_->stored_policy) {
    case StoredPolicy::combined:
      return values[draw / stride_[set] % values.size()];
    case StoredPolicy::random: {
      std::uint64_t word0 = draw, word1 = set;
      lanes::threefry(word0, word1, seed_, stored_stream);
      return values[word0 % values.size()];
    }
    case StoredPolicy::in_turn:
      break;
  }
  return values[draw % values.size()];
}

lanes::DrawContext SamplerTables::context(std::uint64_t batch) const {
  lanes::DrawContext context;
  context.seed = seed_;
  context.batch = batch;
  context.quantile = quantile;
  context.look_up = look_up;
  context.tables = this;
  return context;
}

}  // namespace cradle::lca
