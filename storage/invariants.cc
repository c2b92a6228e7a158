#include "storage/invariants.h"

#include <algorithm>
#include <array>
#include <set>

#include "base/error.h"
#include "storage/codec.h"
#include "storage/roll.h"
#include "storage/run_overlay.h"
#include "storage/spellings.h"
#include "storage/store_internal.h"

namespace ringscope {
namespace {

constexpr std::size_t kExamples = 3;

constexpr const char* kFromLog =
    "The log still has it: ingest it into a new store and take the verdicts over ('verdicts export', 'verdicts "
    "import'); or restore a backup.";
constexpr const char* kFromDetect = "Run 'ringscope detect': it makes this anew.";
constexpr const char* kFromBackup =
    "Nothing but a backup has it: 'ringscope backup restore'. 'ringscope doctor --repair OUT' saves what is whole.";

constexpr auto kInvariants = std::to_array<Invariant>({
    {"files",
     "Every file is as it was written: checksums of blocks, tables and log records are right, every value reads",
     kFromBackup},
    {"format", "The store has a format version, and counters for what it has given numbers to", kFromBackup},
    {"kinds", "Every kind of thing has one number and one name", kFromBackup},
    {"names", "Every name stands under the key that its text gives, of a kind that there is", kFromLog},
    {"rows", "Every row of an account came with a batch that was committed, and lies within the days of the store",
     kFromLog},
    {"rows.names", "Every account and thing in a row has a name", kFromLog},
    {"spellings", "Every name can be found by its text, and nothing else can", kFromLog},
    {"positions", "How far each source was read stands under that source, and rejects belong to a batch and a source",
     kFromLog},
    {"runs", "Every run up to the last has its record; one that lies over another lies over an earlier, whole one",
     kFromDetect},
    {"rings.members", "Every member is in a ring of its run and has a name, and every ring has a member", kFromDetect},
    {"links", "Every similarity is kept at both of its ends, with the same weight", kFromDetect},
    {"ledger.sequence", "Events are numbered from the first that is served to the last, without a hole", kFromBackup},
    {"decisions.sequence", "Verdicts and the journal are numbered from 1 without a hole", kFromBackup},
    {"image", "What the last full run left for the next is whole, and what was touched since belongs to a batch",
     "Run 'ringscope detect --incremental --full': it makes this anew."},
    {"indicators", "Every indicator has a campaign, a kind and a value", "Import the indicators again."},
});

std::string hex(std::uint64_t value) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text = "#";
  for (int shift = 60; shift >= 0; shift -= 4) text.push_back(kDigits[value >> shift & 15]);
  return text;
}

std::string of_run(std::uint64_t run) { return " of run " + std::to_string(run); }

// Order does not matter, so both ends of all links can be compared without keeping them.
std::uint64_t link_hash(KeyHash a, KeyHash b, float bits) {
  std::string bytes;
  Encoder out(bytes);
  out.fixed64(a);
  out.fixed64(b);
  out.real(bits);
  return hash_value(bytes);
}

class Walk {
 public:
  Walk(const Store::Impl& store, Findings& findings)
      : impl_(store), findings_(findings), batches_(impl_.counter("batch")) {}

  void run() {
    attempt("format", [&] { format(); });
    attempt("kinds", [&] { kinds(); });
    attempt("names", [&] { names(); });
    attempt("rows", [&] { rows(); });
    attempt("spellings", [&] { spellings(); });
    attempt("positions", [&] { positions(); });
    attempt("runs", [&] { runs(); });
    attempt("ledger.sequence", [&] { ledger(); });
    attempt("decisions.sequence", [&] {
      sequence(schema::kVerdicts, "verdict");
      sequence(schema::kJournal, "entry of the journal");
    });
    attempt("image", [&] { image(); });
    attempt("indicators", [&] { indicators(); });
  }

 private:
  template <class Action>
  void attempt(const char* invariant, const Action& action) {
    try {
      action();
    } catch (const Error& error) {
      findings_.add(invariant, error.what());
    }
  }

  // A key of another length cannot be read; it is told and passed over.
  bool has_length(const char* invariant, schema::Family family, std::string_view key, std::size_t length) {
    if (key.size() == length) return true;
    findings_.add(invariant, std::string("a key of ") + schema::kFamilyNames[family] + " has " +
                                 std::to_string(key.size()) + " bytes instead of " + std::to_string(length));
    return false;
  }

  void format() {
    const std::uint64_t version = impl_.counter("format");
    if (version == 0 || version > kFormatVersion) findings_.add("format", "the format version is missing or another");
    if (impl_.counter("floor") > impl_.counter("event"))
      findings_.add("format", "more events are called old than there were ever any");
    if (impl_.counter("compacted") > batches_)
      findings_.add("format", "more batches are called merged than there were ever any");
  }

