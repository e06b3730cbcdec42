// SPDX-License-Identifier: Apache-2.0
// Recursive descent over formula text; precedence climbs sum, product, unary minus, power.
#include <fmt/format.h>

#include <cctype>
#include <charconv>
#include <map>

#include "lca/expression.hpp"

namespace cradle::lca {
namespace {

using Op = Expression::Op;

class Parser {
 public:
  Parser(std::string_view text, const std::function<const Expression*(std::string_view)>& resolve)
      : text_(text), resolve_(resolve) {}

  Result<Expression> run() {
    Expression expression = sum();
    if (error_.empty() && !at_end()) fail(fmt::format("unexpected '{}'", text_[at_]));
    if (error_.empty()) return expression;
    return failure({"E040", fmt::format("formula '{}': {} at character {}", text_, error_, error_at_ + 1), "", {}, ""});
  }

 private:
  Expression sum() {
    Expression left = product();
    while (error_.empty()) {
      if (take('+'))
        left = left + product();
      else if (take('-'))
        left = left - product();
      else
        break;
    }
    return left;
  }

  Expression product() {
    Expression left = signed_power();
    while (error_.empty()) {
      if (take('*'))
        left = left * signed_power();
      else if (take('/'))
        left = left / signed_power();
      else
        break;
    }
    return left;
  }

  Expression signed_power() {
    if (++depth_ > 200) fail("nested too deeply");
    Expression result;
    if (!error_.empty())
      result = Expression(0);
    else if (take('-'))
      result = Expression::call(Op::negate, {signed_power()});
    else {
      result = primary();
      if (error_.empty() && take('^')) result = Expression::call(Op::power, {result, signed_power()});
    }
    --depth_;
    return result;
  }

  Expression primary() {
    if (take('(')) {
      Expression inner = sum();
      expect(')');
      return inner;
    }
    if (at_end()) return fail("the formula ends where a value is expected");
    const char c = text_[at_];
    if (std::isdigit(static_cast<unsigned char>(c)) || c == '.') return number();
    if (std::isalpha(static_cast<unsigned char>(c))) return name();
    return fail(fmt::format("unexpected '{}'", c));
  }

  Expression number() {
    double value = 0.0;
    const auto [end, code] = std::from_chars(text_.data() + at_, text_.data() + text_.size(), value);
    if (code != std::errc{}) return fail("not a number");
    at_ = static_cast<std::size_t>(end - text_.data());
    return value;
  }

  Expression name() {
    const std::size_t start = at_;
    while (at_ < text_.size() &&
           (std::isalnum(static_cast<unsigned char>(text_[at_])) || text_[at_] == '_' || text_[at_] == '.'))
      ++at_;
    const std::string_view name = text_.substr(start, at_ - start);
    if (take('(')) return function(name, start);
    if (const Expression* found = resolve_(name)) return *found;
    at_ = start;
    return fail(fmt::format("unknown name '{}'", name));
  }

  Expression function(std::string_view name, std::size_t start) {
    static const std::map<std::string_view, std::pair<Op, std::size_t>> functions = {
        {"min", {Op::minimum, 2}}, {"max", {Op::maximum, 2}}, {"floor", {Op::floor, 1}},
        {"exp", {Op::exp, 1}},     {"log", {Op::log, 1}},     {"sqrt", {Op::sqrt, 1}}};
    const auto found = functions.find(name);
    if (found == functions.end()) {
      at_ = start;
      return fail(fmt::format("unknown function '{}'", name));
    }
    std::vector<Expression> arguments{sum()};
    while (error_.empty() && take(',')) arguments.push_back(sum());
    expect(')');
    if (error_.empty() && arguments.size() != found->second.second)
      return fail(fmt::format("'{}' takes {} argument(s), not {}", name, found->second.second, arguments.size()));
    return Expression::call(found->second.first, std::move(arguments));
  }

  bool at_end() {
    while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_]))) ++at_;
    return at_ == text_.size();
  }
  bool take(char c) {
    if (at_end() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  void expect(char c) {
    if (error_.empty() && !take(c)) fail(fmt::format("'{}' is missing", c));
  }
  Expression fail(std::string message) {
    if (error_.empty()) {
      error_ = std::move(message);
      error_at_ = at_;
    }
    return 0.0;
  }

  std::string_view text_;
  const std::function<const Expression*(std::string_view)>& resolve_;
  std::size_t at_ = 0;
  std::size_t error_at_ = 0;
  int depth_ = 0;
  std::string error_;
};

}  // namespace

Result<Expression> parse_expression(std::string_view text,
                                    const std::function<const Expression*(std::string_view)>& resolve) {
  return Parser(text, resolve).run();
}

}  // namespace cradle::lca
