// SPDX-License-Identifier: Apache-2.0
// A question to a ledger, as a value: terms on tags, and what is summed. The fold, its derivative, a workbook's SUMIFS,
// an explanation and every filter follow from it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "lca/process.hpp"

namespace cradle::lca {

/// One condition on one tag.
struct Term {
  enum class Is {
    one_of,   ///< the tag's value is one of `values`
    within,   ///< it is one of them or below one: "3" holds "3.1"
    none_of,  ///< it is absent, or none of them
    absent
  };
  std::string key;
  Is is = Is::one_of;
  std::vector<std::string> values = {};

  bool holds(const Tags& tags) const;
  /// The same for a tag's value; nullptr where the tag is absent.
  bool holds(const std::string* value) const;
  bool operator==(const Term&) const = default;
};

Term one_of(std::string key, std::vector<std::string> values);
Term within(std::string key, std::string value);
Term none_of(std::string key, std::vector<std::string> values);
Term absent(std::string key);

/// All terms hold; without any it is everything.
using Selection = std::vector<Term>;
bool selects(const Selection& selection, const Tags& tags);
/// Both.
Selection operator&(Selection left, const Selection& right);

/// What a fold sums: a method's impacts (its index), or without one the entries' amounts.
using Weight = std::optional<std::size_t>;

struct Query {
  Selection where;
  Weight what;
  bool operator==(const Query&) const = default;
};

/// The selection for people: "life_cycle is manufacture or transport, account is not idle"; "everything".
std::string in_words(const Selection& selection);

}  // namespace cradle::lca
