// Telling endpoints what there is in the feed: at least once, in order, the same message again until it is taken.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "engine/deliver/endpoints.h"
#include "engine/deliver/post.h"

namespace ringscope {

struct DeliverOptions {
  std::uint64_t events_a_message = 1000;
  int timeout_seconds = 15;
  bool private_too = false;
  Seconds now = kNoTime;
  std::string ca_file{};  // of PostRequest
};

using Poster = std::function<PostAnswer(const PostRequest&)>;

struct DeliverReport {
  std::uint64_t sent = 0;      // taken by a 2xx
  std::uint64_t failed = 0;    // to be tried again
  std::uint64_t disabled = 0;  // endpoints that are not told any more, from now on
};

// One pass: every endpoint that is due gets messages until it has all or one fails. `changed` is called after each
// message with what is to be remembered, before the next is sent: a crash in between sends that message again, with
// the same id. 410 disables an endpoint at once, and so does the end of the retries.
DeliverReport deliver(const Store& store, std::vector<Endpoint>& endpoints, const DeliverOptions& options,
                      const Poster& poster, const std::function<void()>& changed);

}  // namespace ringscope
