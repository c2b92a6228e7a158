// What accounts did, as far as a judgement needs it.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/detect/ring/usage_baseline.h"
#include "engine/load/snapshot.h"
#include "storage/store.h"

namespace ringscope {

// Requests in one hour. Four bytes, for there are many.
struct HourCount {
  std::uint16_t at = 0;     // 24 * place of the day in Profile::days + UTC hour
  std::uint16_t count = 0;  // saturating
};

// How far an account went over to a model that came out inside the window.
struct ModelMove {
  std::uint64_t before = 0;  // requests before the model's first day
  std::uint64_t after = 0;   // requests that name a model, on the day after that first day
  std::uint64_t moved = 0;   // of those: asked the new model
};

struct Profile {
  std::uint64_t requests = 0;
  std::uint64_t tokens_in = 0;
  std::uint64_t tokens_out = 0;
  std::uint64_t templated = 0;                      // requests that carried a template
  std::array<std::uint64_t, 24> hours{};            // requests by UTC hour
  std::uint64_t weekend = 0;                        // requests on Saturday and Sunday, UTC
  std::vector<std::pair<Day, std::uint64_t>> days;  // requests by day, ascending
  std::vector<HourCount> by_hour;                   // the same by day and hour, ascending; of the first 2,730 days
  std::vector<TagCount> tags;                       // capabilities and models, ascending
  std::vector<TemplateCount> templates;             // sketch: the smallest hashes, with counts
  std::vector<TemplateCount> prompts;               // what it asks, often asked ones first of all: prompts_by_use()
  std::vector<ModelMove> moves;                     // parallel to UsageBaseline::new_models; empty: not looked at
  AccountFacts facts;
};

// The whole window, to hold a ring against.
struct Population {
  std::uint64_t accounts = 0;  // with activity
  std::uint64_t requests = 0;
  std::optional<double> signup_span;  // days in which the middle half of all signed up; nothing: not known
  std::optional<Day> usual_start;     // see starts.h; of the accounts asked for
  double banned = 0;           // share with status banned of those not asked for, half a ban in a hundred more; of
                               // a run what is usual (usual_bans(), ban_odds.h)
  std::vector<TagCount> tags;  // ascending
  std::vector<TemplateCount> templates;  // of the prompts of the accounts asked for: accounts that use them; ascending
};

struct Profiles {
  std::vector<Vertex> accounts;  // ascending
  std::vector<Profile> of;       // parallel to the accounts
  Population population;
};

// The profile of one account's days, ascending; without its facts and prompts.
Profile profile_of(std::span<const ActivityDay> days, std::span<const NewModel> models = {});

// Profiles of `accounts` (vertices of the snapshot, ascending) and the population's sums; one or two scans of the
// activity.
Profiles read_profiles(const Store& store, const Snapshot& snapshot, std::span<const Vertex> accounts, unsigned threads,
                       std::span<const NewModel> models = {});
// The same of the accounts alone, a look-up each; the population is left empty.
Profiles visit_profiles(const Store& store, const Snapshot& snapshot, std::span<const Vertex> accounts,
                        std::span<const NewModel> models);
// Of these accounts only how many requests they made, and their facts.
Profiles visit_requests(const Store& store, const Snapshot& snapshot, std::span<const Vertex> accounts);

}  // namespace ringscope
