#include "engine/detect/cluster/group_gauge.h"

#include <algorithm>
#include <array>
#include <bit>
#include <numeric>

#include "base/parallel.h"

namespace ringscope {
namespace {

constexpr int kKinThings = 2;       // kinds of things that two of one household or office have in common …
constexpr int kKinKinds = 3;        // … or kinds of anything
constexpr double kKinShare = 0.15;  // of the group that has a facet, at most, for it to make kin
constexpr std::size_t kHub = 1000;  // accounts on a thing that makes nobody kin
constexpr std::size_t kChunk = 64;  // accounts
constexpr std::size_t kAskedAtOnce = 256;
constexpr float kSupport = 2;  // bits by which a kind speaks for an account

constexpr double kRounding = 1e-3;              // bits, of sums in another order
constexpr unsigned kThing = 0x101, kFacet = 1;  // what a kind in common counts as, shifted by its number
constexpr unsigned kAnyKind = 0xff;

constexpr std::size_t kKindsApart = 8;  // kinds that are counted apart; the rest count as the last of them
constexpr std::size_t kLookUp = 4;      // users that are met in the time in which one is looked up

std::size_t bit_of(std::size_t kind) { return std::min(kKindsApart - 1, kind); }

// At least n bits are set. (std::popcount is a call into the library on the oldest machines we build for.)
bool has_bits(unsigned set, int n) {
  while (set != 0 && --n > 0) set &= set - 1;
  return set != 0;
}

// By what two accounts have in common.
bool are_kin(unsigned in_common) {
  return has_bits(in_common >> kKindsApart, kKinThings) || has_bits(in_common & kAnyKind, kKinKinds);
}

}  // namespace

GroupGauge::GroupGauge(const Snapshot& snapshot, const Habits& habits, unsigned threads)
    : threads_(threads),
      classes_(snapshot.classes.of),
      plan_(likeness_plan(snapshot, habits)),
      likeness_(plan_.views, plan_.kinds.size()),
      prompts_(kind_named(kPrompts)),
      devices_(kind_named(kDevices)),
      kinds_met_(threads == 0 ? hardware_threads() : threads, std::vector<std::uint16_t>(snapshot.accounts.size(), 0)),
      users_(plan_.views.size()),
      in_held_(snapshot.accounts.size(), 0) {
  if (knows_prompts()) {
    asks_.resize(snapshot.accounts.size());
    for (Vertex account = 0; account < asks_.size(); ++account) asks_[account] = has_prompts(account) ? 1 : 0;
  }
  for (std::size_t v = 0; v < users_.size(); ++v) users_[v].place.assign(plan_.views[v].graph.right_count(), kNowhere);
}

GroupGauge GroupGauge::another() const {
  GroupGauge gauge(*this);
  gauge.hold({});
  gauge.kinds_met_.resize(1);
  gauge.use_threads(1);
  return gauge;
}

void GroupGauge::hold(const std::vector<Vertex>& members) {
  if (members == held_) {  // a group is looked at in several ways, one after the other
    if (!aside_.empty()) set_aside({});
    return;
  }
  for (const Vertex account : held_) in_held_[account] = 0;
  held_ = members;
  aside_.clear();
  for (const Vertex account : held_) in_held_[account] = 1;
  likeness_.set_group(held_);
  indexed_ = false;
}

void GroupGauge::set_aside(const std::vector<Vertex>& part) {
  if (indexed_) count_aside(-1);
  for (const Vertex account : aside_) in_held_[account] = 1;
  aside_ = part;
  for (const Vertex account : aside_) in_held_[account] = 0;
  if (indexed_) count_aside(1);
  likeness_.set_aside(aside_);
}

void GroupGauge::index_users() {
  if (indexed_) return;
  for (std::size_t v = 0; v < plan_.views.size(); ++v) index_users(v);
  indexed_ = true;
  count_aside(1);
}

// Calls visit(thing) for what the account touches that can make kin.
template <class Visit>
void GroupGauge::visit_kin_things(std::size_t view, Vertex account, const Visit& visit) const {
  const BipartiteGraph& graph = plan_.views[view].graph;
  for (const Vertex r : graph.rights_of(account)) {
    if (graph.right_degree(r) <= kHub && !plan_.kinds[likeness_.family_of(view, r)].habit) visit(r);
  }
}

void GroupGauge::count_aside(std::int32_t step) {
  for (std::size_t v = 0; v < plan_.views.size(); ++v) {
    Users& users = users_[v];
    for (const Vertex account : aside_)
      visit_kin_things(v, account, [&](Vertex r) { users.aside[users.place[r]] += static_cast<Vertex>(step); });
  }
}

// Who of the group held touches what, for things that can make kin.
void GroupGauge::index_users(std::size_t view) {
  Users& users = users_[view];
  for (const Vertex r : users.things) users.place[r] = kNowhere;
  users.things.clear();
  // Counted, then laid out: begin[place] is where the next user goes, and in the end where the thing's users end.
  users.begin.assign(1, 0);
  for (const Vertex account : held_) {
    visit_kin_things(view, account, [&](Vertex r) {
      if (users.place[r] == kNowhere) {
        users.place[r] = static_cast<std::uint32_t>(users.things.size());
        users.things.push_back(r);
        users.begin.push_back(0);
      }
      ++users.begin[users.place[r] + 1];
    });
  }
  std::partial_sum(users.begin.begin(), users.begin.end(), users.begin.begin());
  users.of.resize(users.begin.back());
  for (const Vertex account : held_)
    visit_kin_things(view, account, [&](Vertex r) { users.of[users.begin[users.place[r]]++] = account; });
  std::shift_right(users.begin.begin(), users.begin.end(), 1);
  users.begin.front() = 0;
  users.aside.assign(users.things.size(), 0);
}

std::size_t GroupGauge::count_held_users(std::size_t view, Vertex r) const {
  const Users& users = users_[view];
  return users.place[r] == kNowhere ? 0 : held_users_of(view, r).size() - users.aside[users.place[r]];
}

std::span<const Vertex> GroupGauge::held_users_of(std::size_t view, Vertex r) const {
  const Users& users = users_[view];
  if (users.place[r] == kNowhere) return {};
  const std::size_t begin = users.begin[users.place[r]];
  return std::span(users.of).subspan(begin, users.begin[users.place[r] + 1] - begin);
}

// What two who have it in common have met by, in kinds_met.
unsigned GroupGauge::KinThing::as_met() const { return (view == 0 ? kThing : kFacet) << bit; }

// What of the account's can make kin of the group held, prompts left out.
std::vector<GroupGauge::KinThing> GroupGauge::kin_things_of(Vertex account, double few) const {
  std::vector<KinThing> things;
  for (std::size_t v = 0; v < plan_.views.size(); ++v) {
    for (const Vertex r : plan_.views[v].graph.rights_of(account)) {
      const std::size_t users = count_held_users(v, r);
      if (users == 0 || (v > 0 ? static_cast<double>(users) > few : 2 * users > held_count())) continue;
      const std::size_t kind = likeness_.family_of(v, r);
      if (v != kHabitView || kind != prompts_) things.push_back({v, r, bit_of(kind), held_users_of(v, r).size()});
    }
  }
  return things;
}

// Which of the kinds that are counted apart to look at last. Kin have two of them in common, so whoever has nothing but
// that one need not be met; who has another is looked up in it. Where one kind has nearly all users (a browser's, a
// mail domain's) that is much cheaper than to meet them all.
std::size_t GroupGauge::kind_to_look_up(std::span<const KinThing> things) {
  std::array<std::size_t, kKindsApart> users{};
  std::size_t all = 0;
  for (const KinThing& thing : things) {
    users[thing.bit] += thing.users;
    all += thing.users;
  }
  const auto most = std::max_element(users.begin(), users.end());
  return *most > kLookUp * (all - *most) ? static_cast<std::size_t>(most - users.begin()) : kKindsApart;
}

// What both have of the things, which are of one kind and lie as kin_things_of has them, as kinds_met has it. A thing
// in common is as much as a thing and a facet.
unsigned GroupGauge::kinds_shared(Vertex other, std::span<const KinThing> things) const {
  unsigned shared = 0;
  for (std::size_t t = 0; t < things.size() && shared == 0;) {
    const std::size_t view = things[t].view;
    const auto theirs = plan_.views[view].graph.rights_of(other);
    auto next = std::ranges::lower_bound(theirs, things[t].right);
    for (; t < things.size() && things[t].view == view; ++t) {
      while (next != theirs.end() && *next < things[t].right) ++next;
      if (next != theirs.end() && *next == things[t].right) shared |= things[t].as_met();
    }
  }
  return shared;
}

// Members of the group held, ascending: the account itself and those it has two kinds of things in common with, as
// in a household, an office or a small farm. They are like it for that reason alone and cannot speak for it, unless
// they are most of the group. A facet or a prompt makes kin when few members have it: a firm's mail domain does, the
// pool's own do not. A prompt has many askers, and by itself it makes nobody kin: who asks it is looked up only of
// those who were met by other things and lack one kind. Where one of the two asks nothing that is known, a thing and
// another kind are enough.
std::vector<Vertex> GroupGauge::kin_of(Vertex account, std::vector<std::uint16_t>& kinds_met) const {
  std::vector<Vertex> met;
  const double few = std::max(3.0, kKinShare * static_cast<double>(held_count()));
  const std::vector<KinThing> things = kin_things_of(account, few);
  const std::size_t bit = kind_to_look_up(things);
  std::vector<KinThing> looked_up;
  for (const KinThing& thing : things) {
    if (thing.bit == bit) {
      looked_up.push_back(thing);
      continue;
    }
    for (const Vertex other : held_users_of(thing.view, thing.right)) {
      if (other == account || in_held_[other] == 0) continue;
      if (kinds_met[other] == 0) met.push_back(other);
      kinds_met[other] |= static_cast<std::uint16_t>(thing.as_met());
    }
  }
  std::vector<Vertex> kin;
  for (const Vertex other : met) {
    unsigned in_common = kinds_met[other];
    if (!are_kin(in_common)) in_common |= kinds_shared(other, looked_up);
    if (are_kin(in_common) || are_kin_without_prompts(account, other, in_common) ||
        (may_be_kin_by_prompts(in_common) && share_prompt(account, other, few)))
      kin.push_back(other);
    kinds_met[other] = 0;
  }
  if (2 * kin.size() > held_count()) kin.clear();
  if (in_held_[account] != 0) kin.push_back(account);
  std::sort(kin.begin(), kin.end());
  return kin;
}

bool GroupGauge::are_kin_without_prompts(Vertex a, Vertex b, unsigned in_common) const {
  if (asks_.empty() || (asks_[a] != 0 && asks_[b] != 0)) return false;
  return in_common >> kKindsApart != 0 && has_bits(in_common & kAnyKind, kKinKinds - 1);
}

bool GroupGauge::may_be_kin_by_prompts(unsigned in_common) const {
  const unsigned any = in_common & kAnyKind;
  return has_bits(any, kKinKinds - 1) && (any >> bit_of(prompts_) & 1U) == 0;
}

// Do both ask a prompt of which few of the group held can make kin?
bool GroupGauge::share_prompt(Vertex a, Vertex b, double few) const {
  const BipartiteGraph& graph = plan_.views[kHabitView].graph;
  const auto of_a = graph.rights_of(a), of_b = graph.rights_of(b);
  for (std::size_t i = 0, j = 0; i < of_a.size() && j < of_b.size();) {
    if (of_a[i] != of_b[j]) {
      of_a[i] < of_b[j] ? ++i : ++j;
      continue;
    }
    if (likeness_.family_of(kHabitView, of_a[i]) == prompts_) {
      const std::size_t users = count_held_users(kHabitView, of_a[i]);
      if (users > 0 && static_cast<double>(users) <= few) return true;
    }
    ++i, ++j;
  }
  return false;
}

// Calls bits(i, kin of the account at i), in parallel.
template <typename Bits>
void GroupGauge::for_each_without_kin(const std::vector<Vertex>& accounts, const Bits& bits) {
  index_users();
  parallel_chunks(accounts.size(), kChunk, threads_, [&](const Chunk& chunk, unsigned worker) {
    for (std::size_t i = chunk.begin; i < chunk.end; ++i) bits(i, kin_of(accounts[i], kinds_met_[worker]));
  });
}

std::vector<Resemblance> GroupGauge::resemblances(const std::vector<Vertex>& accounts) {
  std::vector<Resemblance> all(accounts.size());
  for_each_without_kin(accounts, [&](std::size_t i, const std::vector<Vertex>& kin) {
    all[i] = resemblance(likeness_.bits(accounts[i], kin));
  });
  return all;
}

std::vector<double> GroupGauge::asked_bits(const std::vector<Vertex>& accounts, double least) {
  // Kin are at most half of the group, and the account itself.
  const std::vector<Likeness::LeftOut> most = likeness_.most_left_out(prompts_, held_, held_.size() / 2 + 1);
  std::vector<double> all(accounts.size());
  parallel_for(accounts.size(), threads_, [&](std::size_t i) {
    all[i] = static_cast<double>(likeness_.bits_at_most(most, accounts[i])) + kRounding;
  });
  std::vector<Vertex> near;
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < accounts.size(); ++i) {
    if (all[i] <= least) continue;
    near.push_back(accounts[i]);
    places.push_back(i);
  }
  for_each_without_kin(near, [&](std::size_t i, const std::vector<Vertex>& kin) {
    all[places[i]] = static_cast<double>(likeness_.family_bits(prompts_, near[i], kin));
  });
  return all;
}

