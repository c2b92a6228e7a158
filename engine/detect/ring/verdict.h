// What people decided about rings, accounts and things, and how it stands: a decision outranks the engine until it is
// undone.
//
// The log is only ever added to, so that it is also the record of who decided what when. How matters stand follows from
// it in order: a later word replaces an earlier one, a word on an account outranks one on its ring, an undone one
// counts for nothing, and one on a large ring, or on many of a ring's members, waits for a second person who says the
// same (engine/detect/ring/said_by.h).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/detect/ring/ring.h"
#include "storage/store.h"

namespace ringscope {

struct Verdict {
  std::uint64_t number = 0;       // place in the log, from 1
  std::uint64_t undoes = 0;       // the number of the verdict that it takes back; 0: it is one itself
  VerdictWord word{};             // of an undoing: that of the verdict it takes back
  std::string target;             // as people call it: a ring's id, an account, "ip 203.0.113.7"
  std::string ring;               // id; empty: it is not on a ring
  std::uint32_t persons = 1;      // who must say the same before it stands
  std::vector<KeyHash> accounts;  // that it is on, ascending
  std::vector<std::pair<std::string, std::string>> things;  // (kind, value) that are called honest, ascending
  std::string by;
  std::string reason;
  Seconds given = kNoTime;
  std::uint64_t run = 0;    // the latest when it was given; 0: none
  bool retraction = false;  // takes back what machines were told about its accounts (engine/release/retract.h)
};

// One line, schema "ringscope.verdict/1" (docs/schema/verdict.schema.json). Reading throws Error corrupt.
std::string verdict_to_json(const Verdict& verdict);
Verdict verdict_from_json(std::string_view json);

// All of the store's, in order. O(log).
std::vector<Verdict> read_verdicts(const Store& store);

// What came of a verdict of the log.
enum class VerdictState { stands, waits, undone, replaced };
const char* to_string(VerdictState state);

class Decisions {
 public:
  Decisions() = default;
  // O(log * log of it + their accounts), with verdicts on things O(log) each.
  explicit Decisions(std::vector<Verdict> verdicts);

  bool empty() const { return verdicts_.empty(); }
  const std::vector<Verdict>& verdicts() const { return verdicts_; }
  VerdictState state(std::size_t at) const { return states_[at]; }  // of verdicts()[at]

  // The verdict that stands for it; null: none does.
  const Verdict* of_account(KeyHash account) const;
  const Verdict* of_ring(const std::string& id) const;
  bool is_confirmed(KeyHash account) const;
  // Accounts whose word is confirm, each with its verdict, ascending.
  std::vector<std::pair<KeyHash, const Verdict*>> confirmed() const;
  // Whether a person said that it is not one of them: its word is reject or benign.
  bool is_cleared(KeyHash account) const;
  std::vector<KeyHash> cleared() const;  // ascending
  // Accounts and rings for which another verdict stands in `other`, ascending.
  std::vector<KeyHash> accounts_unlike(const Decisions& other) const;
  std::vector<std::string> rings_unlike(const Decisions& other) const;
  // Things that standing verdicts call honest: sharing them proves nothing.
  std::vector<std::pair<std::string, std::string>> honest_things() const;

 private:
  struct Words {
    std::optional<std::size_t> own, of_ring;  // places in verdicts_
  };
  void put(std::size_t at);

  std::vector<Verdict> verdicts_;
  std::vector<VerdictState> states_;
  std::map<KeyHash, Words> accounts_;
  std::map<std::string, std::size_t> rings_;
};

}  // namespace ringscope
