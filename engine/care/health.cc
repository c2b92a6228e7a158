#include "engine/care/health.h"

#include <algorithm>
#include <array>
#include <map>

#include <fmt/format.h>

#include "base/error.h"
#include "engine/ask/snapshots.h"
#include "engine/care/beside.h"
#include "engine/detect/incremental/image.h"
#include "engine/detect/ring/ring_json.h"
#include "engine/detect/ring/stored_rings.h"
#include "engine/ledger/feed_json.h"
#include "engine/ledger/replay.h"
#include "engine/ledger/ring_event_json.h"
#include "engine/release/journal.h"

namespace ringscope {
namespace {

constexpr const char* kFromBackup =
    "Nothing but a backup has it: 'ringscope backup restore'. 'ringscope doctor --repair OUT' saves what is whole.";

constexpr auto kInvariants = std::to_array<Invariant>({
    {"runs.documents", "The record of every run and every ring of the latest can be read, with the members it counts",
     "Run 'ringscope detect': it makes this anew."},
    {"decisions.documents", "Every verdict and entry of the journal can be read and bears its number", kFromBackup},
    {"ledger.replay", "All events of rings, one after the other, lead to where the rings stand", kFromBackup},
    {"ledger.actions", "The last event of an account is what the store says machines were last told", kFromBackup},
    {"snapshots", "Every snapshot is what its manifest says",
     "Drop the snapshot ('ringscope snapshot drop NAME'); the store itself does not need it."},
});

class Documents {
 public:
  Documents(const Store& store, Findings& findings) : store_(store), findings_(findings) {}

  void run() {
    findings_.attempt("runs.documents", [&] { runs(); });
    findings_.attempt("decisions.documents", [&] { decisions(); });
    findings_.attempt("ledger.replay", [&] { ledger(); });
    findings_.attempt("image", [&] { (void)read_image(store_); });
  }

 private:
  void runs() {
    for (const RunInfo& run : store_.runs()) {
      if (run_from_json(run.payload).run != run.run)
        findings_.add("runs.documents", fmt::format("the record of run {} is that of another", run.run));
    }
    const auto latest = store_.latest_run();
    if (!latest) return;
    store_.scan_rings(latest->run, [&](const StoredRing& stored) {
      Ring ring = ring_head_from_json(stored.payload);
      ring.run = latest->run;
      fill_members(store_, ring);
    });
  }

  void decisions() {
    store_.scan_verdicts([&](std::uint64_t number, std::string_view payload) {
      if (verdict_from_json(payload).number != number)
        findings_.add("decisions.documents", fmt::format("verdict {} bears another number", number));
    });
    store_.scan_journal([&](std::uint64_t number, std::string_view payload) {
      if (journal_entry_from_json(payload).number != number)
        findings_.add("decisions.documents", fmt::format("entry {} of the journal bears another number", number));
    });
  }

  void ledger() {
    std::map<std::string, RingVersion> rings;
    std::map<KeyHash, std::uint64_t> told;  // the last event of an account
    bool complete = true;
    std::uint64_t next = 1;
    store_.scan_events(1, store_.last_event(), [&](const StoredEvent& stored) {
      complete = complete && stored.seq == next++;
      if (!complete) return;
      const FeedEvent event = feed_event_from_json(stored);
      if (const auto* ring = std::get_if<RingEvent>(&event)) apply(*ring, rings[ring->ring]);
      if (const auto* action = std::get_if<ActionEvent>(&event)) told[action->account] = stored.seq;
    });
    if (!complete || next != store_.last_event() + 1) return;  // told by ledger.sequence, or left out by a repair
    standings(rings);
    actions(told);
  }

  void standings(std::map<std::string, RingVersion>& rings) {
    store_.scan_standings([&](const StoredRing& stored) {
      const Standing standing = standing_from_json(stored.payload);
      const auto found = rings.find(stored.id);
      const bool same = found != rings.end() && standing.ring == stored.id &&
                        found->second.version == standing.version && found->second.members.empty() != standing.live &&
                        (!standing.live || found->second.members == standing.members);
      if (!same) findings_.add("ledger.replay", fmt::format("ring {} stands elsewhere than its events say", stored.id));
      if (found != rings.end()) rings.erase(found);
    });
    for (const auto& [id, ring] : rings) findings_.add("ledger.replay", fmt::format("ring {} stands nowhere", id));
  }

  void actions(std::map<KeyHash, std::uint64_t>& told) {
    store_.scan_actions([&](KeyHash account, std::string_view payload) {
      const auto found = told.find(account);
      if (found == told.end() || action_from_json(payload).seq != found->second)
        findings_.add("ledger.actions", fmt::format("account #{:016x} was told something else", account));
      if (found != told.end()) told.erase(found);
    });
    for (const auto& [account, seq] : told)
      findings_.add("ledger.actions", fmt::format("account #{:016x}: event {} left no trace", account, seq));
  }

  const Store& store_;
  Findings& findings_;
};

void examine_open(const std::filesystem::path& path, const StoreOptions& options, Findings& findings, Health& health) {
  const auto store = Store::open(path, {.mode = OpenMode::read_only, .memory_bytes = options.memory_bytes});
  health.counts = store->counts();
  health.days = store->day_range();
  for (const SourcePosition& position : store->positions()) {
    ++health.sources;
    if (!position.complete) ++health.unfinished;
  }
  Documents(*store, findings).run();
  look_beside(*store, findings);
}

}  // namespace

Health examine(const std::filesystem::path& store, const StoreOptions& options, std::span<const HealthCheck> more) {
  Health health;
  for (const auto& some :
       std::initializer_list<std::span<const Invariant>>{store_invariants(), kInvariants, beside_invariants()})
    health.invariants.insert(health.invariants.end(), some.begin(), some.end());
  const std::size_t of_storage = store_invariants().size();
  for (const HealthCheck& check : more) health.invariants.push_back(check.invariant);
  Findings findings;
  try {
    health.damage = find_damage(store, options);
    examine_open(store, options, findings, health);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::corrupt && error.code() != ErrorCode::io) throw;
    findings.add("files", error.what());
  }
  for (const std::string& name : snapshot_names(store)) {
    ++health.snapshots;
    for (std::string& wrong : verify_snapshot(store, name)) findings.add("snapshots", std::move(wrong));
  }
  for (const HealthCheck& check : more) findings.attempt(check.invariant.name, [&] { check.look(store); });
  for (Damage& damage : findings.in_order(std::span(health.invariants).subspan(of_storage))) {
    const auto same = std::ranges::find(health.damage, damage.invariant, &Damage::invariant);
    if (same == health.damage.end()) health.damage.push_back(std::move(damage));
  }
  return health;
}

}  // namespace ringscope
