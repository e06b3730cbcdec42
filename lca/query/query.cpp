// SPDX-License-Identifier: Apache-2.0
#include "lca/query/query.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace cradle::lca {
namespace {

bool lies_within(const std::string& value, const std::string& top) {
  return value == top || (value.size() > top.size() && value.starts_with(top) && value[top.size()] == '.');
}

std::string words_of(const Term& term) {
  const auto values = fmt::format("{}", fmt::join(term.values, " or "));
  switch (term.is) {
    case Term::Is::one_of:
      return fmt::format("{} is {}", term.key, values);
    case Term::Is::within:
      return fmt::format("{} is within {}", term.key, values);
    case Term::Is::none_of:
      return fmt::format("{} is not {}", term.key, values);
    case Term::Is::absent:
      break;
  }
  return fmt::format("no {}", term.key);
}

}  // namespace

bool Term::holds(const std::string* value) const {
  const auto any = [&](auto matches) { return value != nullptr && std::any_of(values.begin(), values.end(), matches); };
  const auto equal = [&](const std::string& wanted) { return wanted == *value; };
  switch (is) {
    case Is::one_of:
      return any(equal);
    case Is::within:
      return any([&](const std::string& wanted) { return lies_within(*value, wanted); });
    case Is::none_of:
      return !any(equal);
    case Is::absent:
      break;
  }
  return value == nullptr;
}

bool Term::holds(const Tags& tags) const {
  const auto found = tags.find(key);
  return holds(found == tags.end() ? nullptr : &found->second);
}

Term one_of(std::string key, std::vector<std::string> values) {
  return {std::move(key), Term::Is::one_of, std::move(values)};
}
Term within(std::string key, std::string value) { return {std::move(key), Term::Is::within, {std::move(value)}}; }
Term none_of(std::string key, std::vector<std::string> values) {
  return {std::move(key), Term::Is::none_of, std::move(values)};
}
Term absent(std::string key) { return {std::move(key), Term::Is::absent, {}}; }

bool selects(const Selection& selection, const Tags& tags) {
  return std::all_of(selection.begin(), selection.end(), [&](const Term& term) { return term.holds(tags); });
}

Selection operator&(Selection left, const Selection& right) {
  left.insert(left.end(), right.begin(), right.end());
  return left;
}

std::string in_words(const Selection& selection) {
  std::vector<std::string> parts;
  for (const auto& term : selection) parts.push_back(words_of(term));
  return parts.empty() ? "everything" : fmt::format("{}", fmt::join(parts, ", "));
}

}  // namespace cradle::lca
