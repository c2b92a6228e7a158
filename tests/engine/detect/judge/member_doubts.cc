// What speaks against a member's part in its ring.
#include "engine/detect/judge/member_doubts.h"

#include <algorithm>
#include <string>
#include <vector>

#include <doctest/doctest.h>

namespace ringscope {
namespace {

// Twenty members on three addresses and a card; they ask forty prompts each, of which nobody else asks so many …
class Members {
 public:
  explicit Members(std::size_t common) : of_(20) {
    std::uint64_t own = 1'000;
    for (Profile& profile : of_) {
      for (std::size_t t = 0; t < 40; ++t) profile.prompts.push_back({t < common ? t + 1 : ++own, 1});  // … but these
      profile.templated = 40;
    }
    population_.accounts = 10'000;
    population_.requests = 400'000;
    for (KeyHash t = 1; t <= common; ++t) population_.templates.push_back({t, 20});
    traits_.size = of_.size();
    traits_.kinds = {0, 1};
    traits_.has_templates = true;
    traits_.template_overlap = static_cast<double>(common) / 40;
  }
  Profile& of(std::size_t m) { return of_[m]; }
  Traits& traits() { return traits_; }
  // Asks what nobody else asks.
  void ask_apart(std::size_t m) {
    for (TemplateCount& entry : of_[m].prompts) entry.template_hash += 100'000 * (m + 1);
  }
  // Asks what one of the others asks as well, and nobody else.
  void ask_with_one_other(std::size_t m) {
    for (TemplateCount& entry : of_[m].prompts) {
      entry.template_hash += 1'000 * (m / 2 + 1);
      if (m % 2 == 0) population_.templates.push_back({entry.template_hash, 2});
    }
    std::ranges::sort(population_.templates);
  }
  double factor(std::size_t m, const MemberFacts& facts) {
    std::vector<const Profile*> profiles;
    for (const Profile& profile : of_) profiles.push_back(&profile);
    reasons_.clear();
    return MemberDoubts(profiles, population_, traits_).factor(m, facts, reasons_);
  }
  bool says(const std::string& reason) const { return std::ranges::find(reasons_, reason) != reasons_.end(); }
  bool says_nothing() const { return reasons_.empty(); }

 private:
  std::vector<Profile> of_;
  Population population_;
  Traits traits_;
  std::vector<std::string> reasons_;
};

// Firmly tied by two kinds of things.
MemberFacts firm() {
  return {{.kinds = 2, .odds = 5, .of = 4, .asks = 1}, 0.8, {{"ip", {3, 40}}, {"payment", {1, 19}}}};
}

TEST_CASE("member doubts: nothing speaks against who is tied firmly and asks what the ring asks") {
  Members members(30);
  CHECK(members.factor(0, firm()) == 1);
  CHECK(members.says_nothing());
}

TEST_CASE("member doubts: in a ring of one mind, who asks other things may be an innocent on its addresses") {
  Members members(30);
  members.ask_apart(3);
  CHECK(members.factor(3, firm()) == doctest::Approx(0.4));
  CHECK(members.says("asks nothing that the ring asks"));
  MemberFacts close = firm();
  close.likeness = {.kinds = 3, .odds = 9, .of = 4};
  CHECK(members.factor(3, close) == doctest::Approx(0.6));
  members.of(4).templated = 1;
  CHECK(members.factor(4, firm()) == doctest::Approx(0.6));
  CHECK(members.says("too few requests to compare with the ring's"));
  CHECK(members.factor(4, close) == 1);
}

TEST_CASE("member doubts: where hardly anybody asks what many ask, it says nothing that one does not") {
  Members members(40);
  for (std::size_t m = 0; m < 20; ++m) members.ask_with_one_other(m);
  CHECK(members.factor(3, firm()) == 1);
  CHECK(members.says_nothing());
  Members most(40);
  most.ask_with_one_other(2);
  most.ask_with_one_other(3);
  CHECK(most.factor(3, firm()) == doctest::Approx(0.6));
  CHECK(most.says("asks little of what the ring asks"));
}

TEST_CASE("member doubts: where all ask much of their own, one who is not like them in prompts is told by that") {
  Members members(4);
  members.ask_apart(3);
  MemberFacts stranger = firm();
  stranger.likeness.asks = 0;
  CHECK(members.factor(3, stranger) == 1);  // nobody is like anybody in prompts
  members.traits().likeness = {"ip", "template"};
  CHECK(members.factor(3, stranger) == doctest::Approx(0.6));
  CHECK(members.says("not like the others in what it asks"));
  CHECK(members.factor(0, firm()) == 1);
  MemberFacts unknown = firm();
  unknown.likeness = {};
  CHECK(members.factor(3, unknown) == 1);
  MemberFacts close = stranger;
  close.likeness = {.kinds = 3, .odds = 9, .of = 4};
  CHECK(members.factor(3, close) == 1);
  members.of(3).templated = 2;
  CHECK(members.factor(3, stranger) == 1);
}

TEST_CASE(
    "member doubts: who has a client and prompts alone in common with the ring may be a customer of one application") {
  Members members(30);
  MemberFacts user = firm();
  user.likeness = {.kinds = 2, .odds = 12, .of = 3, .asks = 1, .tools_only = 1};
  user.ties = {{"fingerprint", {1, 29}}, {"ip", {1, 2}}};
  CHECK(members.factor(0, user) == doctest::Approx(0.6));
  CHECK(members.says("like the others in a client and prompts alone, which others have as well"));
  MemberFacts tied = user;
  tied.ties["ip"] = {3, 25};  // to many of them by another kind of thing
  CHECK(members.factor(0, tied) == 1);
  MemberFacts like = user;
  like.likeness.tools_only = 0;
  CHECK(members.factor(0, like) == 1);
}

TEST_CASE("member doubts: few others on one kind of thing, and little that is shared") {
  Members members(30);
  MemberFacts family = firm();
  family.likeness.kinds = 1;
  family.ties = {{"ip", {3, 40}}, {"payment", {1, 2}}};
  CHECK(members.factor(0, family) == doctest::Approx(0.6));
  CHECK(members.says("tied to more than a few members by one kind of thing at most"));
  MemberFacts chance = firm();
  chance.ties = {{"ip", {3, 40}}, {"payment", {1, 2}}};
  CHECK(members.factor(0, chance) == doctest::Approx(0.6));
  CHECK(members.says("like the others, but chance is not ruled out"));
  chance.likeness.odds = 9;
  CHECK(members.factor(0, chance) == 1);
  chance.likeness = {.kinds = 2};  // of what it has nothing is known
  CHECK(members.factor(0, chance) == 1);
  MemberFacts loose = firm();
  loose.membership = 0.2;
  CHECK(members.factor(0, loose) == doctest::Approx(0.8));
}

}  // namespace
}  // namespace ringscope
