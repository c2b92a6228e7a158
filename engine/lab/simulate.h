// Simulated worlds: a month of honest accounts and look-alike crowds with rings planted among them, and the truth beside it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace ringscope {

struct SimulateOptions {
  std::filesystem::path out;       // directory: events.jsonl (or .csv), truth.csv, indicators.json, world.json
  std::uint64_t seed = 1;
  std::uint64_t accounts = 50'000; // all of them, honest and ring
  std::uint64_t requests = 1'000'000;
  double ring_share = 0.06;        // of the accounts
  double hardness = 0.5;           // 0: everything shared in the open … 1: everything bought fresh
  int days = 30;
  std::string start = "2026-01-01";
  bool rings = true;               // false: a world with no ring at all
  std::string format = "jsonl";    // or "csv"
  unsigned threads = 0;
};

struct SimulateReport {
  std::uint64_t accounts = 0, ring_accounts = 0, requests = 0, rings = 0, honest_groups = 0, bytes = 0;
  double seconds = 0;
};

// Writes the world; the same options give the same bytes at any thread count. Throws Error usage, io.
SimulateReport simulate(const SimulateOptions& options);

}  // namespace ringscope
