#include "engine/export/history.h"

#include <algorithm>

#include "engine/detect/ring/ring_json.h"
#include "engine/detect/ring/stored_rings.h"
#include "engine/detect/ring/verdict.h"
#include "engine/ledger/feed_json.h"
#include "engine/ledger/ring_event_json.h"

namespace ringscope {
namespace {

bool clears(VerdictWord word) { return word == VerdictWord::reject || word == VerdictWord::benign; }

// Of each ring that people spoke of: after which verdicts it is cleared or not.
std::map<std::string, std::map<std::uint64_t, bool>> clearings(const std::vector<Verdict>& log) {
  std::map<std::string, std::vector<const Verdict*>> by_ring;
  for (const Verdict& verdict : log) {
    if (!verdict.ring.empty()) by_ring[verdict.ring].push_back(&verdict);
  }
  std::map<std::string, std::map<std::uint64_t, bool>> result;
  for (const auto& [ring, verdicts] : by_ring) {
    std::vector<Verdict> own;
    for (const Verdict* const verdict : verdicts) {
      Verdict& copy = own.emplace_back(*verdict);
      copy.accounts.clear();
      const auto undone = std::ranges::find(verdicts, verdict->undoes, &Verdict::number);
      copy.undoes = undone == verdicts.end() ? 0 : static_cast<std::uint64_t>(undone - verdicts.begin()) + 1;
      copy.number = own.size();
      const Decisions decisions(own);
      const Verdict* const stands = decisions.of_ring(ring);
      result[ring][verdict->number] = stands != nullptr && clears(stands->word);
    }
  }
  return result;
}

// Whether a verdict led to an event of a ring, and no run: the field is the last one, or not there.
bool is_of_verdict(const StoredEvent& stored) {
  constexpr std::size_t kLongest = 32;
  const std::string_view text = stored.payload;
  return text.substr(text.size() - std::min(text.size(), kLongest)).find(R"(,"verdict":)") != std::string_view::npos;
}

class Historian {
 public:
  Historian(const Store& store, const std::function<void(const HistoryStep&)>& visit)
      : store_(store), visit_(visit), log_(read_verdicts(store)), clearings_(clearings(log_)) {
    for (const Verdict& verdict : log_) runs_[verdict.number] = verdict.run;
    store.scan_events(1, UINT64_MAX, [&](const StoredEvent& stored) {
      if (!is_ring_event(stored) || !is_of_verdict(stored)) return;
      const RingEvent event = event_from_json(stored);
      events_[event.verdict].emplace_back(event.ring, event.tier);
      // Given while the run was made, which did not know of it.
      if (event.verdict <= log_.size()) runs_[event.verdict] = std::max(runs_[event.verdict], event.run);
    });
  }

  void tell() {
    for (const RunInfo& info : store_.runs()) {
      run_ = info.run;
      add_run(run_from_json(info.payload).created);
      for (const Verdict& verdict : log_) {
        if (runs_[verdict.number] == run_) add_verdict(verdict);
      }
    }
  }

 private:
  void tell(HistoryStep step, Seconds at) {
    at_ = step.at = std::max(at_ + 1, 1000 * std::max<Seconds>(at, 0));
    visit_(step);
  }

  RingSight sight_of(const std::string& ring) const {
    const auto tier = tiers_.find(ring);
    const auto head = std::ranges::lower_bound(heads_, ring, {}, &Ring::id);
    const bool found = head != heads_.end() && head->id == ring;
    return {ring, found ? &*head : nullptr, tier == tiers_.end() ? std::nullopt : std::optional(tier->second),
            cleared_.contains(ring)};
  }

  void add_run(Seconds created) {
    heads_ = stored_rings(store_, run_);
    std::map<std::string, Tier> before = std::move(tiers_);
    tiers_.clear();
    for (const Ring& ring : heads_) tiers_.emplace(ring.id, ring.tier);
    HistoryStep step;
    for (const auto& [ring, tier] : before) {
      if (!tiers_.contains(ring)) step.rings.push_back(sight_of(ring));
    }
    for (const Ring& ring : heads_) step.rings.push_back(sight_of(ring.id));
    tell(std::move(step), created);
  }

