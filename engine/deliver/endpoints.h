// Who is told by webhook: where, with which secret, how far. A file of its own in the store's directory, for its owner
// only; it is not in snapshots.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/time.h"
#include "storage/store.h"

namespace ringscope {

struct Endpoint {
  std::string name;
  std::string url;
  std::string secret;
  std::uint64_t cursor = 0;    // told up to this event
  std::uint32_t failures = 0;  // in a row
  Seconds next_try = kNoTime;  // not before; kNoTime: at once
  std::string disabled{};      // why nothing is sent any more; empty: it is
  std::string last_error{};
  // The message that is being tried: the same id and body every time.
  std::string pending_id{}, pending_body{};
  std::uint64_t pending_next = 0;
};

// None when there is no such file. Throws Error corrupt.
std::vector<Endpoint> read_endpoints(const Store& store);
// In full or not at all, and durable. Throws Error io, no_space.
void write_endpoints(const Store& store, const std::vector<Endpoint>& endpoints);

// Held while endpoints are read, used and written: one process at a time. Throws Error locked.
class EndpointLock {
 public:
  explicit EndpointLock(const Store& store);
  ~EndpointLock();
  EndpointLock(const EndpointLock&) = delete;
  EndpointLock& operator=(const EndpointLock&) = delete;

 private:
  int file_ = -1;
};

// Schema "ringscope.webhook/1", one line, without the secret.
std::string endpoint_to_json(const Endpoint& endpoint);

}  // namespace ringscope
