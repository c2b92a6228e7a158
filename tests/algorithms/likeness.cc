#include "algorithms/likeness.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <numeric>
#include <vector>

#include <doctest/doctest.h>

#include "base/random.h"

namespace ringscope {
namespace {

// Six accounts in two layers: 0-3 draw on things 0 and 1, 4 and 5 on thing 2; thing 3 is everybody's; of the second
// layer, each has one of its own but 0 and 1, who share one.
BipartiteArrays small() {
  return build_bipartite({0, 4, 8, 11, 14, 17, 20}, {0, 1, 3, 4, 0, 1, 3, 4, 0, 3, 5, 1, 3, 6, 2, 3, 7, 2, 3, 8}, 9,
                         {0, 4, 9});
}

std::vector<LikenessView> view_of(const BipartiteArrays& arrays) {
  return {{arrays.view(), {}, {{0, 20.0F}, {1, 20.0F}}}};
}

TEST_CASE("likeness: equals its definition, with and without the account's own touches") {
  const BipartiteArrays arrays = small();
  Likeness likeness(view_of(arrays), 2);
  const std::vector<Vertex> group = {0, 1, 2, 3};
  likeness.set_group(group);
  const auto bits = [](double ratio) { return std::log2(0.5 + 0.5 * ratio); };
  // Layer 0: 14 touches, 10 of the group, so it is held against all; things of 3, 3, 2 and 6 accounts.
  const double in = bits(2.0 / 7 * 14 / 3) * 2 + bits(3.0 / 7 * 14 / 6);  // account 0 left out
  CHECK(static_cast<double>(likeness.bits(0, std::vector<Vertex>{0})[0]) == doctest::Approx(in));
  const double out = bits(0) + bits(4.0 / 10 * 14 / 6);
  CHECK(static_cast<double>(likeness.bits(4, {})[0]) == doctest::Approx(out));
  CHECK(likeness.bits(0, std::vector<Vertex>{0})[1] == 0);  // one in three of the group has it, as everywhere
  CHECK(likeness.bits(2, std::vector<Vertex>{2})[1] == doctest::Approx(-1));  // has one that nobody has: half a chance
  CHECK(likeness.lift(0, 0) == doctest::Approx(3.0 / 10 * 14 / 3));
  CHECK(likeness.lift(0, 2) == 0);
  // A group of two has 4 of the 14 touches, and is held against the 10 of the rest: each thing as if it had one more,
  // and what account 4, who is no member, has itself is left out.
  likeness.set_group(std::vector<Vertex>{3, 5});
  const double member = bits(0) + bits(1.0 / 2 * 10 / 5);  // account 5 left out; of thing 3 the rest has 4
  CHECK(static_cast<double>(likeness.bits(5, std::vector<Vertex>{5})[0]) == doctest::Approx(member));
  const double stranger = bits(1.0 / 4 * 10 / 1) + bits(2.0 / 4 * 10 / 4);
  CHECK(static_cast<double>(likeness.bits(4, {})[0]) == doctest::Approx(stranger));
  CHECK(static_cast<double>(likeness.family_bits(0, 4, {})) ==
        doctest::Approx(bits(1.0 / 4 * 14 / 2) + bits(2.0 / 4 * 14 / 6)));
}

TEST_CASE("likeness: what is a group's own speaks for its members, however large a part of all the group is") {
  std::vector<ArcIndex> offsets{0};
  std::vector<Vertex> things;
  for (Vertex l = 0; l < 40; ++l) {
    things.push_back(l < 20 ? l % 4 : l);
    offsets.push_back(things.size());
  }
  const BipartiteArrays arrays = build_bipartite(offsets, things, 40, {0, 40});
  Likeness likeness({{arrays.view(), {}, {{0, 20.0F}}}}, 1);
  std::vector<Vertex> half(20);
  std::iota(half.begin(), half.end(), Vertex{0});
  likeness.set_group(half);
  // Four of the 19 others have it and nobody of the rest, who have 20.
  CHECK(static_cast<double>(likeness.bits(0, std::vector<Vertex>{0})[0]) ==
        doctest::Approx(std::log2(0.5 + 0.5 * (4.0 / 19) / (1.0 / 20))));
  CHECK(likeness.family_bits(0, 0, std::vector<Vertex>{0}) < 1);  // twice as often as everybody at most
  CHECK(likeness.lift(0, 0) > 4);
  // But who is most of all is nobody apart.
  std::vector<Vertex> most(22);
  std::iota(most.begin(), most.end(), Vertex{0});
  likeness.set_group(most);
  CHECK(static_cast<double>(likeness.bits(0, std::vector<Vertex>{0})[0]) ==
        doctest::Approx(std::log2(0.5 + 0.5 * (4.0 / 21) / (5.0 / 40))));
}

TEST_CASE("likeness: everybody can be those of one period, each with a weight, and a little of all time") {
  const BipartiteArrays arrays = small();
  Likeness likeness(view_of(arrays), 2);
  likeness.set_group(std::vector<Vertex>{0, 1});
  // Accounts 4 and 5, the latter half: of layer 0 three touches, thing 3 has one and a half; of all 14 touches as many
  // as 7 are added, of thing 3 three.
  likeness.set_population(std::vector<Vertex>{4, 5}, std::vector<double>{1, 0.5}, 7);
  CHECK(likeness.lift(0, 3) == doctest::Approx((2.0 / 6) / ((1.5 + 3) / (3 + 7))));
  likeness.set_population(std::vector<Vertex>{0, 1, 2, 3, 4, 5}, std::vector<double>(6, 1.0), 0);
  CHECK(likeness.lift(0, 0) == doctest::Approx((2.0 / 6) / (3.0 / 14)));
  CHECK(likeness.lift(0, 4) == doctest::Approx((2.0 / 2) / (2.0 / 6)));
}

TEST_CASE("likeness: a group set later leaves nothing of the one before; amounts and bounds count") {
  const BipartiteArrays arrays = small();
  Likeness fresh(view_of(arrays), 2), used(view_of(arrays), 2);
  used.set_group(std::vector<Vertex>{0, 1, 2, 3});
  used.set_group(std::vector<Vertex>{4, 5});
  fresh.set_group(std::vector<Vertex>{4, 5});
  for (Vertex l = 0; l < 6; ++l) {
    const std::vector<Vertex> own = l >= 4 ? std::vector<Vertex>{l} : std::vector<Vertex>{};
    CHECK(used.bits(l, own) == fresh.bits(l, own));
  }
  CHECK(used.touched(0) == std::vector<Vertex>{2, 3, 7, 8});

  std::vector<LikenessView> bounded = view_of(arrays);
  bounded[0].layers[0].most_bits = 0.25F;
  Likeness cut(bounded, 2);
  cut.set_group(std::vector<Vertex>{4, 5});
  CHECK(cut.bits(4, std::vector<Vertex>{4})[0] <= 0.25F);

  // Layers of one family: the better of them.
  std::vector<LikenessView> joined = view_of(arrays);
  joined[0].layers[1].family = 0;
  Likeness one(joined, 1);
  one.set_group(std::vector<Vertex>{0, 1, 2, 3});
  used.set_group(std::vector<Vertex>{0, 1, 2, 3});
  CHECK(one.bits(0, std::vector<Vertex>{0})[0] ==
        std::max(used.bits(0, std::vector<Vertex>{0})[0], used.bits(0, std::vector<Vertex>{0})[1]));
}

TEST_CASE("likeness: a group without some of its members is the rest, and whole again as it was") {
  const BipartiteArrays arrays = small();
  std::vector<float> amounts(arrays.view().edge_count());
  Random random(7);
  for (float& amount : amounts) amount = 0.1F + static_cast<float>(random.uniform());
  std::vector<LikenessView> views = view_of(arrays);
  views[0].amounts = amounts;
  Likeness whole(views, 2), less(views, 2), rest(views, 2);
  const std::vector<Vertex> group = {0, 1, 2, 3, 5};
  whole.set_group(group);
  less.set_group(group);
  for (const std::vector<Vertex>& aside :
       {std::vector<Vertex>{1}, std::vector<Vertex>{0, 3, 5}, std::vector<Vertex>{2, 3}}) {
    less.set_aside(aside);
    std::vector<Vertex> others;
    std::ranges::set_difference(group, aside, std::back_inserter(others));
    rest.set_group(others);
    for (Vertex l = 0; l < 6; ++l) {
      const bool in = std::ranges::find(others, l) != others.end();
      const std::vector<Vertex> own = in ? std::vector<Vertex>{l} : std::vector<Vertex>{};
      for (std::size_t f = 0; f < 2; ++f)
        CHECK(less.bits(l, own)[f] == doctest::Approx(rest.bits(l, own)[f]).epsilon(1e-5));
    }
    for (Vertex r = 0; r < 9; ++r) CHECK(less.in_group(0, r) == doctest::Approx(rest.in_group(0, r)));
    CHECK(less.in_group(0, 5) == rest.in_group(0, 5));  // of account 2 alone: nothing is left, not a rounding
  }
  less.set_aside({});
  for (Vertex l = 0; l < 6; ++l) CHECK(less.bits(l, {}) == whole.bits(l, {}));
  less.set_aside(std::vector<Vertex>{1});
  less.set_group(std::vector<Vertex>{0, 2});
  rest.set_group(std::vector<Vertex>{0, 2});
  less.set_aside({});
  for (Vertex l = 0; l < 6; ++l) CHECK(less.bits(l, {}) == rest.bits(l, {}));
}

TEST_CASE("likeness: a weight multiplies what a layer says, and a layer of weight 0 says nothing to its family") {
  const BipartiteArrays arrays = small();
  std::vector<LikenessView> doubled = view_of(arrays), silent = view_of(arrays);
  doubled[0].layers[0].weight = 2;
  silent[0].layers[1] = {0, 20.0F, 0};  // in the family of the other layer, whose bits it could but raise
  Likeness plain(view_of(arrays), 2), twice(doubled, 2), one(silent, 2);
  for (Likeness* likeness : {&plain, &twice, &one}) likeness->set_group(std::vector<Vertex>{0, 1, 2, 3});
  for (const Vertex account : {4U, 5U}) {
    CHECK(twice.bits(account, {})[0] == 2 * plain.bits(account, {})[0]);
    CHECK(twice.bits(account, {})[1] == plain.bits(account, {})[1]);
    CHECK(plain.bits(account, {})[0] < 0);
    CHECK(one.bits(account, {})[0] == plain.bits(account, {})[0]);
  }
}

TEST_CASE("likeness: the bound of a family's bits holds whoever is left out; the bits are those of the whole") {
  Random random(5);
  for (int round = 0; round < 50; ++round) {
    // Twenty accounts on thirty things in two layers, at random.
    std::vector<ArcIndex> offsets = {0};
    std::vector<Vertex> targets;
    for (Vertex l = 0; l < 20; ++l) {
      for (Vertex r = 0; r < 30; ++r) {
        if (random.chance(0.3)) targets.push_back(r);
      }
      offsets.push_back(targets.size());
    }
    const BipartiteArrays arrays = build_bipartite(std::move(offsets), std::move(targets), 30, {0, 12, 30});
    std::vector<float> amounts;
    for (std::size_t e = 0; e < arrays.view().edge_count(); ++e)
      amounts.push_back(0.1F + static_cast<float>(random.uniform()));
    Likeness likeness({{arrays.view(), amounts, {{0, 20.0F, 1, round % 2 == 1}, {1, 6.0F, 0.5F}}}}, 2);
    const std::vector<Vertex> group = {0, 2, 3, 5, 7, 11, 13};
    likeness.set_group(group);
    const std::vector<Vertex> out = {2, 5, 11};
    Likeness everybody = likeness;  // held against all, as the bits of one family are
    std::vector<Vertex> all(20);
    std::iota(all.begin(), all.end(), Vertex{0});
    everybody.set_population(all, std::vector<double>(20, 1.0), 0);
    for (std::size_t family = 0; family < 2; ++family) {
      const auto most = likeness.most_left_out(family, group, out.size());
      for (Vertex l = 0; l < 20; ++l) {
        const float bits = likeness.family_bits(family, l, out);
        CHECK(static_cast<double>(bits) == doctest::Approx(everybody.bits(l, out)[family]));
        CHECK(bits <= likeness.bits_at_most(most, l) + 1e-4F);
        CHECK(likeness.family_bits(family, l, {}) <= likeness.bits_at_most(most, l) + 1e-4F);
      }
    }
  }
}

TEST_CASE("likeness: in a diluted layer much of one's own is no proof against what is shared") {
  // 2,000 accounts with 50 things each of their own; the first 20 have four of the group's ten as well.
  constexpr Vertex kAccounts = 2000, kGroup = 20, kOwn = 50, kCommon = 10;
  std::vector<ArcIndex> offsets = {0};
  std::vector<Vertex> things;
  for (Vertex l = 0; l < kAccounts; ++l) {
    for (Vertex t = 0; l < kGroup && t < kCommon; ++t) {
      if ((t + l) % kCommon < 4) things.push_back(t);
    }
    for (Vertex t = 0; t < kOwn; ++t) things.push_back(kCommon + l * kOwn + t);
    offsets.push_back(things.size());
  }
  const Vertex count = kCommon + kAccounts * kOwn;
  const BipartiteArrays arrays = build_bipartite(std::move(offsets), std::move(things), count, {0, count});
  std::vector<Vertex> group(kGroup);
  std::iota(group.begin(), group.end(), Vertex{0});
  const auto bits_of = [&](bool diluted, Vertex account, float most) {
    Likeness likeness({{arrays.view(), {}, {{0, most, 1, diluted}}}}, 1);
    likeness.set_group(group);
    const std::vector<Vertex> out = account < kGroup ? std::vector<Vertex>{account} : std::vector<Vertex>{};
    return static_cast<double>(likeness.bits(account, out)[0]);
  };
  CHECK(bits_of(false, 0, 100) < -10);
  CHECK(bits_of(true, 0, 100) > 10);
  CHECK(bits_of(true, 0, 8) == 8);
  // Who shares nothing is unlike the group, if by less than a bit for each of his own.
  CHECK(bits_of(false, kGroup, 100) == doctest::Approx(-double{kOwn}));
  const double eighth = kOwn * std::log2(7.0 / 8), least = kOwn * std::log2(31.0 / 32);
  CHECK(bits_of(true, kGroup, 100) ==
        doctest::Approx(std::log2(.98 * std::exp2(-double{kOwn}) + .01 * std::exp2(eighth) + .01 * std::exp2(least))));
  CHECK(bits_of(true, kGroup, 100) < -8);

  // Held against everybody, what nobody else has says nothing: the bits are those of an account without it.
  Likeness likeness({{arrays.view(), {}, {{0, 100.0F, 1, true}}}}, 1);
  likeness.set_group(group);
  CHECK(likeness.family_bits(0, kGroup, {}) == 0);
  CHECK(likeness.family_bits(0, 0, std::vector<Vertex>{0}) > 10);
  // Nor does it lower the bound, of one outside the group who has things of it, and fifty of his own.
  group.erase(group.begin());
  likeness.set_group(group);
  const auto most = likeness.most_left_out(0, group, 1);
  CHECK(likeness.family_bits(0, 0, {}) > 10);
  CHECK(likeness.family_bits(0, 0, {}) <= likeness.bits_at_most(most, 0) + 1e-4F);
}

}  // namespace
}  // namespace ringscope
