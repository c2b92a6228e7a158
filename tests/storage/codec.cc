#include "storage/codec.h"

#include <limits>

#include "rows_for_tests.h"
#include <doctest/doctest.h>

#include "base/error.h"
#include "storage/schema.h"

using namespace ringscope;
using namespace ringscope::test;

TEST_CASE("codec: what is written is read again") {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    Random random(seed);
    const AccountRow row = random_row(random, seed);
    std::vector<Cell> cells;
    decode_cells(encode_cells(row.cells), DayWindow{}, cells);
    CHECK(cells == row.cells);
    std::vector<ActivityDay> activity;
    decode_activity(encode_activity(row.activity), DayWindow{}, activity);
    CHECK(activity == row.activity);
    CHECK(decode_facts(encode_facts(row.facts)) == row.facts);
  }
}

TEST_CASE("codec: facts of earlier formats have the last statement of each") {
  std::string bytes;
  Encoder out(bytes);
  out.byte(1);
  out.signed_number(1000);
  out.string("");
  out.byte(0);
  out.string("banned");
  out.byte(1);
  out.signed_number(2'000'000);
  AccountFacts facts;
  facts.created = 1000;
  facts.status = StatedFact("banned", 2'000'000);
  CHECK(decode_facts(bytes) == facts);
  CHECK_THROWS_AS((void)decode_facts(bytes + '\0'), Error);
}

TEST_CASE("codec: a time outside years 1 to 9999 is damage") {
  const auto last_statement = [](Seconds created, Seconds stated) {
    std::string bytes;
    Encoder out(bytes);
    out.byte(1);
    out.signed_number(created);
    for (int fact = 0; fact < 2; ++fact) {
      out.string("pro");
      out.byte(1);
      out.signed_number(stated);
    }
    return bytes;
  };
  CHECK(decode_facts(last_statement(kMinTime, kMaxTime)).status == StatedFact("pro", kMaxTime));
  for (const Seconds time : {kNoTime + 1, kMinTime - 1, kMaxTime + 1, std::numeric_limits<Seconds>::max()}) {
    CAPTURE(time);
    CHECK_THROWS_AS((void)decode_facts(last_statement(0, time)), Error);
    CHECK_THROWS_AS((void)decode_facts(last_statement(time, 0)), Error);
  }
}

TEST_CASE("codec: positions, rejects and links are read again") {
  const SourcePosition position{.source = "ab",
                                .label = "f.jsonl",
                                .head_bytes = 9,
                                .offset = 1ULL << 40,
                                .prefix_hash = "cd",
                                .lines = 7,
                                .rejected = 2,
                                .complete = true};
  CHECK(decode_position(encode_position(position)) == position);
  const Reject reject{"s", "label", 12, "ts", "not a time"};
  const Reject again = decode_reject(encode_reject(reject));
  CHECK(again.line == 12);
  CHECK(again.reason == "not a time");
  const std::vector<StoredLink> links = {{1, 2.5F}, {~0ULL, -0.0F}};
  CHECK(decode_links(encode_links(links)) == links);
}

TEST_CASE("codec: a window keeps its days and what has no day") {
  Random random(5);
  const AccountRow row = random_row(random, 1);
  const DayWindow window{20005, 20010};
  std::vector<Cell> expected, cells;
  for (const Cell& cell : row.cells) {
    if (window.contains(cell.day)) expected.push_back(cell);
  }
  decode_cells(encode_cells(row.cells), window, cells);
  CHECK(cells == expected);
}

TEST_CASE("codec: damaged bytes are an error or another value, never a crash") {
  const auto survive = [](const auto& decode, std::string bytes) {
    const auto attempt = [&](const std::string& damaged) {
      try {
        decode(damaged);
      } catch (const Error& error) {
        CHECK(error.code() == ErrorCode::corrupt);
      }
    };
    for (std::size_t cut = 0; cut < bytes.size(); ++cut) attempt(bytes.substr(0, cut));
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      for (const int flip : {1, 0x80, 0xFF}) {
        std::string damaged = bytes;
        damaged[i] = static_cast<char>(damaged[i] ^ flip);
        attempt(damaged);
      }
    }
  };
  Random random(3);
  const AccountRow row = random_row(random, 1);
  survive(
      [](const std::string& b) {
        std::vector<Cell> c;
        decode_cells(b, {}, c);
      },
      encode_cells(row.cells));
  survive(
      [](const std::string& b) {
        std::vector<ActivityDay> d;
        decode_activity(b, {}, d);
      },
      encode_activity(row.activity));
  survive([](const std::string& b) { (void)decode_facts(b); }, encode_facts(row.facts));
  survive([](const std::string& b) { (void)decode_position(b); }, encode_position({.source = "x", .label = "y"}));
  survive([](const std::string& b) { (void)decode_links(b); }, encode_links(std::vector<StoredLink>{{3, 1.0F}}));
  const std::string facts = encode_facts(row.facts);
  CHECK_THROWS_AS((void)decode_facts(facts.substr(0, facts.size() - 1)), Error);
}

TEST_CASE("schema: the order of keys is the order of numbers") {
  Random random(11);
  for (int i = 0; i < 2000; ++i) {
    const std::uint64_t a = random() >> random.below(64), b = random() >> random.below(64);
    CHECK((schema::key_u64(a) < schema::key_u64(b)) == (a < b));
    CHECK(schema::read_u64(schema::key_u64(a), 0) == a);
    const VertexKey x{static_cast<KindId>(a & 255), b}, y{static_cast<KindId>(b & 255), a};
    CHECK((schema::key_vertex(x) < schema::key_vertex(y)) == (x < y));
  }
}
