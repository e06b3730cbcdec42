// SPDX-License-Identifier: Apache-2.0
// Grid files as their publishers hand them out, and energy joined to them. Headers and sample rows are the publishers'
// own where the comment says so.
#include <xlsxwriter.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "inventory/catalogue/grids/grid_file.hpp"

using namespace cradle;
using namespace cradle::inventory;

namespace {

std::string file(const std::string& name, const std::string& text) {
  const auto folder = std::filesystem::temp_directory_path() / "cradle-grids";
  std::filesystem::create_directories(folder);
  const std::string path = (folder / name).string();
  std::ofstream(path, std::ios::binary) << text;
  return path;
}

Result<IntensitySeries> read(const std::string& name, const std::string& text, const std::string& zone,
                             const std::string& factor = "") {
  GridFileChoice choice;
  choice.zone = zone;
  choice.factor = factor;
  return read_grid_file(file(name, text), choice);
}

std::string code(const Result<IntensitySeries>& result) { return result ? "" : result.error().front().code; }

// Electricity Maps' download of 2025, its first row; the others are made up.
const std::string electricity_maps =
    "\xEF\xBB\xBF"
    "Datetime (UTC),Country,Zone name,Zone id,Carbon intensity gCO\u2082eq/kWh (direct),Carbon intensity "
    "gCO\u2082eq/kWh "
    "(Life cycle),Carbon-free energy percentage (CFE%),Renewable energy percentage (RE%),Data source,Data "
    "estimated,Data "
    "estimation method\n"
    "2021-01-01 00:00:00,Sweden,Sweden,SE,2.54,30.02,99.42,60.13,svk.se,true,ESTIMATED_FORECASTS_HIERARCHY\n"
    "2021-01-01 01:00:00,Sweden,Sweden,SE,4.54,50.02,99.42,60.13,svk.se,false,\n"
    "2021-01-01 02:00:00,Sweden,Sweden,SE,,,99.42,60.13,svk.se,false,\n"
    "2021-01-01 03:00:00,Sweden,Sweden,SE,2.54,40.02,99.42,60.13,svk.se,false,\n";

}  // namespace

TEST_CASE("Electricity Maps: hours, two factors, estimated hours, hours without a value", "[grids]") {
  const auto life_cycle = read("em.csv", electricity_maps, "SE");
  REQUIRE(life_cycle);
  CHECK(life_cycle->format == "Electricity Maps");
  CHECK(life_cycle->basis == "life-cycle, of consumption");
  REQUIRE(life_cycle->steps.size() == 3);
  CHECK(life_cycle->steps[0].kg_per_kwh == Approx(0.03002));
  CHECK(life_cycle->steps[0].estimated);
  CHECK(life_cycle->steps[0].end - life_cycle->steps[0].start == 3600);
  CHECK(life_cycle->rows_without_value == 1);
  CHECK(read("em.csv", electricity_maps, "Sweden", "direct")->steps[1].kg_per_kwh == Approx(0.00454));
  CHECK(code(read("em.csv", electricity_maps, "NO")) == "E016");
  // The older spelling, one year per row.
  const auto older =
      read("em-old.csv",
           "Datetime (UTC),Country,Zone Name,Zone Id,Carbon Intensity gCO\u2082eq/kWh (direct),Carbon Intensity "
           "gCO\u2082eq/kWh (LCA),Low Carbon Percentage,Renewable Percentage,Data Source\n"
           "2023-01-01 00:00:00,France,France,FR,100,120,50,60,MockSource\n"
           "2024-01-01 00:00:00,France,France,FR,90,110,50,60,MockSource\n",
           "FR");
  REQUIRE(older);
  CHECK(older->steps[1].end == start_of_year(2025));
  CHECK(year_mean(*older, 2023).kg_per_kwh == Approx(0.120));
}

