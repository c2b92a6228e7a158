// What is usual in a window: what the use that one account or one group makes of the service is held against.
//
// An account counts at most kMostOfOne requests, and once a day where models are counted by day, so that the loud do
// not make the measure they are measured by.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/load/activity.h"
#include "storage/store.h"

namespace ringscope {

inline constexpr double kMostOfOne = 20;

struct CapabilityShare {
  VertexKey capability;
  std::string name;
  double share = 0;  // of the requests that name a capability
  friend bool operator==(const CapabilityShare&, const CapabilityShare&) = default;
};

// A model that came out inside the window: not asked on the first two days, and with a day after its first.
struct NewModel {
  VertexKey model;
  std::string name;
  Day first = kNoDay;  // the first day on which three accounts asked it
  double share = 0;    // of the day after, an account active that day counted once
  friend bool operator==(const NewModel&, const NewModel&) = default;
};

struct UsageBaseline {
  std::uint64_t accounts = 0;                 // with requests
  std::uint32_t days = 0;                     // from the first to the last on which anybody asked
  std::vector<CapabilityShare> capabilities;  // ascending by key
  std::vector<NewModel> new_models;           // by share, descending, at most a few
  double daily_requests = 0;                  // median over accounts of requests on an active day
  double output = 0;                          // median over accounts of log2(tokens out / tokens in)
  double output_high = 0;                     // the ninth decile of the same
  friend bool operator==(const UsageBaseline&, const UsageBaseline&) = default;
};

// The baseline of all accounts of the window; one scan of the activity, the same at any number of threads.
UsageBaseline read_usage_baseline(const Store& store, const DayWindow& window, const Unread& unread, unsigned threads);

// Puts the store's kind numbers into the keys and the capabilities into their order: of a baseline that was read back
// from its names.
void find_kinds(const Store& store, UsageBaseline& baseline);

}  // namespace ringscope
