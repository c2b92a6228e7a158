// Lists of rings and of members, a page at a time.
#include "engine/ask/ring_list.h"

#include <algorithm>
#include <map>
#include <set>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/random.h"
#include "engine/ask/decisions_on.h"
#include "engine/ask/read_run.h"
#include "engine/ask/ring_members.h"
#include "engine/ask/verdicts.h"
#include "engine/detect/publish.h"
#include "engine/detect/ring/ring_json.h"
#include "tests/engine/ask/known_accounts.h"
#include "tests/engine/lab/scratch.h"

using namespace ringscope;
using testing::add_accounts;

namespace {

// A run of sixty rings drawn at random, the first of them of 150 members.
class Sixty {
 public:
  Sixty() : store_(Store::open(scratch_.path("db"), {.mode = OpenMode::create})) {
    Random random(5);
    std::vector<Ring> rings;
    for (int r = 0; r < 60; ++r) rings.push_back(ring(random, r));
    std::ranges::sort(rings, ranks_before);
    for (const Ring& one : rings) add_accounts(*store_, one);
    RunSummary run;
    publish(*store_, rings, run, {});
  }
  Store& store() { return *store_; }
  void decide(const std::string& target, VerdictWord word, VerdictOn on = VerdictOn::anything) {
    give_verdict(*store_, {.target = target, .on = on, .word = word, .by = "ann", .reason = "seen", .now = 1});
  }
  const std::string& large() const { return large_; }

 private:
  Ring ring(Random& random, int r) {
    Ring ring;
    ring.id = fmt::format("R-{:08x}", mix64(static_cast<std::uint64_t>(r)) >> 32);
    if (r == 0) large_ = ring.id;
    ring.tier = static_cast<Tier>(random.below(3));
    ring.score = static_cast<double>(random.below(4)) / 4;
    ring.summary = fmt::format("Ring number {} of the Test", r);
    if (r % 3 == 0) ring.kinds.push_back("ip");
    if (r % 4 == 0) ring.kinds.push_back("payment");
    if (r % 5 == 0)
      ring.campaigns.push_back(
          {.campaign = r % 2 == 0 ? "north" : "south", .confidence = 0.75, .indicators = {}, .capabilities = {}});
    ring.behavior.requests = random.below(5);
    ring.last_seen = r % 7 == 0 ? kNoTime : static_cast<Seconds>(random.below(5));
    const std::size_t size = r == 0 ? 150 : 2 + random.below(6);
    for (std::size_t m = 0; m < size; ++m) {
      Member& member = ring.members.emplace_back();
      member.name = fmt::format("u{}-{}", r, (m * 7) % 151);
      member.account = hash_value(member.name);
      member.membership = 1 - static_cast<double>(m) / 200;
      member.score = ring.score * static_cast<double>(1 + random.below(4)) / 4;
      member.tier = std::min(ring.tier, static_cast<Tier>(random.below(3)));
      member.reasons = {"drawn"};
      ring.run = 1;
    }
    return ring;
  }

  Scratch scratch_{"sixty"};
  std::unique_ptr<Store> store_;
  std::string large_;
};

std::vector<std::string> ids_of(const std::vector<RingLine>& lines) {
  std::vector<std::string> ids;
  for (const RingLine& line : lines) ids.push_back(line.ring);
  return ids;
}

// What the list must say, by reading all rings.
std::vector<std::string> expected(const Store& store) {
  std::vector<std::string> texts;
  for (const Ring& ring : read_rings(store, 1, RingParts::heads)) {
    RingLine line = line_of(ring);
    line.born = line.changed = 1;
    texts.push_back(line_to_json(line, 1));
  }
  return texts;
}
std::vector<std::string> listed(const Store& store) {
  std::vector<std::string> texts;
  for (const RingLine& line : read_ring_lines(store, 1).lines) texts.push_back(line_to_json(line, 1));
  return texts;
}

std::vector<std::string> names_of(const std::vector<Member>& members) {
  std::vector<std::string> names;
  for (const Member& member : members) names.push_back(member.name);
  return names;
}

ErrorCode code_of(const auto& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.code();
  }
  return ErrorCode::internal;
}

}  // namespace

