// The store: one directory, one embedded database, one writer at a time. Everything durable goes through here.
//
// Column families and their keys are written down atop storage/schema.h. Readers see a consistent state; what a
// commit() or a publish() acknowledged survives a crash, what it did not leaves no trace.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "storage/stored.h"
#include "storage/writers.h"

namespace ringscope {

inline constexpr std::uint32_t kFormatVersion = 3;

enum class OpenMode {
  create,     // write; made when it does not exist
  write,      // write; must exist
  read_only,  // must exist; may be open while another process writes, and then sees the state at opening
};

// Whether what is read may be asked for again soon: what is read once leaves the cache to the rest.
enum class Reading { again, once };

struct StoreOptions {
  OpenMode mode = OpenMode::read_only;
  std::size_t memory_bytes = std::size_t{256} << 20;  // block cache and write buffers together
  // Little will be read: indexes of files are read as they are needed, not all of them at opening, their filters not at
  // all, and rows that were looked up are not kept.
  bool brief = false;
};

// Rows in ascending order, fragments merged. The store must outlive it, and what is written meanwhile is not seen.
class RowCursor {
 public:
  virtual ~RowCursor() = default;
  // False at the end. Throws Error corrupt, io.
  virtual bool next(AccountRow& row) = 0;
};

// Names in ascending order of their keys; otherwise as RowCursor.
class NameCursor {
 public:
  virtual ~NameCursor() = default;
  virtual bool next(Name& name) = 0;
};

class Store {
 public:
  struct Impl;  // storage/store_internal.h

  // Throws Error: not_found, version (unknown on-disk format), locked, corrupt, io.
  static std::unique_ptr<Store> open(const std::filesystem::path& path, const StoreOptions& options);
  ~Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  const std::filesystem::path& path() const;

  // -- kinds: numbers are given in order of first use, so they are private to a store; names are what counts.
  KindId intern_kind(std::string_view name);  // thread-safe; written with the next commit. Error usage above 250 kinds
  std::optional<KindId> find_kind(std::string_view name) const;
  std::string kind_name(KindId kind) const;
  std::vector<KindInfo> kinds() const;  // ascending by name, without the account side

  // -- ingest
  std::unique_ptr<BatchWriter> bulk_writer();  // temporary files lie inside the store's directory
  std::unique_ptr<BatchWriter> live_writer();
  std::vector<SourcePosition> positions() const;
  std::vector<Reject> rejects(std::size_t limit) const;
  std::filesystem::path rejects_directory() const;

  // -- rows; fragments of an account are merged before they are seen
  // Calls visit(account, cells of the window) in ascending order of account, for accounts with at least one cell or
  // activity.
  void scan_cells(const DayWindow& window, const std::function<void(KeyHash, std::span<const Cell>)>& visit) const;
  // The same for one part of `parts` equal ranges of keys: parts can be scanned by different threads.
  void scan_cells(const DayWindow& window, std::size_t part, std::size_t parts,
                  const std::function<void(KeyHash, std::span<const Cell>)>& visit) const;
  void scan_activity(const DayWindow& window, std::size_t part, std::size_t parts,
                     const std::function<void(KeyHash, std::span<const ActivityDay>)>& visit) const;
  void scan_facts(const std::function<void(KeyHash, const AccountFacts&)>& visit) const;
  // The same for some accounts, ascending: a look-up each. Also for those without cells or activity.
  void visit_cells(std::span<const KeyHash> accounts, const DayWindow& window,
                   const std::function<void(KeyHash, std::span<const Cell>)>& visit) const;
  void visit_activity(std::span<const KeyHash> accounts, const DayWindow& window,
                      const std::function<void(KeyHash, std::span<const ActivityDay>)>& visit) const;
  void visit_facts(std::span<const KeyHash> accounts,
                   const std::function<void(KeyHash, const AccountFacts&)>& visit) const;
  std::vector<Cell> cells_of(KeyHash account, const DayWindow& window) const;
  std::vector<ActivityDay> activity_of(KeyHash account, const DayWindow& window) const;
  AccountFacts facts_of(KeyHash account) const;
  // First and last day with a cell, activity or a plan or status that was stated; nothing for an empty store (or one
  // without times).
  std::optional<DayWindow> day_range() const;
  struct Counts {
    std::uint64_t batches = 0, rows = 0, names = 0, runs = 0;  // rows and names are estimates
  };
  Counts counts() const;
  // Merges the rows that many small batches left of an account; scans become faster, nothing else changes. Done by
  // itself every 32 batches.
  void merge_fragments();

