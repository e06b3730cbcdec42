// SPDX-License-Identifier: Apache-2.0
// What a run will have taken in the end.
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <random>

#include "inventory/telemetry/forecast.hpp"

using namespace cradle::inventory;

TEST_CASE("a forecast and its interval, worked by hand", "[forecast]") {
  // Four epochs of 9, 10, 11 and 10 kWh, six to come: mean 10, s2 = 2/3, t(3) = 3.182446, variance s2 (6 + 36/4) = 10.
  const auto told = forecast({9, 10, 11, 10}, 6);
  REQUIRE(told);
  CHECK(told->kwh == Approx(100));
  CHECK(*told->high - told->kwh == Approx(3.182446305 * std::sqrt(10.0)));
  CHECK(told->kwh - *told->low == Approx(3.182446305 * std::sqrt(10.0)));
  CHECK(told->done_kwh == Approx(40));
  // One epoch tells no spread; none tells nothing; nothing left needs no spread; less than what is done is not
  // forecast.
  CHECK_FALSE(forecast({9}, 3)->low);
  CHECK_FALSE(forecast({}, 3));
  CHECK(*forecast({9, 11}, 0)->high == Approx(20));
  CHECK(*forecast({1, 99}, 1)->low == Approx(100));
}

TEST_CASE("of a thousand runs, 95 % end inside their interval", "[forecast]") {
  std::mt19937 random(11);
  std::normal_distribution<double> epoch(10, 1);
  int inside = 0;
  for (int run = 0; run < 1000; ++run) {
    std::vector<double> parts(5);
    for (auto& part : parts) part = epoch(random);
    const auto told = forecast(parts, 15);
    double total = told->done_kwh;
    for (int i = 0; i < 15; ++i) total += epoch(random);
    inside += total >= *told->low && total <= *told->high;
  }
  CHECK(inside > 930);
  CHECK(inside < 970);
}

TEST_CASE("a forecast from a log: by time and by marks", "[forecast]") {
  const auto path = (std::filesystem::temp_directory_path() / "cradle-forecast.csv").string();
  {
    std::ofstream file(path);
    file << "time,power\n";
    for (int second = 0; second <= 600; second += 10)
      file << "2026-01-01T00:" << (second / 60 < 10 ? "0" : "") << second / 60 << ":" << (second % 60 < 10 ? "0" : "")
           << second % 60 << "Z," << (second < 300 ? 100 : 200) << '\n';
  }
  LogSources sources;
  sources.columns = {{"time", {"time"}}, {"power", {"power"}}, {"unit", {"W"}}};
  const auto reading = read_logs({path}, sources);
  REQUIRE(reading.logs.size() == 1);
  // Ten minutes at 150 W on average, an hour in all.
  const auto hour = forecast_by_time(reading, 1.0);
  REQUIRE(hour);
  CHECK(hour->kwh == Approx(0.150).epsilon(0.01));
  CHECK(hour->parts == 30);
  CHECK(*hour->low < 0.150);
  CHECK_FALSE(forecast_by_time(reading, 0.1));
  // Epochs of five minutes: 100 W, then 200 W; two more.
  const Micros start = 1767225600LL * 1'000'000;
  const auto epochs = forecast_by_epochs(reading, {start + 300'000'000, start + 600'000'000}, 4);
  REQUIRE(epochs);
  CHECK(epochs->kwh == Approx(0.050).epsilon(0.01));
  CHECK(epochs->hours == Approx(20.0 / 60));
  CHECK_FALSE(forecast_by_epochs(reading, {}, 4));
}
