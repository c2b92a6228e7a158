#include "engine/deliver/deliver.h"

#include <fmt/format.h>

#include "engine/deliver/webhook.h"

namespace ringscope {
namespace {

constexpr int kGone = 410;

// Makes the next message the pending one; false when there is nothing to tell.
bool prepare(const Store& store, Endpoint& endpoint, const DeliverOptions& options) {
  if (!endpoint.pending_id.empty()) return true;
  const auto gap = feed_gap(store, endpoint.cursor);
  const auto message = gap ? std::optional(gap_message(*gap, options.now))
                           : next_message(store, endpoint.cursor, options.events_a_message, options.now);
  if (!message) return false;
  endpoint.pending_id = message->id;
  endpoint.pending_body = message->body;
  endpoint.pending_next = message->next;
  return true;
}

PostRequest request_of(const Endpoint& endpoint, const DeliverOptions& options) {
  return {endpoint.url,
          {{"webhook-id", endpoint.pending_id},
           {"webhook-timestamp", fmt::format("{}", options.now)},
           {"webhook-signature",
            webhook_signature(endpoint.secret, endpoint.pending_id, options.now, endpoint.pending_body)}},
          endpoint.pending_body,
          options.timeout_seconds,
          options.private_too,
          options.ca_file};
}

void take(Endpoint& endpoint) {
  endpoint.cursor = endpoint.pending_next;
  endpoint.pending_id.clear();
  endpoint.pending_body.clear();
  endpoint.failures = 0;
  endpoint.next_try = kNoTime;
  endpoint.last_error.clear();
}

void fail(Endpoint& endpoint, const PostAnswer& answer, Seconds now) {
  endpoint.last_error = answer.status == 0 ? answer.error : fmt::format("HTTP status {}", answer.status);
  ++endpoint.failures;
  const auto delay = retry_delay(endpoint.pending_id, endpoint.failures);
  if (answer.status == kGone) {
    endpoint.disabled = "it answered 410 Gone";
  } else if (!delay) {
    endpoint.disabled = fmt::format("{} tries failed", endpoint.failures);
  } else {
    endpoint.next_try = now + *delay;
  }
}

}  // namespace

DeliverReport deliver(const Store& store, std::vector<Endpoint>& endpoints, const DeliverOptions& options,
                      const Poster& poster, const std::function<void()>& changed) {
  DeliverReport report;
  for (Endpoint& endpoint : endpoints) {
    const auto due = [&] {
      return endpoint.disabled.empty() && (endpoint.next_try == kNoTime || endpoint.next_try <= options.now);
    };
    while (due() && prepare(store, endpoint, options)) {
      changed();
      const PostAnswer answer = poster(request_of(endpoint, options));
      const bool taken = answer.status >= 200 && answer.status < 300;
      if (taken) {
        take(endpoint);
        ++report.sent;
      } else {
        fail(endpoint, answer, options.now);
        ++report.failed;
        report.disabled += endpoint.disabled.empty() ? 0 : 1;
      }
      changed();
    }
  }
  return report;
}

}  // namespace ringscope
