#include "engine/ask/path.h"

#include <algorithm>
#include <limits>
#include <queue>
#include <tuple>
#include <utility>

namespace ringscope {
namespace {

struct Reached {
  double length = 0;
  double bits = 0;  // of the link from `before`
  KeyHash before = 0;
  bool settled = false;
};

struct Candidate {
  double estimate;  // least length of a chain through the account
  double length;    // up to it
  KeyHash account;
  friend bool operator>(const Candidate& a, const Candidate& b) {
    return std::tie(a.estimate, a.length, a.account) > std::tie(b.estimate, b.length, b.account);
  }
};
using Queue = std::priority_queue<Candidate, std::vector<Candidate>, std::greater<>>;

constexpr std::size_t kMeasured = 4096;      // links at the end that are followed beforehand
constexpr std::size_t kMostKept = 1U << 18;  // links; 4 MB
constexpr double kBelow = 1 - 1e-9;          // so much of an estimate counts: rounding must not make it too large
constexpr double kInfinite = std::numeric_limits<double>::infinity();

}  // namespace

class PathFinder::Search {
 public:
  Search(PathFinder& finder, const PathOptions& options) : finder_(finder), options_(options) {
    for (const KeyHash avoided : options.avoid) reached_[avoided].settled = true;
    reached_[finder.from_] = {.before = finder.from_};
    push(0, finder.from_);
  }

  Path run() {
    for (std::size_t expanded = 0; !queue_.empty();) {
      const Candidate nearest = queue_.top();
      queue_.pop();
      if (nearest.account == finder_.to_) return {PathEnd::found, trace()};
      if (std::exchange(reached_[nearest.account].settled, true)) continue;
      if (expanded++ == options_.most_expanded) return {PathEnd::gave_up, {}};
      pass(options_.check);
      expand(nearest);
    }
    return {PathEnd::no_path, {}};
  }

 private:
  void push(double length, KeyHash account) {
    const double left = finder_.at_least(account);
    if (left < kInfinite) queue_.push({length + left, length, account});
  }

  void expand(const Candidate& at) {
    for (const StoredLink& link : finder_.links_of(at.account)) {
      const double bits = static_cast<double>(link.bits);
      if (bits <= 0 || (!options_.direct && at.account == finder_.from_ && link.other == finder_.to_)) continue;
      const double length = at.length + 1 / bits;
      const auto [entry, added] = reached_.try_emplace(link.other);
      Reached& other = entry->second;
      const bool shorter = added || std::tie(length, at.account) < std::tie(other.length, other.before);
      if (other.settled || !shorter) continue;
      other = {length, bits, at.account, false};
      push(length, link.other);
    }
  }

  std::vector<PathStep> trace() const {
    std::vector<PathStep> steps;
    for (KeyHash at = finder_.to_; at != finder_.from_; at = reached_.at(at).before)
      steps.push_back({at, reached_.at(at).bits});
    steps.push_back({finder_.from_, 0});
    std::reverse(steps.begin(), steps.end());
    return steps;
  }

  PathFinder& finder_;
  const PathOptions& options_;
  std::unordered_map<KeyHash, Reached> reached_;
  Queue queue_;
};

PathFinder::PathFinder(const Store& store, std::uint64_t run, KeyHash from, KeyHash to)
    : store_(store), run_(run), from_(from), to_(to) {
  measure_end();
}

Path PathFinder::find(const PathOptions& options) { return Search(*this, options).run(); }

// Links are the same from both of their ends.
void PathFinder::measure_end() {
  Queue queue;
  queue.push({0, 0, to_});
  std::size_t followed = 0;
  while (!queue.empty()) {
    const Candidate nearest = queue.top();
    if (followed >= kMeasured && !near_.contains(nearest.account)) break;
    queue.pop();
    if (!near_.emplace(nearest.account, nearest.length).second) continue;
    followed += links_of(nearest.account).size();
    for (const StoredLink& link : links_of(nearest.account)) {
      const double length = nearest.length + 1 / static_cast<double>(link.bits);
      if (link.bits > 0 && !near_.contains(link.other)) queue.push({length, length, link.other});
    }
  }
  beyond_ = queue.empty() ? kInfinite : queue.top().length;
}

double PathFinder::at_least(KeyHash account) const {
  const auto near = near_.find(account);
  return kBelow * (near == near_.end() ? beyond_ : near->second);
}

std::span<const StoredLink> PathFinder::links_of(KeyHash account) {
  const auto kept = kept_.find(account);
  if (kept != kept_.end()) return kept->second;
  unkept_ = store_.links_of(run_, account);
  if (kept_links_ + unkept_.size() > kMostKept) return unkept_;
  kept_links_ += unkept_.size();
  return kept_.emplace(account, std::move(unkept_)).first->second;
}

}  // namespace ringscope