  void add_verdict(const Verdict& verdict) {
    std::set<std::string> rings;
    if (!verdict.ring.empty()) {
      rings.insert(verdict.ring);
      if (clearings_[verdict.ring][verdict.number]) {
        cleared_.insert(verdict.ring);
      } else {
        cleared_.erase(verdict.ring);
      }
    }
    for (const auto& [ring, tier] : events_[verdict.number]) {
      rings.insert(ring);
      if (tier) {
        tiers_[ring] = *tier;
      } else {
        tiers_.erase(ring);
      }
    }
    const bool undoes = verdict.undoes != 0 && verdict.undoes <= log_.size();
    for (const KeyHash account : undoes ? log_[verdict.undoes - 1].accounts : verdict.accounts) {
      if (auto place = store_.find_place(run_, account)) rings.insert(std::move(*place));
    }
    HistoryStep step;
    for (const std::string& ring : rings) step.rings.push_back(sight_of(ring));
    tell(std::move(step), verdict.given);
  }

  const Store& store_;
  const std::function<void(const HistoryStep&)>& visit_;
  std::vector<Verdict> log_;
  std::map<std::string, std::map<std::uint64_t, bool>> clearings_;
  std::map<std::uint64_t, std::uint64_t> runs_;  // that a verdict comes after
  std::map<std::uint64_t, std::vector<std::pair<std::string, std::optional<Tier>>>> events_;  // by verdict
  // -- as of the step
  std::uint64_t run_ = 0;
  Millis at_ = 0;
  std::vector<Ring> heads_;  // ascending by id
  std::map<std::string, Tier> tiers_;
  std::set<std::string> cleared_;
};

}  // namespace

bool is_cleared(const Ring& ring) { return ring.verdict && clears(ring.verdict->word); }

bool is_cleared(const Member& member) { return member.verdict && clears(member.verdict->word); }

void visit_history(const Store& store, const std::function<void(const HistoryStep&)>& visit) {
  Historian(store, visit).tell();
}

void ShownLives::look(const std::string& ring, std::vector<Shown> shown) {
  std::vector<ShownKey> keys;
  for (Shown& one : shown) {
    const auto touched = touched_.try_emplace(one.key, one.first).first;
    if (touched->second == kNoTime) touched->second = one.first;
    keys.push_back(std::move(one.key));
  }
  std::ranges::sort(keys);
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  std::vector<ShownKey>& before = rings_[ring];
  for (const ShownKey& key : before) {
    touched_.try_emplace(key, kNoTime);
    --showing_[key];
  }
  for (const ShownKey& key : keys) ++showing_[key];
  before = std::move(keys);
}

void ShownLives::commit(Millis at) {
  for (const auto& [key, first] : touched_) {
    const auto showing = showing_.find(key);
    const bool live = showing->second > 0;
    if (!live) showing_.erase(showing);
    const auto found = latest_.find(key);
    if (found == latest_.end()) {
      if (live) latest_.emplace(key, ShownLife{0, true, at, at, first});
    } else if (live && !found->second.live) {
      earlier_[key].push_back(found->second);
      found->second = {found->second.edition + 1, true, at, at, first};
    } else if (live || found->second.live) {
      found->second.live = live;
      found->second.changed = at;
    }
  }
  touched_.clear();
}

ShownLife ShownLives::latest(const ShownKey& key) const {
  const auto found = latest_.find(key);
  return found == latest_.end() ? ShownLife{} : found->second;
}

ShownLife ShownLives::whole_of(const ShownKey& thing, const ShownLife& life) const {
  const ShownKey whole{thing.of};
  if (const auto found = earlier_.find(whole); found != earlier_.end()) {
    for (const ShownLife& one : found->second) {
      if (life.created < one.changed) return one;
    }
  }
  return latest(whole);
}

void ShownLives::visit_ended(const std::function<void(const ShownKey&, const ShownLife&)>& visit) const {
  for (const auto& [key, lives] : earlier_) {
    for (const ShownLife& life : lives) visit(key, life);
  }
  for (const auto& [key, life] : latest_) {
    if (!life.live) visit(key, life);
  }
}

}  // namespace ringscope
