#include "base/time.h"

#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdio>

namespace ringscope {
namespace {

constexpr double kLargestSeconds = 1e11;  // a number above is one of milliseconds
constexpr Seconds kLongestDuration = kMaxTime;

std::optional<Seconds> within_years(Seconds t) {
  if (t < kMinTime || t > kMaxTime) return std::nullopt;
  return t;
}

// Takes the digits of a fixed-width field off the front of a text.
class Fields {
 public:
  explicit Fields(std::string_view text) : text_(text) {}

  bool done() const { return text_.empty(); }
  std::optional<int> digits(std::size_t width) {
    if (text_.size() < width) return std::nullopt;
    int value = 0;
    for (std::size_t i = 0; i < width; ++i) {
      if (text_[i] < '0' || text_[i] > '9') return std::nullopt;
      value = value * 10 + (text_[i] - '0');
    }
    text_.remove_prefix(width);
    return value;
  }
  // Takes one character when it is one of `choices`; 0 when it is not.
  char take(std::string_view choices) {
    if (text_.empty() || choices.find(text_.front()) == std::string_view::npos) return 0;
    const char c = text_.front();
    text_.remove_prefix(1);
    return c;
  }

 private:
  std::string_view text_;
};

std::optional<Seconds> take_date(Fields& fields) {
  const auto year = fields.digits(4);
  if (!year || !fields.take("-")) return std::nullopt;
  const auto month = fields.digits(2);
  if (!month || !fields.take("-")) return std::nullopt;
  const auto day = fields.digits(2);
  if (!day) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{*year}, std::chrono::month{static_cast<unsigned>(*month)},
                                         std::chrono::day{static_cast<unsigned>(*day)}};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days{date}.time_since_epoch().count() * kSecondsPerDay;
}

// "HH:MM:SS" with an optional fraction, which is dropped; a leap second counts as the second after.
std::optional<Seconds> take_clock(Fields& fields) {
  const auto hour = fields.digits(2);
  if (!hour || *hour > 23 || !fields.take(":")) return std::nullopt;
  const auto minute = fields.digits(2);
  if (!minute || *minute > 59 || !fields.take(":")) return std::nullopt;
  const auto second = fields.digits(2);
  if (!second || *second > 60) return std::nullopt;
  if (fields.take(".")) {
    if (!fields.digits(1)) return std::nullopt;
    while (fields.digits(1)) {
    }
  }
  return *hour * 3600 + *minute * 60 + *second;
}

// "Z" or "+02:00": seconds ahead of UTC.
std::optional<Seconds> take_zone(Fields& fields) {
  if (fields.take("Zz")) return 0;
  const char sign = fields.take("+-");
  if (!sign) return std::nullopt;
  const auto hours = fields.digits(2);
  if (!hours || *hours > 23 || !fields.take(":")) return std::nullopt;
  const auto minutes = fields.digits(2);
  if (!minutes || *minutes > 59) return std::nullopt;
  const Seconds ahead = *hours * 3600 + *minutes * 60;
  return sign == '+' ? ahead : -ahead;
}

std::optional<Seconds> parse_rfc3339(std::string_view text) {
  Fields fields(text);
  const auto date = take_date(fields);
  if (!date) return std::nullopt;
  if (fields.done()) return within_years(*date);
  if (!fields.take("Tt ")) return std::nullopt;
  const auto clock = take_clock(fields);
  if (!clock) return std::nullopt;
  const auto ahead = take_zone(fields);
  if (!ahead || !fields.done()) return std::nullopt;
  return within_years(*date + *clock - *ahead);
}

std::chrono::year_month_day date_of(Day day) {
  return std::chrono::year_month_day{std::chrono::sys_days{std::chrono::days{day}}};
}

}  // namespace

std::optional<Seconds> time_from_number(double number) {
  if (!std::isfinite(number)) return std::nullopt;
  const double seconds = std::floor(number > kLargestSeconds ? number / 1000 : number);
  if (seconds < static_cast<double>(kMinTime) || seconds > static_cast<double>(kMaxTime)) return std::nullopt;
  return static_cast<Seconds>(seconds);
}

std::optional<Seconds> parse_time(std::string_view text) {
  double number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number, std::chars_format::fixed);
  if (error == std::errc{} && stop == end) return time_from_number(number);
  return parse_rfc3339(text);
}

std::optional<Seconds> parse_duration(std::string_view text) {
  std::uint64_t count = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, count);
  if (error != std::errc{}) return std::nullopt;
  const std::string_view unit(stop, static_cast<std::size_t>(end - stop));
  std::uint64_t seconds = 1;
  if (unit == "d")
    seconds = 86400;
  else if (unit == "h")
    seconds = 3600;
  else if (unit == "m")
    seconds = 60;
  else if (!unit.empty() && unit != "s")
    return std::nullopt;
  if (count > static_cast<std::uint64_t>(kLongestDuration) / seconds) return std::nullopt;
  return static_cast<Seconds>(count * seconds);
}

std::string format_day(Day day) {
  if (day == kNoDay) return "-";
  const auto date = date_of(day);
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02u", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
  return text.data();
}

std::string format_time(Seconds t) {
  if (t == kNoTime) return "-";
  const Seconds clock = t - start_of_day(day_of(t));
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), "T%02d:%02d:%02dZ", static_cast<int>(clock / 3600),
                static_cast<int>(clock / 60 % 60), static_cast<int>(clock % 60));
  return format_day(day_of(t)) + text.data();
}

}  // namespace ringscope
