#include "algorithms/multicover.h"

#include <algorithm>

namespace ringscope {
namespace {

using Entry = CoverDemand::Entry;

// Largest amount first, so that the fewest entries that meet a need are the first ones; no amount above the need. The
// same demand twice is one.
void normalize(std::vector<CoverDemand>& demands) {
  for (CoverDemand& demand : demands) {
    for (Entry& entry : demand.entries) entry.amount = std::min(entry.amount, demand.need);
    std::erase_if(demand.entries, [](const Entry& entry) { return entry.amount == 0; });
    std::sort(demand.entries.begin(), demand.entries.end(), [](const Entry& a, const Entry& b) {
      return a.amount != b.amount ? a.amount > b.amount : a.item < b.item;
    });
  }
  std::erase_if(demands, [](const CoverDemand& demand) { return demand.need == 0; });
  std::sort(demands.begin(), demands.end());
  demands.erase(std::unique(demands.begin(), demands.end()), demands.end());
}

class Search {
 public:
  Search(std::uint32_t item_count, std::vector<CoverDemand> demands, std::size_t most_steps)
      : demands_(std::move(demands)), most_steps_(most_steps), state_(item_count, kOpen) {
    residual_.reserve(demands_.size());
    uses_.resize(item_count);
    for (std::size_t d = 0; d < demands_.size(); ++d) {
      residual_.push_back(demands_[d].need);
      for (const Entry& entry : demands_[d].entries) uses_[entry.item].push_back({d, entry.amount});
    }
  }

  Cover run() {
    if (!greedy()) return {.possible = false, .proven = true, .items = {}};
    Cover cover;
    branch();
    cover.proven = steps_ <= most_steps_;
    cover.items = best_;
    std::sort(cover.items.begin(), cover.items.end());
    return cover;
  }

 private:
  enum State : std::uint8_t { kOpen, kTaken, kRefused };
  struct Use {
    std::size_t demand;
    std::uint64_t amount;
  };

  // Takes an item; returns by how much each of its demands fell, for give_back().
  std::vector<std::uint64_t> take(std::uint32_t item) {
    std::vector<std::uint64_t> fell;
    fell.reserve(uses_[item].size());
    state_[item] = kTaken;
    taken_.push_back(item);
    for (const Use& use : uses_[item]) {
      fell.push_back(std::min(use.amount, residual_[use.demand]));
      residual_[use.demand] -= fell.back();
    }
    return fell;
  }
  void give_back(const std::vector<std::uint64_t>& fell) {
    const std::uint32_t item = taken_.back();
    taken_.pop_back();
    state_[item] = kOpen;
    for (std::size_t i = 0; i < fell.size(); ++i) residual_[uses_[item][i].demand] += fell[i];
  }

  double gain(std::uint32_t item) const {
    double sum = 0;
    for (const Use& use : uses_[item]) {
      sum += static_cast<double>(std::min(use.amount, residual_[use.demand])) /
             static_cast<double>(demands_[use.demand].need);
    }
    return sum;
  }

  // A first cover: what meets most of what is missing, again and again; then what turned out to be needless goes.
  bool greedy() {
    for (;;) {
      double best = 0;
      std::uint32_t item = 0;
      for (std::uint32_t i = 0; i < state_.size(); ++i) {
        const double of_item = state_[i] == kOpen ? gain(i) : 0;
        if (of_item > best) {
          best = of_item;
          item = i;
        }
      }
      if (best <= 0) break;
      take(item);
    }
    best_ = taken_;
    const bool met = std::all_of(residual_.begin(), residual_.end(), [](std::uint64_t left) { return left == 0; });
    taken_.clear();
    std::fill(state_.begin(), state_.end(), kOpen);
    for (std::size_t d = 0; d < demands_.size(); ++d) residual_[d] = demands_[d].need;
    if (met) drop_needless();
    return met;
  }

  bool meets_all(const std::vector<std::uint32_t>& items) const {
    std::vector<std::uint64_t> given(demands_.size(), 0);
    for (const std::uint32_t item : items) {
      for (const Use& use : uses_[item]) given[use.demand] += use.amount;
    }
    for (std::size_t d = 0; d < demands_.size(); ++d) {
      if (given[d] < demands_[d].need) return false;
    }
    return true;
  }
  void drop_needless() {
    for (std::size_t i = best_.size(); i-- > 0;) {
      std::vector<std::uint32_t> fewer = best_;
      fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
      if (meets_all(fewer)) best_ = std::move(fewer);
    }
  }

  static constexpr std::size_t kCannot = static_cast<std::size_t>(-1);

  // The fewest open items that meet what is missing of one demand.
  std::size_t least_items(std::size_t d) const {
    std::uint64_t left = residual_[d];
    std::size_t items = 0;
    for (const Entry& entry : demands_[d].entries) {
      if (left == 0) break;
      if (state_[entry.item] != kOpen) continue;
      left -= std::min(left, entry.amount);
      ++items;
    }
    return left == 0 ? items : kCannot;
  }

  // Demands without an open item in common add up. Sets `hardest` to the demand that needs most.
  std::size_t bound(std::size_t& hardest) const {
    std::vector<std::pair<std::size_t, std::size_t>> needs;  // items, demand
    needs.reserve(demands_.size());
    for (std::size_t d = 0; d < demands_.size(); ++d) {
      if (residual_[d] == 0) continue;
      const std::size_t items = least_items(d);
      if (items == kCannot) return kCannot;
      needs.emplace_back(items, d);
    }
    if (needs.empty()) return 0;
    std::stable_sort(needs.begin(), needs.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
    hardest = needs.front().second;
    std::vector<char> counted(state_.size(), 0);
    std::size_t sum = 0;
    for (const auto& [items, d] : needs) {
      const auto& entries = demands_[d].entries;
      const auto is_open = [&](const Entry& entry) { return state_[entry.item] == kOpen; };
      if (std::any_of(entries.begin(), entries.end(),
                      [&](const Entry& entry) { return is_open(entry) && counted[entry.item] != 0; }))
        continue;
      for (const Entry& entry : entries) counted[entry.item] = 1;
      sum += items;
    }
    return sum;
  }

  void branch() {
    steps_ += demands_.size();
    if (steps_ > most_steps_) return;
    std::size_t hardest = 0;
    const std::size_t more = bound(hardest);
    if (more == kCannot || taken_.size() + more >= best_.size()) return;
    if (more == 0) {
      best_ = taken_;
      return;
    }
    // Every cover has an open item of the hardest demand: each is tried, those tried before it refused.
    std::vector<std::uint32_t> refused;
    for (const Entry& entry : demands_[hardest].entries) {
      if (state_[entry.item] != kOpen) continue;
      const std::vector<std::uint64_t> fell = take(entry.item);
      branch();
      give_back(fell);
      state_[entry.item] = kRefused;
      refused.push_back(entry.item);
      if (steps_ > most_steps_) break;
    }
    for (const std::uint32_t item : refused) state_[item] = kOpen;
  }

  std::vector<CoverDemand> demands_;
  std::size_t most_steps_;
  std::size_t steps_ = 0;
  std::vector<State> state_;
  std::vector<std::uint64_t> residual_;  // per demand, what is still missing
  std::vector<std::vector<Use>> uses_;   // per item
  std::vector<std::uint32_t> taken_;
  std::vector<std::uint32_t> best_;
};

}  // namespace

Cover least_cover(std::uint32_t item_count, std::vector<CoverDemand> demands, const CoverOptions& options) {
  normalize(demands);
  if (demands.empty()) return {};
  return Search(item_count, std::move(demands), options.most_steps).run();
}

}  // namespace ringscope
