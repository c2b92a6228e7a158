#include "engine/detect/succession/reuse.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>
#include <tuple>

#include "algorithms/decoys.h"

namespace ringscope {
namespace {

constexpr std::size_t kCrowd = 64;       // newcomers; what more of them have proves nothing
constexpr std::size_t kMostUsers = 256;  // in all time: never enumerated
constexpr float kLeastBits = 2;          // that a layer can say; others cannot tell accounts apart
constexpr std::size_t kControls = 5;     // accounts that were not banned, for each that was
constexpr std::array<Seconds, 4> kLags = {kSecondsPerDay / 4, kSecondsPerDay, 3 * kSecondsPerDay, 7 * kSecondsPerDay};
constexpr std::size_t kClasses = 2 * kLags.size();
constexpr Seconds kSoon = kSecondsPerDay / 4;  // scale of the time until a place is taken
constexpr double kControlWeight = 0.2;         // 1 / kControls
constexpr double kSpare = 1;                   // a mirror more
constexpr std::uint32_t kNowhere = UINT32_MAX;
constexpr std::size_t kAhead = 6;  // things that are read while one is looked at

enum Side : std::size_t { kBan, kMirror, kControl };
constexpr std::size_t kSides = 3;

// Of equal scores the smaller banned account.
bool better(const Reuse& a, const Reuse& b) { return std::tuple(-a.score, a.banned) < std::tuple(-b.score, b.banned); }

// What it is worth that a place was taken so soon: the odds of the density 1 / (1 + lag)^2 against an even one.
double lag_bits(Seconds lag, Seconds horizon) {
  const double t = static_cast<double>(std::abs(lag)) / static_cast<double>(kSoon);
  return std::log2(static_cast<double>(horizon) / static_cast<double>(kSoon)) - 2 * std::log2(1 + t);
}

// Something must be asked of the layer, and be able to tell accounts apart.
bool is_asked(const LikenessPlan& plan, std::size_t view, std::size_t layer) {
  const LikenessLayer& about = plan.views[view].layers[layer];
  return about.weight > 0 && about.most_bits >= kLeastBits && !plan.kinds[about.family].habit;
}

// Who has a thing, in the order in which they came: as places in Lives::by_arrival, so that those of some days are next
// to each other. O(right vertices + edges).
class UsersByArrival {
 public:
  UsersByArrival(const LikenessPlan& plan, std::size_t view, const Lives& lives) {
    const BipartiteGraph& graph = plan.views[view].graph;
    ranges_.resize(graph.right_count());
    std::uint32_t count = 0;
    for (std::size_t k = 0; k < graph.layer_count(); ++k) {
      if (!is_asked(plan, view, k)) continue;
      for (Vertex r = graph.layer_begin(k); r < graph.layer_end(k); ++r) {
        const ArcIndex degree = graph.right_degree(r);
        if (degree > kMostUsers) continue;
        ranges_[r] = {count, count};
        count += static_cast<std::uint32_t>(degree);
      }
    }
    places_.resize(count);
    for (std::uint32_t place = 0; place < lives.by_arrival.size(); ++place) {
      for (const Vertex r : graph.rights_of(lives.by_arrival[place])) {
        if (is_asked_of(r)) places_[ranges_[r].end++] = place;
      }
    }
  }

  // Nothing is asked of the others.
  bool is_asked_of(Vertex r) const { return ranges_[r].begin != kNowhere; }
  // Ascending; those who came at no known time left out.
  std::span<const std::uint32_t> of(Vertex r) const {
    return std::span(places_).subspan(ranges_[r].begin, ranges_[r].end - ranges_[r].begin);
  }
  // Has them read while those before them are looked at.
  void prefetch_range(Vertex r) const { __builtin_prefetch(&ranges_[r]); }
  void prefetch_users(Vertex r) const {
    if (!is_asked_of(r)) return;
    const auto users = of(r);
    __builtin_prefetch(users.data());
    __builtin_prefetch(users.data() + users.size() / 2);
    __builtin_prefetch(users.data() + users.size());
  }

 private:
  struct Range {
    std::uint32_t begin = kNowhere, end = kNowhere;
  };
  std::vector<Range> ranges_;  // by right vertex, in places_
  std::vector<std::uint32_t> places_;
};

class ReuseFinder {
 public:
  ReuseFinder(const LikenessPlan& plan, const Lives& lives, const RingPlaces& rings, Seconds horizon)
      : plan_(plan),
        lives_(lives),
        rings_(rings),
        horizon_(horizon),
        users_by_{UsersByArrival(plan, 0, lives), UsersByArrival(plan, kHabitView, lives)},
        own_place_(lives.arrival.size(), kNowhere),
        place_of_(lives.by_arrival.size(), kNowhere) {
    best_of_.fill(std::vector<std::uint32_t>(lives.arrival.size(), kNowhere));
    for (std::uint32_t place = 0; place < lives.by_arrival.size(); ++place) own_place_[lives.by_arrival[place]] = place;
  }

