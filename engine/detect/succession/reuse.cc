#include "engine/detect/succession/reuse.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
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

enum Side : std::size_t { kBan, kMirror, kControl };
constexpr std::size_t kSides = 3;

// Of equal scores the smaller banned account.
bool better(const Reuse& a, const Reuse& b) { return std::tuple(-a.score, a.banned) < std::tuple(-b.score, b.banned); }

// What it is worth that a place was taken so soon: the odds of the density 1 / (1 + lag)^2 against an even one.
double lag_bits(Seconds lag, Seconds horizon) {
  const double t = static_cast<double>(std::abs(lag)) / static_cast<double>(kSoon);
  return std::log2(static_cast<double>(horizon) / static_cast<double>(kSoon)) - 2 * std::log2(1 + t);
}

class ReuseFinder {
 public:
  ReuseFinder(const LikenessPlan& plan, const Lives& lives, const RingPlaces& rings, Seconds horizon)
      : plan_(plan), lives_(lives), rings_(rings), horizon_(horizon), place_of_(lives.arrival.size(), kNowhere) {
    best_.fill(std::vector<std::optional<Reuse>>(lives.arrival.size()));
  }

  // As if `account` had been banned at this moment.
  void ask(Vertex account, Seconds at, bool control) {
    newcomers_ = static_cast<double>(lives_.arrived(at - horizon_, at + horizon_ + 1).size());
    add_view(0, account, at);
    if (!found_.empty()) add_view(kHabitView, account, at);
    for (std::size_t i = 0; i < found_.size(); ++i) {
      propose(account, found_[i], at, control, things_[i]);
      place_of_[found_[i]] = kNowhere;
    }
    found_.clear();
  }

  std::vector<Reuse> results() const {
    std::array<std::vector<DecoyedFind>, kClasses> finds;
    std::array<std::vector<const Reuse*>, kClasses> found;  // those of the finds that are of the banned come first
    for (std::size_t side = 0; side < kSides; ++side) {
      for (std::size_t v = 0; v < best_[side].size(); ++v) {
        const std::optional<Reuse>& one = best_[side][v];
        if (!one) continue;
        if (side != kBan && best_[kBan][v] && best_[kBan][v]->score > one->score) continue;
        const std::size_t k = class_of(*one);
        finds[k].push_back({one->score, side != kBan, side == kControl ? kControlWeight : 1.0});
        if (side == kBan) found[k].push_back(&*one);
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

  bool is_asked(std::size_t view, std::size_t layer) const {
    const LikenessLayer& about = plan_.views[view].layers[layer];
    return about.weight > 0 && about.most_bits >= kLeastBits && !plan_.kinds[about.family].habit;
  }

  // How many things of the layer the account has, each of which might have met.
  static double many(const BipartiteGraph& graph, std::size_t layer, Vertex account) {
    const auto rights = graph.rights_of(account);
    const auto first = std::lower_bound(rights.begin(), rights.end(), graph.layer_begin(layer));
    return static_cast<double>(std::lower_bound(first, rights.end(), graph.layer_end(layer)) - first);
  }

  // Fills users_ with those of the thing who came in the days around the ban; false where they are a crowd.
  bool find_users(std::size_t view, Vertex r, Vertex account, Seconds at) {
    users_.clear();
    const BipartiteGraph& graph = plan_.views[view].graph;
    if (graph.right_degree(r) > kMostUsers) return false;
    std::size_t later = 0;
    for (const Vertex other : graph.lefts_of(r)) {
      const Seconds came = lives_.arrival[other];
      if (other == account || came == kNoTime || std::abs(came - at) > horizon_) continue;
      later += came >= at ? 1 : 0;
      users_.push_back(other);
    }
    return later <= kCrowd && users_.size() <= 2 * kCrowd;
  }

  double bits_of(std::size_t view, std::size_t layer, Vertex account) const {
    const double chance =
        many(plan_.views[view].graph, layer, account) * static_cast<double>(users_.size()) / (newcomers_ + 1);
    const LikenessLayer& about = plan_.views[view].layers[layer];
    return about.weight * std::min<double>(about.most_bits, -std::log2(std::min(1.0, chance)));
  }

  static void note(Things& things, std::size_t family, const ReusedVertex& thing) {
    if (thing.bits > things[family].bits) things[family] = thing;
  }

  Things& things_of(Vertex other) {
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
  void add_view(std::size_t view, Vertex account, Seconds at) {
    const BipartiteGraph& graph = plan_.views[view].graph;
    std::size_t layer = 0;
    for (const Vertex r : graph.rights_of(account)) {
      while (r >= graph.layer_end(layer)) ++layer;
      if (!is_asked(view, layer) || !find_users(view, r, account, at)) continue;
      const double bits = bits_of(view, layer, account);
      if (bits <= 0) continue;
      for (const Vertex other : users_) {
        if (view == 0 || place_of_[other] != kNowhere)
          note(things_of(other), plan_.views[view].layers[layer].family, {view, r, bits});
      }
    }
  }

  // Something must be the very same thing: what only comes from the same places is for whole rings to say.
  void propose(Vertex account, Vertex other, Seconds at, bool control, Things& things) {
    std::erase_if(things, [](const ReusedVertex& thing) { return thing.bits <= 0; });
    if (std::none_of(things.begin(), things.end(), [](const ReusedVertex& thing) { return thing.view == 0; })) return;
    const Seconds lag = lives_.arrival[other] - at;
    if (lag < 0 && control) return;
    const Side side = control ? kControl : lag < 0 ? kMirror : kBan;
    double score = lag_bits(lag, horizon_);
    for (const ReusedVertex& thing : things) score += thing.bits;
    Reuse reuse{.banned = account, .account = other, .at = at, .lag = lag, .score = score, .things = {}};
    std::optional<Reuse>& best = best_[side][other];
    if (best && !better(reuse, *best)) return;
    std::stable_sort(things.begin(), things.end(),
                     [](const ReusedVertex& a, const ReusedVertex& b) { return a.bits > b.bits; });
    reuse.things = std::move(things);
    best = std::move(reuse);
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
  std::array<std::vector<std::optional<Reuse>>, kSides> best_;  // by newcomer
  // Scratch of one question: who has something that the account has, and what.
  std::vector<Vertex> found_;
  std::vector<Things> things_;           // parallel to found_, and longer
  std::vector<std::uint32_t> place_of_;  // by account: in found_
  std::vector<Vertex> users_;
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
