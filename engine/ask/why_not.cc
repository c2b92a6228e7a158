#include "engine/ask/why_not.h"

#include <algorithm>
#include <cmath>
#include <set>

#include <fmt/format.h>

#include "engine/ask/pair_test.h"

namespace ringscope {
namespace {

constexpr std::size_t kMostMembers = 50'000;     // of a ring, whose things are read
constexpr std::uint32_t kMostCompanions = 1000;  // of accounts in no ring that hang together

// Null for no ring.
std::shared_ptr<const Ring> head_of(const RunView& view, const std::string& id) {
  return id.empty() ? nullptr : view.ring(id);
}

// How an account hangs on a group.
struct Pull {
  double bits = 0;
  std::uint64_t links = 0;
  std::uint64_t size = 0;  // other accounts of the group
  // What the grouping weighs: bits above those that so many pairs must share in the mean.
  double net(double resolution) const { return bits - resolution * static_cast<double>(size); }
};

std::vector<KeyHash> accounts_of(const Ring& ring) {
  std::vector<KeyHash> accounts;
  accounts.reserve(ring.members.size());
  for (const Member& member : ring.members) accounts.push_back(member.account);
  std::ranges::sort(accounts);
  return accounts;
}

// By a group, whose accounts ascend.
Pull pull_of(const std::vector<StoredLink>& links, const std::vector<KeyHash>& group) {
  Pull pull;
  for (const StoredLink& link : links) {
    if (!std::ranges::binary_search(group, link.other)) continue;
    pull.bits += static_cast<double>(link.bits);
    ++pull.links;
  }
  return pull;
}

std::string about_pull(const std::string& ring, const Pull& pull) {
  return fmt::format("{:.1f} bits over {} with {} of {}", pull.bits, plural(pull.links, "link", "links"),
                     plural(pull.size, "account", "accounts"), ring);
}

WhyNot pulled_apart(const RunView& view, KeyHash a, const Ring& own, const Ring& other) {
  const std::vector<StoredLink> links = view.store().links_of(view.run().run, a);
  Pull inside = pull_of(links, accounts_of(own)), between = pull_of(links, accounts_of(other));
  inside.size = own.members.size() - 1;
  between.size = other.members.size();
  const double resolution = view.tests().resolution;
  WhyNot result;
  result.cause = WhyNotCause::grouped_apart;
  result.value = between.net(resolution);
  result.needed = inside.net(resolution);
  const std::string name = view.account_name(a);
  result.meaning = fmt::format("They are linked, but {} is drawn to its own ring: {:+.1f} bits there against {:+.1f}.",
                               name, result.needed, result.value);
  result.details.push_back(fmt::format("{}: {}", name, about_pull("its own ring " + own.id, inside)));
  result.details.push_back(fmt::format("{}: {}", name, about_pull("ring " + other.id, between)));
  result.details.push_back(fmt::format("each account of a group costs {:.1f} bits", resolution));
  return result;
}

// The share of the account's own bits that it shares with the others, which ascend.
double cohesion_with(const RunView& view, const AccountThings& mine, const std::vector<KeyHash>& others,
                     const Checkpoint& check) {
  std::vector<char> met(mine.things.size(), 0);
  view.visit_keys(others, [&](const AccountThings& other) {
    pass(check);
    if (other.account == mine.account) return;
    for (const std::uint32_t at : RunView::meet(mine, other)) met[at] = 1;
  });
  double shared = 0, all = 0;
  for (std::size_t i = 0; i < met.size(); ++i) {
    all += mine.things[i].own_bits;
    shared += met[i] != 0 ? mine.things[i].own_bits : 0;
  }
  return all > 0 ? shared / all : 0;
}

// Accounts in no ring that links join to this one, itself included, ascending.
std::vector<KeyHash> companions_of(const RunView& view, KeyHash account, const Checkpoint& check) {
  std::set<KeyHash> met = {account}, in_rings;
  std::vector<KeyHash> open = {account};
  while (!open.empty() && met.size() < kMostCompanions) {
    const KeyHash at = open.back();
    open.pop_back();
    pass(check);
    for (const StoredLink& link : view.store().links_of(view.run().run, at)) {
      if (met.contains(link.other) || in_rings.contains(link.other)) continue;
      if (!view.ring_of(link.other).empty()) {
        in_rings.insert(link.other);
        continue;
      }
      met.insert(link.other);
      open.push_back(link.other);
    }
  }
  return {met.begin(), met.end()};
}

WhyNot incohesive(const RunView& view, KeyHash account, double share, const std::string& with) {
  WhyNot result;
  result.cause = WhyNotCause::incohesive;
  result.value = share;
  result.needed = view.tests().least_cohesion;
  result.unit = "share";
  result.meaning = fmt::format("{} shares {:.1f}% of what it touches with {}; a member shares {:.0f}% at least.",
                               view.account_name(account), 100 * share, with, 100 * result.needed);
  return result;
}

// An account with links but in no ring. `ring`: the one that it is linked to; null: linked to accounts in none only.
WhyNot left_out(const RunView& view, KeyHash account, const std::shared_ptr<const Ring>& ring,
                const Checkpoint& check) {
  std::vector<KeyHash> others;
  if (ring) {
    others = accounts_of(*ring);
  } else {
    others = companions_of(view, account, check);
    if (others.size() < view.tests().min_ring) {
      WhyNot result;
      result.cause = WhyNotCause::too_small;
      result.value = static_cast<double>(others.size());
      result.needed = static_cast<double>(view.tests().min_ring);
      result.unit = "accounts";
      result.meaning = fmt::format("The accounts that links join to {} are {} with itself; a ring has {} at least.",
                                   view.account_name(account), others.size(), view.tests().min_ring);
      return result;
    }
  }
  Pull pull = pull_of(view.store().links_of(view.run().run, account), others);
  pull.size = ring ? ring->members.size() : others.size() - 1;
  if (others.size() > kMostMembers) others.resize(kMostMembers);
  const double share = cohesion_with(view, view.things_of(account), others, check);
  const std::string with = ring ? "ring " + ring->id : std::string("the accounts in no ring that it is linked to");
  if (share < view.tests().least_cohesion) return incohesive(view, account, share, with);
  WhyNot result;
  result.cause = WhyNotCause::grouped_apart;
  result.value = pull.bits;
  result.needed = view.tests().resolution * static_cast<double>(pull.size);
  if (result.value >= result.needed) {
    result.cause = WhyNotCause::told_apart;
    result.meaning = fmt::format(
        "{} is tied to {} by {:.1f} bits, enough to be grouped; but it is not like them in what else they have and do.",
        view.account_name(account), with, pull.bits);
    result.details.push_back(about_pull(with, pull));
    return result;
  }
  result.meaning = fmt::format("{} is tied to {} by {:.1f} bits, and was grouped with nobody that stayed.",
                               view.account_name(account), with, pull.bits);
  result.details.push_back(about_pull(with, pull));
  result.details.push_back(fmt::format("each account of a group costs {:.1f} bits", view.tests().resolution));
  return result;
}

WhyNot low_score(const RunView& view, const Ring& ring) {
  WhyNot result;
  result.cause = WhyNotCause::low_score;
  result.value = ring.score;
  result.needed = view.tests().review_score;
  result.unit = "score";
  result.meaning = fmt::format("Ring {} is only watched: it scores {:.3f}, a review needs {:.2f}.", ring.id, ring.score,
                               result.needed);
  for (const std::string& reason : ring.reasons) {  // steps of the score, the largest first
    if (reason.starts_with('-') && result.details.size() < kWhyNotDetails) result.details.push_back(reason);
  }
  const auto honest = std::max_element(
      ring.benign.begin(), ring.benign.end(),
      [](const BenignHypothesis& a, const BenignHypothesis& b) { return a.probability < b.probability; });
  if (honest != ring.benign.end()) {
    result.details.push_back(
        fmt::format("it may be honest: {} ({:.0f}%), {}", honest->name, 100 * honest->probability, honest->reason));
  }
  return result;
}

ThingCounts count(const AccountThings& mine) {
  ThingCounts counts;
  for (const Thing& thing : mine.things) {
    switch (thing.verdict) {
      case ThingVerdict::evidence:
        ++counts.evidence;
        break;
      case ThingVerdict::over_cap:
        ++counts.over_cap;
        break;
      case ThingVerdict::listed:
        ++counts.listed;
        break;
      case ThingVerdict::uncorroborated:
        ++counts.uncorroborated;
        break;
      case ThingVerdict::unshared:
      case ThingVerdict::left_out:
      case ThingVerdict::outside_window:
        ++counts.unshared;
        break;
    }
  }
  return counts;
}

// An account without links: its best pair, or that there is none.
void explain_unlinked(const RunView& view, const AccountThings& mine, AccountWhyNot& result) {
  const std::string name = view.account_name(mine.account);
  if (const auto nearest = view.store().nearest_of(view.run().run, mine.account)) {
    result.partner = view.account_name(nearest->other);
    result.partner_bits = static_cast<double>(nearest->bits);
    result.why = test_pair(view, mine, view.things_of(nearest->other));
    return;
  }
  WhyNot& why = result.why;
  why.needed = view.tests().pair_cut;
  const std::uint64_t hubs = result.things.over_cap + result.things.listed + result.things.uncorroborated;
  if (result.things.evidence > 0) {
    why.cause = WhyNotCause::changed;
    why.meaning = fmt::format("{} was not seen with what it shares by now when 'ringscope detect' last ran.", name);
  } else if (hubs > 0) {
    why.cause = WhyNotCause::hubs_only;
    why.meaning = fmt::format("All that {} shares with anybody are hubs, which prove nothing: {}.", name,
                              plural(hubs, "thing", "things"));
  } else {
    why.cause = WhyNotCause::nothing_shared;
    why.meaning = fmt::format("{} shares nothing with anybody in the run's window.", name);
  }
  std::vector<Thing> shared;
  std::copy_if(mine.things.begin(), mine.things.end(), std::back_inserter(shared),
               [](const Thing& thing) { return thing.accounts > 1; });
  add_things(view, std::move(shared), why);
}

}  // namespace

const char* to_string(WhyNotCause cause) {
  switch (cause) {
    case WhyNotCause::nothing_shared:
      return "nothing_shared";
    case WhyNotCause::hubs_only:
      return "hubs_only";
    case WhyNotCause::below_cut:
      return "below_cut";
    case WhyNotCause::grouped_apart:
      return "grouped_apart";
    case WhyNotCause::told_apart:
      return "told_apart";
    case WhyNotCause::incohesive:
      return "incohesive";
    case WhyNotCause::too_small:
      return "too_small";
    case WhyNotCause::low_score:
      return "low_score";
    case WhyNotCause::changed:
      break;
  }
  return "changed";
}

std::optional<WhyNot> why_not_pair(const RunView& view, KeyHash a, KeyHash b, const Checkpoint& check) {
  const std::shared_ptr<const Ring> ring_a = head_of(view, view.ring_of(a)), ring_b = head_of(view, view.ring_of(b));
  if (ring_a && ring_b && ring_a->id == ring_b->id) {
    return ring_a->tier == Tier::watch ? std::optional(low_score(view, *ring_a)) : std::nullopt;
  }
  if (view.link_bits(a, b) <= 0) return test_pair(view, view.things_of(a), view.things_of(b));
  if (ring_a && ring_b) return pulled_apart(view, a, *ring_a, *ring_b);
  return ring_a ? left_out(view, b, ring_a, check) : left_out(view, a, ring_b, check);
}

std::optional<AccountWhyNot> why_not_account(const RunView& view, KeyHash account, const Checkpoint& check) {
  const std::shared_ptr<const Ring> own = head_of(view, view.ring_of(account));
  if (own && own->tier != Tier::watch) return std::nullopt;
  const AccountThings mine = view.things_of(account);
  AccountWhyNot result;
  result.things = count(mine);
  const StoredLink* strongest = nullptr;
  const std::vector<StoredLink> links = view.store().links_of(view.run().run, account);
  for (const StoredLink& link : links) {
    if (strongest == nullptr || link.bits > strongest->bits) strongest = &link;
  }
  if (strongest != nullptr) {
    result.partner = view.account_name(strongest->other);
    result.partner_bits = static_cast<double>(strongest->bits);
  }
  if (own) {
    result.why = low_score(view, *own);
    if (const auto nearest = view.store().nearest_of(view.run().run, account)) {
      result.partner = view.account_name(nearest->other);
      result.partner_bits = static_cast<double>(nearest->bits);
    }
  } else if (strongest != nullptr) {
    result.why = left_out(view, account, head_of(view, view.ring_of(strongest->other)), check);
  } else {
    explain_unlinked(view, mine, result);
  }
  return result;
}

}  // namespace ringscope
