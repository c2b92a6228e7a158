// A ring in short, as lists need it: kept beside each run, so that a list of ten thousand rings reads no ring.
//
// Also kept, by ring: its members in short, in the order of its page, so that a page of a large ring reads the accounts
// that it shows and no others.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/ledger/ring_event.h"

namespace ringscope {

struct LedgerEntries;

struct RingLine {
  std::string ring;  // id
  std::uint32_t version = 1;
  Tier tier = Tier::watch;
  double score = 0;
  std::uint64_t size = 0;  // accounts
  std::string campaign;    // the likeliest, when its confidence suffices; else empty
  double confidence = 0;
  std::vector<std::pair<std::string, double>> campaigns;  // all that indicators speak for, with their confidence
  std::vector<std::string> kinds;                         // of independent evidence
  std::uint64_t requests = 0;
  std::uint64_t evidence_count = 0;  // shared entities
  Seconds first_seen = kNoTime;
  Seconds last_seen = kNoTime;
  std::string summary;
  std::optional<VerdictWord> verdict{};  // on the ring
  std::optional<EngineWord> engine{};    // where verdicts changed tier or score
  bool carried = false;
  std::uint64_t born = 0;              // run
  std::uint64_t changed = 0;           // run of its version
  std::optional<RingChange> change{};  // what happened in this run; nothing: nothing did
};

// Without born, changed, change. O(kinds + campaigns).
RingLine line_of(const Ring& ring);

// A member in short: as the engine said, whatever people decided.
struct MemberLine {
  KeyHash account = 0;
  double membership = 0;
  double score = 0;
  Tier tier = Tier::watch;
  std::uint32_t by_name = 0;  // its place among the ring's members by name
};

// Calls put(key, value) with what a run keeps of its rings and their members under Store::find_index. O(members log
// members).
void index_lines(std::span<const Ring> rings, const LedgerEntries& entries,
                 const std::function<void(std::string_view key, std::string_view value)>& put);

// Calls visit(line) for each ring as the run was published, in the order of lists; `line` lasts until the next. False,
// before any call: the run kept none (any more). O(rings), in memory O(1). Throws Error corrupt.
bool visit_indexed_lines(const Store& store, std::uint64_t run, const std::function<void(const RingLine& line)>& visit);
// In the order of the ring's members; nothing when the run kept none. O(members). Throws Error corrupt.
std::optional<std::vector<MemberLine>> indexed_members(const Store& store, std::uint64_t run, std::string_view ring,
                                                       std::span<const KeyHash> accounts);

}  // namespace ringscope
