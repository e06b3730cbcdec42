// SPDX-License-Identifier: Apache-2.0
// Documents, units, stamps, CSV: the input edge.
#include <fmt/format.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <random>
#include <cmath>
#include <filesystem>

#include "inventory/text/csv.hpp"
#include "inventory/text/document.hpp"
#include "inventory/text/reader.hpp"
#include "inventory/text/suggestion.hpp"
#include "inventory/text/text_file.hpp"
#include "inventory/text/time_stamp.hpp"
#include "inventory/text/units.hpp"

using namespace cradle;
using namespace cradle::inventory;

TEST_CASE("the hash of a file is that of its bytes, whatever its size") {
  const auto path = (std::filesystem::temp_directory_path() / ("cradle-hash-" + std::to_string(::getpid()))).string();
  for (const std::size_t size : {std::size_t{0}, std::size_t{3}, std::size_t{1} << 20, (std::size_t{1} << 20) + 7}) {
    const std::string bytes(size, 'x');
    REQUIRE(replace_file(path, bytes, {}));
    CHECK(sha256_of_file(path) == sha256(bytes));
  }
  std::filesystem::remove(path);
}

TEST_CASE("every node knows its line and column, in YAML and in JSON") {
  const auto yaml = Document::parse("a: 1\nb:\n  - {c: x, d: [1, 2]}\n", "f.yaml");
  REQUIRE(yaml);
  const Node& d = yaml->root().find("b")->items[0].entries[1].second;
  CHECK(d.line == 3);
  CHECK(d.column == 15);
  const auto json = Document::parse("{\n\t\"a\": {\"b\": 57}\n}\n", "f.json");
  REQUIRE(json);
  CHECK(json->root().find("a")->find("b")->text == "57");
  CHECK(json->root().find("a")->find("b")->line == 2);
}

TEST_CASE("scalars stay text: nothing is guessed") {
  const auto document = Document::parse("a: 010\nb: no\nc: 1e5\nd: 12:30\n", "f");
  REQUIRE(document);
  CHECK(document->root().find("a")->text == "010");
  CHECK(document->root().find("b")->text == "no");
  CHECK(document->root().find("d")->text == "12:30");
}

TEST_CASE("bad documents are refused with a code and a place") {
  const auto [text, code, line] =
      GENERATE(table<std::string, std::string, std::size_t>({{"a: 1\nb: 2\na: 3\n", "E006", 3},
                                                             {"", "E004", 0},
                                                             {" \n\n", "E004", 0},
                                                             {"a: [1, 2\nb: }", "E005", 2},
                                                             {std::string("a: \0b", 5), "E003", 0},
                                                             {"a: \xff\xfe", "E003", 0},
                                                             {"a: {b: 1, b: 2}", "E006", 1},
                                                             {"&x [*x]", "E005", 1}}));
  CAPTURE(text);
  const auto document = Document::parse(text, "f");
  REQUIRE_FALSE(document);
  CHECK(document.error().front().code == code);
  CHECK(document.error().front().place.line == line);
}

TEST_CASE("nesting and anchors are bounded") {
  CHECK(Document::parse(std::string(1000, '['), "f").error().front().code == "E007");
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 9; ++i) {
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
    for (int k = 0; k < 10; ++k) bomb += (k > 0 ? ", *a" : "*a") + std::to_string(i - 1);
    bomb += "]\n";
  }
  const auto document = Document::parse(bomb, "f");
  REQUIRE_FALSE(document);
  CHECK(document.error().front().code == "E007");
}

TEST_CASE("quantities are read into the canonical unit") {
  const auto [text, dimension, expected] =
      GENERATE(table<std::string, Dimension, double>({{"433196 kWh", Dimension::energy, 433196},
                                                      {"1.287 GWh", Dimension::energy, 1.287e6},
                                                      {"3.6 MJ", Dimension::energy, 1.0},
                                                      {"12 kW", Dimension::power, 12000},
                                                      {"6 years", Dimension::time, 52560},
                                                      {"1 month", Dimension::time, 730},
                                                      {"90 min", Dimension::time, 1.5},
                                                      {"57 g/kWh", Dimension::co2e_per_energy, 0.057},
                                                      {"0.954 lb/kWh", Dimension::co2e_per_energy, 0.954 * 0.45359237},
                                                      {"57 gCO2e/kWh", Dimension::co2e_per_energy, 0.057},
                                                      {"429 kg CO2e/MWh", Dimension::co2e_per_energy, 0.429},
                                                      {"2500 kg", Dimension::co2e, 2500},
                                                      {"1.2 t", Dimension::mass, 1200},
                                                      {"85 %", Dimension::number, 0.85},
                                                      {"8", Dimension::number, 8},
                                                      {"5e12 tokens", Dimension::tokens, 5e12},
                                                      {"0.74 USD", Dimension::money, 0.74},
                                                      {"1.8 L/kWh", Dimension::water_per_energy, 0.0018},
                                                      {"826 mm2", Dimension::area, 8.26},
                                                      {"80 GB", Dimension::information, 80},
                                                      {"0.0133 kg CO2e/(t km)", Dimension::co2e_per_freight, 0.0133},
                                                      {"2.15 kWh/cm2", Dimension::energy_per_area, 2.15},
                                                      {"3.14e23 FLOP", Dimension::flop, 3.14e23}}));
  CAPTURE(text);
  const auto value = read_quantity(text, dimension);
  REQUIRE(value);
  CHECK(*value == Approx(expected).epsilon(1e-14));
}

