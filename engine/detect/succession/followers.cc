#include "engine/detect/succession/followers.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>
#include <tuple>

namespace ringscope {
namespace {

constexpr double kMostChance = 0.5;       // accounts of the period that are like the banned by chance
constexpr double kLeastRings = 20;        // that the suspect share of the population is divided among
constexpr double kPrior = 50;             // touches a layer that all time adds to the period
constexpr double kLeastLift = 8;          // of what marks the banned
constexpr std::size_t kMostUsers = 1000;  // what more accounts have tells none of them apart
constexpr double kMostRing = 8;           // bits of being in the ring of the banned
constexpr float kSupport = 1;             // bits with which a kind speaks
constexpr float kMostAgainst = -2;        // bits that a habit takes off; new things are no argument for innocence

LikenessPlan plan_without_signup(const Snapshot& snapshot, const Habits& habits) {
  LikenessPlan plan = likeness_plan(snapshot, habits);
  for (std::size_t k = 0; k < habits.layers.size(); ++k) {
    if (habits.layers[k] == "signup") plan.views[kHabitView].layers[k].weight = 0;  // later by the nature of things
  }
  return plan;
}

}  // namespace

Followers::Followers(const Snapshot& snapshot, const Habits& habits, const Lives& lives, const RingPlaces& rings,
                     Seconds horizon)
    : lives_(lives),
      rings_(rings),
      horizon_(horizon),
      plan_(plan_without_signup(snapshot, habits)),
      marked_(snapshot.accounts.size(), 0) {}

// Honest people count one each. Suspect rings together count as much as they, and each of them alike, so that what
// operators have in common proves nothing; but none more than a twentieth, lest the successors hide themselves.
std::vector<double> Followers::weights_of(std::span<const Vertex> accounts) const {
  std::map<std::size_t, double> sizes;
  for (const Vertex v : accounts) {
    if (is_suspect(v)) sizes[rings_.ring_of[v]] += 1;
  }
  double honest = static_cast<double>(accounts.size());
  for (const auto& [ring, size] : sizes) honest -= size;
  const double share = std::max(1.0, honest) / std::max<double>(kLeastRings, static_cast<double>(sizes.size()));
  std::vector<double> weights;
  for (const Vertex v : accounts)
    weights.push_back(is_suspect(v) ? std::min(1.0, share / sizes[rings_.ring_of[v]]) : 1.0);
  return weights;
}

void Followers::set_period(Seconds first, Seconds last) {
  from_ = first - horizon_;
  to_ = last + horizon_ + 1;
  const auto all = lives_.arrived(from_, to_);
  const std::vector<double> weights = weights_of(all);
  if (!likeness_) likeness_.emplace(plan_.views, plan_.kinds.size());
  likeness_->set_population(all, weights, kPrior);
  ring_weight_.clear();
  all_weight_ = kPrior;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (rings_.ring_of[all[i]] != kNoRing) ring_weight_[rings_.ring_of[all[i]]] += weights[i];
    all_weight_ += weights[i];
  }
  least_bits_ = std::log2(std::max<double>(1, static_cast<double>(all.size())) / kMostChance);
  least_ring_bits_ = std::log2(std::max<double>(1, static_cast<double>(ring_weight_.size())) / kMostChance);
}

// Ascending.
std::vector<Vertex> Followers::touching_marks() {
  std::vector<Vertex> found;
  for (std::size_t v = 0; v < plan_.views.size(); ++v) {
    for (const Vertex r : likeness_->touched(v)) {
      if (plan_.kinds[likeness_->family_of(v, r)].habit || likeness_->lift(v, r) < kLeastLift) continue;
      for (const Vertex user : plan_.views[v].graph.lefts_of(r)) {
        const Seconds came = lives_.arrival[user];
        if (marked_[user] != 0 || came < from_ || came >= to_) continue;
        marked_[user] = 1;
        found.push_back(user);
      }
    }
  }
  for (const Vertex user : found) marked_[user] = 0;
  std::sort(found.begin(), found.end());
  return found;
}

float Followers::ring_bits(Vertex account, const Wave& wave) const {
  const std::size_t ring = rings_.ring_of[account];
  const auto weight = ring_weight_.find(ring);
  if (ring == kNoRing || ring != wave.ring || weight == ring_weight_.end()) return 0;
  return static_cast<float>(std::min(kMostRing, std::log2(all_weight_ / weight->second)));
}

float Followers::sum_of(const std::vector<float>& bits) const {
  float sum = 0;
  for (std::size_t k = 0; k < bits.size(); ++k) sum += std::max(plan_.kinds[k].habit ? kMostAgainst : 0.0F, bits[k]);
  return sum;
}

