// The feed into a topic of Kafka: at least once, in order. Built with -DRINGSCOPE_KAFKA=ON only.
#pragma once

#include <cstdint>
#include <string>

#include "storage/store.h"

namespace ringscope {

struct KafkaOptions {
  std::string brokers;  // "host:port,…"
  std::string topic;
  std::uint64_t after = 0;       // events with a greater number
  std::uint64_t limit = 10'000;  // at most so many
  int timeout_ms = 30'000;       // until all must be acknowledged
};

struct KafkaReport {
  std::uint64_t next = 0;  // the cursor, once all are acknowledged
  bool more = false;
  std::uint64_t events = 0;
};

// Sends each event as one message: the line of the feed, with its event_id as header and one key for all, so that one
// partition keeps their order. Returns when every one is acknowledged by all replicas; if one is not, throws Error io,
// and the caller sends the same page again: consumers know events by their event_id. Throws usage in a program that was
// built without Kafka, and as read_feed().
KafkaReport deliver_to_kafka(const Store& store, const KafkaOptions& options);

}  // namespace ringscope