Resemblance GroupGauge::resemblance(const std::vector<float>& bits) const {
  Resemblance result;
  for (std::size_t k = 0; k < bits.size(); ++k) {
    result.bits += static_cast<double>(bits[k]);
    if (plan_.kinds[k].habit || bits[k] < kSupport) continue;
    ++result.kinds;
    result.tangible += plan_.kinds[k].tangible ? 1 : 0;
    result.which |= std::uint64_t{1} << k;
  }
  return result;
}

bool GroupGauge::are_alike(const std::vector<Vertex>& accounts, std::size_t least) {
  std::size_t alike = 0, asked = 0;
  while (alike < least && alike + accounts.size() - asked >= least) {
    const std::size_t end = std::min(accounts.size(), asked + kAskedAtOnce);
    alike += count_alike(
        {accounts.begin() + static_cast<std::ptrdiff_t>(asked), accounts.begin() + static_cast<std::ptrdiff_t>(end)});
    asked = end;
  }
  return alike >= least;
}

std::size_t GroupGauge::count_alike(const std::vector<Vertex>& accounts) {
  const std::vector<Resemblance> all = resemblances(accounts);
  return static_cast<std::size_t>(
      std::count_if(all.begin(), all.end(), [](const Resemblance& like) { return like.kinds >= 2; }));
}

