// What a route is: a row that says what may be asked, by whom, at what cost, and what answers. The document of the API,
// the checks of parameters and of access, and the audit all go by these rows.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/http.h"
#include "server/principal.h"

namespace ringscope::server {

class Services;
class View;

enum class Place : std::uint8_t { path, query };
enum class Shape : std::uint8_t { text, number, flag, choice, choices };

struct Parameter {
  std::string_view name;
  Place place = Place::query;
  Shape shape = Shape::text;
  std::string_view meaning;
  bool required = false;
  std::string_view words{};     // of choice and choices, joined by commas
  std::string_view fallback{};  // when it is not given; empty: none
  std::uint64_t least = 0;      // of a number
  std::uint64_t most = UINT32_MAX;
  std::size_t longest = 1024;  // bytes of a text
};

// The parameters of a request after they were checked against the route's rows.
class Arguments {
 public:
  void put(std::string_view name, std::string value) { values_.emplace_back(name, std::move(value)); }
  bool has(std::string_view name) const { return find(name) != nullptr; }
  // Empty when it was not given.
  std::string text(std::string_view name) const;
  std::optional<std::uint64_t> number(std::string_view name) const;
  bool flag(std::string_view name) const;
  // Of choices: the words, in the order in which they were given.
  std::vector<std::string> words(std::string_view name) const;
  // All of them as "a=1&b=2", in the order of their names: equal for equal questions.
  std::string canonical() const;

 private:
  const std::string* find(std::string_view name) const;
  std::vector<std::pair<std::string_view, std::string>> values_;
};

// Checked against the rows: names that no row has, values of another shape, what is required and missing are refused
// with ApiError 400. `in_path` are the path's values in the order of the rows.
Arguments check_arguments(std::span<const Parameter> rows, std::span<const std::string> in_path,
                          std::span<const std::pair<std::string, std::string>> given);

// A moment after which an answer is of no use any more.
class Budget {
 public:
  explicit Budget(std::chrono::steady_clock::time_point end) : end_(end) {}
  bool is_spent() const { return std::chrono::steady_clock::now() >= end_; }
  // Throws ApiError 503.
  void check() const;
  // The same for those who know no server.
  std::function<void()> checkpoint() const {
    return [budget = *this] { budget.check(); };
  }

 private:
  std::chrono::steady_clock::time_point end_;
};

struct Call {
  const Head& head;
  const Arguments& arguments;
  const Principal& principal;
  std::string_view body;
  Services& services;
  std::shared_ptr<const View> view;  // the state of the store that the whole answer is of
  Budget budget;
};

enum class Cost : std::uint8_t {
  reads,   // milliseconds, from what is in memory or by point reads
  heavy,   // all of a run: few at a time
  writes,  // takes the store's lock
  watches  // an open stream
};

// What an answer is made of.
enum class Form : std::uint8_t {
  document,  // JSON of one schema
  list,      // {"run","items","total","next"} of one
  lines,     // JSON Lines or another text
  events     // server-sent events
};

struct Reply {
  Form form = Form::document;
  std::string_view schema{};                    // docs/schema/NAME.schema.json; "a,b": each item of one of them
  std::string_view media = "application/json";  // of lines
};

struct BodyRule {
  std::string_view media{};   // empty: no body
  std::string_view schema{};  // of JSON
  std::size_t most_bytes = 0;
};

struct Route {
  std::string_view name;  // "rings.list": operationId, and what metrics and audit call it
  Method method = Method::get;
  std::string_view path;  // "/api/v1/rings/{ring}"
  std::string_view summary;
  Permission needs = Permission::read;
  bool raw = false;  // holds values of accounts: masked for those who may not see them, audited for those who may
  Cost cost = Cost::reads;
  std::span<const Parameter> parameters{};  // those of the path first, in its order
  Reply reply;
  Answer (*answer)(const Call& call) = nullptr;
  BodyRule body{};
  bool tagged = true;    // of a state of the store: has an ETag, and may be kept
  bool gone = false;     // a cursor may be too old for it: 410
  bool guarded = false;  // a guard, the kill switch or the configuration may refuse it: 409
};

// Parameters that many routes have.
inline constexpr Parameter kLimit{.name = "limit",
                                  .shape = Shape::number,
                                  .meaning = "At most so many items",
                                  .fallback = "100",
                                  .least = 1,
                                  .most = 1000};
inline constexpr Parameter kCursor{
    .name = "cursor", .meaning = "Where to go on: \"next\" of the page before", .longest = 512};
inline constexpr Parameter kTier{
    .name = "tier", .shape = Shape::choices, .meaning = "Only of these tiers", .words = "ban,review,watch"};
inline constexpr Parameter kRing{.name = "ring",
                                 .place = Place::path,
                                 .meaning = "The ring's id, or a beginning of it that no other ring has",
                                 .required = true,
                                 .longest = 64};
inline constexpr Parameter kAccount{.name = "account",
                                    .place = Place::path,
                                    .meaning = "The account, as it stands in the log",
                                    .required = true,
                                    .longest = 512};

}  // namespace ringscope::server