TEST_CASE("ring lines: they say what the rings say, whatever people decide, and back when it is undone") {
  Sixty sixty;
  CHECK(listed(sixty.store()) == expected(sixty.store()));
  const std::vector<RingLine> lines = read_ring_lines(sixty.store(), 1).lines;
  sixty.decide(lines[0].ring, VerdictWord::reject);
  CHECK(listed(sixty.store()) == expected(sixty.store()));
  CHECK(read_ring_lines(sixty.store(), 1).lines.front().ring != lines.front().ring);
  sixty.decide(lines[59].ring, VerdictWord::confirm);
  sixty.decide("u7-0", VerdictWord::confirm, VerdictOn::account);
  sixty.decide("u8-0", VerdictWord::reject, VerdictOn::account);
  CHECK(listed(sixty.store()) == expected(sixty.store()));
  for (std::uint64_t number = 1; number <= 4; ++number) undo_verdict(sixty.store(), number, "bob", "wrong", 2);
  CHECK(listed(sixty.store()) == expected(sixty.store()));
  CHECK(ids_of(read_ring_lines(sixty.store(), 1).lines) == ids_of(lines));
}

TEST_CASE("ring list: pages one after the other are the whole list, in every order") {
  Sixty sixty;
  const RingLines lines = read_ring_lines(sixty.store(), 1);
  for (const std::string& order : ring_order_names()) {
    for (const bool ascending : {false, true}) {
      CAPTURE(order);
      RingQuery query{.order = parse_ring_order(order), .ascending = ascending, .limit = 0};
      const std::vector<std::string> whole = ids_of(list_rings(lines, query).items);
      CHECK(std::set<std::string>(whole.begin(), whole.end()).size() == 60);
      query.limit = 7;
      std::vector<std::string> paged;
      do {
        const RingPage page = list_rings(lines, query);
        CHECK(page.total == 60);
        for (const std::string& id : ids_of(page.items)) paged.push_back(id);
        query.cursor = page.next;
      } while (!query.cursor.empty());
      CHECK(paged == whole);
    }
  }
  const auto by_rank = list_rings(lines, {.limit = 0}).items;
  CHECK(ids_of(by_rank) == ids_of(lines.lines));
  const auto by_size = list_rings(lines, {.order = RingOrder::size, .limit = 1}).items;
  CHECK(by_size.at(0).ring == sixty.large());
}

TEST_CASE(
    "ring list: pages and facets without keeping the lines are those of the lines kept, with verdicts and without") {
  Sixty sixty;
  const std::vector<RingLine> lines = read_ring_lines(sixty.store(), 1).lines;
  const auto compare = [&](const RingQuery& query) {
    const RingLines kept = read_ring_lines(sixty.store(), 1);
    RingFacets facets;
    const RingPage page = list_rings(sixty.store(), 1, query, &facets);
    const RingFacets wanted = ring_facets(kept, query.filter);
    CHECK(page_to_json(page, &facets) == page_to_json(list_rings(kept, query), &wanted));
    CHECK(page.rings == kept.lines.size());
    return page.next;
  };
  const auto compare_all = [&] {
    for (const std::string& order : ring_order_names()) {
      for (const bool ascending : {false, true}) {
        for (const std::size_t limit : {0, 1, 7}) {
          CAPTURE(order);
          CAPTURE(ascending);
          CAPTURE(limit);
          RingQuery query{.order = parse_ring_order(order), .ascending = ascending, .limit = limit};
          query.cursor = compare(query);
          if (!query.cursor.empty()) compare(query);
        }
      }
    }
    compare({.filter = {.tiers = {Tier::ban}, .min_size = 3}, .limit = 5});
  };
  compare_all();
  sixty.decide(lines[0].ring, VerdictWord::reject);
  sixty.decide(lines[59].ring, VerdictWord::confirm);
  sixty.decide("u7-0", VerdictWord::confirm, VerdictOn::account);
  compare_all();
}

