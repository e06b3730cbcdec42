// SPDX-License-Identifier: Apache-2.0
// A study as its author wrote it, read and checked, nothing compiled yet. Names and rules: docs/study.md.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "inventory/catalogue/estimators/estimator.hpp"
#include "inventory/catalogue/grids/grid_kind.hpp"
#include "inventory/telemetry/log_sources.hpp"
#include "inventory/text/document.hpp"
#include "inventory/text/reader.hpp"

namespace cradle::inventory {

/// Ways to make electricity, as mixes name them.
inline const std::vector<std::string> electricity_sources = {"coal", "gas",   "oil",       "nuclear",   "hydro",
                                                             "wind", "solar", "bioenergy", "geothermal"};

/// Life-cycle stages and activities that a boundary may name. "hardware" stands for the first four.
inline const std::vector<std::string> boundary_items = {"raw-materials", "manufacture", "transport", "end-of-life",
                                                        "development",   "training",    "inference", "water"};

struct Boundary {
  std::vector<std::string> include;
  std::map<std::string, std::string> exclude;  ///< item -> reason
  struct Part {
    std::string stage, name, reason;
    Place place;
  };
  std::map<std::string, Part> exclude_parts;  ///< one part of what is included, by its words: "end-of-life of tpu"
  bool includes(std::string_view item) const;
  bool hardware() const;  ///< any of the four hardware stages
};

struct FunctionalUnit {
  std::string name;
  std::optional<Input> amount;
  std::string of;    ///< "runs/final", "models/bloom" ...; empty: the one final product
  std::string unit;  ///< run, model, request, token, device-hour, exaFLOP
  Place place;
};

struct Embodied {
  std::optional<Input> device, node, node_with_devices;
  Place place;
};

/// How a device's life is shared among its users: docs/study.md, "Amortisation".
struct Amortisation {
  std::string method = "utilised-hours";
  std::optional<Input> quantity;  ///< kWh, FLOP, tokens or requests, or USD of a whole life
  std::optional<Input> reserved, rate, age, retired_after, second_life;
  Place place;
};

/// What becomes of a device when it leaves; shares instead of the catalogue's.
struct EndOfLife {
  std::string rule = "cut-off";       ///< who bears recycling: cut-off, 0-100, 50-50, circular, closed-loop
  std::optional<Input> collection;    ///< of all devices
  std::optional<Input> reuse;         ///< of those collected, used on whole
  std::optional<Input> incineration;  ///< of what is neither reused nor recovered
};

struct Hardware {
  std::string name, device, node;
  std::optional<Input> per_node, lifetime, utilisation;
  std::optional<Embodied> embodied;
  Amortisation amortisation;
  EndOfLife end_of_life;
  std::optional<Input> spares;    ///< devices that fail and are replaced during a lifetime, as a share
  std::optional<Input> building;  ///< kW of IT per device: its share of a data centre with power and cooling
  std::optional<Input> rack;      ///< racks per device
  std::optional<Input> network;   ///< sets of network equipment of a general cloud per device
  std::optional<Input> switches;  ///< switches of an AI fabric per device
  std::optional<Input> adapters;  ///< network adapters per device
  std::map<std::string, Input> around;  ///< of these five, by key: kg CO2e per device, stated instead of the catalogue's
  Place place, device_place, node_place;
};

/// A contract for electricity of a certain origin (GHG Protocol Scope 2 Guidance, table 6.3).
struct Instrument {
  std::string kind;                       ///< certificate, contract or supplier
  std::optional<Input> share, intensity;  ///< of the site's electricity; kg CO2e/kWh
  std::optional<int> vintage;
  std::string market;  ///< country: ISO 3166 code
  Place place;
};

/// Of a grid intensity, kg CO2e/kWh: above lies no grid, but a factor in grams read as kilograms.
inline constexpr lca::Limits intensity_limits = {0.0, 1.5};

/// What stands in where a region or a year has no figure.
enum class Fallback { none, nearest, world };
inline constexpr std::array<std::string_view, 3> fallback_names = {"none", "nearest", "world"};

struct GridChoice {
  std::optional<Input> location, market, hourly_matched;
  std::string region;
  std::optional<int> year;
  Fallback fallback = Fallback::none;
  std::string series;                ///< file of intensities, relative to the study
  std::string column, unit;          ///< which of the file
  GridKind kind;                     ///< asked for; of a stated intensity, what it is
  std::map<std::string, Input> mix;  ///< source -> share
  bool national_mix = false;         ///< the catalogue's, for the region and year
  std::vector<Instrument> instruments;
  std::optional<Input> residual;  ///< of what no instrument covers
  Place place, year_place, series_place;