  // -- names
  std::optional<std::string> name_of(VertexKey key) const;
  std::vector<std::optional<std::string>> names_of(std::span<const VertexKey> keys) const;
  // All names of a kind, ascending by hash.
  void scan_names(KindId kind, const std::function<void(KeyHash, std::string_view)>& visit) const;

  // -- keyed kinds (storage/keyed.cc): their values are not in the store, only what secret keys make of them
  // (storage/value_keys.h). The store knows which kinds, and where the file of the keys is; $RINGSCOPE_KEY_FILE
  // overrules the latter.
  struct Keyed {
    std::size_t generation = 0;  // of the keys of the file, see ValueKeys
    std::string key_id;          // ValueKeys::id of these
    std::string key_file;
    std::vector<std::string> kinds;     // ascending
    std::vector<std::string> sealed{};  // of them, ascending: see below
    std::string vault_id{};             // tells the file of the keys of days from others; empty: no kind is sealed
  };
  std::optional<Keyed> keyed() const;  // nothing: every kind is stored as it came
  // What is stored of a value: itself, or "k" and 32 hex digits for a keyed kind; behind the six or eight digits of a
  // card's issuer and "-" when the value begins with them and a "-". Thread-safe. Throws as require_value_keys() does
  // when the kind is keyed.
  std::string stored_value(std::string_view kind, std::string_view value) const;
  // The value as it is to be looked for: as it is when the store knows it so, else what is stored of it.
  std::string known_value(std::string_view kind, std::string_view value) const;
  bool has_value_keys() const;  // whether stored_value() works for all kinds
  // Reads the key file, once. Nothing to do in a store without keyed kinds. Throws Error refused: it is not there, is
  // not its owner's alone, or is another store's; config, io.
  void require_value_keys() const;

  // -- sealed kinds (storage/sealed.cc): keyed kinds whose values the store has as well, in the vault, each encrypted
  // under the key of the last day on which it was seen. The keys of days lie in a file beside that of the values' keys
  // (storage/day_keys.h), so no copy of the store has them; without its key a value is shredded in all copies.
  bool seals(std::string_view kind) const;
  // Reads the file of the keys of days anew, so that keys that were destroyed since, and a file that was taken away,
  // are gone for a store that stays open as well; what needs the keys reads it by itself the first time. Nothing to do
  // in a store without sealed kinds. Throws Error refused: it is not there, is not its owner's alone, or is another
  // store's; config, io. Thread-safe.
  void require_day_keys() const;
  bool has_day_keys() const;                   // whether that works
  std::filesystem::path day_key_file() const;  // empty: no kind is sealed
  // What the vault says of a value; nothing when it has none of it. Throws as require_day_keys(), and Error corrupt for
  // a row that is damaged, was moved, or lies under another key than it says.
  std::optional<Revealed> reveal(VertexKey key) const;
  // The texts of things, of which facets are derived: as name_of(), names_of() and scan_names(), but of sealed kinds
  // the value itself. Shredded ones have no text and are not visited. Throw as reveal().
  std::optional<std::string> text_of(VertexKey key) const;
  std::vector<std::optional<std::string>> texts_of(std::span<const VertexKey> keys) const;
  void scan_texts(KindId kind, const std::function<void(KeyHash, std::string_view)>& visit) const;
  // What is stored of a facet that tells as much as the value of `kind` that it is derived from: itself, or "k" and 32
  // hex digits where the kind is sealed. Throws as stored_value().
  std::string stored_facet(std::string_view kind, std::string_view facet, std::string_view value) const;
  // Rows of the vault, and of them those whose key was destroyed. O(vault). Throws as require_day_keys().
  struct VaultCount {
    std::uint64_t rows = 0, shredded = 0;
  };
  VaultCount count_vault() const;

  // A record (JSON, of the family named) in which other values stand for "kind 0 value"; nothing: none does.
  using Revalue = std::function<std::optional<std::string>(std::string_view family, std::string_view record,
                                                           const std::map<std::string, std::string>& values)>;
  // Calls visit(facet, value) for the facets in a record that are stored keyed when the kind that they are derived from
  // is sealed.
  using FacetsIn =
      std::function<void(std::string_view record, std::span<const std::string> sealed,
                         const std::function<void(std::string_view facet, std::string_view value)>& visit)>;
  struct Rekeying {
    std::filesystem::path key_file;
    std::vector<std::string> kinds;   // to be keyed
    std::vector<std::string> sealed;  // to be sealed, and so keyed as well
    Revalue revalue;
    FacetsIn facets_in{};  // needed where a kind is sealed
  };
  struct RekeyReport {
    std::uint64_t values = 0, rows = 0, records = 0;
  };
  // Takes the store to the latest key of the file, and kinds that were stored as they came with it, in one durable
  // step; images and indexes of runs go. A store without keyed kinds has some from then on; it cannot be taken back.
  // O(everything stored); memory for the values of these kinds. The bytes leave the files with scrub(). Throws as
  // require_value_keys() and require_day_keys(), and Error refused for a kind to be sealed that has keyed values
  // already: nobody knows them any more.
  RekeyReport rekey(const Rekeying& request);

