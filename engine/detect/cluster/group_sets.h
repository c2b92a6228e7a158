// Accounts as sets, and which group each is in.
#pragma once

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <map>
#include <span>
#include <vector>

#include "engine/detect/project/cluster.h"

namespace ringscope {

inline constexpr std::uint32_t kNoGroup = ~std::uint32_t{0};

// Both ascending.
inline std::vector<Vertex> without(const std::vector<Vertex>& members, const std::vector<Vertex>& part) {
  std::vector<Vertex> rest;
  std::set_difference(members.begin(), members.end(), part.begin(), part.end(), std::back_inserter(rest));
  return rest;
}

// How many of the accounts are in a set, which is ascending.
inline std::size_t count_in(const std::vector<Vertex>& set, std::span<const Vertex> accounts) {
  return static_cast<std::size_t>(
      std::ranges::count_if(accounts, [&](Vertex account) { return std::ranges::binary_search(set, account); }));
}

// By account.
inline std::vector<std::uint32_t> group_of(const std::vector<Group>& groups, std::size_t accounts) {
  std::vector<std::uint32_t> of(accounts, kNoGroup);
  for (std::uint32_t g = 0; g < groups.size(); ++g) {
    for (const Vertex account : groups[g].members) of[account] = g;
  }
  return of;
}

// Those of the accounts that are in a group, by group.
inline std::map<std::uint32_t, std::vector<Vertex>> by_group(const std::vector<Vertex>& accounts,
                                                             const std::vector<std::uint32_t>& of) {
  std::map<std::uint32_t, std::vector<Vertex>> parts;
  for (const Vertex account : accounts) {
    if (of[account] != kNoGroup) parts[of[account]].push_back(account);
  }
  return parts;
}

// By account, for searches inside searches: which accounts the search at a depth looks among, all 0 before and after
// it. Kept, because to make one anew for each of thousands of groups costs more than the groups do.
class MarksByDepth {
 public:
  MarksByDepth(std::size_t depths, std::size_t accounts) : accounts_(accounts), marks_(depths) {}

  std::vector<char>& at(int depth) {
    std::vector<char>& marks = marks_[static_cast<std::size_t>(depth)];
    marks.resize(accounts_, 0);
    return marks;
  }

 private:
  std::size_t accounts_;
  std::vector<std::vector<char>> marks_;
};

inline void mark(const std::vector<Vertex>& accounts, char value, std::vector<char>& marks) {
  for (const Vertex account : accounts) marks[account] = value;
}

}  // namespace ringscope
