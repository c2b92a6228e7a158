// Time is UTC epoch seconds; a day is floor(seconds / 86400).
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace ringscope {

using Seconds = std::int64_t;  // since 1970-01-01T00:00:00Z
using Day = std::int32_t;      // since 1970-01-01

inline constexpr Seconds kSecondsPerDay = 86400;
inline constexpr Seconds kNoTime = std::numeric_limits<Seconds>::min();  // the row carries no time
inline constexpr Day kNoDay = std::numeric_limits<Day>::min();           // the day of kNoTime; inside every window
inline constexpr Seconds kMinTime = -62135596800;                        // 0001-01-01T00:00:00Z
inline constexpr Seconds kMaxTime = 253402300799;                        // 9999-12-31T23:59:59Z

// The day of a moment; kNoDay of kNoTime.
constexpr Day day_of(Seconds t) {
  if (t == kNoTime) return kNoDay;
  return static_cast<Day>((t >= 0 ? t : t - (kSecondsPerDay - 1)) / kSecondsPerDay);
}
constexpr Seconds start_of_day(Day day) { return day == kNoDay ? kNoTime : static_cast<Seconds>(day) * kSecondsPerDay; }

// Reads a number of seconds, of milliseconds (> 1e11), with or without a fraction, or RFC 3339 ("2026-01-01T00:00:00Z",
// "2026-01-01 00:00:00+02:00", "2026-01-01" = midnight). Nothing when it is none of these or lies outside
// years 1..9999.
std::optional<Seconds> parse_time(std::string_view text);

// Seconds from a plain number by the same rule (milliseconds above 1e11).
std::optional<Seconds> time_from_number(double number);

// Reads "30d", "12h", "90m", "45s" or a plain number of seconds.
std::optional<Seconds> parse_duration(std::string_view text);

// "2026-01-01T00:00:00Z"; "-" for kNoTime.
std::string format_time(Seconds t);
// "2026-01-01"; "-" for kNoDay.
std::string format_day(Day day);

// Days [first, last], both included; cells without a time always belong.
struct DayWindow {
  Day first = kNoDay + 1;
  Day last = std::numeric_limits<Day>::max();

  constexpr bool contains(Day day) const { return day == kNoDay || (first <= day && day <= last); }
  friend constexpr bool operator==(const DayWindow&, const DayWindow&) = default;
};

}  // namespace ringscope