  // -- erasure (storage/erase.cc)
  struct Erasure {
    std::string account;       // its name
    std::string pseudonym;     // the name that stands for it in what was found of it
    std::string suppress;      // mark under which it is known when it comes again; empty: it may come again
    std::vector<Name> values;  // that nothing else has: values_only_of()
    // A record (JSON, of the family named) without the account and the values; nothing: it does not speak of them.
    std::function<std::optional<std::string>(std::string_view family, std::string_view record)> rewrite;
  };
  struct ErasureReport {
    std::uint64_t rows = 0;     // of cells, activity and facts
    std::uint64_t names = 0;    // its own, and those of the values
    std::uint64_t links = 0;    // its own, and those of others to it
    std::uint64_t records = 0;  // rewritten: rings, members, events, standings, verdicts, actions, journal, runs
  };
  // Names of things, prompts and tags that only this account has. O(everything stored).
  std::vector<Name> values_only_of(KeyHash account) const;
  // One durable step; afterwards no reader of the store finds the account. The bytes leave the files with scrub().
  ErasureReport erase(const Erasure& erasure);
  // Marks of all accounts that were erased and are not to come again, ascending.
  std::vector<std::string> suppressed() const;
  // Rewrites every file, so that nothing that was deleted or replaced is in them. O(everything stored), and room for
  // the largest family once more. The log of writes and the manifest are only new after the store was opened again.
  void scrub();

  // -- spellings: names in the order of their text (storage/spellings.cc). False: an earlier program wrote the store,
  // and nobody has opened it for writing since; then the scans find nothing.
  bool has_spellings() const;
  // Calls visit(hash) for names of a kind in the order of their folded text (ASCII letters without case) until it says
  // false: those whose first 64 bytes begin with the first 64 of `prefix`. One seek, then O(names found).
  void scan_spellings(KindId kind, std::string_view prefix, const std::function<bool(KeyHash)>& visit) const;
  // The same for names that are addresses, from `first` to `last`, both included.
  void scan_addresses(KindId kind, const AddressBytes& first, const AddressBytes& last,
                      const std::function<bool(KeyHash)>& visit) const;

  // -- runs
  std::unique_ptr<RunWriter> run_writer(std::uint64_t base = 0);  // 0: over none
  std::uint64_t base_of(std::uint64_t run) const;                 // 0: none
  std::optional<RunInfo> latest_run() const;
  std::vector<RunInfo> runs() const;
  std::optional<RunInfo> find_run(std::uint64_t run) const;
  // Of one run; rings ascending by id, members by account key.
  void scan_rings(std::uint64_t run, const std::function<void(const StoredRing&)>& visit) const;
  std::optional<StoredRing> find_ring(std::uint64_t run, std::string_view id, Reading reading = Reading::again) const;
  void scan_places(std::uint64_t run, const std::function<void(const StoredPlace&)>& visit) const;
  // The ring that the account is in. One look-up.
  std::optional<std::string> find_place(std::uint64_t run, KeyHash account) const;
  // The same with what is said of the member. Two look-ups.
  std::optional<StoredMember> find_member(std::uint64_t run, KeyHash account) const;
  // Calls visit(account, payload) for the members of a ring, in the order in which they were added. False, and nothing
  // is visited, for a ring without a roll: of another run, or of a program of format version 1. O(members / 128)
  // look-ups.
  bool visit_roll(std::uint64_t run, std::string_view ring, const std::function<void(KeyHash, std::string_view)>& visit,
                  Reading reading = Reading::again) const;
  std::vector<StoredLink> links_of(std::uint64_t run, KeyHash account) const;
  // Calls visit(account, links) for the accounts from first to last (both included) that have links, ascending: what
  // links_of() says of each, in one pass. Nothing for a run whose links were dropped.
  void scan_links(std::uint64_t run, KeyHash first, KeyHash last,
                  const std::function<void(KeyHash, std::span<const StoredLink>)>& visit) const;
  // Nothing for an account that has links, that shares nothing, or of a run whose links were dropped.
  std::optional<StoredLink> nearest_of(std::uint64_t run, KeyHash account) const;
  std::optional<StoredEntity> find_entity(std::uint64_t run, VertexKey entity) const;
  // One look-up. Nothing for a key without an entry, or a run that has no index (any more).
  std::optional<std::string> find_index(std::uint64_t run, std::string_view key) const;

