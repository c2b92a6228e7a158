#include "storage/invariants.h"

#include <algorithm>
#include <array>
#include <set>

#include "base/error.h"
#include "base/hex.h"
#include "storage/codec.h"
#include "storage/invariants_internal.h"
#include "storage/snapshots.h"
#include "storage/spellings.h"
#include "storage/vault.h"

namespace ringscope {
namespace {

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
    {"vault", "Every value of a sealed kind lies in the vault, whole, and nothing else does", kFromLog},
    {"positions", "How far each source was read stands under that source, and rejects belong to a batch and a source",
     kFromLog},
    {"runs", "Every run up to the last has its record; one that lies over another lies over an earlier, whole one",
     kFromDetect},
    {"rings.members",
     "Every member is in a ring of its run, at its place in the ring's roll, and has a name; every ring has a member",
     kFromDetect},
    {"links", "Every similarity is kept at both of its ends, with the same weight", kFromDetect},
    {"ledger.sequence", "Events are numbered from the first that is served to the last, without a hole", kFromBackup},
    {"decisions.sequence", "Verdicts and the journal are numbered from 1 without a hole", kFromBackup},
    {"image", "What the last full run left for the next is whole, and what was touched since belongs to a batch",
     "Run 'ringscope detect --incremental --full': it makes this anew."},
    {"indicators", "Every indicator has a campaign, a kind and a value", "Import the indicators again."},
    {"erasures",
     "The key under which erased accounts are known is there, its owner's alone, and the one of their marks",
     "Put 'keys/suppress.key' back; a backup has it."},
});

class Walk {
 public:
  Walk(const Store::Impl& store, Findings& findings)
      : impl_(store), findings_(findings), batches_(impl_.counter("batch")) {}

  void run() {
    findings_.attempt("format", [&] { format(); });
    findings_.attempt("kinds", [&] { kinds(); });
    findings_.attempt("names", [&] { names(); });
    findings_.attempt("rows", [&] { rows(); });
    findings_.attempt("spellings", [&] { spellings(); });
    findings_.attempt("vault", [&] { vault(); });
    findings_.attempt("positions", [&] { positions(); });
    check_runs(impl_, names_, findings_);
    findings_.attempt("erasures", [&] { erasures(); });
  }

 private:
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
      if (!has_length(findings_, "kinds", schema::kMeta, key, 6)) return;
      kinds_.insert(static_cast<std::uint8_t>(key[5]));
      if (name.empty() || !names.emplace(name).second)
        findings_.add("kinds", "two kinds have one name, or one has none");
    });
    if (kinds_.contains(0)) findings_.add("kinds", "a kind has the number of accounts");
  }

  bool is_kind(KindId kind) const { return kind == kAccountKind || kinds_.contains(static_cast<std::uint8_t>(kind)); }

  void names() {
    impl_.scan(schema::kNames, "", "", [&](std::string_view key, std::string_view value) {
      if (!has_length(findings_, "names", schema::kNames, key, 9)) return;
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
    if (!has_length(findings_, "rows", family, key, 16)) return false;
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

  // Rows are opened where the keys of their days are at hand.
  void vault() {
    std::uint64_t rows = 0;
    const auto keys = day_keys();
    impl_.scan(schema::kVault, "", "", [&](std::string_view key, std::string_view row) {
      if (!has_length(findings_, "vault", schema::kVault, key, 9)) return;
      const VertexKey vertex = schema::read_vertex(key);
      const auto kind = impl_.sealed_kind(vertex.kind);
      const auto name = kind ? impl_.get(schema::kNames, std::string(key)) : std::nullopt;
      if (!name) return findings_.add("vault", "the row of " + hex(vertex.hash) + " is of no value of a sealed kind");
      ++rows;
      try {
        (void)(keys ? open_value(*keys, {*kind, *name}, row).day : decode_sealed(row).day);
      } catch (const Error&) {
        findings_.add("vault", "the row of " + hex(vertex.hash) + " is damaged or of another value");
      }
    });
    const auto sealed = std::ranges::count_if(names_, [&, last = kAccountKind, is = false](VertexKey name) mutable {
      if (name.kind != last) is = impl_.sealed_kind(last = name.kind).has_value();
      return is;
    });
    if (const auto expected = static_cast<std::uint64_t>(sealed); rows < expected)
      findings_.add("vault", "sealed values have no row", expected - rows);
  }

  std::shared_ptr<const DayKeys> day_keys() const {
    if (!impl_.keyed || impl_.keyed->sealed.empty()) return nullptr;
    if (!std::filesystem::exists(impl_.day_key_file())) return nullptr;
    return impl_.known_day_keys();
  }

  void positions() {
    std::set<std::string, std::less<>> sources;
    impl_.scan(schema::kPositions, "", "", [&](std::string_view key, std::string_view value) {
      const SourcePosition position = decode_position(value);
      if (position.source != key) findings_.add("positions", "a position stands under another source");
      sources.emplace(key);
    });
    impl_.scan(schema::kRejects, "", "", [&](std::string_view key, std::string_view value) {
      if (!has_length(findings_, "positions", schema::kRejects, key, 12)) return;
      if (schema::read_u64(key, 0) > batches_)
        findings_.add("positions", "a reject is of batch " + std::to_string(schema::read_u64(key, 0)));
      if (const Reject reject = decode_reject(value); !sources.contains(reject.source))
        findings_.add("positions", "a reject is of a source that was never read");
    });
  }

  void erasures() {
    if (std::string trouble = suppress_key_trouble(impl_); !trouble.empty())
      findings_.add("erasures", std::move(trouble));
    const bool missing = !std::filesystem::exists(suppress_key_file(impl_.path)) && !is_snapshot(impl_.path);
    if (missing && !suppressed(impl_).empty()) findings_.add("erasures", "suppress.key is gone");
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

std::string hex(std::uint64_t value) { return "#" + to_hex(schema::key_u64(value)); }

bool has_length(Findings& findings, const char* invariant, schema::Family family, std::string_view key,
                std::size_t length) {
  if (key.size() == length) return true;
  findings.add(invariant, std::string("a key of ") + schema::kFamilyNames[family] + " has " +
                              std::to_string(key.size()) + " bytes instead of " + std::to_string(length));
  return false;
}

std::span<const Invariant> store_invariants() { return kInvariants; }

std::vector<Damage> find_damage(const std::filesystem::path& store, const StoreOptions& options) {
  const auto inside = open_inside(store, {.mode = OpenMode::read_only, .memory_bytes = options.memory_bytes});
  Findings findings;
  for (std::string& damage : verify(*inside)) findings.add("files", std::move(damage));
  Walk(*inside, findings).run();
  return findings.in_order(kInvariants);
}

}  // namespace ringscope
