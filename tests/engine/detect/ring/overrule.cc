#include "engine/detect/ring/overrule.h"

#include <algorithm>

#include <doctest/doctest.h>

#include "base/error.h"

using namespace ringscope;

namespace {

Verdict on_ring(std::uint64_t number, VerdictWord word, std::vector<KeyHash> accounts, const std::string& by = "ann",
                std::uint32_t persons = 1) {
  return {.number = number,
          .word = word,
          .target = "R-1",
          .ring = "R-1",
          .persons = persons,
          .accounts = std::move(accounts),
          .things = {},
          .by = by,
          .reason = "looked",
          .given = 1};
}

Verdict on_account(std::uint64_t number, VerdictWord word, KeyHash account) {
  return {.number = number,
          .word = word,
          .target = "a",
          .ring = {},
          .accounts = {account},
          .things = {},
          .by = "bob",
          .reason = "knows",
          .given = 2};
}

Verdict undo(std::uint64_t number, std::uint64_t undoes) {
  return {.number = number,
          .undoes = undoes,
          .target = "R-1",
          .ring = "R-1",
          .accounts = {},
          .things = {},
          .by = "bob",
          .reason = "slip",
          .given = 3};
}

// Four members at ban, 1 to 4.
Ring ring_of_four() {
  Ring ring;
  ring.id = "R-1";
  ring.tier = Tier::ban;
  ring.score = 0.99;
  for (KeyHash account = 1; account <= 4; ++account) {
    Member& member = ring.members.emplace_back();
    member.account = account;
    member.tier = account < 4 ? Tier::ban : Tier::review;
    member.score = account < 4 ? 0.99 : 0.6;
  }
  return ring;
}

std::vector<Tier> tiers(const Ring& ring) {
  std::vector<Tier> all;
  for (const Member& member : ring.members) all.push_back(member.tier);
  return all;
}

Ring ruled(std::vector<Verdict> verdicts, Ring ring = ring_of_four()) {
  overrule(Decisions(std::move(verdicts)), ring);
  return ring;
}

constexpr Tier kBan = Tier::ban;
constexpr Tier kReview = Tier::review;
constexpr Tier kWatch = Tier::watch;

}  // namespace

TEST_CASE("overrule: without a verdict nothing changes") {
  const Ring ring = ruled({on_account(1, VerdictWord::reject, 99)});
  CHECK(tiers(ring) == tiers(ring_of_four()));
  CHECK(ring.tier == kBan);
  CHECK_FALSE(ring.engine);
}

TEST_CASE("overrule: a rejected member is out of the way of every pipeline, the others stay") {
  const Ring ring = ruled({on_account(1, VerdictWord::reject, 2)});
  CHECK(tiers(ring) == std::vector{kBan, kWatch, kBan, kReview});
  CHECK(ring.members[1].score == 0);
  CHECK(ring.members[1].verdict->by == "bob");
  CHECK(ring.members[1].engine->score == 0.99);
  CHECK(ring.tier == kBan);
}

TEST_CASE("overrule: a ring called benign is watched, with the members that came later") {
  const Ring ring = ruled({on_ring(1, VerdictWord::benign, {1, 2})});
  CHECK(tiers(ring) == std::vector{kWatch, kWatch, kWatch, kWatch});
  CHECK(ring.tier == kWatch);
  CHECK(ring.engine->tier == kBan);
}

TEST_CASE("overrule: a cleared minority clears nobody else") {
  const Ring ring = ruled({on_ring(1, VerdictWord::reject, {1})});
  CHECK(tiers(ring) == std::vector{kWatch, kBan, kBan, kReview});
  CHECK(ring.tier == kBan);
}

TEST_CASE("overrule: a confirmed ring is at ban whatever the engine says now, its later members as the engine says") {
  Ring weak = ring_of_four();
  weak.tier = kReview;
  weak.score = 0.7;
  for (Member& member : weak.members) member.tier = kReview;
  const Ring ring = ruled({on_ring(1, VerdictWord::confirm, {1, 2, 3})}, weak);
  CHECK(tiers(ring) == std::vector{kBan, kBan, kBan, kReview});
  CHECK(ring.tier == kBan);
  CHECK(ring.score == 1);
}

TEST_CASE("overrule: needs-more keeps machines away") {
  const Ring ring = ruled({on_ring(1, VerdictWord::needs_more, {1, 2, 3})});
  CHECK(tiers(ring) == std::vector{kReview, kReview, kReview, kReview});
  CHECK(ring.tier == kReview);
  CHECK(ring.score == 0.99);
}

TEST_CASE("overrule: a word on an account outranks one on its ring, whichever came first") {
  const Ring ring = ruled({on_account(1, VerdictWord::reject, 1), on_ring(2, VerdictWord::confirm, {1, 2, 3})});
  CHECK(tiers(ring) == std::vector{kWatch, kBan, kBan, kReview});
}

