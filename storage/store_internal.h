// What the sources of this folder share. Not for others: it shows RocksDB.
#pragma once

#include <array>
#include <map>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include <rocksdb/db.h>
#include <rocksdb/sst_file_writer.h>
#include <rocksdb/write_batch.h>

#include "storage/day_keys.h"
#include "storage/read_watch_internal.h"
#include "storage/schema.h"
#include "storage/store.h"
#include "storage/value_keys.h"
#include "storage/writer.h"

namespace ringscope {

// Throws the Error that a status means, with advice; does nothing when it is ok. `doing` completes "while …".
void check(const rocksdb::Status& status, const std::string& doing);

inline rocksdb::Slice slice(std::string_view text) { return {text.data(), text.size()}; }
inline std::string_view view(const rocksdb::Slice& text) { return {text.data(), text.size()}; }

struct KeyValue {
  std::string key, value;
};

struct Store::Impl {
  std::filesystem::path path;
  std::shared_ptr<ReadWatch> files;  // these two before the database, which uses them to its end
  std::unique_ptr<rocksdb::Env> env;
  rocksdb::Options rocks_options;
  std::optional<OwnWriter> own_writer;  // before the database, so that it outlives its lock
  std::unique_ptr<rocksdb::DB> db;
  std::array<rocksdb::ColumnFamilyHandle*, schema::kFamilies> families{};
  OpenMode mode = OpenMode::read_only;
  bool brief = false;  // StoreOptions::brief

  std::uint64_t next_scratch = 0;
  std::map<std::uint64_t, std::uint64_t> bases;  // of runs that lie over another

  mutable std::mutex keys_mutex;
  mutable std::shared_ptr<const ValueKeys> keys;    // null: not read yet
  mutable std::shared_ptr<const DayKeys> day_keys;  // the same
  std::optional<Store::Keyed> keyed;

  mutable std::mutex kinds_mutex;
  std::map<std::string, KindId, std::less<>> kinds;  // by name
  std::vector<KindInfo> new_kinds;                   // not yet committed

  ~Impl();
  void close();
  // Null for a reader of a store that an earlier program wrote without the family: it is empty then.
  rocksdb::ColumnFamilyHandle* family(schema::Family f) const { return families[f]; }
  std::filesystem::path scratch() const { return path / "ingest-tmp"; }