  // -- ledger: what happened to rings over the runs (storage/ledger.cc)
  std::uint64_t last_event() const;  // 0: none yet
  // Of numbers [first, last], ascending.
  void scan_events(std::uint64_t first, std::uint64_t last, const std::function<void(const StoredEvent&)>& visit) const;
  std::optional<StoredEvent> find_event(std::uint64_t seq) const;
  // The last version of every ring that ever was, ascending by id.
  void scan_standings(const std::function<void(const StoredRing&)>& visit) const;
  std::optional<StoredRing> find_standing(std::string_view id) const;

  // The run that left an image; 0: none did.
  std::uint64_t image_run() const;
  void read_image(const std::function<void(std::string_view part)>& visit) const;
  // Accounts with a row in a batch that was committed since, ascending.
  std::vector<KeyHash> touched() const;
  // A run without an image follows: what there is of one is removed.
  void drop_image();

  // -- indicators: what an operator knows of campaigns; no part of the log, so nothing but these calls touches them
  // Adds those that are not there, all in one durable step; returns how many were new. Error usage for a campaign, kind
  // or value that is empty or holds the byte 0, and then nothing is added.
  std::uint64_t add_indicators(std::span<const StoredIndicator> indicators);
  // Removes all of a campaign in one durable step; returns how many there were.
  std::uint64_t remove_indicators(std::string_view campaign);
  // All of them, ascending.
  std::vector<StoredIndicator> indicators() const;

  // -- verdicts: what people decided, in the order they did; a log that is only ever added to
  // Appends in one durable step; returns the number of the first, those after it follow.
  std::uint64_t append_verdicts(std::span<const std::string> payloads);
  // Calls visit(number, payload) for all of them, ascending.
  void scan_verdicts(const std::function<void(std::uint64_t, std::string_view)>& visit) const;

  // -- actions and the journal (storage/decisions.cc): what was told to be done about accounts, and who let it be told
  std::unique_ptr<DecisionWriter> decision_writer();
  // Ascending by account.
  void scan_actions(const std::function<void(KeyHash, std::string_view)>& visit) const;
  std::optional<std::string> find_action(KeyHash account) const;
  // Calls visit(number, payload) for all of them, ascending.
  void scan_journal(const std::function<void(std::uint64_t, std::string_view)>& visit) const;
  std::uint64_t feed_floor() const;  // events up to this number are not served any more; 0: all are

  // -- snapshots (storage/snapshots.h) and comparisons
  // A second store in `directory`, which must not exist, made of hard links: what it shares with this one takes no
  // room. Needs a store that is open for writing.
  void checkpoint(const std::filesystem::path& directory) const;
  // Everything, family by family in the order of the schema, keys ascending; O(store).
  void scan_all(
      const std::function<void(std::string_view family, std::string_view key, std::string_view value)>& visit) const;
  // Rows and names one after the other, for walking through two stores at once.
  std::unique_ptr<RowCursor> row_cursor() const;
  std::unique_ptr<NameCursor> name_cursor() const;

  // -- care
  struct Retention {
    DayWindow days;              // with data, afterwards
    std::uint64_t accounts = 0;  // of which something was dropped
    std::uint64_t cells = 0;     // dropped
    std::uint64_t activity = 0;  // days of accounts, dropped
    std::uint64_t names = 0;  // dropped: of things in no cell, tag, template or fact, and of accounts in no run's ring
    std::uint64_t day_keys = 0;  // destroyed
  };
  // Drops cells and activity of the days before `first` in one durable step, then destroys the keys of these days (who
  // dies in between leaves them to the next call), and gives the room back. Throws as require_day_keys(), before
  // anything. What has no day stays, and so do facts, positions and runs. Names of these accounts (ascending) stay as
  // well. O(everything stored); memory for the keys of what stays, room on the disk for the accounts that are
  // rewritten.
  Retention retain(Day first, std::span<const KeyHash> named_accounts);
  // Reads every block and compares checksums; lists what is damaged, empty when all is well.
  std::vector<std::string> verify() const;

 private:
  explicit Store(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace ringscope
