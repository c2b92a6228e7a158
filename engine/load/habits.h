// What accounts are like beside the things they touch: the facets of those things, prompts, capabilities, hours,
// sign-up. A second bipartite graph over the accounts of a snapshot, whose right vertices may be popular without harm:
// nothing ever looks at pairs of their accounts.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/load/facets.h"
#include "engine/load/snapshot.h"

namespace ringscope {

struct Habits {
  BipartiteArrays arrays;           // left vertices as in the snapshot
  std::vector<std::uint64_t> keys;  // by right vertex: hash of the facet or prompt, bucket of the sign-up
  std::vector<float> amounts;       // by edge: 1, or of what is counted (hours, capabilities) the share of a few draws
  std::vector<std::string> layers;  // "ip/net", "payment/issuer", "email/domain", "signup", "template", …

  BipartiteGraph graph() const { return arrays.view(); }
  // The place of a layer by its name; nothing where it was not loaded.
  std::optional<std::size_t> find_layer(std::string_view name) const;
  // False where only sightings are known: then nothing that accounts do can confirm what they share.
  bool has_activity() const;
};

struct HabitOptions {
  std::vector<Facet> facets;       // a layer each
  std::int64_t signup_bucket = 0;  // seconds; 0: sign-ups are left out
  unsigned threads = 0;
};

// The layers that are no facets: "signup", "template", "capability", "hour".
std::span<const char* const> habit_names();

// Of the snapshot's window, without layers of weight 0 (the hours stay, for they tell whether there is activity).
// Templates are a sample of 64 of those in the sketches of an account's days. O(edges + names + activity).
Habits load_habits(const Store& store, const Snapshot& snapshot, const HabitOptions& options);

// Days in which the middle half of the accounts signed up, by buckets of so many seconds; nothing when sign-ups are
// left out or known of fewer than half of the accounts. O(buckets).
std::optional<double> signup_span(const Habits& habits, std::int64_t bucket);

// An edge of the habits.
struct HabitTouch {
  std::uint32_t layer = 0;
  std::uint64_t key = 0;
  float amount = 0;
};
// What load_habits() would make of some accounts of the snapshot, ascending: their edges by (layer, key). Look-ups:
// three an account, and one a thing that facets are derived from.
std::vector<std::vector<HabitTouch>> load_habit_rows(const Store& store, const Snapshot& snapshot,
                                                     const HabitOptions& options, std::span<const Vertex> accounts);

}  // namespace ringscope