bool Followers::is_like(const std::vector<float>& bits, float of_ring, double least) const {
  int speaking = of_ring >= kSupport ? 1 : 0, things = 0;
  for (std::size_t k = 0; k < bits.size(); ++k) {
    if (bits[k] < kSupport) continue;
    ++speaking;
    things += plan_.kinds[k].habit ? 0 : 1;
  }
  return speaking >= 2 && things >= 1 && static_cast<double>(of_ring + sum_of(bits)) >= least;
}

bool Followers::is_like(const Doubtful& of_ring, std::size_t ring, const Wave& wave) const {
  double came = 0;
  for (const Vertex v : rings_.members[ring]) {
    const Seconds at = lives_.arrival[v];
    if (at >= wave.first() && at < to_ && !std::binary_search(wave.members.begin(), wave.members.end(), v)) came += 1;
  }
  if (of_ring.after < 2 || 2 * of_ring.after < came) return false;
  std::vector<float> mean;
  for (const float bits : of_ring.bits) mean.push_back(bits / static_cast<float>(came));
  return is_like(mean, 0, least_ring_bits_);
}

std::vector<Follower> Followers::of(const Wave& wave) {
  hold(wave);
  std::vector<Follower> followers;
  std::map<std::size_t, Doubtful> doubtful;
  for (const Vertex user : touching_marks()) {
    const bool member = std::binary_search(wave.members.begin(), wave.members.end(), user);
    const Seconds came = lives_.arrival[user];
    if (member && came >= wave.first()) continue;
    const Vertex self[] = {user};
    const std::span<const Vertex> left_out = member ? std::span<const Vertex>(self) : std::span<const Vertex>();
    const std::vector<float> bits = likeness_->bits(user, left_out);
    const float of_ring = ring_bits(user, wave);
    const Follower follower{.account = user, .bits = of_ring + sum_of(bits), .lag = wave.lag(came)};
    const bool like = is_like(bits, of_ring, least_bits_);
    if (like) followers.push_back(follower);
    if (rings_.ring_of[user] == kNoRing) continue;
    Doubtful& ring = doubtful[rings_.ring_of[user]];
    ring.bits.resize(bits.size(), 0);
    if (!like) ring.accounts.push_back(follower);
    if (came < wave.first()) continue;
    ring.after += 1;
    for (std::size_t k = 0; k < bits.size(); ++k)
      ring.bits[k] += std::max(plan_.kinds[k].habit ? kMostAgainst : 0.0F, bits[k]);
  }
  for (const auto& [ring, one] : doubtful) {
    if (!one.accounts.empty() && is_like(one, ring, wave))
      followers.insert(followers.end(), one.accounts.begin(), one.accounts.end());
  }
  std::ranges::sort(followers, {}, &Follower::account);
  return followers;
}

std::vector<ReusedVertex> Followers::marks_of(Vertex account) const {
  std::vector<ReusedVertex> best(plan_.kinds.size());
  for (std::size_t v = 0; v < plan_.views.size(); ++v) {
    for (const Vertex r : plan_.views[v].graph.rights_of(account)) {
      const std::size_t kind = likeness_->family_of(v, r);
      const double lift = likeness_->lift(v, r);
      if (plan_.kinds[kind].habit || lift < kLeastLift) continue;
      const double bits = std::min<double>(likeness_->most_bits(v, r), std::log2(lift));
      if (bits > best[kind].bits) best[kind] = {v, r, bits};
    }
  }
  std::erase_if(best, [](const ReusedVertex& mark) { return mark.bits <= 0; });
  std::stable_sort(best.begin(), best.end(),
                   [](const ReusedVertex& a, const ReusedVertex& b) { return a.bits > b.bits; });
  return best;
}

Vertex Followers::nearest_banned(const Wave& wave, Vertex account) const {
  std::map<Vertex, double> in_common;
  for (const Vertex v : wave.members) {
    if (lives_.banned[v] <= lives_.arrival[account]) in_common[v] = 0;
  }
  const double all = static_cast<double>(in_common.size());
  for (std::size_t v = 0; v < plan_.views.size(); ++v) {
    const BipartiteGraph& graph = plan_.views[v].graph;
    for (const Vertex r : graph.rights_of(account)) {
      if (plan_.kinds[likeness_->family_of(v, r)].habit || graph.right_degree(r) > kMostUsers) continue;
      std::vector<Vertex> users;
      for (const Vertex user : graph.lefts_of(r)) {
        if (in_common.contains(user)) users.push_back(user);
      }
      for (const Vertex user : users) in_common[user] += std::log2((all + 1) / static_cast<double>(users.size()));
    }
  }
  const auto before = [&](const auto& a, const auto& b) {
    return std::tuple(a.second, lives_.banned[a.first], b.first) <
           std::tuple(b.second, lives_.banned[b.first], a.first);
  };
  return std::max_element(in_common.begin(), in_common.end(), before)->first;
}

}  // namespace ringscope
