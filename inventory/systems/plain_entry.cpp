// SPDX-License-Identifier: Apache-2.0
#include "inventory/systems/plain_entry.hpp"

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace cradle::inventory {

#ifdef __SSE2__

namespace {

__extension__ typedef unsigned __int128 Wide;

constexpr std::size_t chunk = 8;  // digits taken at a time
constexpr std::size_t most_decimals = 3 * chunk;
constexpr int most_power = 27;                // 5^27 is the largest power of five in 64 bits
constexpr std::uint64_t most_leading = 1000;  // before the last 16 decimals: 19 digits in all stay below 2^64
constexpr std::size_t most_digits = 19;

/// 5^q as mantissa 2^exponent, 2^63 <= mantissa < 2^64, cut off for q < 0.
struct PowerOfFive {
  std::uint64_t mantissa = 0;
  int exponent = 0;
};

constexpr PowerOfFive power_of_five(int q) {
  std::uint64_t power = 1;
  for (int i = 0; i < (q < 0 ? -q : q); ++i) power *= 5;
  const int bits = std::bit_width(power);
  if (q >= 0) return {power << (64 - bits), bits - 64};
  return {static_cast<std::uint64_t>((Wide{1} << (63 + bits)) / power), -(63 + bits)};
}

constexpr auto powers_of_five = [] {
  std::array<PowerOfFive, 2 * most_power + 1> powers;
  for (int q = -most_power; q <= most_power; ++q) powers[static_cast<std::size_t>(q + most_power)] = power_of_five(q);
  return powers;
}();

/// 0 beyond what 64 bits hold: such a power is only met by an integer part of 0.
constexpr auto whole_power_of_ten = [] {
  std::array<std::uint64_t, most_decimals + 1> powers{1};
  for (std::size_t i = 1; i <= most_digits; ++i) powers[i] = powers[i - 1] * 10;
  return powers;
}();

/// A bit for each of the next 48 bytes that is no digit. Lines that are longer end where no digit may be, and are
/// refused.
std::uint64_t mask_of_others(const char* at) {
  const __m128i to_lowest = _mm_set1_epi8(static_cast<char>(0x80 - '0')),
                nine = _mm_set1_epi8(static_cast<char>(0x80 + 9));
  std::uint64_t others = 0;
  for (int part = 0; part < 3; ++part) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at + 16 * part));
    const __m128i other = _mm_cmpgt_epi8(_mm_add_epi8(bytes, to_lowest), nine);
    others |= static_cast<std::uint64_t>(static_cast<unsigned>(_mm_movemask_epi8(other))) << (16 * part);
  }
  return others;
}

/// Bytes of zeros, then of ones: a mask for the last digits of a load is a load from here.
constexpr auto masks = [] {
  std::array<unsigned char, 64> bytes{};
  for (std::size_t i = 32; i < bytes.size(); ++i) bytes[i] = 0x0F;
  return bytes;
}();

/// The last `count` bytes before `end`, of eight; none where the count is not above zero (down to -16).
__m128i last_of_eight(const char* end, std::ptrdiff_t count) {
  const __m128i bytes = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(end - chunk));
  return _mm_and_si128(bytes, _mm_loadl_epi64(reinterpret_cast<const __m128i*>(masks.data() + 24 + count)));
}

/// The same of sixteen; all of them where the count is more.
__m128i last_of_sixteen(const char* end, std::ptrdiff_t count) {
  const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(end - 2 * chunk));
  return _mm_and_si128(bytes, _mm_loadu_si128(reinterpret_cast<const __m128i*>(masks.data() + 16 + count)));
}

struct Pair {
  std::uint64_t first, second;
};

/// The two numbers that eight digits each write: neighbours are joined to two, four and eight digits, both at once.
Pair numbers_of(__m128i digits) {
  const __m128i twos = _mm_add_epi16(_mm_mullo_epi16(digits, _mm_set1_epi16(10)), _mm_srli_epi16(digits, 8));
  const __m128i fours = _mm_madd_epi16(_mm_and_si128(twos, _mm_set1_epi16(0xFF)), _mm_set1_epi32((1 << 16) + 100));
  const __m128i eights = _mm_madd_epi16(_mm_packs_epi32(fours, fours), _mm_set1_epi32((1 << 16) + 10000));
  const auto both = static_cast<std::uint64_t>(_mm_cvtsi128_si64(eights));
  return {both & 0xFFFFFFFF, both >> 32};
}

Pair numbers_of(__m128i first, __m128i second) { return numbers_of(_mm_unpacklo_epi64(first, second)); }

