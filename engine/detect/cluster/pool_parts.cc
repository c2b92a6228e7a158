// Taking groups and pools apart.
#include <algorithm>

#include "engine/detect/cluster/crossing.h"
#include "engine/detect/cluster/pool_search.h"

namespace ringscope {
namespace {

constexpr std::size_t kMostInVain = 3;  // parts of a group that grow to no pool, before it is one
constexpr std::size_t kSample = 200;    // accounts that are asked what a group has in common
constexpr std::size_t kLargePart = 4;   // one in so many of a pool's members
// Where all ask the same few things modularity is 0 however they are parted; below 1 the whole is better than its
// parts.
constexpr double kPromptResolution = 0.5;

// The bits of what half of them or more count.
std::uint64_t majority(const std::vector<std::size_t>& counts, std::size_t of) {
  std::uint64_t bits = 0;
  for (std::size_t k = 0; k < counts.size(); ++k) bits |= std::uint64_t{2 * counts[k] >= of} << k;
  return bits;
}

// Evenly.
std::vector<Vertex> sample_of(const std::vector<Vertex>& members) {
  std::vector<Vertex> sample;
  const std::size_t step = (members.size() + kSample - 1) / kSample;
  for (std::size_t m = 0; m < members.size(); m += step) sample.push_back(members[m]);
  return sample;
}

// No more than three quarters.
bool is_small_part(std::size_t part, std::size_t whole) { return 4 * part <= 3 * whole; }

}  // namespace

void PoolSearch::divide(Group& group, std::vector<Group>& parts) {
  const std::vector<std::vector<Vertex>> seeds = by_prompts(group.members);
  if (seeds.empty()) return;
  mark(group.members, 1, free_);
  grow_apart(group.members, seeds, parts, 1);
  relied_on_.clear();  // nobody else looks at the group
  std::erase_if(group.members, [&](Vertex account) { return free_[account] == 0; });
  take(group.members);
  group.cohesion.clear();
}

// In which half of them are like the others; of many, a sample is asked.
std::uint64_t PoolSearch::kinds_in_common(const std::vector<Vertex>& members) {
  gauge_.hold(members);
  const std::vector<Vertex> asked = sample_of(members);
  std::vector<std::size_t> alike(gauge_.plan().kinds.size(), 0);
  for (const Resemblance& like : gauge_.resemblances(asked)) {
    for (std::size_t k = 0; k < alike.size(); ++k) alike[k] += like.which >> k & 1U;
  }
  return majority(alike, asked.size());
}

// Of which half of them have anything; who has no card is not unlike those on the same cards.
std::uint64_t PoolSearch::kinds_had(const std::vector<Vertex>& members) const {
  std::vector<std::size_t> having(gauge_.plan().kinds.size(), 0);
  for (const Vertex member : members) {
    const std::uint64_t had = gauge_.kinds_had(member);
    for (std::size_t k = 0; k < having.size(); ++k) having[k] += had >> k & 1U;
  }
  return majority(having, members.size());
}

void PoolSearch::part_closer(Group& group, std::vector<Group>& closer) {
  std::vector<std::vector<Vertex>> parts = communities(group.members, kHabitView);
  std::erase_if(parts, [&](const std::vector<Vertex>& part) {
    return part.size() < options_.least_size || !is_small_part(part.size(), group.members.size());
  });
  if (parts.empty()) return;
  const std::uint64_t kinds = kinds_in_common(group.members);
  std::vector<Group> pools;
  mark(group.members, 1, free_);
  largest_first(parts);
  std::size_t in_vain = 0;
  for (std::vector<Vertex>& part : parts) {
    if ((kinds_in_common(part) & ~kinds & kinds_had(without(group.members, part))) == 0) continue;
    const std::size_t before = pools.size();
    grow(std::move(part), {.accounts = free_, .whole = group.members, .depth = 0}, pools);
    in_vain += pools.size() == before ? 1 : 0;
    if (in_vain == kMostInVain) break;
  }
  relied_on_.clear();  // nobody else looks at the group
  const std::vector<Vertex> whole = group.members;
  for (Group& pool : pools) {
    if (!is_small_part(pool.members.size(), whole.size())) continue;
    // The cells of one operator may each be alike in more than all are, and ask what the others ask.
    if (gauge_.ask_alike(sample_of(without(whole, pool.members)), pool.members)) continue;
    group.members = without(group.members, pool.members);
    group.cohesion.clear();
    closer.push_back(std::move(pool));
  }
  take(group.members);
  for (const Group& pool : closer) take(pool.members);
}

// Pools that grow from each of the parts, without those of the other parts: they would be drawn in again for all else
// that they have in common. The rest of the members grow one, too.
void PoolSearch::grow_apart(const std::vector<Vertex>& members, const std::vector<std::vector<Vertex>>& parts,
                            std::vector<Group>& pools, int depth) {
  std::vector<Vertex> rest = members;
  for (const std::vector<Vertex>& part : parts) rest = without(rest, part);
  std::vector<char>& marked = marks_.at(depth - 1);
  const Within within{.accounts = marked, .whole = members, .depth = depth};
  mark(rest, 1, marked);
  for (const std::vector<Vertex>& part : parts) {
    mark(part, 1, marked);
    grow(part, within, pools);
    mark(part, 0, marked);
  }
  grow(rest, within, pools);
  mark(rest, 0, marked);
}

// A mixture of pools looks like a pool to each of its parts, for it holds the part itself. So each part is held
// against the rest without it. One of two has nothing to do with the other, however much the other's parts are alike.
bool PoolSearch::is_one(const std::vector<Vertex>& members) {
  std::size_t alike = 0, tested = 0;
  gauge_.hold(members);
  for (const std::vector<Vertex>& part : communities(members)) {
    if (2 * part.size() > members.size()) continue;  // the rest is too little to hold it against
    gauge_.set_aside(part);
    const std::size_t like_rest = gauge_.count_alike(part);
    if (kLargePart * part.size() >= members.size() && 2 * like_rest < part.size()) return false;
    alike += like_rest;
    tested += part.size();
  }
  return 2 * alike >= tested;
}

// Operators buy from the same dealers: their networks, card issuers and mail domains meet. What they ask does not. So
// those who ask alike are told apart when most of them ask nothing that the rest asks. Empty: all ask alike.
std::vector<std::vector<Vertex>> PoolSearch::by_prompts(const std::vector<Vertex>& members) {
  gauge_.hold(members);
  std::vector<Vertex> prompts;
  for (const Thing& prompt : gauge_.own_prompts()) prompts.push_back(prompt.second);
  std::vector<std::vector<Vertex>> apart;
  std::vector<Vertex> body;  // more than half of the members: the rest is too little to hold it against
  std::vector<std::vector<Vertex>> parts =
      communities_.among(kHabitView, members, prompts, kPromptResolution, options_.least_size / 2);
  if (gauge_.prompts_kept().are_own(members.size()))
    parts = unite_crossing(gauge_.plan().views[kHabitView].graph, prompts, std::move(parts));
  for (std::vector<Vertex>& part : parts) {
    if (2 * part.size() > members.size()) {
      body = std::move(part);
      continue;
    }
    gauge_.set_aside(part);
    const auto alike = static_cast<std::size_t>(
        std::count_if(part.begin(), part.end(), [&](Vertex account) { return gauge_.asks_alike(account, {}); }));
    if (2 * alike < part.size()) apart.push_back(std::move(part));
  }
  if (!apart.empty() && !body.empty()) apart.push_back(std::move(body));
  return apart;
}

}  // namespace ringscope