TEST_CASE("Ember, before and after July 2026, and Our World in Data in three spellings", "[grids]") {
  // Ember's long table of 2025: its own row of generation is passed over.
  const auto ember =
      read("ember.csv",
           "Area,ISO 3 code,Year,Area type,Continent,Ember region,EU,OECD,G20,G7,ASEAN,Category,Subcategory,"
           "Variable,Unit,Value,YoY absolute change,YoY % change\n"
           "Germany,DEU,2024,Country or economy,Europe,Europe,1.0,1.0,1.0,1.0,0.0,Electricity generation,Fuel,"
           "Coal,TWh,99.5,,\n"
           "Germany,DEU,2024,Country or economy,Europe,Europe,1.0,1.0,1.0,1.0,0.0,Power sector emissions,CO2 "
           "intensity,CO2 intensity,gCO2/kWh,342.1,,\n",
           "DEU");
  REQUIRE(ember);
  REQUIRE(ember->steps.size() == 1);
  CHECK(year_mean(*ember, 2024).kg_per_kwh == Approx(0.3421));
  const auto monthly = read("monthly.csv",
                            "Area,ISO 3 code,Date,Area type,Electricity source,Is aggregated source,Generation (TWh),"
                            "Emissions intensity (gCO2e/kWh)\n"
                            "Germany,DEU,2026-01-01,Country or economy,Coal,False,9.1,\n"
                            "Germany,DEU,2026-01-01,Country or economy,Total generation,True,41.0,380\n"
                            "Germany,DEU,2026-02-01,Country or economy,Total generation,True,39.0,350\n",
                            "Germany");
  REQUIRE(monthly);
  REQUIRE(monthly->steps.size() == 2);
  CHECK(monthly->steps[1].end - monthly->steps[1].start == 28 * 86400);
  // CR-only line ends and days first, as one of Ember's monthly files had them.
  const auto old_monthly =
      read("cr.csv",
           "Area,ISO 3 code,Date,Category,Subcategory,Variable,Unit,Value\r"
           "Argentina,ARG,01/02/2018,Power sector emissions,CO2 intensity,CO2 intensity,gCO2/kWh,300\r",
           "ARG");
  REQUIRE(old_monthly);
  CHECK(old_monthly->steps[0].start == start_of_year(2018) + 31 * 86400);
  for (const char* title : {"Carbon intensity of electricity - gCO2/kWh", "Carbon intensity of electricity per kWh",
                            "co2_intensity__gco2_kwh"}) {
    // The row is the chart's of 2026.
    const auto owid = read(
        "owid.csv",
        std::string("Entity,Code,Year,") + title + ",World region according to OWID\nAustria,AUT,2024,103.48,Europe\n",
        "AUT");
    REQUIRE(owid);
    CHECK(year_mean(*owid, 2024).kg_per_kwh == Approx(0.10348));
  }
  const auto energy = read("energy.csv",
                           "country,year,iso_code,population,carbon_intensity_elec\nASEAN "
                           "(Ember),2000,,,572.859\nFrance,2022,FRA,6e7,\nFrance,2023,FRA,6e7,56.0\n",
                           "FRA");
  REQUIRE(energy);
  CHECK(energy->rows_without_value == 1);
  CHECK(year_mean(*energy, 2023).kg_per_kwh == Approx(0.056));
}