  /// Energy meets the grid of its own hours.
  bool by_time() const { return !series.empty() && !year; }
  /// A contract or a residual mix makes the market-based factor differ from the location-based one.
  bool contractual() const { return market || residual || !instruments.empty(); }
};

/// A figure that an operator publishes, or a survey: looked up in the catalogue.
struct OperatorFigure {
  std::string of, region;
  int year = 0;
  Place place;
};

struct Site {
  std::string name;
  GridChoice grid;
  std::optional<Input> pue, wue;
  std::optional<OperatorFigure> published_pue, published_wue;  ///< instead of a figure of one's own
  std::optional<Input> wue_grid;        ///< water of electricity supply, per kWh of facility energy
  bool wue_of_mix = false;              ///< of the grid's mix instead
  std::optional<Input> primary_energy;  ///< kWh of it per kWh of facility energy
  bool primary_energy_of_mix = false;   ///< of the grid's mix instead
  std::optional<Input> scarcity;        ///< m3 world-equivalent per m3 consumed
  bool national_scarcity = false;       ///< the catalogue's, for the region of the grid
  std::optional<Input> price;           ///< USD/kWh of facility energy
  std::optional<Input> losses;          ///< of the grid, as a share of what is generated
  bool national_losses = false;         ///< the catalogue's, for the region and year of the grid
  std::optional<Input> upstream;        ///< kg CO2e of fuel supply per kWh generated, beside a direct factor
  bool national_upstream = false;       ///< the catalogue's, for the region and year of the grid
  bool states_pue = false;              ///< it has the key, even if its value could not be read
  Place place;

