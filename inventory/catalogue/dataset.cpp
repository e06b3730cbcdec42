// SPDX-License-Identifier: Apache-2.0
#include "inventory/catalogue/dataset.hpp"

#include <fmt/format.h>

#include "inventory/catalogue/embedded_table.hpp"
#include "inventory/text/text_file.hpp"

namespace cradle::inventory {

Dataset read_dataset(MapReader& reader, std::string_view data) {
  Dataset dataset;
  dataset.id = reader.text("id").value_or("user");
  dataset.version = reader.text("version").value_or("");
  dataset.title = reader.text("title").value_or("");
  dataset.source = reader.text("source").value_or("");
  dataset.licence = reader.text("licence").value_or("");
  dataset.attribution = reader.text("attribution").value_or("");
  dataset.grid.factor = reader.choice("factor", grid_factor_names, GridFactor::unstated);
  dataset.grid.perimeter = reader.choice("perimeter", grid_perimeter_names, GridPerimeter::unstated);
  dataset.grid.gwp = reader.text("gwp").value_or("");
  if (const auto year = reader.text("life_cycle_until")) dataset.life_cycle_until = static_cast<int>(number_of(*year));
  if (const auto spread = reader.text("spread")) dataset.spread = number_of(*spread);
  dataset.spread_source = reader.text("spread_source").value_or("");
  dataset.verified = reader.boolean("verified").value_or(false);
  dataset.sha256 = sha256(data);
  return dataset;
}

Result<Dataset> dataset_of_table(std::string_view table) {
  const std::string beside = fmt::format("{}.yaml", table.substr(0, table.rfind('.')));
  const auto document = Document::parse(std::string(embedded_file(beside)), beside);
  if (!document) return tl::unexpected(document.error());
  Findings findings;
  MapReader reader(*document, document->root(), std::string(table), findings);
  return read_dataset(reader, embedded_file(table));
}

}  // namespace cradle::inventory
