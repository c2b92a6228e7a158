#include "engine/ask/path.h"

#include <algorithm>
#include <queue>
#include <tuple>
#include <unordered_map>
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
  double length;
  KeyHash account;
  friend bool operator>(const Candidate& a, const Candidate& b) {
    return std::tie(a.length, a.account) > std::tie(b.length, b.account);
  }
};

class Search {
 public:
  Search(const Store& store, std::uint64_t run, KeyHash from, const PathOptions& options)
      : store_(store), run_(run), from_(from), direct_(options.direct) {
    for (const KeyHash avoided : options.avoid) reached_[avoided].settled = true;
    reached_[from] = {.before = from};
    queue_.push({0, from});
  }

  Path run_to(KeyHash to, std::size_t most_expanded) {
    to_ = to;
    for (std::size_t expanded = 0; !queue_.empty();) {
      const Candidate nearest = queue_.top();
      queue_.pop();
      if (nearest.account == to) return {PathEnd::found, trace(to)};
      if (std::exchange(reached_[nearest.account].settled, true)) continue;
      if (expanded++ == most_expanded) return {PathEnd::gave_up, {}};
      expand(nearest);
    }
    return {PathEnd::no_path, {}};
  }

 private:
  void expand(const Candidate& at) {
    for (const StoredLink& link : store_.links_of(run_, at.account)) {
      const double bits = static_cast<double>(link.bits);
      if (bits <= 0 || (!direct_ && at.account == from_ && link.other == to_)) continue;
      const double length = at.length + 1 / bits;
      const auto [entry, added] = reached_.try_emplace(link.other);
      Reached& other = entry->second;
      const bool shorter = added || std::tie(length, at.account) < std::tie(other.length, other.before);
      if (other.settled || !shorter) continue;
      other = {length, bits, at.account, false};
      queue_.push({length, link.other});
    }
  }

  std::vector<PathStep> trace(KeyHash to) const {
    std::vector<PathStep> steps;
    for (KeyHash at = to; at != from_; at = reached_.at(at).before) steps.push_back({at, reached_.at(at).bits});
    steps.push_back({from_, 0});
    std::reverse(steps.begin(), steps.end());
    return steps;
  }

  const Store& store_;
  std::uint64_t run_;
  KeyHash from_, to_ = 0;
  bool direct_;
  std::unordered_map<KeyHash, Reached> reached_;
  std::priority_queue<Candidate, std::vector<Candidate>, std::greater<>> queue_;
};

}  // namespace

Path strongest_path(const Store& store, std::uint64_t run, KeyHash from, KeyHash to, const PathOptions& options) {
  return Search(store, run, from, options).run_to(to, options.most_expanded);
}

}  // namespace ringscope
