// From a text to what it may mean: accounts, things of any kind, rings and campaigns.
//
// Input    an id or value in full, the beginning of one (letters without case), a network in CIDR notation, or any of
//          these after "KIND:" ("payment:5388", "account:u12", "ring:7f3a", "campaign:north"). A network means the
//          addresses in it.
// Output   rings, campaigns, then what is equal to the text, then what begins with it: accounts, then things by kind
//          and text.
// Cost     a look-up for each kind, a seek for each kind, and O(hits). A store that an earlier program wrote has no
// names
//          in order until it is next written to: then all names are walked through, and `scanned` says so.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/ask/known_rings.h"
#include "engine/ask/run_view.h"

namespace ringscope {

enum class HitType { ring, campaign, account, thing };
const char* to_string(HitType type);

struct SearchHit {
  HitType type = HitType::thing;
  std::string kind;   // "ring", "campaign", "account", or of the thing: "ip", …
  std::string value;  // id or value
  bool exact = false;
  std::uint64_t accounts = 0;  // of a ring its size, of a campaign those of its rings, of a thing in the run's window
  double bits = 0;             // of a thing: what sharing it is worth in the run
  std::optional<ThingVerdict> verdict{};  // of a thing; nothing: fewer than two accounts share it, or no run
  std::vector<HitRing> rings;             // an account's, a thing's (the most members first), a campaign's; a few
};

struct SearchOptions {
  std::size_t limit = 50;   // hits
  bool exact_only = false;  // no prefixes, no networks
};

struct SearchAnswer {
  std::string query;
  std::uint64_t run = 0;  // 0: no detection yet
  std::vector<SearchHit> hits;
  bool more = false;     // there are more than the limit
  bool scanned = false;  // for want of names in order
};

// What searches of one run share. Holds until the store changes; can be asked from many threads.
class Finder {
 public:
  // Of the latest run, or of none. The store must outlive it. O(rings) once; the index of things is decoded by the
  // first search that needs it.
  explicit Finder(const Store& store);
  ~Finder();
  Finder(const Finder&) = delete;
  Finder& operator=(const Finder&) = delete;

  // Throws Error usage for an empty text or a network that is none.
  SearchAnswer find(std::string_view text, const SearchOptions& options = {}) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// Schema "ringscope.search/1", one line.
std::string search_to_json(const SearchAnswer& answer);

}  // namespace ringscope
