// Why two accounts belong together, or that they do not.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/ask/checkpoint.h"
#include "engine/ask/link_break.h"
#include "engine/ask/path.h"
#include "engine/ask/why_not.h"
#include "storage/store.h"

namespace ringscope {

// One entity that both were seen with; times are kNoTime when no sighting had one.
struct CommonEntity {
  std::string kind;
  std::string value;
  std::uint32_t accounts = 0;              // that share it in the latest run's window; 0: no run has seen it
  double bits = 0;                         // surprise of two ordinary accounts sharing it; 0: proves nothing
  std::uint64_t count_a = 0, count_b = 0;  // sightings
  Seconds first_a = kNoTime, last_a = kNoTime;
  Seconds first_b = kNoTime, last_b = kNoTime;
  // Of the latest run, outside_window when either was not seen with it there; nothing: no run, or it kept no tests.
  std::optional<ThingVerdict> verdict{};
  double trust = 0;           // of the uncorroborated: share of its pairs that other kinds corroborate
  std::uint32_t cleared = 0;  // of the accounts, those that people had cleared: they lower the bits
};

struct Hop {
  std::string from;
  std::string to;
  double bits = 0;   // of the link between them
  std::string kind;  // the strongest entity the two share; empty: none any more
  std::string value;
};

// Shared things to which the two came, for the first time, within so many seconds of each other.
struct MetWithin {
  Seconds window = 0;
  std::uint32_t things = 0;
};

struct WhyAnswer {
  std::string a;
  std::string b;
  std::uint64_t run = 0;             // the latest; 0: no detection yet, nothing has bits
  std::vector<CommonEntity> shared;  // by bits, descending, then by kind and value
  std::vector<MetWithin> together;   // by window, ascending; windows without any left out
  double bits = 0;                   // of all shared entities together
  double link_bits = 0;              // surprise of the pair in the run; 0: chance can explain it
  std::string ring_a;                // empty: in no ring
  std::string ring_b;
  PathEnd path_end = PathEnd::not_asked;
  std::vector<Hop> path;  // from a to b, the strongest; of two that the run links their own link
  // Further chains, each through other accounts than those before it and never by the link of the two themselves:
  // what would still join them.
  std::vector<std::vector<Hop>> alternatives;
  std::optional<LinkBreak> breaks{};  // of two that are linked
  std::string meaning;                // in plain English
  std::optional<WhyNot> why_not;      // of two that are not in one ring, or in one that is only watched
};

struct WhyOptions {
  std::size_t most_expanded = 3'000;  // accounts looked at for the strongest chain of two that share nothing …
  std::size_t most_detours = 500;     // … and for each other chain
  std::size_t alternatives = 2;
  Checkpoint check{};
};

// Throws Error not_found when the store has never seen one of them, usage when they are the same.
WhyAnswer why(const Store& store, std::string_view a, std::string_view b, const WhyOptions& options = {});
// The same for whoever asks often: the latest run as asked_run() read it, and its view_of(), which may be null.
WhyAnswer why(const Store& store, std::string_view a, std::string_view b, const RunSummary& run, const RunView* view,
              const WhyOptions& options = {});
// Schema "ringscope.why/1", one line.
std::string why_to_json(const WhyAnswer& answer);

}  // namespace ringscope
