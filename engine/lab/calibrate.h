// How well detection does in a store whose truth nobody knows: rings that were invented and hidden there are looked
// for, and honest accounts that are as busy at the same hours should be left alone. docs/calibration.md
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "engine/config.h"
#include "engine/lab/calibration/intervals.h"
#include "storage/store.h"

namespace ringscope {

struct CalibrateOptions {
  std::vector<std::string> kinds = {"loud", "thin", "residential", "quiet", "balanced", "small"};  // simulated_kinds()
  std::vector<double> hardness = {0.25, 0.5, 0.75};                                                // each in [0, 1]
  std::uint32_t seeds = 5;  // rings of each kind and hardness, one after the other
  std::uint64_t first_seed = 1;
  std::uint32_t ring_size = 40;         // accounts
  std::vector<std::string> roles = {};  // "ip=KIND": which kind of the store takes the place of a simulated one
  std::filesystem::path scratch = {};   // directory for the temporary copies; empty: the system's
};

// What calibrate() or check_null() is doing, for another thread to read.
struct CalibrateProgress {
  std::atomic<std::uint64_t> runs{0};  // of detection, or of the pair test
  std::atomic<std::uint64_t> runs_done{0};
};

// What was flagged of the rings of one kind and hardness, over all seeds.
struct CalibrationCell {
  std::string kind;
  double hardness = 0;
  std::vector<std::string> tiers;  // that count as flagged: ban; or ban and review
  std::uint32_t seeds = 0;
  std::uint64_t members = 0, members_flagged = 0;  // sums over the seeds
  std::uint64_t twins = 0, twins_flagged = 0;
  Estimate recall{};           // flagged members of all members
  Estimate precision{};        // flagged members of all that were flagged of members and twins
  Estimate false_discovery{};  // flagged twins of the same; unknown when nothing was flagged
  Estimate twin_rate{};        // flagged twins of all twins
  // Accounts of the store, a ring: flagged now and not before; those of them flagged together with a member; flagged
  // before and no longer. As many lowered as raised is churn at the edge of a tier.
  Estimate raised{}, drawn_in{}, lowered{};
};

struct Calibration {
  std::uint64_t accounts = 0;          // of the store
  std::uint64_t flagged_before = 0;    // of them at ban or review before anything was injected
  bool activity = false;               // false: only sightings are known, and only sightings were injected
  std::vector<std::string> injected;   // "ip", or "ip as sink": kinds of things that the rings had
  std::vector<std::string> missing;    // kinds of the simulator that the store has none of
  std::vector<CalibrationCell> cells;  // by kind and hardness as asked for, each first for ban alone
  double seconds = 0;
};

// Injects each ring alone into a copy of the store's rows and runs detection with `config` on it. `store` is only read.
// The same store, configuration and options give the same figures at any number of threads. Cost: a copy of the store,
// and a detection for each kind, hardness and seed, and one before. Throws Error usage (an option out of range, a kind
// that is none), input (an empty store), io, no_space, memory.
Calibration calibrate(const Store& store, const Config& config, const CalibrateOptions& options,
                      CalibrateProgress& progress);

// One JSON object: docs/schema/calibrate-cell.schema.json.
std::string calibration_cell_to_json(const Calibration& calibration, const CalibrationCell& cell);

// A picture of recall and false discovery by hardness, a panel a kind, with whiskers for the intervals.
std::string calibration_to_svg(const Calibration& calibration);

}  // namespace ringscope
