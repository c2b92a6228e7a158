// Accounts as sets, and which group each is in.
#pragma once

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <map>
#include <vector>

#include "engine/detect/cluster.h"

namespace ringscope {

inline constexpr std::uint32_t kNoGroup = ~std::uint32_t{0};

// Both ascending.
inline std::vector<Vertex> without(const std::vector<Vertex>& members, const std::vector<Vertex>& part) {
  std::vector<Vertex> rest;
  std::set_difference(members.begin(), members.end(), part.begin(), part.end(), std::back_inserter(rest));
  return rest;
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

}  // namespace ringscope
