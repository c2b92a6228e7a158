// Messages of Standard Webhooks 1.0: signed, thin, the same again when they are sent again.
//
// Source   Standard Webhooks 1.0.0 (standardwebhooks.com): metadata, signature scheme, operational considerations.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"
#include "engine/export/feed.h"

namespace ringscope {

struct WebhookMessage {
  std::string id;    // event_id of the last event that it tells of: who has seen it has nothing to do
  std::string body;  // JSON {"type":"ringscope.feed","timestamp":…,"data":{…}}: what there is to fetch, no account
  std::uint64_t next = 0;  // the cursor after it
};

// What there is after a cursor, at most `limit` events; nothing when there is nothing. The body has counts by type and
// the range of numbers; the receiver fetches the events themselves from the feed. Throws as read_feed().
std::optional<WebhookMessage> next_message(const Store& store, std::uint64_t after, std::uint64_t limit, Seconds now);

// Where events that an endpoint was not told of are not served any more, or its cursor is ahead of the store: the
// receiver takes the state in place of its own. After it the endpoint is told of what comes after that state.
WebhookMessage gap_message(const FeedGap& gap, Seconds now);

// "whsec_" and base64 of 24 to 64 bytes -> the bytes. Throws Error usage.
std::string secret_bytes(std::string_view secret);
// A new one, from the operating system's random numbers.
std::string new_secret();

// "v1,…": HMAC-SHA256 of "ID.TIMESTAMP.BODY".
std::string webhook_signature(std::string_view secret, std::string_view id, Seconds timestamp, std::string_view body);

// Seconds to wait after so many failures in a row, with a jitter of a fifth that follows from the message's id; nothing
// when it is to be given up.
std::optional<Seconds> retry_delay(std::string_view id, std::uint32_t failures);

}  // namespace ringscope