  // As if `account` had been banned at this moment.
  void ask(Vertex account, Seconds at, bool control) {
    const auto around = lives_.arrived(at - horizon_, at + horizon_ + 1), after = lives_.arrived(at, at + horizon_ + 1);
    newcomers_ = static_cast<double>(around.size());
    end_ = place_in_order(around.data() + around.size());
    first_ = static_cast<std::uint32_t>(end_ - around.size());
    middle_ = static_cast<std::uint32_t>(end_ - after.size());
    before_too_ = !control;
    add_view(0, account);
    if (!found_.empty()) add_view(kHabitView, account);
    for (std::size_t i = 0; i < found_.size(); ++i) {
      propose(account, lives_.by_arrival[found_[i]], at, control, things_[i]);
      place_of_[found_[i]] = kNowhere;
    }
    found_.clear();
  }

  std::vector<Reuse> results() const {
    std::array<std::vector<DecoyedFind>, kClasses> finds;
    std::array<std::vector<const Reuse*>, kClasses> found;  // those of the finds that are of the banned come first
    for (std::size_t side = 0; side < kSides; ++side) {
      for (Vertex v = 0; v < best_of_[side].size(); ++v) {
        const Reuse* one = best(static_cast<Side>(side), v);
        if (one == nullptr) continue;
        const Reuse* ban = best(kBan, v);
        if (side != kBan && ban != nullptr && ban->score > one->score) continue;
        const std::size_t k = class_of(*one);
        finds[k].push_back({one->score, side != kBan, side == kControl ? kControlWeight : 1.0});
        if (side == kBan) found[k].push_back(one);
      }
    }
    std::vector<Reuse> kept;
    for (std::size_t k = 0; k < kClasses; ++k) {
      const std::vector<double> chance = chance_by_decoys(finds[k], kSpare);
      for (std::size_t i = 0; i < found[k].size(); ++i) {
        if (chance[i] >= 1) continue;
        kept.push_back(*found[k][i]);
        kept.back().probability = 1 - chance[i];
      }
    }
    std::sort(kept.begin(), kept.end(), [](const Reuse& a, const Reuse& b) { return a.account < b.account; });
    return kept;
  }

 private:
  using Things = std::vector<ReusedVertex>;  // by kind; bits 0: nothing

  const Reuse* best(Side side, Vertex newcomer) const {
    const std::uint32_t at = best_of_[side][newcomer];
    return at == kNowhere ? nullptr : &best_[side][at];
  }

  std::uint32_t place_in_order(const Vertex* at) const {
    return static_cast<std::uint32_t>(at - lives_.by_arrival.data());
  }

  // How many things of the layer the account has, each of which might have met.
  static double many(const BipartiteGraph& graph, std::size_t layer, Vertex account) {
    const auto rights = graph.rights_of(account);
    const auto first = std::lower_bound(rights.begin(), rights.end(), graph.layer_begin(layer));
    return static_cast<double>(std::lower_bound(first, rights.end(), graph.layer_end(layer)) - first);
  }

  // How many others with the thing came in the days around the ban; 0 where they are a crowd. Sets users_ to those of
  // them who may be proposed, the account itself among them.
  std::size_t find_users(std::size_t view, Vertex r, Vertex account) {
    const auto all = users_by_[view].of(r);
    const auto from = std::ranges::lower_bound(all, first_);
    const auto to = std::lower_bound(from, all.end(), end_);
    const std::uint32_t own = own_place_[account];
    const bool itself = own != kNowhere && own >= first_ && own < end_;
    const auto after = std::lower_bound(from, to, middle_);
    const auto later = static_cast<std::size_t>(to - after) - (itself && own >= middle_ ? 1 : 0);
    const auto others = static_cast<std::size_t>(to - from) - (itself ? 1 : 0);
    if (later > kCrowd || others > 2 * kCrowd) return 0;
    users_ = {before_too_ ? from : after, to};
    return others;
  }

  double bits_of(std::size_t view, std::size_t layer, Vertex account, std::size_t users) const {
    const double chance = many(plan_.views[view].graph, layer, account) * static_cast<double>(users) / (newcomers_ + 1);
    const LikenessLayer& about = plan_.views[view].layers[layer];
    return about.weight * std::min<double>(about.most_bits, -std::log2(std::min(1.0, chance)));
  }

  static void note(Things& things, std::size_t family, const ReusedVertex& thing) {
    if (thing.bits > things[family].bits) things[family] = thing;
  }

