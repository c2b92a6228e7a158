#include "base/time.h"

#include <string>

#include <doctest/doctest.h>

#include "base/random.h"

using namespace ringscope;

TEST_CASE("time: days are floors, before 1970 too") {
  CHECK(day_of(0) == 0);
  CHECK(day_of(86399) == 0);
  CHECK(day_of(86400) == 1);
  CHECK(day_of(-1) == -1);
  CHECK(day_of(-86400) == -1);
  CHECK(day_of(-86401) == -2);
  CHECK(day_of(kNoTime) == kNoDay);
  CHECK(start_of_day(kNoDay) == kNoTime);
}

TEST_CASE("time: every way to write a moment gives that moment") {
  for (const char* text :
       {"1767225600", "1767225600.9", "1767225600000", "1767225600999.5", "2026-01-01", "2026-01-01T00:00:00Z",
        "2026-01-01t00:00:00z", "2026-01-01 00:00:00Z", "2026-01-01T00:00:00.123456Z", "2026-01-01T02:00:00+02:00",
        "2025-12-31 18:30:00-05:30", "2025-12-31T23:59:60Z"}) {
    CAPTURE(text);
    CHECK(parse_time(text) == 1767225600);
  }
  CHECK(parse_time("-1.5") == -2);
  CHECK(parse_time("2024-02-29") == 1709164800);
  CHECK(parse_time("100000000000") == 100000000000);
  CHECK(parse_time("100000000001") == 100000000);
  CHECK(parse_time("9999-12-31T23:59:59Z") == kMaxTime);
}

TEST_CASE("time: what is no moment is none") {
  for (const char* text : {"",
                           " ",
                           "x",
                           "17x",
                           "1e9",
                           "+5",
                           "0x10",
                           "inf",
                           "nan",
                           "-",
                           "2026-13-01",
                           "2025-02-29",
                           "2026-1-1",
                           "2026-01-01T",
                           "2026-01-01T00:00:00",
                           "2026-01-01T24:00:00Z",
                           "2026-01-01T00:60:00Z",
                           "2026-01-01T00:00:00.Z",
                           "2026-01-01T00:00:00Zx",
                           "2026-01-01T00:00:00+0200",
                           "0000-01-01",
                           "9999-12-31T23:59:59-01:00",
                           "0001-01-01T00:00:00+01:00",
                           "-99999999999999",
                           "253402300800000"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_time(text).has_value());
  }
}

TEST_CASE("time: what is formatted reads back") {
  CHECK(format_time(1767225605) == "2026-01-01T00:00:05Z");
  CHECK(format_time(-1) == "1969-12-31T23:59:59Z");
  CHECK(format_time(kNoTime) == "-");
  CHECK(format_day(day_of(1767225605)) == "2026-01-01");
  CHECK(format_day(kNoDay) == "-");
  Random random(1);
  for (int i = 0; i < 2000; ++i) {
    const Seconds t = static_cast<Seconds>(random.below(62135596800ULL + kMaxTime + 1)) - 62135596800;
    CHECK(parse_time(format_time(t)) == t);
    CHECK(parse_time(format_day(day_of(t))) == start_of_day(day_of(t)));
  }
}

TEST_CASE("time: durations have a unit or are seconds") {
  CHECK(parse_duration("30d") == 30 * 86400);
  CHECK(parse_duration("12h") == 12 * 3600);
  CHECK(parse_duration("90m") == 5400);
  CHECK(parse_duration("45s") == 45);
  CHECK(parse_duration("7") == 7);
  for (const char* text : {"", "d", "-1d", "1.5d", "1w", "1 d", "1dd", "99999999999999999999", "9999999999999d"})
    CHECK_FALSE(parse_duration(text).has_value());
}

TEST_CASE("time: a window holds its ends and what has no time") {
  const DayWindow window{10, 12};
  CHECK_FALSE(window.contains(9));
  CHECK(window.contains(10));
  CHECK(window.contains(12));
  CHECK_FALSE(window.contains(13));
  CHECK(window.contains(kNoDay));
  CHECK(DayWindow{}.contains(-5));
}