  std::optional<std::string> get(schema::Family f, const std::string& key, Reading reading = Reading::again) const;
  std::uint64_t counter(const char* name) const;  // 0 when absent
  std::optional<DayWindow> days() const;
  // Calls visit(key, value) for keys in [first, last), last empty: to the end.
  void scan(schema::Family f, const std::string& first, const std::string& last,
            const std::function<void(std::string_view, std::string_view)>& visit) const;
  // The meta entries that belong to a commit: batch number, new kinds, days.
  std::vector<KeyValue> commit_meta(std::uint64_t batch, const std::optional<DayWindow>& added_days);
  void kinds_committed();
  void read_keyed();
  std::filesystem::path key_file() const;  // of a store with keyed kinds
  // Of the keyed kinds; throws as Store::require_value_keys() does.
  std::shared_ptr<const ValueKeys> value_keys() const;
  // Of a store with sealed kinds; those that read throw as Store::require_day_keys() does. The first are for a writer
  // to change.
  std::filesystem::path day_key_file() const;
  DayKeys read_day_keys() const;
  std::shared_ptr<const DayKeys> known_day_keys() const;
  bool is_sealed(std::string_view kind) const;
  // The name of a sealed kind; nothing for others.
  std::optional<std::string> sealed_kind(KindId kind) const;
  // Merges the fragments of every account into one where there are several, in one atomic step, when enough have
  // gathered.
  void merge_fragments_if_many();
  void merge_fragments();
  void require_writable() const;
};

// What becomes of a store with a damaged file: it is not opened (Error corrupt), or opened for reading what is whole:
// of a log what comes before the damage.
enum class Damaged { refuse, read_whole };
// As Store::open, the inside of it.
std::unique_ptr<Store::Impl> open_inside(const std::filesystem::path& path, const StoreOptions& options,
                                         Damaged damaged = Damaged::refuse);

// Rewrites all files, so that nothing is left of what was erased (storage/erase.cc); if a process died before it could.
void scrub(Store::Impl& store);
void scrub_if_needed(Store::Impl& store);

// Joins small tables, so that their number grows with the logarithm of what is written, not with how often: each row is
// rewritten a few times at most (storage/join_tables.cc).
void join_small_tables(Store::Impl& store);

// Throws Error corrupt unless the value of a family can be read (storage/verify.cc).
void decode_value(schema::Family family, std::string_view value);

// Store::verify() (storage/verify.cc).
std::vector<std::string> verify(const Store::Impl& store);
// What is stored of a value of a keyed kind whose token this is.
std::string keyed_text(std::string_view value, const std::string& token);

std::string encode_keyed(const Store::Keyed& keyed);
inline constexpr const char* kKeyedKey = "keyed";  // in the meta family
// In the meta family while the files may hold what is not in the store any more; see scrub_if_needed().
inline constexpr const char* kUnscrubbed = "unscrubbed";
std::string unscrubbed_value();

// Families whose values are records of text.
inline constexpr std::array kRecordFamilies = {schema::kRuns,      schema::kRings,    schema::kLedger,
                                               schema::kStandings, schema::kVerdicts, schema::kActions,
                                               schema::kJournal,   schema::kMembers,  schema::kRolls};

// How a family's rows are packed.
rocksdb::Options options_for(const rocksdb::Options& general, schema::Family f);

// Sorted keys and values of several column families, written into files outside the store and taken in by one atomic
// step. Keys of one family must ascend within a file; start_file() begins the next.
class SortedFiles {
 public:
  explicit SortedFiles(Store::Impl& store);
  ~SortedFiles();
  void put(schema::Family f, std::string_view key, std::string_view value);
  void erase(schema::Family f, std::string_view key);
  void start_file(schema::Family f);
  const std::filesystem::path& directory() const { return directory_; }  // gone with this object
  // Durable on return. Nothing happens when no key was put.
  void ingest();

 private:
  struct Open {
    std::unique_ptr<rocksdb::SstFileWriter> writer;
    std::string file;
    std::string last_key;
  };
  Open& open_for(schema::Family f, std::string_view key);

  Store::Impl& store_;
  std::filesystem::path directory_;
  std::array<Open, schema::kFamilies> open_;
  struct Finished {
    std::vector<std::string> files, checksums, checksum_names;
  };
  std::array<Finished, schema::kFamilies> finished_;
  std::uint64_t next_file_ = 0;
};

// The value of a record family with each of its records as `rewrite(family's name, text)` makes it (nothing: as it is),
// and the accounts of rolls as `rename` does; nothing when all is as it was. Of a roll the records are members.
using RewriteRecord = std::function<std::optional<std::string>(std::string_view family, std::string_view record)>;
std::optional<std::string> rewrite_value(schema::Family f, std::string_view value, const RewriteRecord& rewrite,
                                         const std::function<KeyHash(KeyHash)>& rename);

// Changes of some keys, in any order, put into sorted files at the end. A null value: the key goes.
class Changes {
 public:
  void put(schema::Family f, const std::string& key, std::string value) { of_[f][key] = std::move(value); }
  void drop(schema::Family f, const std::string& key) { of_[f][key] = std::nullopt; }
  void write(SortedFiles& files) const;

 private:
  std::array<std::map<std::string, std::optional<std::string>>, schema::kFamilies> of_;
};

// The accounts of a batch's rows (ascending, each once) as values of the family `touched`: calls put(key, value), keys
// ascending. None when no image is there that they could be told to.
void put_touched(const Store::Impl& store, std::uint64_t batch, std::span<const KeyHash> accounts,
                 const std::function<void(const std::string&, const std::string&)>& put);

// Days covered by rows.
void widen(std::optional<DayWindow>& days, const DayWindow& by);
void widen(std::optional<DayWindow>& days, const AccountRow& row);
std::string encode_days(const DayWindow& days);

}  // namespace ringscope
