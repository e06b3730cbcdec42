// SPDX-License-Identifier: Apache-2.0
#include "inventory/text/workbook_reader.hpp"

#include <fmt/format.h>
#include <zip.h>

#include <cctype>
#include <map>
#include <memory>
#include <pugixml.hpp>

namespace cradle::inventory {
namespace {

/// Uncompressed bytes of one part; a small file can claim to hold any amount.
constexpr zip_uint64_t largest_part = 128u << 20;
/// Columns of a sheet of the format, and cells that no table of ours comes near.
constexpr std::size_t most_columns = 16'384, most_cells = 5'000'000;

/// "AB12" -> 27
std::size_t column_of(std::string_view reference) {
  std::size_t column = 0;
  for (const char c : reference) {
    if (!std::isalpha(static_cast<unsigned char>(c)) || column > most_columns) break;
    column = column * 26 + static_cast<std::size_t>(std::toupper(static_cast<unsigned char>(c)) - 'A' + 1);
  }
  return column == 0 ? 0 : column - 1;
}

/// A text, whole or in pieces of one format each.
std::string text_of(const pugi::xml_node& node) {
  std::string text = node.child_value("t");
  for (const auto& run : node.children("r")) text += run.child_value("t");
  return text;
}

tl::unexpected<Findings> damaged(const std::string& file, const std::string& what) {
  return failure({"E067", fmt::format("{}: {}", file, what), "", {file, 0, 0, 1}, ""});
}

}  // namespace

Result<std::string> WorkbookReader::part(const std::string& name) const {
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* source = zip_source_buffer_create(bytes_.data(), bytes_.size(), 0, &error);
  const std::unique_ptr<zip_t, decltype(&zip_discard)> archive(
      source == nullptr ? nullptr : zip_open_from_source(source, ZIP_RDONLY, &error), &zip_discard);
  zip_error_fini(&error);
  if (!archive) {
    zip_source_free(source);
    return damaged(file_, "no workbook (.xlsx)");
  }
  zip_stat_t about;
  if (zip_stat(archive.get(), name.c_str(), 0, &about) != 0)
    return damaged(file_, fmt::format("has no part '{}'", name));
  if (about.size > largest_part) return damaged(file_, fmt::format("part '{}' is too large", name));
  const std::unique_ptr<zip_file_t, decltype(&zip_fclose)> file(zip_fopen(archive.get(), name.c_str(), 0), &zip_fclose);
  std::string text(about.size, '\0');
  if (!file || zip_fread(file.get(), text.data(), about.size) != static_cast<zip_int64_t>(about.size))
    return damaged(file_, fmt::format("part '{}' is damaged", name));
  return text;
}

Result<WorkbookReader> WorkbookReader::open(std::string bytes, const std::string& file) {
  WorkbookReader reader;
  reader.bytes_ = std::move(bytes);
  reader.file_ = file;
  const auto workbook = reader.part("xl/workbook.xml"), links = reader.part("xl/_rels/workbook.xml.rels");
  if (!workbook) return tl::unexpected(workbook.error());
  if (!links) return tl::unexpected(links.error());
  pugi::xml_document xml;
  xml.load_string(links->c_str());
  std::map<std::string, std::string> targets;
  for (const auto& link : xml.child("Relationships").children("Relationship")) {
    std::string target = link.attribute("Target").value();
    targets[link.attribute("Id").value()] = target.starts_with('/') ? target.substr(1) : "xl/" + target;
  }
  xml.load_string(workbook->c_str());
  for (const auto& sheet : xml.child("workbook").child("sheets").children("sheet"))
    reader.sheets_.emplace_back(sheet.attribute("name").value(), targets[sheet.attribute("r:id").value()]);
  if (const auto texts = reader.part("xl/sharedStrings.xml")) {  // a workbook of numbers has none
    xml.load_string(texts->c_str());
    for (const auto& text : xml.child("sst").children("si")) reader.texts_.push_back(text_of(text));
  }
  return reader;
}

std::vector<std::string> WorkbookReader::sheets() const {
  std::vector<std::string> names;
  for (const auto& [name, target] : sheets_) names.push_back(name);
  return names;
}

Result<SheetRows> WorkbookReader::rows(const std::string& sheet) const {
  std::string target;
  for (const auto& [name, at] : sheets_)
    if (name == sheet) target = at;
  auto text = part(target);
  if (!text) return tl::unexpected(text.error());
  pugi::xml_document xml;
  if (!xml.load_buffer_inplace(text->data(), text->size()))
    return damaged(file_, fmt::format("sheet '{}' is damaged", sheet));
  SheetRows rows;
  std::size_t count = 0;
  for (const auto& row : xml.child("worksheet").child("sheetData").children("row")) {
    auto& cells = rows.emplace_back();
    for (const auto& cell : row.children("c")) {
      const std::string_view kind = cell.attribute("t").value();
      const std::size_t column = cell.attribute("r") ? column_of(cell.attribute("r").value()) : cells.size();
      std::string value = kind == "inlineStr" ? text_of(cell.child("is")) : cell.child_value("v");
      if (kind == "s") {
        const auto index = static_cast<std::size_t>(cell.child("v").text().as_ullong());
        value = index < texts_.size() ? texts_[index] : "";
      }
      if (column >= cells.size()) {
        count += column + 1 - cells.size();
        if (column >= most_columns || count > most_cells)
          return damaged(file_, fmt::format("sheet '{}' is too large", sheet));
        cells.resize(column + 1);
      }
      cells[column] = std::move(value);
    }
  }
  return rows;
}

}  // namespace cradle::inventory
