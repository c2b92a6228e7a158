// Two persons for a large ring, also when one of them decides on its members one by one.
#include "engine/ask/verdicts.h"

#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "base/error.h"
#include "engine/detect/publish.h"
#include "tests/engine/ask/known_accounts.h"
#include "tests/engine/lab/scratch.h"

using namespace ringscope;
using testing::add_accounts;

namespace {

// A run with two rings: u0 … u39 and v0 … v39; w0 … w39 are in none.
class Pair {
 public:
  Pair() : store_(Store::open(scratch_.path("db"), {.mode = OpenMode::create})) {
    std::vector<Ring> rings{ring("R-00000001", 'u'), ring("R-00000002", 'v')};
    add_accounts(*store_, ring("", 'w'));
    RunSummary run;
    publish(*store_, rings, run, {});
  }
  Store& store() { return *store_; }

  // On PREFIX<first> … PREFIX<last - 1>, in one step.
  std::vector<Verdict> say(const std::string& by, char prefix, int first, int last,
                           VerdictWord word = VerdictWord::confirm) {
    std::vector<VerdictRequest> requests;
    for (int i = first; i < last; ++i)
      requests.push_back({.target = fmt::format("{}{}", prefix, i),
                          .word = word,
                          .by = by,
                          .reason = "seen",
                          .now = 1,
                          .two_persons_above = 10});
    return give_verdicts(*store_, requests);
  }
  std::size_t confirmed() { return Decisions(read_verdicts(*store_)).confirmed().size(); }

 private:
  Ring ring(const std::string& id, char prefix) {
    Ring ring;
    ring.id = id;
    for (int i = 0; i < 40; ++i) {
      Member& member = ring.members.emplace_back();
      member.name = fmt::format("{}{}", prefix, i);
      member.account = hash_value(member.name);
    }
    if (!id.empty()) add_accounts(*store_, ring);
    return ring;
  }
  Scratch scratch_{"verdicts"};
  std::unique_ptr<Store> store_;
};

}  // namespace

TEST_CASE("verdicts: more accounts at once than one person may decide on wait for a second who says the same") {
  Pair pair;
  CHECK(pair.say("ann", 'u', 0, 11).front().persons == 2);
  CHECK(pair.confirmed() == 0);
  CHECK(pair.say("ann", 'u', 0, 11).back().persons == 2);  // one person twice is one
  CHECK(pair.confirmed() == 0);
  pair.say("bob", 'u', 0, 11, VerdictWord::reject);
  CHECK(pair.confirmed() == 0);
  pair.say("bob", 'u', 0, 11);
  CHECK(pair.confirmed() == 11);
  CHECK(pair.say("cy", 'w', 0, 11).front().persons == 2);  // whatever rings they are in
}

TEST_CASE("verdicts: a ring's members confirmed a few at a time by one person wait as the whole ring would") {
  Pair pair;
  for (int i = 0; i < 10; ++i) CHECK(pair.say("ann", 'u', i, i + 1).front().persons == 1);
  CHECK(pair.confirmed() == 10);
  CHECK(pair.say("ann", 'u', 10, 11).front().persons == 2);
  CHECK(pair.say("ann", 'u', 11, 20).front().persons == 2);
  CHECK(pair.confirmed() == 10);
  CHECK(pair.say("ann", 'u', 3, 4).front().persons == 2);  // again on one that counts already
  // Another ring, accounts in none, notes, and other persons are other matters.
  CHECK(pair.say("ann", 'v', 0, 10).front().persons == 1);
  CHECK(pair.say("ann", 'w', 0, 10).front().persons == 1);
  CHECK(pair.say("ann", 'u', 30, 31, VerdictWord::note).front().persons == 1);
  CHECK(pair.say("bob", 'u', 20, 30).front().persons == 1);
  CHECK(pair.confirmed() == 40);
  CHECK(pair.say("bob", 'u', 10, 20).front().persons == 2);  // the second word on what ann said
  CHECK(pair.confirmed() == 50);
}

TEST_CASE("verdicts: what a person took back does not count against the person") {
  Pair pair;
  const std::vector<Verdict> given = pair.say("ann", 'u', 0, 10);
  std::vector<std::uint64_t> numbers;
  for (const Verdict& verdict : given) numbers.push_back(verdict.number);
  const std::vector<Verdict> undone = undo_verdicts(pair.store(), numbers, "ann", "wrong ring", 2);
  CHECK(undone.size() == 10);
  CHECK(pair.confirmed() == 0);
  CHECK(pair.say("ann", 'u', 10, 20).front().persons == 1);
  CHECK(pair.confirmed() == 10);
}

TEST_CASE("verdicts: several are taken back in one step or not at all") {
  Pair pair;
  pair.say("ann", 'u', 0, 5);
  const std::uint64_t last = pair.store().last_event();
  for (const std::vector<std::uint64_t>& wrong :
       {std::vector<std::uint64_t>{1, 2, 9}, std::vector<std::uint64_t>{1, 1}, std::vector<std::uint64_t>{0}}) {
    CHECK_THROWS_AS(undo_verdicts(pair.store(), wrong, "ann", "wrong", 2), Error);
    CHECK(pair.confirmed() == 5);
    CHECK(pair.store().last_event() == last);
  }
  undo_verdicts(pair.store(), std::vector<std::uint64_t>{1, 3}, "ann", "wrong", 2);
  CHECK(pair.confirmed() == 3);
  CHECK_THROWS_AS(undo_verdicts(pair.store(), std::vector<std::uint64_t>{3}, "ann", "wrong", 2), Error);
}