TEST_CASE("Google's and the Green Software Foundation's regions", "[grids]") {
  // Rows of the files of 2020 and 2025.
  const auto of_2020 = read("2020.csv",
                            "Google Cloud Region,Location,Google CFE,Lifecycle grid carbon intensity (gCO2eq / kWh)\n"
                            "asia-east1,Taiwan,0.18,540\n",
                            "asia-east1");
  REQUIRE(of_2020);
  CHECK(of_2020->basis.starts_with("life-cycle"));
  CHECK(year_mean(*of_2020, 2020).kg_per_kwh == Approx(0.540));
  const auto of_2025 = read("2025.csv",
                            "Google Cloud Region,Location,Google CFE,Grid carbon intensity (gCO2eq / kWh)\n"
                            "africa-south1,Johannesburg,0.15,641.42\n",
                            "africa-south1");
  REQUIRE(of_2025);
  CHECK(of_2025->basis.starts_with("direct"));
  CHECK(code(read("2020.csv",
                  "Google Cloud Region,Location,Google CFE,Lifecycle grid carbon intensity (gCO2eq / "
                  "kWh)\nasia-east1,Taiwan,0.18,540\n",
                  "asia-east1", "direct")) == "E067");
  CHECK(code(read("latest.csv",
                  "Google Cloud Region,Location,Google CFE,Grid carbon intensity (gCO2eq / kWh)\na,b,1,2\n", "a")) ==
        "E067");
  // Cloud_Region_Metadata.csv @06796bf: the average of consumption, not the marginal 557.17 beside it.
  const auto metadata =
      read("gsf.csv",
           "year,cloud-provider,cloud-region,cfe-region,em-zone-id,wt-region-id,location,geolocation,"
           "provider-cfe-hourly,provider-cfe-annual,power-usage-effectiveness,water-usage-effectiveness,"
           "provider-carbon-intensity-market-annual,provider-carbon-intensity-average-consumption-hourly,"
           "grid-carbon-intensity-average-consumption-annual,grid-carbon-intensity-marginal-consumption-"
           "annual,grid-carbon-intensity-average-production-annual,grid-carbon-intensity\n"
           "2024,Amazon Web Services,us-east-1,PJM,US-MIDA-PJM,PJM_DC,US East (N. Virginia),\"39.1057,-77.5544 "
           "\",,,1.15,0.12,0.0,,396.25,557.17,396.77,\n",
           "us-east-1");
  REQUIRE(metadata);
  CHECK(year_mean(*metadata, 2024).kg_per_kwh == Approx(0.39625));
}

