// SPDX-License-Identifier: Apache-2.0
// Entries of matrix files read without branches, against std::from_chars, to the bit.
#include <catch2/catch.hpp>
#include <charconv>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>

#include "inventory/systems/matrix_market.hpp"
#include "inventory/systems/plain_entry.hpp"

namespace {

using namespace cradle::inventory;

/// Within a buffer that may be read on both sides of the line.
std::size_t read_within(const std::string& line, MatrixEntry& entry) {
  using namespace cradle::inventory;
  const std::string text = std::string(plain_entry_before, '7') + line + std::string(plain_entry_behind, '3');
  return read_plain_entry(text.data() + plain_entry_before, entry);
}

bool same_bits(double a, double b) { return std::memcmp(&a, &b, sizeof a) == 0; }

/// Whether the line is read, and then as from_chars reads it.
bool is_read(const std::string& number) {
  MatrixEntry entry;
  const std::string line = "12 3456 " + number + "\n";
  const std::size_t length = read_within(line, entry);
  if (length == 0) return false;
  double expected = 0;
  std::from_chars(number.data(), number.data() + number.size(), expected);
  INFO(number);
  CHECK(length == line.size());
  CHECK(entry.row == 12);
  CHECK(entry.column == 3456);
  CHECK(same_bits(entry.value, expected));
  return true;
}

}  // namespace

TEST_CASE("entries are read as from_chars reads them, whatever their form", "[systems]") {
  for (const char* number : {"0", "-0", "1", "-1", "0.25", "-0.00015893851502101492", "12345678.5", "1e5", "1.5e-05",
                             "-2.5E+7", "0.0000", "9007199254740993", "0.1", "1e-27", "1234567890123456789e-10",
                             "99999999.99999999999", "0.000000012345678901234567"})
    CHECK(is_read(number) == (std::string(number).find("90071992") == std::string::npos &&
                              std::string(number).find("1234567890123456789") == std::string::npos));
}

TEST_CASE("what is not plain is left to the careful reader", "[systems]") {
  MatrixEntry entry;
  for (const char* line : {"1 2\n",        "1 2 \n",      "1  2 3\n",        "1 2 3 4\n",  "1 2 nan\n", "1 2 inf\n",
                           "1 2 .5\n",     "1 2 5.\n",    "1 2 1e\n",        "1 2 1e+\n",  "1 2 +1\n",  "1 2 1e400\n",
                           "1 2 1e-400\n", "-1 2 3\n",    "1 -2 3\n",        "1 2 3",      "% 1 2 3\n", "\n",
                           "1,2,3\n",      "1 2 1.2.3\n", "123456789 1 2\n", "1 2 0x10\n", "1 2 --3\n", "1\t2\t3\n"}) {
    INFO(line);
    CHECK(read_within(line, entry) == 0);
  }
  CHECK(read_within("1 2 3\r\n", entry) == 7);
  CHECK(read_within("20000 7 -0.5\n1 2 3\n", entry) == 13);
  CHECK(entry.row == 20000);
}

TEST_CASE("random numbers in every length are read to the last bit", "[systems]") {
  std::mt19937_64 random(1);
  std::size_t read = 0, tried = 0;
  const auto attempt = [&](const std::string& number) {
    ++tried;
    read += is_read(number);
  };
  for (int i = 0; i < 100'000; ++i) {
    const double value = std::ldexp(static_cast<double>(random()), static_cast<int>(random() % 100) - 114);
    char text[64];
    const auto general = std::to_chars(text, text + 64, (random() & 1) != 0 ? value : -value);
    attempt({text, general.ptr});
    std::snprintf(text, sizeof text, "%.*g", static_cast<int>(random() % 17) + 1, value);
    attempt(text);
    std::snprintf(text, sizeof text, "%.*f", static_cast<int>(random() % 20) + 1, std::fmod(value, 1000.0));
    attempt(text);
  }
  CHECK(read > tried / 2);  // the rest has more digits, or lies near the midpoint of two doubles
}

TEST_CASE("midpoints between two doubles are left to the careful reader or read to even", "[systems]") {
  for (std::uint64_t i = 0; i < 1000; ++i) {
    const std::uint64_t midpoint = (((1ULL << 52) + i * 977) << 2) + 2;  // 55 bits: halfway between two doubles
    std::string digits = std::to_string(midpoint);
    digits.insert(digits.size() - 10, ".");
    is_read(digits + "e10");
    digits.back() = static_cast<char>(digits.back() ^ 1);
    is_read(digits + "e10");
  }
}

TEST_CASE("entries that are not wanted are left out, but checked and counted all the same", "[systems]") {
  const auto path = (std::filesystem::temp_directory_path() / "cradle-wanted.mtx").string();
  const auto read = [&](const std::string& entries, const WantedEntries& wanted) {
    std::ofstream(path) << "%%MatrixMarket matrix coordinate real general\n3 3 4\n" << entries;
    return MatrixReader().read(path, wanted);
  };
  const std::string ordered = "1 1 1.5\n1 3 -2.5\n2 2 0.25\n3 1 4.5\n";
  const WantedEntries some{{1, 0, 1}, {1, 1, 0}};
  const auto kept = read(ordered, some);
  REQUIRE(kept);
  CHECK(kept->matrix.entries() == 2);
  CHECK(kept->matrix.at(0, 0) == 1.5);
  CHECK(kept->matrix.at(2, 0) == 4.5);
  // Out of order, two entries at one place could be far apart: all are kept, and what stands twice is counted.
  const auto twice = read("3 1 4.5\n2 2 0.25\n1 1 1.5\n2 2 0.5\n", some);
  REQUIRE(twice);
  CHECK(twice->duplicates == 1);
  CHECK(twice->matrix.at(1, 1) == 0.75);
  CHECK(read(ordered, {{1, 0}, {}})->matrix.entries() == 4);  // flags of another matrix
  // A slip of the pen in a row that nobody wants is still one, by its line.
  const auto wrong = read("1 1 1.5\n1 3 -2.5\n2 2 nan\n3 1 4.5\n", some);
  REQUIRE(!wrong);
  CHECK(wrong.error().front().code == "E085");
  CHECK(wrong.error().front().place.line == 5);
  CHECK(!read("1 1 1.5\n1 3 -2.5\n2 2 1e999\n3 1 4.5\n", some));
}

TEST_CASE("two numbers are no entry, however they are written", "[systems]") {
  const auto path = (std::filesystem::temp_directory_path() / "cradle-two-numbers.mtx").string();
  const auto read = [&](const std::string& entry) {
    std::ofstream(path) << "%%MatrixMarket matrix coordinate real general\n20 20 1\n" << entry << "\n";
    return MatrixReader().read(path);
  };
  for (const char* entry :
       {"1 2.5", "1 2-5", " 20 1.0", "00000000011 5", "1e1 1 5", "1 2", "99999999999999999999 1 5"}) {
    INFO(entry);
    CHECK(!read(entry));
  }
  CHECK(read("7 00000000001 1.0")->matrix.at(6, 0) == 1.0);
  CHECK(read(" 7\t20   -2.5  ")->matrix.at(6, 19) == -2.5);
}
