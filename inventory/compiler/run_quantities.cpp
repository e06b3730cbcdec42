// SPDX-License-Identifier: Apache-2.0
#include "inventory/compiler/run_quantities.hpp"

namespace cradle::inventory {

using lca::Expression;

Expression RunQuantities::duration(const Run& run) {
  return parameter({run.owner, "duration"}, "duration of " + run.name, *run.duration);
}

std::optional<Expression> RunQuantities::stated_device_hours(const Run& run) {
  const lca::Owner& key = run.owner;
  if (run.device_hours) return parameter({key, "device_hours"}, "device-hours of " + run.name, *run.device_hours);
  if (!run.devices || !run.duration) return std::nullopt;
  return calculated({key, "device_hours"}, {"device-hours of " + run.name, "h", "devices x duration", "definition"},
                    parameter({key, "devices"}, "devices of " + run.name, *run.devices) * duration(run));
}

Expression RunQuantities::tokens(const Run& run) {
  return parameter({run.owner, "tokens"}, "tokens of " + run.name, *run.tokens);
}

Expression RunQuantities::flop(const Run& run) {
  return parameter({run.owner, "flop"}, "FLOP of " + run.name, *run.flop);
}

Expression RunQuantities::repetitions(const Run& run) {
  return run.repeat ? parameter({run.owner, "repeat"}, "repetitions of " + run.name, *run.repeat) : Expression(1.0);
}

std::optional<Expression> RunQuantities::units_served(const Service& service, const std::string& unit) {
  const lca::Owner& key = service.run.owner;
  const auto requests = [&] {
    return parameter({key, "requests"}, "requests of " + service.run.name, *service.requests);
  };
  if (unit == "request" && service.requests) return requests();
  const bool out = service.tokens_out.has_value();
  const auto& tokens = out ? service.tokens_out : service.tokens_in;
  if (unit == "token" && tokens)
    return parameter({key, out ? "tokens.out" : "tokens.in"}, "tokens of " + service.run.name, *tokens);
  if (unit == "token" && service.requests && service.tokens_per_request)
    return calculated({key, "tokens"}, {"tokens of " + service.run.name, "1", "requests x tokens per request",
                       "definition"},
                      requests() * parameter({key, "tokens_per_request"}, "tokens per request",
                                             *service.tokens_per_request));
  return std::nullopt;
}

}  // namespace cradle::inventory
