// SPDX-License-Identifier: Apache-2.0
// The vocabulary of a product system: flows, exchanges, unit processes, tags, impact methods.
// Standard meanings (ISO 14040, 14044); nothing here knows what a GPU is.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "lca/expression.hpp"

namespace cradle::lca {

/// Labels of a process or entry ("life_cycle" -> "manufacture"). Ordered, so outputs are reproducible.
using Tags = std::map<std::string, std::string>;

inline std::string tag_of(const Tags& tags, const std::string& key) {
  const auto found = tags.find(key);
  return found == tags.end() ? std::string() : found->second;
}

/// One flow into or out of a unit process, per `production` of its reference product.
struct Exchange {
  enum class Kind {
    technosphere,  ///< a product that another process of the system supplies
    biosphere      ///< an elementary flow to or from the environment, or an indicator flow such as money
  };
  Kind kind = Kind::technosphere;
  std::string flow;   ///< product or elementary-flow name
  Expression amount;  ///< in the flow's unit; inputs positive for products, emissions positive for elementary flows
  Tags assigns = {};  ///< inherited tags that this exchange sets for everything upstream of it
  std::string scope = {};  ///< the entry's scope: "1", "2", "3.1" ...
  std::string rule = {};   ///< one sentence for people: how the amount comes about
  std::map<std::string, Expression> causal =
      {};  ///< allocation factor of each product, where this exchange has its own
};

/// A further product of a process with several (or a waste that it takes in for others, as a service).
struct CoProduct {
  std::string product;
  std::string unit = {};
  Expression amount = 1.0;
  std::map<std::string, Expression> properties = {};  ///< per unit of product: "mass", "energy", "price" ...
  std::optional<Expression> factor = {};              ///< given allocation factor
};

/// How processes with several products are divided (ISO 14044, 4.3.4): nothing is divided until a rule is chosen.
struct Allocation {
  enum class Kind { none, property, equal, given, substitution };
  Kind kind = Kind::none;
  std::string property = {};  ///< of Kind::property
};

/// A unit process with one reference product. Foreground processes carry tags and are instantiated once per
/// combination of inherited tags; background processes are shared and untagged.
struct UnitProcess {
  std::string product;  ///< the reference product; also the process's key
  std::string name;     ///< for people
  std::string unit;     ///< of the reference product
  bool background = false;
  Tags tags = {};  ///< its own: life_cycle, component
  Expression production = 1.0;
  std::vector<Exchange> exchanges = {};
  std::string place = {};  ///< for regional characterisation factors
  bool shared = false;     ///< foreground that many may use: its tree may be kept once beside its users
  // Where there are several products:
  std::vector<CoProduct> co_products = {};
  std::map<std::string, Expression> properties = {};  ///< of the reference product
  std::optional<Expression> factor = {};              ///< of the reference product
};

struct ElementaryFlow {
  std::string name;
  std::string unit;
};

/// An impact category with its characterisation factors, by elementary-flow name.
struct Method {
  std::string id;  ///< "climate-change"
  std::string name;
  std::string unit;
  std::map<std::string, Expression> factors;
  std::map<std::string, std::map<std::string, Expression>> regional = {};  ///< by place, then flow: before `factors`
};

/// A factor and whether it is the right place's. Nothing where the flow has none.
struct FoundFactor {
  Expression value;
  bool fallback;  ///< the method knows the flow by place, but not this one: the factor without a place stands in
};
std::optional<FoundFactor> factor_of(const Method& method, const std::string& flow, const std::string& place);

}  // namespace cradle::lca