TEST_CASE("marginal emissions are refused, whoever publishes them", "[grids]") {
  // WattTime's migration guide, version 3 and version 2.
  CHECK(
      code(read(
          "watttime.json",
          R"({"data":[{"point_time":"2022-07-15T00:00:00+00:00","value":870}],"meta":{"data_point_period_seconds":300,)"
          R"("region":"CAISO_NORTH","warnings":[],"signal_type":"co2_moer","units":"lbs_co2_per_mwh"}})",
          "CAISO_NORTH")) == "E068");
  CHECK(
      code(read(
          "watttime-2.json",
          R"([{"point_time":"2022-11-17T04:45:00.000Z","value":937.0,"frequency":300,"market":"RTM","ba":"CAISO_NORTH",)"
          R"("datatype":"MOER","version":"3.2"}])",
          "")) == "E068");
  CHECK(code(read("moer.csv", "timestamp,MOER,MOER version\n2022-01-01T00:00:00+00:00,900,3.2\n", "")) == "E068");
  CHECK(code(read("sgip.csv", "timestamp,MOER version 2.0\n2022-01-01T00:00:00+00:00,0.4\n", "")) == "E068");
  CHECK(code(read("ifi.csv", "country,combined_margin_firm_g_per_kwh\nFrance,193\n", "France")) == "E068");
  // Ten thousand rows of a file that is no grid are refused as fast as two.
  std::string other = "when,how much\n";
  for (int row = 0; row < 10'000; ++row) other += "2024,12\n";
  CHECK(code(read("other.csv", other, "")) == "E067");
  CHECK(code(read("null.json",
                  R"({"data":[{"point_time":"2022-07-15T00:00:00Z","value":-5,"imputed_data_used":null}],"meta":{)"
                  R"("region":"X","signal_type":"co2_aoer","units":"lbs_co2_per_mwh"}})",
                  "X")) == "E067");
  const auto average = read(
      "aoer.json",
      R"({"data":[{"point_time":"2022-07-15T00:00:00+00:00","value":1000},{"point_time":"2022-07-15T01:00:00+00:00","value":500}],)"
      R"("meta":{"region":"CAISO_NORTH","signal_type":"co2_aoer","units":"lbs_co2_per_mwh"}})",
      "CAISO_NORTH");
  REQUIRE(average);
  CHECK(average->steps[0].kg_per_kwh == Approx(0.45359237));
}

TEST_CASE("a table of one's own, and what is wrong with it", "[grids]") {
  GridFileChoice choice;
  choice.column = "PJM";
  choice.unit = "g/kWh";
  const auto own = read_grid_file(
      file("own.csv",
           "timestamp_utc,CISO,PJM\n2022-01-01 00:00:00+00:00,222.9,341.4\n2022-01-01 01:00:00+00:00,260.9,343.7\n"),
      choice);
  REQUIRE(own);
  CHECK(own->steps[1].kg_per_kwh == Approx(0.3437));
  CHECK(code(read_grid_file(file("local.csv", "timestamp,PJM\n2022-01-01 00:00,341.4\n"), choice)) == "E064");
  CHECK(code(read_grid_file(file("none.csv", "timestamp_utc,CISO\n2022-01-01 00:00,341.4\n"), choice)) == "E067");
  CHECK(code(read_grid_file(file("time.csv", "timestamp_utc,PJM\nyesterday,341.4\n"), choice)) == "E067");
  CHECK(code(read_grid_file(file("empty.csv", ""), choice)) == "E067");
  CHECK(code(read_grid_file(file("nul.csv", std::string("a\0b", 3)), choice)) == "E003");
  CHECK(code(read_grid_file(file("zip.xlsx", "PK\x03\x04 not a workbook"), choice)) == "E067");
  CHECK(code(read_grid_file(file("twice.csv", "timestamp_utc,PJM\n2022-01-01 00:00,341.4\n2022-01-01 00:00,300\n"),
                            choice)) == "E067");
  // Cells that are neither numbers nor blank, values that no grid has, and one row alone.
  CHECK(code(read_grid_file(
            file("comma.csv", "timestamp_utc,PJM\n2022-01-01 00:00,\"1,050.5\"\n2022-01-01 01:00,100\n"), choice)) ==
        "E067");
  CHECK(code(read_grid_file(file("negative.csv", "timestamp_utc,PJM\n2022-01-01 00:00,-300\n2022-01-01 01:00,100\n"),
                            choice)) == "E067");
  CHECK(code(read_grid_file(file("inf.csv", "timestamp_utc,PJM\n2022-01-01 00:00,inf\n2022-01-01 01:00,100\n"),
                            choice)) == "E067");
  CHECK(code(read_grid_file(file("one.csv", "timestamp_utc,PJM\n2022-01-01 00:00,100\n"), choice)) == "E067");
  CHECK(read_grid_file(
            file("na.csv", "timestamp_utc,PJM\n2022-01-01 00:00,n/a\n2022-01-01 01:00,100\n2022-01-01 02:00,100\n"),
            choice)
            ->rows_without_value == 1);
  choice.unit = "kg/kWh";
  CHECK(code(read_grid_file(file("unit.csv", "timestamp_utc,PJM\n2022-01-01 00:00,300\n2022-01-01 01:00,100\n"),
                            choice)) == "E067");
  choice.unit = "kg";
  CHECK(code(read_grid_file(file("own.csv", "timestamp_utc,PJM\n2022-01-01 00:00,341.4\n"), choice)) == "E021");
}

TEST_CASE("eGRID's workbook, in pounds and in kilograms", "[grids]") {
  // Sheets and codes as EPA's own writer names them; rates of eGRID2023 of the United States and of CAMX.
  const auto workbook = [](const std::string& name, bool metric) {
    const std::string path = file(name, "");
    lxw_workbook* book = workbook_new(path.c_str());
    worksheet_write_string(workbook_add_worksheet(book, "Contents"), 0, 0, "eGRID2023", nullptr);
    const auto sheet = [&](const char* title, const char* zone, const char* rate, const char* id, double value) {
      lxw_worksheet* rows = workbook_add_worksheet(book, title);
      worksheet_write_string(
          rows, 0, 2, metric ? "CO2e total output emission rate (kg/MWh)" : "CO2e total output emission rate (lb/MWh)",
          nullptr);
      worksheet_write_string(rows, 1, 0, "YEAR", nullptr);
      worksheet_write_string(rows, 1, 1, zone, nullptr);
      worksheet_write_string(rows, 1, 2, rate, nullptr);
      worksheet_write_number(rows, 2, 0, 2023, nullptr);
      worksheet_write_string(rows, 2, 1, id, nullptr);
      worksheet_write_number(rows, 2, 2, metric ? value * 0.45359237 : value, nullptr);
    };
    sheet("ST23", "PSTATABB", "STC2ERTA", "CA", 430.5);
    sheet("SRL23", "SUBRGN", "SRC2ERTA", "CAMX", 429.983);
    sheet("US23", "", "USC2ERTA", "", 770.884);
    workbook_close(book);
    return path;
  };
  GridFileChoice choice;
  for (const bool metric : {false, true}) {
    const std::string path = workbook(metric ? "metric.xlsx" : "egrid.xlsx", metric);
    for (const auto& [zone, pounds] : {std::pair{"CAMX", 429.983}, std::pair{"US-CAMX", 429.983},
                                       std::pair{"US", 770.884}, std::pair{"CA", 430.5}}) {
      choice.zone = zone;
      const auto series = read_grid_file(path, choice);
      REQUIRE(series);
      CHECK(year_mean(*series, 2023).kg_per_kwh == Approx(pounds * 0.45359237 / 1000));
      CHECK(year_mean(*series, 2023).covered == 1.0);
    }
  }
  choice.zone = "RFCE";
  CHECK(code(read_grid_file(workbook("egrid.xlsx", false), choice)) == "E016");
}

TEST_CASE("a country's name does not merge its zones, and other charts are no grids", "[grids]") {
  const std::string header = electricity_maps.substr(0, electricity_maps.find('\n') + 1);
  CHECK(code(read("zones.csv",
                  header + "2021-01-01 00:00:00,Italy,North Italy,IT-NO,2,300,9,9,x,false,\n2021-01-01 "
                           "01:00:00,Italy,South Italy,IT-SO,2,500,9,9,x,false,\n",
                  "Italy")) == "E016");
  CHECK(code(read("chart.csv", "Entity,Code,Year,Energy intensity - kWh per dollar\nAustria,AUT,2024,1.2\n", "AUT")) ==
        "E067");
}

TEST_CASE("energy meets the grid of its own hours", "[grids]") {
  const auto series = read("em.csv", electricity_maps, "SE");
  REQUIRE(series);
  const auto midnight = start_of_year(2021);
  // 3 parts at 30.02, 1 part at 50.02 g/kWh: worked by hand.
  const auto joined = join({{midnight, midnight + 3600, 3e6}, {midnight + 3600, midnight + 7200, 1e6}}, *series);
  CHECK(joined.kg_per_kwh == Approx((3 * 0.03002 + 0.05002) / 4));
  CHECK(joined.covered == Approx(1.0));
  CHECK(joined.estimated == Approx(0.75));
  CHECK(joined.mean == Approx((0.03002 + 0.05002 + 0.04002) / 3));
  CHECK(joined.mean_covered == Approx(3.0 / 8760));
  // The hour without a value holds half of the energy.
  CHECK(join({{midnight + 3600, midnight + 3 * 3600, 4e6}}, *series).covered == Approx(0.5));
  CHECK(join({{midnight - 7200, midnight - 3600, 1e6}}, *series).covered == 0.0);
  // Splitting energy into smaller steps changes nothing.
  std::vector<EnergyStep> pieces;
  for (int minute = 0; minute < 120; ++minute)
    pieces.push_back({midnight + minute * 60, midnight + minute * 60 + 60, (minute < 60 ? 3e6 : 1e6) / 60});
  CHECK(join(pieces, *series).kg_per_kwh == Approx(joined.kg_per_kwh).epsilon(1e-12));
}