TEST_CASE("ring list: a page goes on where the last ring stood although a verdict has moved it") {
  Sixty sixty;
  const RingPage first = list_rings(read_ring_lines(sixty.store(), 1), {.limit = 10});
  sixty.decide(first.items.back().ring, VerdictWord::reject);
  const RingPage second = list_rings(read_ring_lines(sixty.store(), 1), {.limit = 0, .cursor = first.next});
  CHECK(second.items.size() == 51);
  for (const RingLine& line : first.items) {
    const bool moved = line.ring == first.items.back().ring;
    CHECK((std::ranges::find(second.items, line.ring, &RingLine::ring) != second.items.end()) == moved);
  }
}

TEST_CASE("ring list: each filter keeps what it says, and facets count what choosing a value would show") {
  Sixty sixty;
  sixty.decide(read_ring_lines(sixty.store(), 1).lines[3].ring, VerdictWord::needs_more);
  const RingLines lines = read_ring_lines(sixty.store(), 1);
  const auto total = [&](const RingFilter& filter) { return list_rings(lines, {.filter = filter, .limit = 1}).total; };
  const auto count = [&](const auto& holds) {
    return static_cast<std::uint64_t>(std::ranges::count_if(lines.lines, holds));
  };
  CHECK(total({.tiers = {Tier::ban}}) == count([](const RingLine& l) { return l.tier == Tier::ban; }));
  CHECK(total({.min_size = 4, .max_size = 5}) == count([](const RingLine& l) { return l.size == 4 || l.size == 5; }));
  CHECK(total({.kinds = {"ip", "payment"}}) == 5);
  CHECK(total({.campaigns = {"north"}}) == 6);
  CHECK(total({.campaigns = {"north", "none"}}) == 54);
  CHECK(total({.verdicts = {"needs-more"}}) == 1);
  CHECK(total({.verdicts = {"none"}}) == 59);
  CHECK(total({.changes = {"born"}}) == 0);
  CHECK(total({.changes = {"unchanged"}}) == 60);
  CHECK(total({.changed_since = 1}) == 0);
  CHECK(total({.changed_since = 0}) == 60);
  CHECK(total({.text = "number 7 TEST"}) >= 1);
  CHECK(total({.text = "number seven"}) == 0);
  RingFilter filter{.tiers = {Tier::ban, Tier::review}, .kinds = {"ip"}, .text = "ring"};
  const RingFacets facets = ring_facets(lines, filter);
  for (const auto& [tier, rings] : facets.tier) {
    RingFilter one = filter;
    one.tiers = {*parse_tier(tier)};
    CHECK(total(one) == rings);
  }
  for (const auto& [kind, rings] : facets.kind) {
    RingFilter one = filter;
    one.kinds.push_back(kind);
    CHECK(total(one) == rings);
  }
  for (const auto& [campaign, rings] : facets.campaign) {
    RingFilter one = filter;
    one.campaigns = {campaign};
    CHECK(total(one) == rings);
  }
}

TEST_CASE("ring list: a cursor of another run, another order or of nothing is refused") {
  Sixty sixty;
  const RingLines lines = read_ring_lines(sixty.store(), 1);
  const std::string cursor = list_rings(lines, {.limit = 3}).next;
  CHECK(run_of_cursor(cursor) == 1);
  CHECK(!run_of_cursor("12"));
  RingLines other = lines;
  other.run = 2;
  CHECK(code_of([&] { list_rings(other, {.cursor = cursor}); }) == ErrorCode::usage);
  CHECK(code_of([&] { list_rings(lines, {.order = RingOrder::size, .cursor = cursor}); }) == ErrorCode::usage);
  for (const std::string wrong : {"x", "1.rings-rank-desc.0.0.0.", "1.rings-rank-desc.zz.0.0.R-1", "....."}) {
    CAPTURE(wrong);
    CHECK(code_of([&] { list_rings(lines, {.cursor = wrong}); }) == ErrorCode::usage);
  }
}

