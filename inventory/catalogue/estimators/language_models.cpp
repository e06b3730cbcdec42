// SPDX-License-Identifier: Apache-2.0
#include "inventory/catalogue/estimators/language_models.hpp"

#include <algorithm>
#include <iterator>

#include "inventory/catalogue/embedded_table.hpp"
#include "inventory/text/reader.hpp"

namespace cradle::inventory {
namespace {

// Columns of language-models.csv.
constexpr const char* columns[] = {"id",          "name",          "year",         "parameters",        "active_parameters",
                                   "layers",      "hidden_size",   "vocabulary",   "query_heads",       "kv_heads",
                                   "head_size",   "experts",       "experts_per_token", "expert_layers", "routed_parameters",
                                   "full_layers", "cache_values",  "window_layers", "window_values",    "window",
                                   "state_bytes", "context",       "weight_bits",  "expert_bits",       "block_scaled",
                                   "source",      "verified",      "note"};
constexpr std::size_t first_figure = 3, source_column = 25, verified_column = 26;

LanguageModel read_model(const CsvRow& row) {
  LanguageModel model{row.cells[0], row.cells[1], row.cells[source_column], row.cells[verified_column] == "yes", {}};
  for (std::size_t c = first_figure; c < source_column; ++c)
    if (!row.cells[c].empty()) model.figures[columns[c]] = number_of(row.cells[c]);
  // Width of the queries over all layers that look at the whole context.
  const auto figure = [&](const char* name) { return model.figures.contains(name) ? model.figures.at(name) : 0.0; };
  if (const double width = figure("full_layers") * figure("query_heads") * figure("head_size"); width > 0)
    model.figures["attention_width"] = width;
  return model;
}

}  // namespace

const std::vector<LanguageModel>& language_models() {
  static const std::vector<LanguageModel> all = [] {
    std::vector<LanguageModel> read;
    for_each_embedded_row("datasets/inference/language-models.csv", [&](const CsvRow& row) {
      if (row.cells.size() == std::size(columns)) read.push_back(read_model(row));
    });
    return read;
  }();
  return all;
}

const LanguageModel* find_language_model(std::string_view id) {
  const auto found = std::find_if(language_models().begin(), language_models().end(),
                                  [&](const LanguageModel& model) { return model.id == id; });
  return found == language_models().end() ? nullptr : &*found;
}

}  // namespace cradle::inventory