TEST_CASE("units do not matter: the same quantity in any unit is the same number") {
  for (const char* text : {"433196 kWh", "433.196 MWh", "1559505.6 MJ", "433196000 Wh"})
    CHECK(*read_quantity(text, Dimension::energy) == Approx(433196).epsilon(1e-12));
}

TEST_CASE("units that do not fit are refused, naming both") {
  const auto [text, dimension, code, part] = GENERATE(table<std::string, Dimension, std::string, std::string>(
      {{"400 kWh", Dimension::power, "E021", "is an energy, but a power is expected"},
       {"12 ton", Dimension::co2e, "E023", "ambiguous"},
       {"3 tons CO2e", Dimension::co2e, "E023", "ambiguous"},
       {"5 kgCO2e", Dimension::mass, "E021", "a mass of CO2e, but a mass is expected"},
       {"7 wibble", Dimension::energy, "E022", "unknown unit 'wibble'"},
       {"7", Dimension::energy, "E020", "has no unit"},
       {"1,507 kWh", Dimension::energy, "E020", "is not a number"},
       {"nan kWh", Dimension::energy, "E020", "not a number"},
       {"inf W", Dimension::power, "E020", "not a number"},
       {"2 a", Dimension::time, "E022", "unknown unit 'a'"}}));
  CAPTURE(text);
  const auto value = read_quantity(text, dimension);
  REQUIRE_FALSE(value);
  CHECK(value.error().code == code);
  CHECK(value.error().message.find(part) != std::string::npos);
}

TEST_CASE("stamps: zones, offsets, the hour that repeats") {
  const auto utc = [](const char* text, const char* zone) {
    const auto stamp = read_stamp(text);
    REQUIRE(stamp);
    const auto moment = to_moment(*stamp, zone);
    REQUIRE(moment);
    return to_text(*moment);
  };
  CHECK(utc("2026-05-14T15:02:11", "Europe/Paris") == "2026-05-14T13:02:11Z");
  CHECK(utc("2025-09-08T17:26:50+08:00", "UTC") == "2025-09-08T09:26:50Z");
  CHECK(utc("2026/05/14 13:00:00.012", "UTC") == "2026-05-14T13:00:00Z");
  CHECK(utc("2025-10-26T02:30:00", "Europe/Paris") == "2025-10-26T00:30:00Z");  // the earlier of the two
  CHECK(utc("2022-03-11", "UTC") == "2022-03-11T00:00:00Z");
  CHECK_FALSE(read_stamp("yesterday"));
  CHECK_FALSE(read_stamp("2026-13-01"));
  CHECK_FALSE(to_moment(*read_stamp("2026-05-14"), "Mars/Olympus"));
}

TEST_CASE("CSV: quotes, byte-order mark, CRLF, lines") {
  std::vector<CsvRow> rows;
  read_csv("\xEF\xBB\xBF\"a\",b\r\n\"x, \"\"y\"\"\",2\r\n\r\n3,4", [&](CsvRow& row) { rows.push_back(row); });
  REQUIRE(rows.size() == 3);
  CHECK(rows[0].cells[0] == "a");
  CHECK(rows[1].cells[0] == "x, \"y\"");
  CHECK(rows[2].line == 4);
  CHECK(header_name("power.draw [W]") == "power.draw");
}

TEST_CASE("the nearest name is suggested, and nothing where none is near") {
  const std::vector<std::string> devices = {"nvidia-a100-80gb-sxm4", "nvidia-v100-16gb-sxm2", "8-gpu-server"};
  CHECK(nearest("nvidia-a100-80gb-sxm5", devices) == "nvidia-a100-80gb-sxm4");
  CHECK(did_you_mean("banana", devices).empty());
  CHECK(edit_distance("teh", "the") == 1);
}

