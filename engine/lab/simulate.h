// Simulated worlds: a month of honest accounts and look-alike crowds with rings planted among them, and the truth
// beside it. docs/simulator.md tells what each kind shares and what its hardness turns.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace ringscope {

struct SimulateOptions {
  std::filesystem::path out =
      {};  // directory: events.jsonl (or .csv), truth.csv, successions.csv, indicators.json, world.json
  std::uint64_t seed = 1;
  std::uint64_t accounts = 50'000;     // all of them, honest and ring
  std::uint64_t requests = 1'000'000;  // nearly so many (within 5%); at least one an account
  double ring_share = 0.06;            // of the accounts
  std::uint64_t ring_requests = 0;     // of all requests, those of the rings; 0: what the kinds make, at most 45%
  double hardness = 0.5;               // 0: everything shared in the open … 1: everything bought fresh
  std::map<std::string, double> kind_hardness = {};  // for single kinds (simulated_kinds()), instead of `hardness`
  double other_purpose = 0;                          // share of the rings that do not extract a model
  std::vector<std::string> ring_kinds = {};          // kinds of rings to plant; empty: all
  std::vector<std::string> crowds = {};              // honest crowds to plant beside the usual: agency, cafe, term
  std::uint32_t failovers = 0;  // pools banned in a wave whose traffic moves to another pool, beside the ring share
  int days = 30;
  std::string start = "2026-01-01";
  bool rings = true;             // false: a world with no ring at all
  std::string format = "jsonl";  // or "csv"
  unsigned threads = 0;
};

struct SimulateReport {
  std::uint64_t accounts = 0, ring_accounts = 0, requests = 0, rings = 0, honest_groups = 0, bytes = 0;
  double seconds = 0;
};

struct SimulatedKind {
  std::string_view name;  // as in truth.csv's ring or group, without the number
  bool is_ring = false;
  std::string_view summary;   // who they are and what they share
  std::string_view hardness;  // what the knob turns
};

// Every kind of ring and of honest crowd, rings first.
const std::vector<SimulatedKind>& simulated_kinds();

// Writes the world; the same options give the same bytes at any thread count. Memory: about 500 bytes an account and
// one day's requests. Throws Error usage (an option out of range), io, no_space.
SimulateReport simulate(const SimulateOptions& options);

}  // namespace ringscope
