// All settings, each with its default, in one place. A TOML file may change them; `--print-config` shows them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/time.h"
#include "engine/load/layer_weights.h"

namespace ringscope {

// The tests that may make or grow a group; one that is off finds nothing.
struct DetectTests {
  bool pairs = true;       // significant pairs
  bool vouching = true;    // pairs on things of classes that vouch
  bool enrichment = true;  // accounts on enriched entities
  bool coaction = true;    // pairs that come to things at the same time; the rule as well
  bool glue = true;        // groups that one kind of thing holds together, taken apart
  bool pools = true;       // groups that no pair gives away, taken apart and united
  bool dispatch = true;    // groups behind one dispatcher
  bool arrivals = true;    // groups on one thing that came all at once
};

struct DetectConfig {
  int window_days = 0;                // days up to `as_of`; 0: everything
  std::string as_of;                  // a date or time; empty: the last day with data
  std::uint32_t hub_accounts = 1000;  // an entity of more accounts is a hub: counted, never enumerated
  std::string hub_list;               // file of things that are hubs whatever their size; empty: none
  std::string asn_table;  // file of networks and their autonomous systems, for indicators and ip/asn; empty: none
  double alpha = 0.01;    // false discovery rate of the pair test, over all possible pairs
  std::vector<std::int64_t> coaction_windows = {10, 60, 600, 3600};  // seconds, ascending; empty: not tested
  std::string coaction_kind;                                         // of the rule below; empty: every kind
  std::uint32_t coaction_window = 0;                                 // seconds; 0: no rule
  std::uint32_t coaction_things = 1;                                 // that a pair comes to within the window
  std::uint32_t coaction_actions = 2;                                // of each account of the pair, in all
  DetectTests tests;
  double resolution = 0.7;     // bits a pair of a community shares in the mean; leaky pieces are merged again
  std::uint32_t min_ring = 2;  // accounts; smaller groups are not reported
  std::uint32_t evidence_per_ring = 50;
  std::uint64_t seed = 1;  // of whatever is drawn at random
};

// What is derived from entities when they are loaded, and the operator's files that it takes (engine/load/facets.h).
struct FacetConfig {
  std::vector<std::string> on = {"ip/net",         "ip/subnet",          "ip/asn",       "ip/class",
                                 "payment/issuer", "payment/family",     "email/domain", "email/class",
                                 "email/shape",    "fingerprint/family", "signup"};
  std::uint32_t v4_prefix = 24;  // bits of ip/net
  std::uint32_t v6_prefix = 48;
  std::uint32_t v6_subnet = 64;  // bits of ip/subnet
  std::uint32_t issuer_digits = 6;
  std::uint32_t signup_hours = 6;
  std::vector<std::string> data_centres;  // files of addresses; empty: nothing is known
  std::vector<std::string> vpn_exits;
  std::vector<std::string> tor_exits;
  std::vector<std::string> disposable_mail;  // files of mail domains
};

struct VerdictConfig {
  std::uint32_t two_persons_above = 500;  // accounts of a ring; a verdict on a larger one waits for a second person
  std::string clearing =
      "on";  // "on": a thing that cleared accounts have counts less (engine/detect/cluster/clearing.h); "off"
  double seed_odds = 10;  // that one who touches a confirmed ring is of it, to join (seeding.h); 0: nobody joins so
};

// What may become of an account without more ado (engine/release/guards.h).
struct GuardConfig {
  std::string mode = "live";           // "live"; "shadow": releases are counted and told to nobody
  double rollout = 1;                  // share of accounts that machines may act on, always the same ones
  std::uint32_t most_accounts = 5000;  // newly banned by one release
  std::uint32_t daily_multiple = 2;    // newly banned by all releases of 24 hours, of what one may; 0: no such cap
  double most_share = 0.02;            // newly banned, of the accounts that the run looked at
  double most_multiple = 5;            // newly banned, of the median of the last 30 releases; 0: no such cap
  std::uint32_t least_releases = 5;    // before which the median says nothing
  std::uint32_t persons = 2;           // who must say the same before anything is released
  std::uint32_t proposal_hours = 24;   // after which the first person's word has lapsed
  std::string sharing = "off";         // "on": what rings share may be exported for others
};

inline constexpr std::size_t kLeastMemory = std::size_t{1} << 20;

struct Config {
  unsigned threads = 0;                             // 0: as many as the machine has
  std::size_t memory_bytes = std::size_t{4} << 30;  // bound for every stage
  FacetConfig facets;
  DetectConfig detect;
  VerdictConfig verdicts;
  GuardConfig guards;
  LayerWeights layers;  // factors of what layers say; those not listed: 1

  // Parts of the bound; the rest is for the stages.
  std::size_t store_memory() const { return memory_bytes / 8; }    // block cache and write buffers
  std::size_t ingest_memory() const { return memory_bytes / 4; }   // what is folded before it is written
  std::size_t account_memory() const { return memory_bytes / 2; }  // accounts that scoring remembers …
  std::size_t index_values() const {
    return memory_bytes / 4 / 128;
  }  // … and decoded values of its index, their number
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