TEST_CASE("members: pages of a large ring are what reading all its members gives, decided or not") {
  Sixty sixty;
  for (const bool decided : {false, true}) {
    if (decided) {
      sixty.decide("u0-14", VerdictWord::reject, VerdictOn::account);
      sixty.decide("u0-21", VerdictWord::confirm, VerdictOn::account);
    }
    const Ring full = find_ring(sixty.store(), 1, sixty.large());
    const RingHead head = find_ring_head(sixty.store(), 1, sixty.large().substr(2, 6));
    CHECK(head.short_members);
    CHECK(head.ring.tier == full.tier);
    CHECK(head.ring.score == full.score);
    std::vector<Member> paged;
    MembersQuery query{.limit = 40};
    do {
      const MembersPage page = list_members(sixty.store(), head, query);
      CHECK(page.total == 150);
      paged.insert(paged.end(), page.items.begin(), page.items.end());
      query.cursor = page.next;
    } while (!query.cursor.empty());
    REQUIRE(paged.size() == full.members.size());
    for (std::size_t i = 0; i < paged.size(); ++i) CHECK(member_to_json(paged[i]) == member_to_json(full.members[i]));
    std::vector<std::string> names = names_of(full.members);
    std::ranges::sort(names);
    CHECK(names_of(list_members(sixty.store(), head, {.order = MemberOrder::account, .limit = 0}).items) == names);
    std::ranges::reverse(names);
    const auto reversed =
        list_members(sixty.store(), head, {.order = MemberOrder::account, .reversed = true, .limit = 3});
    CHECK(names_of(reversed.items) == std::vector<std::string>(names.begin(), names.begin() + 3));
    for (const Tier tier : {Tier::ban, Tier::review, Tier::watch}) {
      const auto of_tier = list_members(sixty.store(), head, {.tiers = {tier}, .limit = 1});
      CHECK(of_tier.total == static_cast<std::uint64_t>(std::ranges::count(full.members, tier, &Member::tier)));
    }
    const auto first = list_members(sixty.store(), head, {.order = MemberOrder::verdict, .limit = 2}).items;
    CHECK((first[0].name == "u0-21") == decided);
    CHECK((first[1].name == "u0-14") == decided);
  }
  CHECK(code_of([&] {
          const RingHead head = find_ring_head(sixty.store(), 1, sixty.large());
          list_members(sixty.store(), head,
                       {.cursor = list_rings(read_ring_lines(sixty.store(), 1), {.limit = 1}).next});
        }) == ErrorCode::usage);
}

TEST_CASE("members: a ring that only a verdict makes has a page as well") {
  Sixty sixty;
  const auto writer = sixty.store().live_writer();
  AccountRow row;
  row.account = hash_value("loner");
  row.facts.created = 1;
  writer->add_name({{kAccountKind, row.account}, "loner"});
  writer->add_row(row);
  writer->commit();
  sixty.decide("loner", VerdictWord::confirm, VerdictOn::account);
  CHECK(listed(sixty.store()) == expected(sixty.store()));
  const RingLines lines = read_ring_lines(sixty.store(), 1);
  const auto line = std::ranges::find(lines.lines, true, &RingLine::carried);
  REQUIRE(line != lines.lines.end());
  const RingHead head = find_ring_head(sixty.store(), 1, line->ring);
  CHECK(names_of(list_members(sixty.store(), head, {}).items) == std::vector<std::string>{"loner"});
}

TEST_CASE("decisions: a ring's and an account's part of the log, undoings with what they take back") {
  Sixty sixty;
  const std::string ring = read_ring_lines(sixty.store(), 1).lines[5].ring;
  const std::string member = find_ring(sixty.store(), 1, ring).members.front().name;
  sixty.decide(ring, VerdictWord::note);
  sixty.decide(ring, VerdictWord::reject);
  sixty.decide(member, VerdictWord::confirm, VerdictOn::account);
  sixty.decide("u59-0", VerdictWord::reject, VerdictOn::account);
  undo_verdict(sixty.store(), 2, "bob", "wrong", 2);
  const Decisions decisions(read_verdicts(sixty.store()));
  const auto numbers = [](const std::vector<DecisionOn>& list) {
    std::vector<std::uint64_t> result;
    for (const DecisionOn& one : list) result.push_back(one.verdict.number);
    return result;
  };
  CHECK(numbers(decisions_on_ring(decisions, ring)) == std::vector<std::uint64_t>{1, 2, 5});
  CHECK(decisions_on_ring(decisions, ring).at(1).state == VerdictState::undone);
  CHECK(numbers(decisions_on_account(decisions, hash_value(member))) == std::vector<std::uint64_t>{1, 2, 3, 5});
  CHECK(decisions_on_account(decisions, hash_value("nobody")).empty());
}