TEST_CASE("SHA-256 of the empty text (FIPS 180-4 example)") {
  CHECK(sha256("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST_CASE("a quantity is one number and one unit, or a finding: never a product of what was not meant") {
  const auto code = [](const std::string& text, Dimension dimension = Dimension::energy) {
    const auto read = read_quantity(text, dimension);
    return read ? std::string("read") : read.error().code;
  };
  for (const char* text : {"1 2", "1.5.5 kWh", "433196 kWh 2", "433196 kWh/2", "5 kWh @ 3", "5 lg(re 1 kWh)", "5 2 kWh", "43 3196 kWh",
                           "433 196 5 kWh", "0 500 kWh", "000 500 kWh", "5 kWh^2", "5 kWh*3", "5 kWh since 3", "5 (kWh", "5 kWh)", "5 kWh/", "5 /kWh", "+-5 kWh",
                           "5e kWh 3", "5 kWh.", "5 kWh 3 h", "0x5 kWh", "5;kWh", "5 kWh\xc2\xa0" "2", "1 000 00 kWh", "5 kWh, 3"}) {
    CAPTURE(text);
    const auto found = code(text);
    CHECK((found == "E020" || found == "E021" || found == "E022"));
  }
  for (const char* number : {"433196", "433 196", "433\u00a0196", "433\u2009196", "433\u202f196", "4.33196e5", "433196.0"})
    CHECK(*read_quantity(std::string(number) + " kWh", Dimension::energy) == 433196.0);
  CHECK(*read_quantity("1 082 990.5 h", Dimension::time) == 1082990.5);
  CHECK(*read_quantity("12 345", Dimension::number) == 12345.0);
  CHECK(*read_quantity("0.5 kg CO2e/(t km)", Dimension::co2e_per_freight) == 0.5);

  // What separates two numbers makes a finding wherever it stands, whatever the numbers are.
  std::mt19937_64 random(7);
  for (int i = 0; i < 500; ++i) {
    const auto number = [&] { return std::to_string(random() % 100000); };
    for (const char* between : {" kWh ", "/", " @ ", "*", "^", ";", " kWh/", ".0.", " + "}) {
      const std::string text = number() + between + number() + " kWh";
      CAPTURE(text);
      CHECK(code(text) != "read");
    }
  }
}

TEST_CASE("a value printed in its unit reads back to the same double") {
  std::mt19937_64 random(11);
  std::uniform_real_distribution<double> mantissa(1.0, 10.0), exponent(-12, 18);
  for (int i = 0; i < 2000; ++i) {
    const double value = mantissa(random) * std::pow(10.0, std::round(exponent(random)));
    for (const auto dimension : {Dimension::number, Dimension::energy, Dimension::power, Dimension::time, Dimension::co2e_per_energy,
                                 Dimension::water_per_energy, Dimension::co2e_per_freight, Dimension::flop}) {
      const std::string unit(canonical_unit(dimension));
      const auto read = read_quantity(fmt::format("{}{}", value, unit == "1" ? "" : " " + unit), dimension);
      REQUIRE(read);
      CHECK(*read == value);
    }
  }
}

TEST_CASE("units that are nearly ours are told") {
  const auto hint = [](const char* text, Dimension dimension) { return read_quantity(text, dimension).error().hint; };
  CHECK(hint("5 kwh", Dimension::energy).find("'kWh'") != std::string::npos);
  CHECK(hint("5 GPU hours", Dimension::time).find("'h'") != std::string::npos);
  CHECK(hint("5 kgCO2", Dimension::co2e).find("'kg CO2e'") != std::string::npos);
}

TEST_CASE("a character that JSON writers escape as two halves is read; half of one is refused") {
  const auto whole = Document::parse(R"({"title": "\ud83d\ude00 and \\ud83d\\ude00", "x": 1})", "f.json");
  REQUIRE(whole);
  CHECK(whole->root().find("title")->text == "\xf0\x9f\x98\x80 and \\ud83d\\ude00");
  CHECK(Document::parse(R"({"title": "\ud83d alone"})", "f.json").error().front().code == "E005");
}

TEST_CASE("an output that is among the files read is refused by whatever name, and nothing is written") {
  const auto folder = std::filesystem::temp_directory_path() / ("cradle-read-" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder / "in");
  const auto path = [&](const char* name) { return (folder / name).string(); };
  REQUIRE(replace_file(path("in/a.csv"), "a", {}));
  std::filesystem::create_symlink(folder / "in/a.csv", folder / "link.csv");
  std::filesystem::create_hard_link(folder / "in/a.csv", folder / "hard.csv");
  const ReadFiles read({path("in")});
  for (const char* name : {"in/a.csv", "in/../in/./a.csv", "link.csv", "hard.csv"}) {
    const auto written = replace_files({{path("other.csv"), "x"}, {path(name), "x"}}, read);
    REQUIRE_FALSE(written);
    CHECK(written.error().front().code == "E072");
    CHECK_FALSE(std::filesystem::exists(folder / "other.csv"));
  }
  CHECK(*read_text_file(path("in/a.csv"), 10) == "a");
  CHECK(replace_file(path("in/new.csv"), "x", read));
  std::filesystem::remove_all(folder);
}