TEST_CASE("overrule: a confirmed member of a cleared ring stays at ban alone") {
  const Ring ring = ruled({on_ring(1, VerdictWord::benign, {1, 2, 3, 4}), on_account(2, VerdictWord::confirm, 3)});
  CHECK(tiers(ring) == std::vector{kWatch, kWatch, kBan, kWatch});
  CHECK(ring.tier == kBan);
}

TEST_CASE("overrule: an undone verdict leaves what the engine said, also where an earlier run was overruled by it") {
  const Ring before = ruled({on_ring(1, VerdictWord::benign, {1, 2, 3, 4})});
  const Ring ring = ruled({on_ring(1, VerdictWord::benign, {1, 2, 3, 4}), undo(2, 1)}, before);
  CHECK(tiers(ring) == tiers(ring_of_four()));
  CHECK(ring.tier == kBan);
  CHECK(ring.score == 0.99);
  CHECK_FALSE(ring.engine);
  CHECK_FALSE(ring.verdict);
}

TEST_CASE("overrule: twice is once") {
  const std::vector<Verdict> verdicts = {on_ring(1, VerdictWord::needs_more, {1, 2}),
                                         on_account(2, VerdictWord::reject, 3)};
  const Ring once = ruled(verdicts);
  const Ring twice = ruled(verdicts, once);
  CHECK(tiers(twice) == tiers(once));
  CHECK(twice.engine->tier == once.engine->tier);
  CHECK(twice.members[2].engine->score == 0.99);
}

TEST_CASE("verdicts: on a large ring two persons must say the same, and one person twice is one") {
  std::vector<Verdict> verdicts = {on_ring(1, VerdictWord::confirm, {1}, "ann", 2),
                                   on_ring(2, VerdictWord::confirm, {1}, "ann", 2)};
  CHECK_FALSE(Decisions(verdicts).is_confirmed(1));
  CHECK(Decisions(verdicts).state(1) == VerdictState::waits);
  verdicts.push_back(on_ring(3, VerdictWord::reject, {1}, "eve", 2));
  CHECK(Decisions(verdicts).of_account(1) == nullptr);
  verdicts.push_back(on_ring(4, VerdictWord::confirm, {1}, "eve", 2));
  CHECK(Decisions(verdicts).is_confirmed(1));
  verdicts.push_back(undo(5, 4));
  CHECK_FALSE(Decisions(verdicts).is_confirmed(1));
}

TEST_CASE("verdicts: a later word on a ring replaces the earlier, a note decides nothing") {
  const Decisions standing({on_ring(1, VerdictWord::confirm, {1, 2}), on_ring(2, VerdictWord::reject, {1, 2}),
                            on_ring(3, VerdictWord::note, {1, 2})});
  CHECK(standing.state(0) == VerdictState::replaced);
  CHECK(standing.of_account(1)->word == VerdictWord::reject);
  CHECK(standing.of_ring("R-1")->number == 2);
}

TEST_CASE("verdicts: what a benign ring shares is honest until that is undone") {
  Verdict benign = on_ring(1, VerdictWord::benign, {1, 2});
  benign.things = {{"ip", "192.0.2.1"}};
  CHECK(Decisions({benign}).honest_things() == benign.things);
  CHECK(Decisions({benign, undo(2, 1)}).honest_things().empty());
}

TEST_CASE("verdicts: a number that is none, or does not fit, makes a line no verdict") {
  const std::string line = verdict_to_json(on_ring(7, VerdictWord::benign, {1}, "Ann", 2));
  const std::size_t at = line.find("\"persons\":2");
  REQUIRE(at != std::string::npos);
  for (const char* persons : {"1.5", "-1", "1e80", "4294967296", "\"2\""}) {
    CAPTURE(persons);
    const std::string text = line.substr(0, at + 10) + persons + line.substr(at + 11);
    CHECK_THROWS_AS(verdict_from_json(text), Error);
  }
}

TEST_CASE("verdicts: JSON reads back the same") {
  Verdict verdict = on_ring(7, VerdictWord::benign, {1, ~KeyHash{0}}, "Ann \"A\"", 2);
  verdict.things = {{"ip", "192.0.2.1"}, {"payment", "x\xff"}};
  verdict.things.pop_back();
  const Verdict back = verdict_from_json(verdict_to_json(verdict));
  CHECK(back.accounts == verdict.accounts);
  CHECK(back.things == verdict.things);
  CHECK(back.word == verdict.word);
  CHECK(back.by == verdict.by);
  CHECK(back.persons == 2);
  CHECK(verdict_to_json(back) == verdict_to_json(verdict));
}
