// All settings, each with its default, in one place. A TOML file may change them; `--print-config` shows them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/time.h"

namespace ringscope {

struct DetectConfig {
  int window_days = 0;                // days up to `as_of`; 0: everything
  std::string as_of;                  // a date or time; empty: the last day with data
  std::uint32_t hub_accounts = 1000;  // an entity of more accounts is a hub: counted, never enumerated
  std::string hub_list;               // file of things that are hubs whatever their size; empty: none
  std::string asn_table;              // file of networks and their autonomous systems, for indicators; empty: none
  double alpha = 0.01;                // false discovery rate of the pair test, over all possible pairs
  std::vector<std::int64_t> coaction_windows = {10, 60, 600, 3600};  // seconds, ascending; empty: not tested
  std::string coaction_kind;                                         // of the rule below; empty: every kind
  std::uint32_t coaction_window = 0;                                 // seconds; 0: no rule
  std::uint32_t coaction_things = 1;                                 // that a pair comes to within the window
  std::uint32_t coaction_actions = 2;                                // of each account of the pair, in all
  double resolution = 0.7;     // bits a pair of a community shares in the mean; leaky pieces are merged again
  std::uint32_t min_ring = 2;  // accounts; smaller groups are not reported
  std::uint32_t evidence_per_ring = 50;
  std::uint64_t seed = 1;  // of whatever is drawn at random
};

inline constexpr std::size_t kLeastMemory = std::size_t{1} << 20;

struct Config {
  unsigned threads = 0;                             // 0: as many as the machine has
  std::size_t memory_bytes = std::size_t{4} << 30;  // bound for every stage
  DetectConfig detect;
};

// The defaults, changed by the file. Throws Error config naming file, line and key: unknown key, wrong type, out of
// range.
Config read_config(const std::filesystem::path& file);
// As TOML, every key with its comment; read_config of it gives the same Config.
std::string print_config(const Config& config);
// 16 hex digits of everything that can change a result (so: not threads, not memory).
std::string config_hash(const Config& config);

// "512M", "8GiB", "1.5g" or a number of bytes. Throws Error usage.
std::size_t parse_size(const std::string& text);

}  // namespace ringscope
