// Why an account is like a ring, in words.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace ringscope {

// A value that the account and the ring have in common.
struct ValueReason {
  std::string layer;           // "ip", "ip/net", …
  std::string text;            // empty: not known
  std::uint32_t members = 0;   // of the ring that touch it …
  std::uint32_t accounts = 0;  // … of all that do, …
  std::uint32_t cleared = 0;   // … and of them those whom a person cleared
  std::size_t more = 0;        // values of the kind that they have in common besides
  float bits = 0;              // of all of the kind
};

// "ip 203.0.113.7: used by 8 of the ring's accounts and nobody else (+9.1 bits)".
std::string value_reason(const ValueReason& reason);

}  // namespace ringscope
