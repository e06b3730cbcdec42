// SPDX-License-Identifier: Apache-2.0
#include "lca/uncertainty/sampler.hpp"

namespace cradle::lca {
namespace {

using lanes::Sampler;
using lanes::SamplerKind;

double quantile(const void* distributions, std::uint32_t index, double p) {
  return (*static_cast<const std::vector<Distribution>*>(distributions))[index].quantile(p);
}

/// Stored values are used in turn, so that entries stored together stay together.
double stored(const void* samples, std::uint32_t index, std::uint64_t draw) {
  const auto& values = (*static_cast<const std::vector<std::vector<double>>*>(samples))[index];
  return values[draw % values.size()];
}

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

Sampler make_sampler(const MatrixSystem& system, const UncertainEntry& uncertain, std::uint64_t id,
                     std::vector<Distribution>& others) {
  const auto& d = uncertain.distribution;
  Sampler sampler;
  sampler.id = uncertain.group >= 0 ? name_id(system.groups[static_cast<std::size_t>(uncertain.group)]) : id;
  if (uncertain.group >= 0) {  // sizes move together: an input's is the negative of its amount
    const auto& matrix = system.matrix(uncertain.matrix);
    const auto entry = matrix.find(uncertain.row, uncertain.column);
    sampler.mirrored = entry && matrix.value[*entry] < 0.0;
  }
  if (uncertain.samples >= 0) {
    sampler.kind = SamplerKind::stored;
    sampler.index = static_cast<std::uint32_t>(uncertain.samples);
    return sampler;
  }
  switch (d.kind) {
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
      sampler.index = static_cast<std::uint32_t>(others.size());
      others.push_back(d);
      return sampler;
  }
}

lanes::DrawContext draw_context(const MatrixSystem& system, const std::vector<Distribution>& others, std::uint64_t seed,
                                std::uint64_t batch) {
  lanes::DrawContext context;
  context.seed = seed;
  context.batch = batch;
  context.quantile = quantile;
  context.distributions = &others;
  context.stored = stored;
  context.samples = &system.samples;
  return context;
}

}  // namespace cradle::lca