  Things& things_of(std::uint32_t other) {
    std::uint32_t& place = place_of_[other];
    if (place == kNowhere) {
      place = static_cast<std::uint32_t>(found_.size());
      found_.push_back(other);
      if (things_.size() < found_.size()) things_.emplace_back();
      things_[place].assign(plan_.kinds.size(), {});
    }
    return things_[place];
  }

  // Who has the very same things; then, of a view of habits, what else those have in common with the account: facets
  // and prompts.
  void add_view(std::size_t view, Vertex account) {
    const BipartiteGraph& graph = plan_.views[view].graph;
    const std::uint32_t own = own_place_[account];
    std::size_t layer = 0;
    const auto rights = graph.rights_of(account);
    for (std::size_t i = 0; i < rights.size(); ++i) {
      const Vertex r = rights[i];
      if (i + 2 * kAhead < rights.size()) users_by_[view].prefetch_range(rights[i + 2 * kAhead]);
      if (i + kAhead < rights.size()) users_by_[view].prefetch_users(rights[i + kAhead]);
      while (r >= graph.layer_end(layer)) ++layer;
      if (!users_by_[view].is_asked_of(r)) continue;
      const std::size_t users = find_users(view, r, account);
      if (users == 0) continue;
      const double bits = bits_of(view, layer, account, users);
      if (bits <= 0) continue;
      for (const std::uint32_t other : users_) {
        if (other != own && (view == 0 || place_of_[other] != kNowhere))
          note(things_of(other), plan_.views[view].layers[layer].family, {view, r, bits});
      }
    }
  }

  // Something must be the very same thing: what only comes from the same places is for whole rings to say.
  void propose(Vertex account, Vertex other, Seconds at, bool control, Things& things) {
    std::erase_if(things, [](const ReusedVertex& thing) { return thing.bits <= 0; });
    if (std::none_of(things.begin(), things.end(), [](const ReusedVertex& thing) { return thing.view == 0; })) return;
    const Seconds lag = lives_.arrival[other] - at;
    const Side side = control ? kControl : lag < 0 ? kMirror : kBan;
    double score = lag_bits(lag, horizon_);
    for (const ReusedVertex& thing : things) score += thing.bits;
    Reuse reuse{.banned = account, .account = other, .at = at, .lag = lag, .score = score, .things = {}};
    std::uint32_t& place = best_of_[side][other];
    if (place != kNowhere && !better(reuse, best_[side][place])) return;
    std::stable_sort(things.begin(), things.end(),
                     [](const ReusedVertex& a, const ReusedVertex& b) { return a.bits > b.bits; });
    reuse.things = std::move(things);
    if (place == kNowhere) {
      place = static_cast<std::uint32_t>(best_[side].size());
      best_[side].emplace_back();
    }
    best_[side][place] = std::move(reuse);
  }

  // What is compared with each other: after as long, of those in suspect rings or of those in none.
  std::size_t class_of(const Reuse& reuse) const {
    const auto lag = std::lower_bound(kLags.begin(), kLags.end() - 1, std::abs(reuse.lag)) - kLags.begin();
    return 2 * static_cast<std::size_t>(lag) + (rings_.suspect[reuse.banned] != 0 ? 1 : 0);
  }

  const LikenessPlan& plan_;
  const Lives& lives_;
  const RingPlaces& rings_;
  Seconds horizon_;
  double newcomers_ = 0;
  std::array<std::vector<std::uint32_t>, kSides> best_of_;  // by newcomer: in best_
  std::array<std::vector<Reuse>, kSides> best_;
  std::array<UsersByArrival, 2> users_by_;  // by view
  std::vector<std::uint32_t> own_place_;    // by account: in the order of arrival
  // Scratch of one question: who has something that the account has, and what. Accounts are their places in the order
  // of arrival; those around the ban are [first_, end_), those after it [middle_, end_).
  std::uint32_t first_ = 0, middle_ = 0, end_ = 0;
  std::vector<std::uint32_t> found_;
  std::vector<Things> things_;           // parallel to found_, and longer
  std::vector<std::uint32_t> place_of_;  // by account: in found_
  std::span<const std::uint32_t> users_;
  bool before_too_ = false;  // those who came before are proposed, too: as mirrors
};

}  // namespace

std::vector<Reuse> find_reuse(const LikenessPlan& plan, const Lives& lives, const RingPlaces& rings,
                              const Controls& controls, Seconds horizon) {
  ReuseFinder finder(plan, lives, rings, horizon);
  for (Vertex v = 0; v < lives.banned.size(); ++v) {
    if (lives.banned[v] == kNoTime || lives.arrival[v] == kNoTime || lives.banned[v] < lives.arrival[v]) continue;
    finder.ask(v, lives.banned[v], false);
    for (const Vertex control : controls.of(v, lives.banned[v], kControls)) finder.ask(control, lives.banned[v], true);
  }
  return finder.results();
}

}  // namespace ringscope