  void kinds() {
    std::set<std::string, std::less<>> names;
    impl_.scan(schema::kMeta, "kind/", "kind0", [&](std::string_view key, std::string_view name) {
      if (!has_length("kinds", schema::kMeta, key, 6)) return;
      kinds_.insert(static_cast<std::uint8_t>(key[5]));
      if (name.empty() || !names.emplace(name).second)
        findings_.add("kinds", "two kinds have one name, or one has none");
    });
    if (kinds_.contains(0)) findings_.add("kinds", "a kind has the number of accounts");
  }

  bool is_kind(KindId kind) const { return kind == kAccountKind || kinds_.contains(static_cast<std::uint8_t>(kind)); }

  void names() {
    impl_.scan(schema::kNames, "", "", [&](std::string_view key, std::string_view value) {
      if (!has_length("names", schema::kNames, key, 9)) return;
      const VertexKey vertex{static_cast<KindId>(static_cast<std::uint8_t>(key[0])), schema::read_u64(key, 1)};
      if (!is_kind(vertex.kind)) findings_.add("names", "name " + hex(vertex.hash) + " is of a kind that there is not");
      if (hash_value(value) != vertex.hash) findings_.add("names", "name " + hex(vertex.hash) + " is of another text");
      names_.push_back(vertex);
    });
  }

  void named(VertexKey vertex, const char* what) {
    if (!is_kind(vertex.kind)) findings_.add("rows", std::string(what) + " is of a kind that there is not");
    if (!std::ranges::binary_search(names_, vertex)) findings_.add("rows.names", what + hex(vertex.hash));
  }

  void within(const std::optional<DayWindow>& days, Day day, KeyHash account) {
    if (day != kNoDay && !(days && days->contains(day)))
      findings_.add("rows", "account " + hex(account) + " has a row of " + format_day(day));
  }

  // Key of a row: account, then a fragment of a batch that was committed.
  bool row_key(schema::Family family, std::string_view key, KeyHash& account) {
    if (!has_length("rows", family, key, 16)) return false;
    account = schema::read_u64(key, 0);
    const std::uint64_t batch = schema::read_u64(key, 8) >> 16;
    if (batch == 0 || batch > batches_)
      findings_.add("rows", "account " + hex(account) + " has a row of batch " + std::to_string(batch));
    if (account != last_account_ || !any_account_) named({kAccountKind, account}, "account ");
    last_account_ = account;
    any_account_ = true;
    return true;
  }

  void rows() {
    const std::optional<DayWindow> days = impl_.days();
    KeyHash account = 0;
    impl_.scan(schema::kCells, "", "", [&](std::string_view key, std::string_view value) {
      std::vector<Cell> cells;
      if (!row_key(schema::kCells, key, account)) return;
      decode_cells(value, DayWindow{}, cells);
      for (const Cell& cell : cells) {
        within(days, cell.day, account);
        named(cell.entity, "thing ");
      }
    });
    impl_.scan(schema::kActivity, "", "", [&](std::string_view key, std::string_view value) {
      std::vector<ActivityDay> activity;
      if (!row_key(schema::kActivity, key, account)) return;
      decode_activity(value, DayWindow{}, activity);
      for (const ActivityDay& day : activity) {
        within(days, day.day, account);
        for (const TagCount& tag : day.tags) named(tag.tag, "tag ");
      }
    });
    impl_.scan(schema::kFacts, "", "",
               [&](std::string_view key, std::string_view) { (void)row_key(schema::kFacts, key, account); });
  }

  void spellings() {
    if (!impl_.get(schema::kMeta, "spelled")) return;  // an earlier program's; made at the next writing
    std::uint64_t expected = 0, found = 0;
    impl_.scan(schema::kNames, "", "", [&](std::string_view key, std::string_view value) {
      if (key.size() != 9) return;
      const VertexKey vertex{static_cast<KindId>(static_cast<std::uint8_t>(key[0])), schema::read_u64(key, 1)};
      for (const std::string& spelling : spelling_keys({vertex, std::string(value)})) expected += hash_value(spelling);
    });
    impl_.scan(schema::kSpellings, "", "", [&](std::string_view key, std::string_view) {
      found += hash_value(key);
      if (key.size() < 10) return findings_.add("spellings", "a spelling is too short");
      const VertexKey vertex{static_cast<KindId>(static_cast<std::uint8_t>(key[0])),
                             schema::read_u64(key, key.size() - 8)};
      if (!std::ranges::binary_search(names_, vertex))
        findings_.add("spellings", "a spelling leads to " + hex(vertex.hash) + ", which has no name");
    });
    if (expected != found) findings_.add("spellings", "a name cannot be found by its text, or by another one");
  }

