// SPDX-License-Identifier: Apache-2.0
// The functions of the draw loop, for one number or for a lane of eight: no libm, no contraction, only operations that
// IEEE 754 rounds exactly, so AVX-512, AVX2 and plain code give the same bits. Everything stands in an unnamed
// namespace on purpose: each translation unit is compiled for its own instruction set and must keep its own copy.
#pragma once

#include <cstdint>
#include <cstring>
#include <type_traits>

namespace cradle::lca::lanes {
namespace {

constexpr int width = 8;

// The registers of the instruction set this is compiled for; a lane is one, two or four of them. (One vector type of
// 64 bytes would do on paper, but GCC 12 keeps such a type in memory where the registers are narrower.)
#if defined(__AVX512F__)
constexpr int native_bytes = 64;
#elif defined(__AVX2__)
constexpr int native_bytes = 32;
#else
constexpr int native_bytes = 16;
#endif
constexpr int parts = 8 * width / native_bytes;

template <typename Number>
struct Eight {
  typedef Number Native __attribute__((vector_size(native_bytes)));  // NOLINT: only this form takes a dependent type
  Native part[parts];
  Number operator[](int i) const { return part[i / (width / parts)][i % (width / parts)]; }
  void set(int i, Number value) { part[i / (width / parts)][i % (width / parts)] = value; }
};
using Lane = Eight<double>;
using LaneBits = Eight<std::uint64_t>;
using LaneMask = Eight<std::int64_t>;

template <typename To, typename From, typename Function>
[[gnu::always_inline]] inline To each(const From& a, Function function) {
  To result;
#pragma GCC unroll 4
  for (int i = 0; i < parts; ++i) result.part[i] = function(a.part[i]);
  return result;
}
template <typename To, typename A, typename B, typename Function>
[[gnu::always_inline]] inline To each(const A& a, const B& b, Function function) {
  To result;
#pragma GCC unroll 4
  for (int i = 0; i < parts; ++i) result.part[i] = function(a.part[i], b.part[i]);
  return result;
}

#define CRADLE_LANE_OPERATOR(op)                                                                                    \
  template <typename Number>                                                                                        \
  [[gnu::always_inline]] inline Eight<Number> operator op(const Eight<Number>& a, const Eight<Number>& b) {         \
    return each<Eight<Number>>(a, b, [](auto x, auto y) { return x op y; });                                        \
  }                                                                                                                 \
  template <typename Number>                                                                                        \
  [[gnu::always_inline]] inline Eight<Number> operator op(const Eight<Number>& a, std::type_identity_t<Number> b) { \
    return each<Eight<Number>>(a, [b](auto x) { return x op b; });                                                  \
  }                                                                                                                 \
  template <typename Number>                                                                                        \
  [[gnu::always_inline]] inline Eight<Number> operator op(std::type_identity_t<Number> a, const Eight<Number>& b) { \
    return each<Eight<Number>>(b, [a](auto y) { return a op y; });                                                  \
  }
CRADLE_LANE_OPERATOR(+)
CRADLE_LANE_OPERATOR(-)
CRADLE_LANE_OPERATOR(*)
CRADLE_LANE_OPERATOR(/)
CRADLE_LANE_OPERATOR(&)
CRADLE_LANE_OPERATOR(|)
CRADLE_LANE_OPERATOR(^)
#undef CRADLE_LANE_OPERATOR

[[gnu::always_inline]] inline Lane operator-(const Lane& a) {
  return each<Lane>(a, [](auto x) { return -x; });
}
template <typename Number, typename Other>
[[gnu::always_inline]] inline Eight<Number>& operator+=(Eight<Number>& a, const Other& b) {
  return a = a + b;
}
[[gnu::always_inline]] inline LaneBits operator<<(const LaneBits& a, int by) {
  return each<LaneBits>(a, [by](auto x) { return x << by; });
}
[[gnu::always_inline]] inline LaneBits operator>>(const LaneBits& a, int by) {
  return each<LaneBits>(a, [by](auto x) { return x >> by; });
}
[[gnu::always_inline]] inline LaneMask operator<(const Lane& a, const Lane& b) {
  return each<LaneMask>(a, b, [](auto x, auto y) { return x < y; });
}
[[gnu::always_inline]] inline LaneMask operator<(const Lane& a, double b) {
  return each<LaneMask>(a, [b](auto x) { return x < b; });
}
[[gnu::always_inline]] inline LaneMask operator>(const Lane& a, const Lane& b) { return b < a; }
[[gnu::always_inline]] inline LaneMask operator>(const Lane& a, double b) {
  return each<LaneMask>(a, [b](auto x) { return x > b; });
}

inline std::uint64_t bits(double x) {
  std::uint64_t b;
  std::memcpy(&b, &x, sizeof b);
  return b;
}
inline double number(std::uint64_t b) {
  double x;
  std::memcpy(&x, &b, sizeof x);
  return x;
}
[[gnu::always_inline]] inline LaneBits bits(const Lane& x) {
  return each<LaneBits>(x, [](auto v) { return (LaneBits::Native)v; });
}
[[gnu::always_inline]] inline Lane number(const LaneBits& b) {
  return each<Lane>(b, [](auto v) { return (Lane::Native)v; });
}

inline double select(bool which, double a, double b) { return which ? a : b; }
[[gnu::always_inline]] inline Lane select(const LaneMask& which, const Lane& a, const Lane& b) {
  Lane result;
#pragma GCC unroll 4
  for (int i = 0; i < parts; ++i) result.part[i] = which.part[i] ? a.part[i] : b.part[i];
  return result;
}

inline bool any(bool which) { return which; }
[[gnu::always_inline]] inline bool any(const LaneMask& which) {
  auto joined = which.part[0];
#pragma GCC unroll 4
  for (int i = 1; i < parts; ++i) joined |= which.part[i];
  std::int64_t result = 0;
#pragma GCC unroll 8
  for (int i = 0; i < width / parts; ++i) result |= joined[i];
  return result != 0;
}

inline double square_root(double x) { return __builtin_sqrt(x); }
[[gnu::always_inline]] inline Lane square_root(const Lane& x) {
  return each<Lane>(x, [](auto v) {
    for (int i = 0; i < width / parts; ++i) v[i] = __builtin_sqrt(v[i]);
    return v;
  });
}

template <typename V>
V constant(double x);
template <>
inline double constant<double>(double x) {
  return x;
}
template <>
inline Lane constant<Lane>(double x) {
  Lane result;
#pragma GCC unroll 4
  for (int i = 0; i < parts; ++i) result.part[i] = x - Lane::Native{};
  return result;
}

constexpr double whole = 0x1.8p52;  // adding it rounds to a whole number, which then stands in the low bits

/// e^x for -708 <= x <= 709 (clamped): x = k ln 2 + r, Taylor series of e^r to r^13 (|r| <= 0.347: below 1e-17).
template <typename V>
[[gnu::always_inline]] inline V exp(V x) {
  constexpr double log2_e = 0x1.71547652b82fep0, ln2_high = 0x1.62e42fee00000p-1, ln2_low = 0x1.a39ef35793c76p-33;
  x = select(x < -708.0, constant<V>(-708.0), x);
  x = select(x > 709.0, constant<V>(709.0), x);
  const V shifted = x * log2_e + whole;
  const V k = shifted - whole;
  const V r = (x - k * ln2_high) - k * ln2_low;
  const V r2 = r * r, r4 = r2 * r2, r8 = r4 * r4;
  const V low = (1.0 + r) + r2 * (1.0 / 2 + r * (1.0 / 6)) +
                r4 * ((1.0 / 24 + r * (1.0 / 120)) + r2 * (1.0 / 720 + r * (1.0 / 5040)));
  const V high = (1.0 / 40320 + r * (1.0 / 362880)) + r2 * (1.0 / 3628800 + r * (1.0 / 39916800)) +
                 r4 * (1.0 / 479001600 + r * (1.0 / 6227020800));
  const V power = number((bits(shifted) + 1023) << 52);
  return (low + r8 * high) * power;
}

/// ln x for positive normal x: x = 2^k m, m in [sqrt 1/2, sqrt 2), ln m = 2 artanh((m - 1) / (m + 1)), series to s^21.
template <typename V>
[[gnu::always_inline]] inline V log(V x) {
  constexpr double ln2_high = 0x1.62e42fee00000p-1, ln2_low = 0x1.a39ef35793c76p-33;
  constexpr std::uint64_t root_half = 0x3fe6a09e667f3bcdULL;
  // An unsigned shift of a number made positive: AVX2 has no arithmetic one.
  const auto exponent = ((bits(x) - root_half + (1ULL << 63)) >> 52) - 2048;
  const V k = number(exponent + bits(whole)) - whole;
  const V m = number(bits(x) - (exponent << 52));
  const V s = (m - 1.0) / (m + 1.0);
  const V t = s * s, t2 = t * t, t4 = t2 * t2;
  const V a = (1.0 / 3 + t * (1.0 / 5)) + t2 * (1.0 / 7 + t * (1.0 / 9));
  const V b = (1.0 / 11 + t * (1.0 / 13)) + t2 * (1.0 / 15 + t * (1.0 / 17));
  const V c = 1.0 / 19 + t * (1.0 / 21);
  const V series = 2.0 * s + 2.0 * s * t * (a + t4 * (b + t4 * c));
  return k * ln2_high + (series + k * ln2_low);
}

#include "lca/lanes/normal_quantile.inc"

/// Four interleaved Horner chains in x^4, so that the processor need not wait for one.
template <typename V, int N>
[[gnu::always_inline]] inline V polynomial(const double (&coefficient)[N], V x) {
  const V x2 = x * x, x4 = x2 * x2;
  V chain[4];
#pragma GCC unroll 4
  for (int c = 0; c < 4; ++c) {
    const int top = c + 4 * ((N - 1 - c) / 4);
    chain[c] = constant<V>(coefficient[top]);
#pragma GCC unroll 8
    for (int i = top - 4; i >= 0; i -= 4) chain[c] = chain[c] * x4 + coefficient[i];
  }
  return (chain[0] + x * chain[1]) + x2 * (chain[2] + x * chain[3]);
}

/// Quantile of the standard normal distribution for 2^-53 <= u <= 1 - 2^-53 (fit_normal_quantile.py).
template <typename V>
[[gnu::always_inline]] inline V normal_quantile(V u) {
  const V w = -log(4.0 * (u * (1.0 - u)));
  V p = polynomial(central, (w - central_middle) * central_scale);
  const auto far = w > 6.25;
  if (any(far)) {
    const V s = square_root(select(far, w, constant<V>(6.25)));
    p = select(far, polynomial(tail, (s - tail_middle) * tail_scale), p);
  }
  return (2.0 * u - 1.0) * p;
}

/// 52 random bits to the middle of one of 2^52 equal steps of (0, 1): never 0, never 1.
template <typename Bits>
auto uniform(Bits random) {
  return number((random >> 12) | 0x3ff0000000000000ULL) - (1.0 - 0x1p-53);
}

/// One block of Threefry-2x64 with 13 rounds (Salmon et al. 2011, table 2: the fewest that pass BigCrush); the same
/// function as Random123's threefry2x64_R(13, ...), which the tests compare it with.
template <typename Bits>
[[gnu::always_inline]] inline void threefry(Bits& word0, Bits& word1, std::uint64_t key0, std::uint64_t key1) {
  constexpr int rotation[8] = {16, 42, 12, 31, 16, 32, 24, 21};
  const std::uint64_t key[3] = {key0, key1, 0x1BD11BDAA9FC1A22ULL ^ key0 ^ key1};
  word0 = word0 + key[0];
  word1 = word1 + key[1];
#pragma GCC unroll 13
  for (int round = 0; round < 13; ++round) {
    const int by = rotation[round % 8];
    word0 = word0 + word1;
    word1 = ((word1 << by) | (word1 >> (64 - by))) ^ word0;
    if (round % 4 == 3) {
      const int s = round / 4 + 1;
      word0 = word0 + key[s % 3];
      word1 = word1 + (key[(s + 1) % 3] + static_cast<std::uint64_t>(s));
    }
  }
}

}  // namespace
}  // namespace cradle::lca::lanes
