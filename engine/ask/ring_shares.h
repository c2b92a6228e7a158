// The shares of accounts in rings (overlap.h), of one account after the other.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/ask/overlap.h"

namespace ringscope {

class RingShares {
 public:
  // `store` must outlive it. Keeps the ring of every account that it met.
  RingShares(const Store& store, std::uint64_t run) : store_(store), run_(run) {}

  // Largest first; of one that is linked to nobody all of its own ring, or nothing. O(links of the account), a look-up
  // each the first time.
  std::vector<Share> of(KeyHash account);
  // Of those that the account is linked to, the members of this ring are in it: they need no look-up.
  void place(KeyHash account, const Ring& ring);
  // All members of this ring are in it. O(members).
  void know(const Ring& ring);
  // The ring that the account is in; empty: none.
  const std::string& ring_of(KeyHash account);

 private:
  const Store& store_;
  std::uint64_t run_;
  std::unordered_map<KeyHash, std::string> known_;
};

}  // namespace ringscope