  void positions() {
    std::set<std::string, std::less<>> sources;
    impl_.scan(schema::kPositions, "", "", [&](std::string_view key, std::string_view value) {
      const SourcePosition position = decode_position(value);
      if (position.source != key) findings_.add("positions", "a position stands under another source");
      sources.emplace(key);
    });
    impl_.scan(schema::kRejects, "", "", [&](std::string_view key, std::string_view value) {
      if (!has_length("positions", schema::kRejects, key, 12)) return;
      if (schema::read_u64(key, 0) > batches_)
        findings_.add("positions", "a reject is of batch " + std::to_string(schema::read_u64(key, 0)));
      if (const Reject reject = decode_reject(value); !sources.contains(reject.source))
        findings_.add("positions", "a reject is of a source that was never read");
    });
  }

  void runs() {
    const std::uint64_t last = impl_.counter("run"), lost = impl_.counter("lost/run");
    std::uint64_t next = 1;
    impl_.scan(schema::kRuns, "", "", [&](std::string_view key, std::string_view) {
      if (!has_length("runs", schema::kRuns, key, 8)) return;
      const std::uint64_t run = schema::read_u64(key, 0);
      for (; next < run; ++next)
        if (next > lost) findings_.add("runs", "run " + std::to_string(next) + " has no record");
      next = run + 1;
    });
    for (; next <= last; ++next)
      if (next > lost) findings_.add("runs", "run " + std::to_string(next) + " has no record");
    if (next > last + 1) findings_.add("runs", "a run has a record that was never made");
    for (const auto& [run, base] : impl_.bases)
      if (base == 0 || base >= run || impl_.bases.contains(base) || (base > lost && !has_record(base)))
        findings_.add("runs", "run " + std::to_string(run) + " lies over run " + std::to_string(base));
    for (std::uint64_t run = lost + 1; run <= last; ++run) {
      if (!has_record(run)) continue;
      members(run);
    }
    if (last > lost && last != 0) links(last);
  }

  bool has_record(std::uint64_t run) const { return impl_.get(schema::kRuns, schema::key_u64(run)).has_value(); }

  void members(std::uint64_t run) {
    std::map<std::string, std::uint64_t, std::less<>> rings;
    scan_run(impl_, schema::kRings, run, [&](std::string_view id, std::string_view) { rings.emplace(id, 0); });
    std::map<std::pair<std::string, std::uint64_t>, KeyHash> places;
    scan_run(impl_, schema::kMembers, run, [&](std::string_view rest, std::string_view value) {
      if (!has_length("rings.members", schema::kMembers, rest, 8)) return;
      const KeyHash account = schema::read_u64(rest, 0);
      const RollPlace place = decode_place(value);
      const auto ring = rings.find(place.ring);
      if (place.payload.empty()) places.emplace(std::pair(place.ring, place.position), account);
      if (ring == rings.end()) {
        findings_.add("rings.members", "account " + hex(account) + of_run(run) + " is in no ring of it");
      } else {
        ++ring->second;
      }
      if (!std::ranges::binary_search(names_, VertexKey{kAccountKind, account}))
        findings_.add("rings.members", "account " + hex(account) + of_run(run) + " has no name");
    });
    for (const auto& [id, size] : rings)
      if (size == 0) findings_.add("rings.members", "ring " + id + of_run(run) + " has no member");
    for (const auto& [id, size] : rings) roll(run, id, places);
    for (const auto& [place, account] : places)
      findings_.add("rings.members", "account " + hex(account) + of_run(run) + " is not in the roll of its ring");
  }

  // Takes away the places that the roll of the ring agrees with.
  void roll(std::uint64_t run, const std::string& id,
            std::map<std::pair<std::string, std::uint64_t>, KeyHash>& places) {
    std::uint64_t position = 0;
    bool last = false;
    for (std::uint32_t piece = 0; !last; ++piece) {
      const auto bytes = get_of_run(impl_, schema::kRolls, run, schema::key_piece(id, piece));
      if (!bytes) {
        if (piece > 0) findings_.add("rings.members", "the roll of ring " + id + of_run(run) + " ends too early");
        return;
      }
      last = visit_piece(*bytes, [&](KeyHash account, std::string_view) {
        const auto place = places.find({id, position++});
        if (place != places.end() && place->second == account) {
          places.erase(place);
        } else {
          findings_.add("rings.members",
                        "account " + hex(account) + of_run(run) + " is only in the roll of ring " + id);
        }
      });
    }
  }

