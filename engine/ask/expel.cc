#include "engine/ask/expel.h"

#include <algorithm>
#include <numeric>
#include <unordered_map>

#include <fmt/format.h>

#include "algorithms/multicover.h"
#include "engine/detect/index/held_things.h"
#include "engine/detect/ring/ring_json.h"

namespace ringscope {
namespace {

// One other member that a link ties to the account.
struct Tie {
  AccountThings other;
  double bits = 0;                    // of the link
  std::vector<std::uint32_t> shared;  // positions among the account's things
};

using Linked = std::unordered_map<KeyHash, double>;  // bits of the account's links

struct Ties {
  std::vector<Tie> links;
  std::vector<std::uint32_t> members;  // per thing of the account: other members that have it
};

// Of the others in the ring those whose things are to be read, ascending: when the run says how many members have a
// thing, only those who are linked.
std::vector<KeyHash> others_to_read(const Ring& ring, KeyHash account, const Linked& linked, bool all) {
  std::vector<KeyHash> others;
  for (const Member& member : ring.members) {
    if (member.account != account && (all || linked.contains(member.account))) others.push_back(member.account);
  }
  std::ranges::sort(others);
  return others;
}

// `held` counts the account itself.
void count_members(const AccountThings& mine, const std::vector<HeldThing>& held, std::vector<std::uint32_t>& members) {
  auto next = held.begin();
  for (std::size_t at = 0; at < mine.things.size(); ++at) {
    next = std::lower_bound(next, held.end(), mine.things[at].entity,
                            [](const HeldThing& one, const VertexKey& thing) { return one.thing < thing; });
    if (next == held.end()) return;
    if (next->thing == mine.things[at].entity) members[at] = next->members - 1;
  }
}

// Nothing when more rows were to be read than may be.
std::optional<Ties> ties_of(const RunView& view, const AccountThings& mine, const Ring& ring,
                            const ExpelOptions& options) {
  Linked linked;
  for (const StoredLink& link : view.store().links_of(view.run().run, mine.account))
    linked.emplace(link.other, static_cast<double>(link.bits));
  const auto held = held_things(view.store(), view.run().run, ring.id);
  const std::vector<KeyHash> others = others_to_read(ring, mine.account, linked, !held);
  if (others.size() > options.most_read) return std::nullopt;
  Ties ties;
  ties.members.resize(mine.things.size(), 0);
  ties.links.reserve(std::min(linked.size(), others.size()));
  view.visit_keys(others, [&](const AccountThings& other) {
    pass(options.check);
    std::vector<std::uint32_t> shared = RunView::meet(mine, other);
    for (const std::uint32_t at : shared) ++ties.members[at];
    const auto link = linked.find(other.account);
    if (link != linked.end())
      ties.links.push_back({{other.account, {}, other.scales}, link->second, std::move(shared)});
  });
  if (held) {
    std::ranges::fill(ties.members, 0);
    count_members(mine, *held, ties.members);
  }
  return ties;
}

// The most bins that the two may share and still miss the cut.
std::uint64_t most_without_link(const RunView& view, const AccountThings& a, const AccountThings& b,
                                std::uint64_t all) {
  // The surprise rises with the sum, so the last sum below the cut is found by halving.
  std::uint64_t below = 0, above = all + 1;
  while (below + 1 < above) {
    const std::uint64_t middle = (below + above) / 2;
    const bool kept = view.surprise(a, b, static_cast<double>(middle) / kBinsPerBit) >= view.tests().pair_cut;
    (kept ? above : below) = middle;
  }
  return below;
}

std::uint64_t bins_of(const Thing& thing) { return static_cast<std::uint64_t>(thing.bits * kBinsPerBit); }

constexpr double kRounding = 1e-5;  // of single precision

// When nothing is shared, nothing helps.
CoverDemand everything_of(const Tie& tie) {
  CoverDemand demand;
  demand.need = std::max<std::uint64_t>(tie.shared.size(), 1);
  demand.entries.reserve(tie.shared.size());
  for (const std::uint32_t at : tie.shared) demand.entries.push_back({at, 1});
  return demand;
}

// What must go for one link to go: things that vouch by themselves, each alone, and enough of the rest.
void add_demands(const RunView& view, const AccountThings& mine, const Tie& tie, std::vector<CoverDemand>& demands,
                 Expulsion& result) {
  CoverDemand demand;
  std::uint64_t all = 0;
  bool vouched = false;
  demand.entries.reserve(tie.shared.size());
  for (const std::uint32_t at : tie.shared) {
    const Thing& thing = mine.things[at];
    if (thing.verdict != ThingVerdict::evidence) continue;
    demand.entries.push_back({at, bins_of(thing)});
    all += bins_of(thing);
    if (!view.vouches(thing)) continue;
    vouched = true;
    demands.push_back({{{at, 1}}, 1});
  }
  const double surprise = view.surprise(mine, tie.other, static_cast<double>(all) / kBinsPerBit);
  const bool surprising = surprise >= view.tests().pair_cut;
  // Bits beyond what sharing gives come from elsewhere, as from when the two came to the things.
  const bool explained = (surprising || vouched) && tie.bits <= std::max(1.0, surprise) * (1 + kRounding);
  if (!explained) {
    ++result.unexplained;
    demand = everything_of(tie);
  } else if (surprising) {
    demand.need = all - most_without_link(view, mine, tie.other, all);
  }
  demands.push_back(std::move(demand));
}

struct Choice {
  bool possible = false;
  bool smallest = true;
  std::vector<std::uint32_t> things;
};

Choice by_links(const RunView& view, const AccountThings& mine, const Ties& ties, const Checkpoint& check,
                Expulsion& result) {
  if (ties.links.empty()) return {};
  std::vector<CoverDemand> demands;
  demands.reserve(ties.links.size() * 2);
  for (const Tie& tie : ties.links) {
    pass(check);
    add_demands(view, mine, tie, demands, result);
  }
  Cover cover = least_cover(static_cast<std::uint32_t>(mine.things.size()), std::move(demands));
  return {cover.possible, cover.proven && result.unexplained == 0, std::move(cover.items)};
}

// Sets the cohesion that the account has now.
Choice by_cohesion(const RunView& view, const AccountThings& mine, const Ties& ties, Expulsion& result) {
  std::vector<std::uint32_t> inside;
  double shared = 0, all = 0;
  for (std::uint32_t at = 0; at < mine.things.size(); ++at) {
    all += mine.things[at].own_bits;
    if (ties.members[at] == 0) continue;
    shared += mine.things[at].own_bits;
    inside.push_back(at);
  }
  result.cohesion = all > 0 ? shared / all : 0;
  std::stable_sort(inside.begin(), inside.end(),
                   [&](std::uint32_t a, std::uint32_t b) { return mine.things[a].own_bits > mine.things[b].own_bits; });
  Choice choice;
  const auto is_out = [&] { return all <= 0 || shared / all < view.tests().least_cohesion; };
  for (const std::uint32_t at : inside) {
    if (is_out()) break;
    shared -= mine.things[at].own_bits;
    all -= mine.things[at].own_bits;
    choice.things.push_back(at);
  }
  // Rounding must not leave a crumb of what was all taken away.
  choice.possible = is_out() || choice.things.size() == inside.size();
  return choice;
}

std::vector<ExpellingThing> describe(const RunView& view, const AccountThings& mine, const Ties& ties,
                                     const std::vector<std::uint32_t>& chosen) {
  std::vector<ExpellingThing> things;
  things.reserve(chosen.size());
  for (const std::uint32_t at : chosen) {
    const Thing& thing = mine.things[at];
    things.push_back({view.store().kind_name(thing.entity.kind), view.store().name_of(thing.entity).value_or("?"),
                      thing.accounts, ties.members[at]});
  }
  std::stable_sort(things.begin(), things.end(),
                   [](const ExpellingThing& a, const ExpellingThing& b) { return a.members > b.members; });
  return things;
}

std::string plural(std::uint64_t n, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", n, n == 1 ? one : many);
}

std::string meaning_of(const Expulsion& result) {
  std::string text;
  if (result.by == ExpelledBy::too_large) return "The ring is too large to look for what holds this member in it.";
  if (result.by == ExpelledBy::nothing) {
    text = result.links == 0 ? std::string("No link ties it to a member, so no thing that it could lose expels it")
                             : fmt::format("It has {} to members that no thing it could lose explains",
                                           plural(result.links, "link", "links"));
  } else {
    text =
        fmt::format("Without {} it would be out: {}", plural(result.things.size(), "thing", "things"),
                    result.by == ExpelledBy::links
                        ? fmt::format("none of its {} to members would be left", plural(result.links, "link", "links"))
                        : fmt::format("it would share less than {:.0f}% of what it touches with members, now {:.0f}%",
                                      100 * result.least_cohesion, 100 * result.cohesion));
    text += result.smallest ? "; no fewer would do" : "; fewer might do";
  }
  text += ".";
  if (result.likeness >= 2) {
    text += fmt::format(" It is like the others in {} kinds of things, which may keep it in a pool all the same.",
                        result.likeness);
  }
  return text;
}

}  // namespace

const char* to_string(ExpelledBy by) {
  switch (by) {
    case ExpelledBy::links:
      return "links";
    case ExpelledBy::cohesion:
      return "cohesion";
    case ExpelledBy::too_large:
      return "too_large";
    case ExpelledBy::nothing:
      break;
  }
  return "nothing";
}

std::optional<Expulsion> expulsion_of(const RunView& view, KeyHash account, const ExpelOptions& options) {
  const auto member = view.store().find_member(view.run().run, account);
  if (!member) return std::nullopt;
  const std::shared_ptr<const Ring> ring = view.ring(member->ring);
  Expulsion result;
  result.likeness = member_from_json(member->payload).likeness;
  result.least_cohesion = view.tests().least_cohesion;
  const AccountThings mine = view.things_of(account);
  const std::optional<Ties> tied = ties_of(view, mine, *ring, options);
  if (!tied) {
    result.by = ExpelledBy::too_large;
    result.meaning = meaning_of(result);
    return result;
  }
  const Ties& ties = *tied;
  result.links = ties.links.size();
  const Choice cut = by_links(view, mine, ties, options.check, result);
  Choice loose = by_cohesion(view, mine, ties, result);
  // Pools ask for no cohesion, nor are those asked that are tied by more than what they share.
  loose.possible = loose.possible && result.links > 0 && result.unexplained == 0;
  if (cut.possible && (!loose.possible || cut.things.size() <= loose.things.size())) {
    result.by = ExpelledBy::links;
    result.things = describe(view, mine, ties, cut.things);
    result.smallest = cut.smallest;
  } else if (loose.possible) {
    result.by = ExpelledBy::cohesion;
    result.things = describe(view, mine, ties, loose.things);
    // Fewer may cut the links, when that was not searched to its end.
    result.smallest = cut.smallest || !cut.possible;
  }
  result.meaning = meaning_of(result);
  return result;
}

}  // namespace ringscope
