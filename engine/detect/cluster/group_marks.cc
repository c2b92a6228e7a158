// What marks the group that a GroupGauge holds, and how much of that is its own.
#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

#include "engine/detect/cluster/group_gauge.h"

namespace ringscope {
namespace {

constexpr double kOwnPrompts = 0.8;    // of the accounts that ask prompts, for these to be theirs
constexpr double kOwnUsers = 0.7;      // of the users of a kind's marks, for these to be the group's own …
constexpr double kOwnThing = 0.8;      // … of the users of one, for hardly anybody else to use it …
constexpr double kOwnCover = 2.0 / 3;  // … of the members, who use one of those

// How surely another who asks what a member asks is one, and who of them asks so, for prompts to be the group's own.
constexpr double kKeptAmong = 0.4, kKeepers = 2.0 / 3;

}  // namespace

std::vector<Thing> GroupGauge::marks() const {
  std::vector<Thing> marks;
  for (std::size_t v = 0; v < plan_.views.size(); ++v) {
    for (const Vertex r : likeness_.touched(v)) {
      if (!plan_.kinds[likeness_.family_of(v, r)].habit && likeness_.lift(v, r) >= kLeastLift) marks.emplace_back(v, r);
    }
  }
  return marks;
}

std::vector<Thing> GroupGauge::own_prompts() const {
  std::vector<Thing> prompts = marks();
  std::erase_if(prompts, [&](const Thing& mark) {
    return kind_of(mark) != prompts_ || likeness_.in_group(mark.first, mark.second) < 2;
  });
  return prompts;
}

std::uint64_t GroupGauge::own_kinds() const {
  struct Use {
    std::size_t users = 0, inside = 0;
    std::vector<Vertex> covered;
  };
  std::map<std::pair<std::size_t, std::size_t>, Use> layers;  // by view and layer
  std::uint64_t by_exits = 0;  // kinds of which members share exits of VPNs or of Tor, which tie nobody
  for (const Thing& mark : marks()) {
    const auto users = users_of(mark);
    if (mark.first == 0 && !classes_.empty() && is_exit(classes_[mark.second])) {
      by_exits |= std::uint64_t{1} << kind_of(mark);
      continue;
    }
    const auto inside =
        static_cast<std::size_t>(std::ranges::count_if(users, [&](Vertex user) { return holds(user); }));
    if (inside < 2) continue;
    Use& layer = layers[{mark.first, likeness_.layer_of(mark.first, mark.second)}];
    layer.users += users.size();
    layer.inside += inside;
    if (static_cast<double>(inside) < kOwnThing * static_cast<double>(users.size())) continue;
    std::ranges::copy_if(users, std::back_inserter(layer.covered), [&](Vertex user) { return holds(user); });
  }
  std::uint64_t own = 0;
  for (auto& [at, layer] : layers) {
    std::sort(layer.covered.begin(), layer.covered.end());
    layer.covered.erase(std::unique(layer.covered.begin(), layer.covered.end()), layer.covered.end());
    const std::uint64_t kind = std::uint64_t{1} << plan_.views[at.first].layers[at.second].family;
    if (at.first > 0 && (by_exits & kind) != 0) continue;  // their networks neither
    if (static_cast<double>(layer.inside) >= kOwnUsers * static_cast<double>(layer.users) &&
        static_cast<double>(layer.covered.size()) >= kOwnCover * static_cast<double>(held_count()))
      own |= kind;
  }
  return own;
}

bool GroupGauge::Kept::are_own(std::size_t members) const {
  return share >= kKeptAmong && static_cast<double>(keepers.size()) >= kKeepers * static_cast<double>(members);
}

GroupGauge::Kept GroupGauge::prompts_kept() const {
  double kept = 0, asked = 0;
  std::vector<Vertex> keepers;
  for (const Vertex r : likeness_.touched(kHabitView)) {
    if (likeness_.family_of(kHabitView, r) != prompts_) continue;
    const auto users = users_of({kHabitView, r});
    if (users.size() < 2 || users.size() > held_count()) continue;
    const auto all = static_cast<double>(users.size());
    const auto inside = static_cast<double>(std::ranges::count_if(users, [&](Vertex user) { return holds(user); }));
    asked += inside;
    kept += inside * (inside - 1) / (all - 1);
    if (inside < 2 || inside < kOwnThing * all) continue;
    std::ranges::copy_if(users, std::back_inserter(keepers), [&](Vertex user) { return holds(user); });
  }
  if (asked == 0) return {};
  std::sort(keepers.begin(), keepers.end());
  keepers.erase(std::unique(keepers.begin(), keepers.end()), keepers.end());
  return {.share = kept / asked, .keepers = std::move(keepers)};
}

bool GroupGauge::mostly_asked_by(const std::vector<Thing>& prompts, const std::vector<char>& marked) const {
  double users = 0, inside = 0;
  for (const Thing& prompt : prompts) {
    for (const Vertex account : users_of(prompt)) {
      users += 1;
      inside += marked[account] != 0 ? 1 : 0;
    }
  }
  return users > 0 && inside >= kOwnPrompts * users;
}

}  // namespace ringscope