  void links(std::uint64_t run) {
    std::uint64_t there = 0, back = 0;
    scan_run(impl_, schema::kLinks, run, [&](std::string_view rest, std::string_view value) {
      if (rest.size() != 8) return;  // the nearest of an account without links
      const KeyHash account = schema::read_u64(rest, 0);
      for (const StoredLink& link : decode_links(value)) {
        if (link.other == account) findings_.add("links", "account " + hex(account) + " is linked to itself");
        there += link_hash(account, link.other, link.bits);
        back += link_hash(link.other, account, link.bits);
      }
    });
    if (there != back) findings_.add("links", "a similarity" + of_run(run) + " is there at one end only");
  }

  void ledger() {
    const std::uint64_t last = impl_.counter("event"), floor = impl_.counter("lost/event");
    std::uint64_t next = floor + 1;
    impl_.scan(schema::kLedger, "", "", [&](std::string_view key, std::string_view) {
      if (!has_length("ledger.sequence", schema::kLedger, key, 8)) return;
      const std::uint64_t seq = schema::read_u64(key, 0);
      if (seq < next) return;
      if (seq != next)
        findings_.add("ledger.sequence", "events " + std::to_string(next) + " to " + std::to_string(seq - 1),
                      seq - next);
      next = seq + 1;
    });
    if (next != last + 1)
      findings_.add("ledger.sequence",
                    "the last event is " + std::to_string(next - 1) + ", should be " + std::to_string(last));
  }

  void sequence(schema::Family family, const char* what) {
    std::uint64_t next = 1;
    impl_.scan(family, "", "", [&](std::string_view key, std::string_view) {
      if (!has_length("decisions.sequence", family, key, 8)) return;
      const std::uint64_t number = schema::read_u64(key, 0);
      if (number != next)
        findings_.add("decisions.sequence", std::string(what) + " " + std::to_string(next) + " is missing",
                      number - next);
      next = number + 1;
    });
  }

  void image() {
    const std::uint64_t run = impl_.counter("image");
    if (run > impl_.counter("run")) findings_.add("image", "it is of a run that was never made");
    std::uint64_t part = 0;
    impl_.scan(schema::kImage, schema::key_u64(run), schema::key_u64(run + 1),
               [&](std::string_view key, std::string_view) {
                 if (!has_length("image", schema::kImage, key, 16)) return;
                 if (schema::read_u64(key, 8) != part)
                   findings_.add("image", "part " + std::to_string(part) + " is missing");
                 part = schema::read_u64(key, 8) + 1;
               });
    if (run != 0 && part == 0) findings_.add("image", "it has no part");
    impl_.scan(schema::kTouched, "", "", [&](std::string_view key, std::string_view) {
      if (has_length("image", schema::kTouched, key, 16) && schema::read_u64(key, 0) > batches_)
        findings_.add("image", "accounts were touched by a batch that was never made");
    });
  }

  void indicators() {
    impl_.scan(schema::kMeta, std::string(schema::kIndicatorPrefix), "indicator0",
               [&](std::string_view key, std::string_view) {
                 const std::string_view rest = key.substr(schema::kIndicatorPrefix.size());
                 const std::size_t kind = rest.find('\0'), value = kind == rest.npos ? kind : rest.find('\0', kind + 1);
                 if (value == rest.npos || kind == 0 || value == kind + 1 || value + 1 == rest.size())
                   findings_.add("indicators", "an indicator lacks a part");
               });
  }

  const Store::Impl& impl_;
  Findings& findings_;
  std::uint64_t batches_;
  std::set<std::uint8_t> kinds_;
  std::vector<VertexKey> names_;  // ascending, as stored
  KeyHash last_account_ = 0;
  bool any_account_ = false;
};

}  // namespace

std::span<const Invariant> store_invariants() { return kInvariants; }

void Findings::add(const char* invariant, std::string example, std::uint64_t count) {
  Damage& damage = found_[invariant];
  damage.invariant = invariant;
  damage.count += count;
  if (damage.examples.size() < kExamples) damage.examples.push_back(std::move(example));
}

std::vector<Damage> Findings::in_order(std::span<const Invariant> invariants) const {
  std::vector<Damage> ordered;
  std::map<std::string, Damage, std::less<>> rest = found_;
  for (const Invariant& invariant : invariants)
    if (auto node = rest.extract(invariant.name)) ordered.push_back(std::move(node.mapped()));
  for (auto& [name, damage] : rest) ordered.push_back(std::move(damage));
  return ordered;
}

std::vector<Damage> find_damage(const std::filesystem::path& store, const StoreOptions& options) {
  const auto inside = open_inside(store, {.mode = OpenMode::read_only, .memory_bytes = options.memory_bytes});
  Findings findings;
  for (std::string& damage : verify(*inside)) findings.add("files", std::move(damage));
  Walk(*inside, findings).run();
  return findings.in_order(kInvariants);
}

}  // namespace ringscope
