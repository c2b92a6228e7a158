// Address -> value by the narrowest range that holds it: autonomous systems, classes of networks.
//
// Built once: what is added may nest and overlap, IPv4 and IPv6 together. Looked up by one binary search.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "engine/load/network.h"

namespace ringscope {

class AddressTable {
 public:
  // Both ends included; first <= last.
  void add(const Address& first, const Address& last, std::uint32_t value);
  void add(const Network& network, std::uint32_t value);
  // Before the first find(). O(n log n) of what was added, 36 bytes a range afterwards.
  void finish();

  // The value of the narrowest range that holds the address; of equally narrow ones the smallest. O(log n).
  std::optional<std::uint32_t> find(const Address& address) const;
  bool empty() const { return ranges_.empty(); }

 private:
  struct Range {
    Address first;
    Address last;
    std::uint32_t value;
  };
  std::vector<Range> ranges_;  // after finish() ascending and apart from each other
};

}  // namespace ringscope