  bool tells_water() const { return wue || published_wue; }
  bool tells_supply_water() const { return wue_grid || wue_of_mix; }
  bool tells_primary_energy() const { return primary_energy || primary_energy_of_mix; }
  bool states_scarcity() const { return scarcity || national_scarcity; }
};

/// One place where energy was measured, and so whether PUE still applies. Facility: it does not.
enum class EnergyLevel { device, node, it, facility };

/// A quantity of energy in one of the forms that a study may state.
struct Energy {
  EnergyLevel level = EnergyLevel::it;
  bool level_stated = false;
  bool host_counted = true;  ///< the machine around the devices, where only theirs is known
  std::optional<Input> total;          ///< kWh
  std::map<std::string, Input> parts;  ///< part -> kWh
  std::map<std::string, Input> power;  ///< total, per_device, cpu, dram, gpu -> W
  std::optional<LogSources> logs;
  std::optional<Estimate> estimate;
  std::vector<Energy> alternatives;  ///< other ways to know the same energy: shown, never added
  std::optional<lca::Basis> basis;
  Place place;
};

struct Price {
  Input amount;  ///< USD per `per`
  std::string per;
};

/// What became of a run. Only a final one stands for its model; the others are its development, said apart.
enum class RunStatus { final_run, failed, search, evaluation };
inline constexpr std::array<std::string_view, 4> run_status_names = {"final", "failed", "search", "evaluation"};

struct Run {
  lca::Owner owner;  ///< of its parameters: {"runs", "final"}, {"services", "api"}
  std::string name, stage = "training", hardware, site;
  RunStatus status = RunStatus::final_run;
  std::optional<Input> device_hours, devices, duration, repeat, flop, tokens;
  std::string start, end;
  std::optional<Energy> energy, idle;
  bool states_energy = false;  ///< it has the key, even if its value could not be read
  std::optional<Price> price;
  std::optional<Input> development;  ///< beside this run, in times of it
  std::string development_option;    ///< instead: what a published model took
  Place place, hardware_place, site_place, end_place, development_place;
};

struct Model {
  std::string name;
  std::vector<std::pair<std::string, Place>> trained_by;
  std::optional<Input> lifetime;
  std::string lifetime_unit;  ///< token or request
  std::optional<Input> base;  ///< inherited footprint of a base model, kg CO2e
  Place place;
};

/// A service is a run that serves a model and counts what it delivers.
struct Service {
  Run run;
  std::string model;
  std::optional<Input> requests, tokens_in, tokens_out, tokens_per_request;
  std::map<std::string, Input> energy_per;  ///< part -> kWh per unit
  std::string energy_per_unit;
  Place model_place;
};

/// Targets of a report that take facts from the study's `disclosure`.
inline constexpr std::array<std::string_view, 7> disclosure_targets = {"boamps", "cyclonedx", "sci", "gpai", "ghg", "esrs", "vsme"};

/// A published aggregate taken over as it stands.
struct Given {
  std::string name, of, scope, life_cycle, gas;
  std::string per;  ///< of what it is the amount: device, node, device-hour; run; model; service, request, token
  Input amount;  ///< kg CO2e, or kg of `gas`
  Place place;
};

struct Memo {
  std::string kind, text;
  Input amount;
};

/// Whose electricity it is: an operator's is scope 2, a tenant's scope 3 category 1.
enum class Perspective { of_operator, of_tenant };
inline constexpr std::array<std::string_view, 2> perspective_names = {"operator", "tenant"};
inline std::string_view name_of(Perspective perspective) {
  return perspective_names[static_cast<std::size_t>(perspective)];
}

struct Study {
  std::string file, text, sha256;
  std::string title, subject, organisation, date, period, gwp = "AR6";
  Perspective perspective = Perspective::of_operator;
  std::string profile = "central";  ///< of hardware from the catalogue: vendor, central or ademe
  bool synthetic = false;
  std::string note;
  std::optional<Boundary> boundary;
  std::optional<FunctionalUnit> functional_unit;
  std::optional<Input> carbon_cost;                     ///< USD per kg CO2e
  std::optional<OperatorFigure> published_carbon_cost;  ///< instead: of a source and a year of emission
  std::map<std::string, Hardware> hardware;
  std::map<std::string, Site> sites;
  std::vector<Run> runs;
  std::map<std::string, Model> models;
  std::map<std::string, Service> services;
  std::vector<Given> given;
  std::vector<Memo> memo;
  std::map<std::string, Node> disclosure;  ///< by target: what it asks for and nothing that is computed tells
  Document document;

  const Run* run(const std::string& name) const;  ///< null where there is none of that name
};

/// Reads "1e6 token of services/api": a functional unit asked for on the command line. E034.
Result<FunctionalUnit> parse_functional_unit(const std::string& text);

/// A study with the warnings that came with it.
struct ReadStudy {
  Study study;
  Findings findings;
};

/// What there is of a study with errors, so that all else that is wrong with it can be said, too.
struct PartialStudy {
  std::optional<Study> whole;  ///< as far as it could be read
  std::optional<Study> sound;  ///< the entries that no error lies in: they can be compiled
};

/// Reads a study; all errors at once (those of Document, E010 to E039). Warnings come with the study.
Result<ReadStudy> read_study(const std::string& path, PartialStudy* partial = nullptr);
Result<ReadStudy> parse_study(std::string text, const std::string& file, PartialStudy* partial = nullptr);

}  // namespace cradle::inventory
