// What an indicator can be: one row a kind, with its spellings, its normal form and how far one of it may be trusted.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace ringscope {

// How it is found which accounts touch an indicator.
enum class IndicatorMatch : std::uint8_t {
  entity,       // the entity of this kind and value
  network,      // addresses in a prefix
  issuer,       // payments that begin with these digits
  mail_domain,  // mail addresses of a domain
  prompt,       // a template of the account's sketch, or the entity of this kind
  account,      // the account itself
  hours,        // no account: a property of the ring
  system,       // addresses of an autonomous system, by the operator's table
};

struct IndicatorKind {
  std::string_view name;
  std::string_view aliases;  // other spellings, separated by blanks
  IndicatorMatch match = IndicatorMatch::entity;
  double most = 1;         // the weight of one is never above this: as good as the best feed is right
  std::string_view holds;  // what its values are, for documentation and messages
};

// All that have a row; any other name of a kind is an entity kind of the long form.
std::span<const IndicatorKind> indicator_kinds();

// Row of a stored kind's name; for one without a row that of any other entity kind. O(kinds).
const IndicatorKind& indicator_kind(std::string_view name);

// An indicator in the form in which it is stored, or what is wrong with it.
struct CleanIndicator {
  std::string kind;
  std::string value;
  std::string_view fault_field;  // "kind" or "value"; empty: nothing is wrong
  std::string_view fault;        // plain words, never a value
};
// Values are normalised as the log's are (engine/ingest/normalize.h). An "ip" with a prefix length is a "cidr".
CleanIndicator clean_indicator(std::string_view kind, std::string_view value);

// A range of hours of the day, UTC: from `first` up to, not including, `end`, over midnight when end <= first.
struct HourRange {
  int first = 0;
  int end = 24;
  int length() const { return end > first ? end - first : end + 24 - first; }
  bool holds(int hour) const { return (hour - first + 24) % 24 < length(); }
};
// Of a normalised "active_hours" ("1-9") or "time_zone" ("+08:00": 8 to 22 o'clock there). Nothing for another kind.
std::optional<HourRange> hours_of_indicator(std::string_view kind, std::string_view value);

}  // namespace ringscope