bool GroupGauge::asks_alike(Vertex account, const std::vector<Vertex>& left_out) const {
  return likeness_.family_bits(prompts_, account, left_out) >= kSupport;
}

bool GroupGauge::ask_alike(const std::vector<Vertex>& accounts, const std::vector<Vertex>& group) {
  hold(group);
  const auto alike = std::count_if(accounts.begin(), accounts.end(), [&](Vertex account) {
    return asks_alike(account, holds(account) ? std::vector<Vertex>{account} : std::vector<Vertex>{});
  });
  return 2 * static_cast<std::size_t>(alike) >= accounts.size();
}

bool GroupGauge::knows_prompts() const {
  const LikenessView& view = plan_.views[kHabitView];
  for (std::size_t k = 0; k < view.layers.size(); ++k) {
    if (view.layers[k].family == prompts_) return view.graph.layer_begin(k) < view.graph.layer_end(k);
  }
  return false;
}

std::size_t GroupGauge::kind_named(std::string_view name) const {
  return static_cast<std::size_t>(std::ranges::find(plan_.kinds, name, &LikenessKind::name) - plan_.kinds.begin());
}

bool GroupGauge::has_prompts(Vertex account) const {
  const auto rights = plan_.views[kHabitView].graph.rights_of(account);
  return std::ranges::any_of(rights, [&](Vertex r) { return likeness_.family_of(kHabitView, r) == prompts_; });
}

std::uint64_t GroupGauge::kinds_had(Vertex account) const {
  std::uint64_t had = 0;
  for (std::size_t v = 0; v < plan_.views.size(); ++v) {
    for (const Vertex r : plan_.views[v].graph.rights_of(account)) {
      const std::size_t kind = likeness_.family_of(v, r);
      if (!plan_.kinds[kind].habit) had |= std::uint64_t{1} << kind;
    }
  }
  return had;
}

}  // namespace ringscope