/// The place of the lowest set bit, which is then cleared.
std::size_t take_lowest(std::uint64_t& mask) {
  const auto place = static_cast<std::size_t>(std::countr_zero(mask));
  mask &= mask - 1;
  return place;
}

/// w 10^q to the nearest double, by one product of 64 bits each (Lemire 2021, "Number parsing at a gigabyte per
/// second", with half of his table). The true mantissa lies less than four above what is cut off; false where the
/// midpoint between two doubles lies in between.
bool scale(std::uint64_t w, int q, double& value) {
  const auto& power = powers_of_five[static_cast<std::size_t>(q + most_power)];
  const int zeros = std::countl_zero(w | 1);
  const Wide product = Wide{w << zeros} * power.mantissa;
  auto mantissa = static_cast<std::uint64_t>(product >> 64);
  const int shift = std::countl_zero(mantissa | 1) & 1;  // 2^62 <= mantissa: 0 or 1
  mantissa = static_cast<std::uint64_t>(product << shift >> 64);
  constexpr std::uint64_t below = 0x7FF, midpoint = 0x400;
  if (midpoint - (mantissa & below) < 4) return false;
  const std::uint64_t rounded = (mantissa >> 11) + ((mantissa >> 10) & 1);
  const int exponent =
      127 + 1022 - zeros + power.exponent + q - shift;  // the leading bit of `rounded` adds the last one
  value = w == 0 ? 0.0 : std::bit_cast<double>((static_cast<std::uint64_t>(exponent) << 52) + rounded);
  return true;
}

}  // namespace

std::size_t read_plain_entry(const char* line, MatrixEntry& entry, std::span<const char> wanted_rows) {
  std::uint64_t others = mask_of_others(line);
  const std::size_t row_end = take_lowest(others), column_end = take_lowest(others);
  const std::size_t column_digits = column_end - row_end - 1;
  const bool negative = line[column_end + 1] == '-';
  others &= others - static_cast<std::uint64_t>(negative);  // clears the sign's bit where there is one
  const std::size_t point = take_lowest(others),
                    whole_digits = point - column_end - 1 - static_cast<std::size_t>(negative);
  // Lengths of none wrap around and are refused too.
  if ((row_end - 1 >= chunk) | (column_digits - 1 >= chunk) | (whole_digits - 1 >= chunk) | (line[row_end] != ' ') |
      (line[column_end] != ' '))
    return 0;
  std::size_t stop = point, decimals = 0;  // where the digits end
  if (line[point] == '.') {
    stop = take_lowest(others);
    decimals = stop - point - 1;
    if (decimals - 1 >= most_decimals) return 0;
  }
  std::size_t end = stop;
  int exponent = 0;
  if ((line[stop] | 0x20) == 'e') {
    const bool below_one = line[stop + 1] == '-', signed_ = below_one || line[stop + 1] == '+';
    others &= others - static_cast<std::uint64_t>(signed_);
    const std::size_t first = stop + 1 + static_cast<std::size_t>(signed_);
    end = take_lowest(others);
    if (end - first - 1 >= 3) return 0;
    for (std::size_t i = first; i < end; ++i) exponent = 10 * exponent + (line[i] - '0');
    if (below_one) exponent = -exponent;
  }
  const int q = exponent - static_cast<int>(decimals);
  if (q < -most_power || q > most_power) return 0;
  const std::size_t line_end = end + (line[end] == '\r');
  if (line[line_end] != '\n') return 0;

  const auto length = [](std::size_t digits) { return static_cast<std::ptrdiff_t>(digits); };
  const auto [row, column] = numbers_of(last_of_eight(line + row_end, length(row_end)),
                                        last_of_eight(line + column_end, length(column_digits)));
  entry.row = static_cast<int>(row);
  entry.column = static_cast<int>(column);
  entry.value = 0.0;
  if (row - 1 < wanted_rows.size() && wanted_rows[row - 1] == 0) return line_end + 1;
  const auto [whole, leading] =
      numbers_of(last_of_eight(line + point, length(whole_digits)),
                 last_of_eight(line + stop - 2 * chunk, length(decimals) - 2 * length(chunk)));
  const auto [middle, last] = numbers_of(last_of_sixteen(line + stop, length(decimals)));
  if ((leading >= most_leading) | ((whole != 0) & (whole_digits + decimals > most_digits))) return 0;
  const std::uint64_t fraction = (leading * 100'000'000 + middle) * 100'000'000 + last;
  if (!scale(whole * whole_power_of_ten[decimals] + fraction, q, entry.value)) return 0;
  if (negative) entry.value = -entry.value;
  return line_end + 1;
}

#else

std::size_t read_plain_entry(const char*, MatrixEntry&, std::span<const char>) { return 0; }

#endif

}  // namespace cradle::inventory
