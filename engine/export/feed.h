// Pages of the feed: everything that happened, in order, to whoever keeps a cursor. docs/pipeline.md.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/detect/ring/ring.h"
#include "storage/store.h"

namespace ringscope {

struct FeedQuery {
  std::uint64_t after = 0;    // the cursor: the last event that the consumer has worked through
  std::uint64_t limit = 0;    // events that are looked at; 0: all
  std::vector<Tier> tiers{};  // ring events only of rings that were or are in them, no others; empty: all events
  bool actions_only = false;  // only what machines are to do, and the kill switch
};

// What is before or behind the events that there are.
struct FeedGap {
  std::uint64_t after = 0;       // what was asked for
  std::uint64_t first = 0;       // the first event that is served
  std::uint64_t high_water = 0;  // the last
  std::string message;           // and where to start instead
};

struct FeedPage {
  std::uint64_t after = 0;
  std::uint64_t next = 0;  // the cursor for the next page
  bool more = false;       // whether there are events after it
  std::uint64_t high_water = 0;
  bool halted = false;  // the kill switch is on: no ban may be carried out
  std::uint64_t events = 0;
  std::optional<std::uint64_t> first_seq, last_seq;  // of those given
};

// Whether a cursor cannot be gone on from: its next event is not served any more, or it is ahead of the store.
std::optional<FeedGap> feed_gap(const Store& store, std::uint64_t after);

// Calls visit(line) for each event, in order, without the newline. Memory is that of one event. Throws Error not_found
// with the gap's message; corrupt.
FeedPage read_feed(const Store& store, const FeedQuery& query, const std::function<void(std::string_view line)>& visit);

// Schemas "ringscope.feed-page/1" and "ringscope.feed-gap/1", one line.
std::string page_to_json(const FeedPage& page);
std::string gap_to_json(const FeedGap& gap);

}  // namespace ringscope
