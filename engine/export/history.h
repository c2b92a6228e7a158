// What there was to see of rings after each step of a store's life, a run or a verdict: for formats whose readers keep
// what they were given until they are told otherwise.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "engine/detect/ring/ring.h"
#include "storage/store.h"

namespace ringscope {

using Millis = std::int64_t;  // since 1970-01-01T00:00:00Z

// A ring after a step that has to do with it.
struct RingSight {
  std::string ring;
  const Ring* head = nullptr;  // as its run published it, without members' names; null: no detection has it
  std::optional<Tier> tier{};  // nothing: there is no such ring (any more)
  bool cleared = false;        // people said of the ring that it is honest, or nobody's
};

// What RingSight::cleared says, of a ring of the latest run as verdicts make it.
bool is_cleared(const Ring& ring);
bool is_cleared(const Member& member);

struct HistoryStep {
  Millis at = 0;  // ascends from step to step, and is the same whenever it is read
  std::vector<RingSight> rings;
};

// Calls visit(step) in order. A verdict comes after the run it was given on. O(rings of all runs + events); memory for
// the rings of one run. Throws Error corrupt.
void visit_history(const Store& store, const std::function<void(const HistoryStep&)>& visit);

// What readers keep under one id: a ring or a campaign (no kind), or a thing that it has.
struct ShownKey {
  std::string of, kind{}, value{};
  friend auto operator<=>(const ShownKey&, const ShownKey&) = default;
};
struct Shown {
  ShownKey key;
  Seconds first = kNoTime;  // sighting of a thing
};

// From being shown to not being shown any more. What is shown again after that is another one: an id that was taken
// back never counts again.
struct ShownLife {
  std::uint32_t edition = 0;  // lives before
  bool live = true;
  Millis created = 0;
  Millis changed = 0;       // the last step that had to do with it; of one that has ended, when that was
  Seconds first = kNoTime;  // as it was shown first
};

class ShownLives {
 public:
  // What a ring shows as of this step, in place of what it showed.
  void look(const std::string& ring, std::vector<Shown> shown);
  // Ends the step.
  void commit(Millis at);

  // The latest life; one that has only begun, of what was never shown.
  ShownLife latest(const ShownKey& key) const;
  // The life of the ring or campaign that a thing was a part of.
  ShownLife whole_of(const ShownKey& thing, const ShownLife& life) const;
  // Calls visit(key, life) for all that have ended.
  void visit_ended(const std::function<void(const ShownKey&, const ShownLife&)>& visit) const;

 private:
  std::map<ShownKey, ShownLife> latest_;
  std::map<ShownKey, std::vector<ShownLife>> earlier_;  // before those, in order
  std::map<ShownKey, std::uint32_t> showing_;           // rings that show it now
  std::map<std::string, std::vector<ShownKey>> rings_;  // what each shows, ascending
  std::map<ShownKey, Seconds> touched_;                 // of this step, with its first sighting
};

}  // namespace ringscope
