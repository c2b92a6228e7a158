// A fact of an account that changes and is stated again and again, as by a list of all accounts every day.
#pragma once

#include <compare>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"

namespace ringscope {

// Days in a row, the last included.
struct DayRun {
  Day first = kNoDay;
  Day last = kNoDay;
  friend auto operator<=>(const DayRun&, const DayRun&) = default;
};

// When one value of a fact was stated.
struct Statement {
  std::string value;
  Seconds first = kNoTime;  // kNoTime, as `last`: only by lines without a time
  Seconds last = kNoTime;
  std::vector<DayRun> days{};  // on which it was stated; ascending, no two that touch
  friend auto operator<=>(const Statement&, const Statement&) = default;
};

// By value the days on which it was stated: a union of days, so that what holds since when does not depend on the order
// of lines, their split into files or how often they are read.
class StatedFact {
 public:
  StatedFact() = default;
  // A fact that was stated once. The value must not be empty.
  StatedFact(std::string_view value, Seconds time) { state(value, time); }

  bool empty() const { return statements_.empty(); }
  const std::vector<Statement>& statements() const { return statements_; }  // ascending by value, no two of the same

  // The value stated last; of equal times the one first stated later, then the greater text. Empty: never stated.
  const std::string& value() const;
  // Since when that value holds: its first statement that no other value was stated after. To the second where that is
  // its first or last statement of all or nobody stated it twice on that day, else the beginning of the day. kNoTime:
  // not known. O(days of all values).
  Seconds since() const;
  // When any value was stated last; kNoTime: never, or by lines without a time.
  Seconds last_stated() const;
  // What was known at the end of that day. O(days of all values).
  StatedFact known_by(Day day) const;

  void state(std::string_view value, Seconds time);
  void merge(const StatedFact& from);
  // Adds what was stored. False, and nothing is added: it is none of what statements() gives, in its order.
  bool restore(Statement statement);

  friend bool operator==(const StatedFact&, const StatedFact&) = default;

 private:
  void add(const Statement& statement);
  const Statement* current() const;  // null: never stated

  std::vector<Statement> statements_;
};

}  // namespace ringscope
