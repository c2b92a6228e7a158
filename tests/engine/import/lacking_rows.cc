#include "engine/import/lacking_rows.h"

#include <algorithm>

#include <doctest/doctest.h>

#include "base/error.h"
#include "base/random.h"
#include "tests/engine/lab/scratch.h"

using namespace ringscope;

namespace {

// Of few things, days and templates, so that two of them overlap; as a store would give it.
AccountRow random_row(Random& random) {
  AccountRow row;
  row.account = 7;
  for (int i = 0; i < 12; ++i) {
    const Day day = random.below(4) == 0 ? kNoDay : static_cast<Day>(20'000 + random.below(3));
    const Seconds at = day == kNoDay ? kNoTime : start_of_day(day) + static_cast<Seconds>(random.below(86'400));
    merge_cells(row.cells, {{{KindId{static_cast<std::uint8_t>(1 + random.below(2))}, random.below(4)},
                             day,
                             static_cast<std::uint32_t>(1 + random.below(3)),
                             at,
                             at}});
  }
  for (int i = 0; i < 30; ++i) {
    ActivityDay day;
    day.day = static_cast<Day>(20'000 + random.below(3));
    day.requests = 1;
    day.tokens_in = random.below(50);
    day.tokens_out = random.below(9);
    day.templated = 1;
    day.hours[random.below(24)] = 1;
    day.tags = {{{KindId{3}, random.below(3)}, 1}};
    day.templates = {{random.below(40), 1}};
    merge_activity(row.activity, {day});
  }
  row.facts.created = static_cast<Seconds>(1000 + random.below(5));
  row.facts.plan = {random.below(2) == 0 ? "free" : "paid", static_cast<Seconds>(2000 + random.below(5))};
  return row;
}

void merge(AccountRow& into, const AccountRow& from) {
  merge_cells(into.cells, from.cells);
  merge_activity(into.activity, from.activity);
  merge_facts(into.facts, from.facts);
}

bool same(const AccountRow& a, const AccountRow& b) {
  return a.cells == b.cells && a.activity == b.activity && a.facts == b.facts;
}

SourcePosition source(const char* name, std::uint64_t lines) { return {.source = name, .label = name, .lines = lines}; }

std::vector<std::string> names(const std::vector<SourcePosition>& sources) {
  std::vector<std::string> names;
  for (const SourcePosition& one : sources) names.push_back(one.source);
  return names;
}

}  // namespace

TEST_CASE("import rows: a part and the rest of it merge into the whole, in 500 random histories") {
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    Random random(seed);
    const AccountRow part = random_row(random), more = random_row(random);
    AccountRow whole = part;
    merge(whole, more);
    const AccountRow rest = rest_of(whole, part);
    CHECK(rest.account == whole.account);
    AccountRow again = part;
    merge(again, rest);
    CHECK(same(again, whole));
  }
}

TEST_CASE("import rows: of a row that is there in full nothing is left") {
  Random random(1);
  const AccountRow row = random_row(random);
  const AccountRow rest = rest_of(row, row);
  CHECK(rest.cells.empty());
  CHECK(rest.activity.empty());
  CHECK(rest.facts.empty());
}

TEST_CASE("import rows: a part that the whole does not hold is refused, whatever it has more of") {
  Random random(2);
  const AccountRow row = random_row(random);
  const auto refused = [&](const auto& change) {
    AccountRow part = row;
    change(part);
    try {
      (void)rest_of(row, part);
    } catch (const Error& error) {
      return error.code() == ErrorCode::refused;
    }
    return false;
  };
  CHECK(!refused([](AccountRow&) {}));
  CHECK(refused([](AccountRow& part) { ++part.cells.front().count; }));
  CHECK(refused([](AccountRow& part) { part.cells.back().entity.hash += 1000; }));
  CHECK(refused([](AccountRow& part) { ++part.activity.front().requests; }));
  CHECK(refused([](AccountRow& part) { ++part.activity.front().tokens_out; }));
  CHECK(refused([](AccountRow& part) { part.activity.back().day += 100; }));
  CHECK(refused([](AccountRow& part) { ++part.activity.front().tags.front().count; }));
  CHECK(refused([](AccountRow& part) { ++part.activity.front().templates.front().count; }));
}

TEST_CASE("import rows: sources are lacking, unseen or shared, and one that was read further is new to the other") {
  const Sources sources =
      compare_sources({source("both", 5), source("grown", 9), source("mine", 1), source("short", 3)},
                      {source("both", 5), source("grown", 4), source("short", 8), source("theirs", 2)});
  CHECK(names(sources.lacking) == std::vector<std::string>{"grown", "mine"});
  CHECK(names(sources.unseen) == std::vector<std::string>{"short", "theirs"});
  CHECK(sources.shared == 3);
}

TEST_CASE("import rows: kinds have the numbers of the other store, and rows are in its order") {
  const Scratch scratch{"kinds"};
  const auto from = Store::open(scratch.path("from"), {.mode = OpenMode::create});
  const auto to = Store::open(scratch.path("to"), {.mode = OpenMode::create});
  const KindId ip = from->intern_kind("ip"), card = from->intern_kind("payment");
  const KindId card_there = to->intern_kind("payment");
  const KindMap kinds(*from, *to);
  CHECK(kinds(card) == card_there);
  CHECK(kinds(ip) == to->find_kind("ip"));
  CHECK(kinds(kAccountKind) == kAccountKind);
  AccountRow row;
  row.cells = {{.entity = {ip, 1}, .day = 1, .count = 1}, {.entity = {card, 2}, .day = 1, .count = 1}};
  const AccountRow mapped = kinds(row);
  REQUIRE(mapped.cells.size() == 2);
  CHECK(mapped.cells[0].entity == VertexKey{card_there, 2});
  CHECK(mapped.cells[1].entity == VertexKey{kinds(ip), 1});
}
