// Opening, closing and asking RocksDB; the one place where its statuses become errors.
#include <algorithm>
#include <array>
#include <iterator>
#include <thread>

#include <rocksdb/cache.h>
#include <rocksdb/file_checksum.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/table.h>
#include <rocksdb/transaction_log.h>

#include "base/error.h"
#include "base/parallel.h"
#include "storage/codec.h"
#include "storage/log_files.h"
#include "storage/rocks_log.h"
#include "storage/snapshots.h"
#include "storage/spellings.h"
#include "storage/store_internal.h"

namespace ringscope {

void check(const rocksdb::Status& status, const std::string& doing) {
  if (status.ok()) return;
  const std::string detail = status.ToString();
  if (status.IsNoSpace()) {
    throw Error(ErrorCode::no_space, "the disk is full; free some space and run the command again", "while " + doing);
  }
  if (status.IsCorruption()) {
    throw Error(ErrorCode::corrupt, "the store is damaged: " + detail + "; run 'ringscope doctor'", "while " + doing);
  }
  if (status.IsIOError() && detail.find("LOCK") != std::string::npos) {
    throw Error(ErrorCode::locked, "another process is writing to this store; wait for it or end it", "while " + doing);
  }
  throw Error(ErrorCode::io, detail, "while " + doing);
}

namespace {

rocksdb::Options database_options(const StoreOptions& options) {
  rocksdb::Options db;
  db.create_if_missing = options.mode == OpenMode::create;
  db.create_missing_column_families = options.mode != OpenMode::read_only;
  db.IncreaseParallelism(static_cast<int>(std::max(2U, hardware_threads())));
  db.max_open_files =
      options.mode == OpenMode::read_only ? -1 : 512;  // a reader opens all at once: a writer may unlink them
  db.max_file_opening_threads = 1;  // of each family, 16 otherwise: to start 300 threads took longer than to open
  db.max_total_wal_size = 64 << 20;
  db.file_checksum_gen_factory = rocksdb::GetFileChecksumGenCrc32cFactory();  // whole files, beside those of blocks
  db.write_buffer_size = std::max<std::size_t>(options.memory_bytes / 16, std::size_t{4} << 20);
  db.compression = rocksdb::kLZ4Compression;
  db.bottommost_compression = rocksdb::kZSTD;
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = rocksdb::NewLRUCache(options.memory_bytes / 2);
  table.block_size = 16 << 10;
  // Whoever reads little and ends would read filters of megabytes to be spared a few blocks.
  if (!options.brief) table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  table.whole_key_filtering = true;
  table.format_version = 5;
  table.cache_index_and_filter_blocks = options.brief;  // of the largest stores they are tens of MiB
  db.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return db;
}

void read_bases(Store::Impl& impl) {
  constexpr std::size_t kPrefix = schema::kBasePrefix.size();
  impl.scan(schema::kMeta, std::string(schema::kBasePrefix), "base0", [&](std::string_view key, std::string_view base) {
    if (key.size() != kPrefix + 8) throw Error(ErrorCode::corrupt, "damaged base of a run; run 'ringscope doctor'");
    impl.bases[schema::read_u64(key, kPrefix)] = Decoder(base, "base of a run").number();
  });
}

bool is_store(const std::filesystem::path& path) { return std::filesystem::exists(path / "CURRENT"); }

// Whether a process that was making a store died before the store came to be: nothing in it was ever acknowledged.
bool was_begun(const std::filesystem::path& path) {
  return std::ranges::all_of(
      std::filesystem::directory_iterator(path), [](const std::filesystem::directory_entry& file) {
        const std::string name = file.path().filename().string();
        const auto begins = [&](std::string_view with) { return name.starts_with(with); };
        return begins("LOCK") || begins("LOG") || begins("MANIFEST-") || begins("IDENTITY") || begins("OPTIONS-") ||
               begins("CURRENT") || name.ends_with(".dbtmp") || (name.ends_with(".log") && file.file_size() == 0);
      });
}

void check_path(const std::filesystem::path& path, OpenMode mode) {
  if (mode != OpenMode::read_only && is_snapshot(path)) {
    throw Error(ErrorCode::refused, "a snapshot is never written to; name the store itself", path.string());
  }
  if (is_store(path)) return;
  const bool exists = std::filesystem::exists(path);
  if (exists && !std::filesystem::is_directory(path)) {
    throw Error(ErrorCode::usage, "not a directory, so not a store", path.string());
  }
  if (mode != OpenMode::create) {
    throw Error(ErrorCode::not_found, "there is no store here; 'ringscope ingest FILE' makes one, --db names another",
                path.string());
  }
  if (exists && !was_begun(path)) {
    throw Error(ErrorCode::usage, "the directory holds other files and is no store; name an empty or new one",
                path.string());
  }
}

// A store of an earlier program lacks the families that came later: a writer makes them, to a reader they are empty.
rocksdb::Status open_database(const std::filesystem::path& path, const rocksdb::Options& options, Store::Impl& impl) {
  std::vector<std::string> present;
  if (impl.mode == OpenMode::read_only) {
    rocksdb::Status listed = rocksdb::DB::ListColumnFamilies(options, path.string(), &present);
    if (!listed.ok()) return listed;
  }
  std::vector<rocksdb::ColumnFamilyDescriptor> descriptors;
  std::vector<std::size_t> opened;
  for (std::size_t f = 0; f < schema::kFamilies; ++f) {
    if (impl.mode == OpenMode::read_only && std::ranges::find(present, schema::kFamilyNames[f]) == present.end())
      continue;
    descriptors.emplace_back(schema::kFamilyNames[f], options_for(options, static_cast<schema::Family>(f)));
    opened.push_back(f);
  }
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* db = nullptr;
  rocksdb::Status status = impl.mode == OpenMode::read_only
                               ? rocksdb::DB::OpenForReadOnly(options, path.string(), descriptors, &handles, &db)
                               : rocksdb::DB::Open(options, path.string(), descriptors, &handles, &db);
  if (!status.ok()) return status;
  impl.db.reset(db);
  for (std::size_t i = 0; i < opened.size(); ++i) impl.families[opened[i]] = handles[i];
  return status;
}

// A reader reads the list of tables, then the logs. What a writer moves from a log into a table in between is in
// neither, and what it publishes then is in the log: so the list has to be the same afterwards. A file that is gone has
// just been replaced: the next look sees the new state.
rocksdb::Status open_whole(const std::filesystem::path& path, Store::Impl& impl) {
  constexpr int kMostLooks = 200, kMostFailures = 5;
  rocksdb::Status status;
  for (int looks = 0, failures = 0; looks < kMostLooks; ++looks) {
    const std::string before = tables_now(path);
    status = open_database(path, impl.rocks_options, impl);
    const bool same = tables_now(path) == before;
    if (same && (status.ok() || status.IsCorruption() || ++failures == kMostFailures)) return status;
    if (status.ok()) {
      impl.close();
    } else if (same) {
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
  }
  return rocksdb::Status::TimedOut("a writer changes the store faster than it can be opened");
}

void write_format(Store::Impl& impl) {
  std::string bytes;
  Encoder(bytes).number(kFormatVersion);
  rocksdb::WriteOptions synced;
  synced.sync = true;
  check(impl.db->Put(synced, impl.family(schema::kMeta), "format", bytes), "writing the format version");
}

void check_format(Store::Impl& impl) {
  const std::optional<std::string> stored = impl.get(schema::kMeta, "format");
  if (!stored) {
    if (impl.mode == OpenMode::read_only && impl.db->GetLatestSequenceNumber() == 0)
      throw Error(ErrorCode::not_found,
                  "there is no store here: one was begun, and its process died before it was made; 'ringscope ingest "
                  "FILE' makes it",
                  impl.path.string());
    if (impl.mode == OpenMode::read_only)
      throw Error(ErrorCode::corrupt, "the store has no format version", impl.path.string());
    return write_format(impl);
  }
  const std::uint64_t version = Decoder(*stored, "format version").number();
  if (version == kFormatVersion) return;
  if (version > 0 && version < kFormatVersion) {
    if (impl.mode != OpenMode::read_only) write_format(impl);
    return;
  }
  throw Error(ErrorCode::version,
              "the store is of format version " + std::to_string(version) + ", this program knows version " +
                  std::to_string(kFormatVersion) + "; use the program that wrote it, or ingest into a new store",
              impl.path.string());
}

// RocksDB would take a damaged record for the end of the log, and what was acknowledged after it for never written.
void check_logs(const std::filesystem::path& path) {
  const std::vector<LogDamage> damage = find_log_damage(path);
  if (damage.empty()) return;
  throw Error(ErrorCode::corrupt,
              "the store is damaged: " + damage.front().what + " at byte " + std::to_string(damage.front().at) +
                  "; 'ringscope doctor --repair OUT' saves what comes before it, a backup may have all",
              (path / damage.front().file).string());
}

void read_kinds(Store::Impl& impl) {
  impl.scan(schema::kMeta, "kind/", "kind0", [&](std::string_view key, std::string_view name) {
    if (key.size() != 6) throw Error(ErrorCode::corrupt, "damaged kind in the store; run 'ringscope doctor'");
    impl.kinds.emplace(name, static_cast<KindId>(static_cast<std::uint8_t>(key[5])));
  });
}

// A run without its record was never published: a process died while writing it.
void drop_unfinished_runs(Store::Impl& impl) {
  const std::uint64_t latest = impl.counter("run");
  const std::string first = schema::key_u64(latest + 1);
  for (const auto f : {schema::kRings, schema::kMembers, schema::kRolls, schema::kLinks, schema::kEntities,
                       schema::kIndex, schema::kImage}) {
    rocksdb::WriteBatch batch;
    impl.scan(f, first, "", [&](std::string_view key, std::string_view) { batch.Delete(impl.family(f), slice(key)); });
    if (batch.Count() > 0) check(impl.db->Write({}, &batch), "removing an unfinished run");
  }
}

}  // namespace

rocksdb::Options options_for(const rocksdb::Options& general, schema::Family f) {
  constexpr std::array kReadRowByRow = {schema::kMembers, schema::kLinks, schema::kEntities,
                                        schema::kIndex,   schema::kCells, schema::kActivity};
  rocksdb::Options options = general;
  if (std::ranges::find(kReadRowByRow, f) != kReadRowByRow.end()) {
    auto table = *general.table_factory->GetOptions<rocksdb::BlockBasedTableOptions>();
    table.block_size = 4 << 10;
    options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
    // Mostly hashes: zstd makes them a sixth smaller, and takes a third of an answer that reads a thousand rows.
    options.bottommost_compression = rocksdb::kDisableCompressionOption;
  }
  if (f == schema::kImage) options.bottommost_compression = rocksdb::kDisableCompressionOption;  // read far oftener
  return options;
}

namespace {

// A reader goes through the whole log before its first answer, so a writer does not leave a long one behind. Best
// effort: what is in the log is safe there.
void shorten_log(Store::Impl& store) {
  constexpr std::uint64_t kShort = 256 << 10;  // bytes; read in a few milliseconds
  rocksdb::VectorLogPtr logs;
  if (!store.db->GetSortedWalFiles(logs).ok()) return;
  std::uint64_t bytes = 0;
  for (const auto& log : logs) bytes += log->SizeFileBytes();
  if (bytes <= kShort) return;
  std::vector<rocksdb::ColumnFamilyHandle*> families;
  std::ranges::copy_if(store.families, std::back_inserter(families), [](const auto* one) { return one != nullptr; });
  (void)store.db->Flush({}, families);
}

}  // namespace

Store::Impl::~Impl() {
  if (!db) return;
  if (mode != OpenMode::read_only) shorten_log(*this);
  close();
}

void Store::Impl::close() {
  for (rocksdb::ColumnFamilyHandle*& handle : families) {
    if (handle != nullptr) (void)db->DestroyColumnFamilyHandle(handle);
    handle = nullptr;
  }
  (void)db->Close();
  db.reset();
}

std::optional<std::string> Store::Impl::get(schema::Family f, const std::string& key, Reading reading) const {
  if (family(f) == nullptr) return std::nullopt;
  std::string value;
  rocksdb::ReadOptions options;
  // A cache that ends with its first answer costs more, in pages that the system must clear, than it saves.
  options.fill_cache = reading == Reading::again && !brief;
  const rocksdb::Status status = db->Get(options, family(f), key, &value);
  if (status.IsNotFound()) return std::nullopt;
  check(status, "reading");
  return value;
}

std::uint64_t Store::Impl::counter(const char* name) const {
  const std::optional<std::string> bytes = get(schema::kMeta, name);
  return bytes ? Decoder(*bytes, "counter").number() : 0;
}

void Store::Impl::scan(schema::Family f, const std::string& first, const std::string& last,
                       const std::function<void(std::string_view, std::string_view)>& visit) const {
  if (family(f) == nullptr) return;
  const rocksdb::Slice bound(last);
  rocksdb::ReadOptions options;
  options.total_order_seek = true;
  options.fill_cache = false;
  options.readahead_size = 2 << 20;
  if (!last.empty()) options.iterate_upper_bound = &bound;
  const std::unique_ptr<rocksdb::Iterator> it(db->NewIterator(options, family(f)));
  for (it->Seek(first); it->Valid(); it->Next()) visit(view(it->key()), view(it->value()));
  check(it->status(), "scanning");
}

void Store::Impl::require_writable() const {
  if (mode == OpenMode::read_only)
    throw Error(ErrorCode::internal, "the store was opened for reading only", path.string());
}

std::unique_ptr<Store::Impl> open_inside(const std::filesystem::path& path, const StoreOptions& options,
                                         Damaged damaged) {
  check_path(path, options.mode);
  if (damaged == Damaged::refuse) check_logs(path);
  cut_unwritten_tail(path);
  auto impl = std::make_unique<Store::Impl>();
  impl->path = path;
  impl->mode = options.mode;
  impl->brief = options.brief;
  impl->files = std::make_shared<ReadWatch>(rocksdb::FileSystem::Default());
  impl->env = rocksdb::NewCompositeEnv(impl->files);
  impl->rocks_options = database_options(options);
  impl->rocks_options.env = impl->env.get();
  impl->rocks_options.info_log = make_log(path);
  if (damaged == Damaged::read_whole) {
    impl->rocks_options.paranoid_checks = false;  // a damaged table is met when it is read
    impl->rocks_options.max_open_files = 512;
  }
  if (options.mode != OpenMode::read_only) impl->own_writer.emplace();
  const rocksdb::Status status =
      options.mode == OpenMode::read_only ? open_whole(path, *impl) : open_database(path, impl->rocks_options, *impl);
  if (status.IsInvalidArgument()) {
    throw Error(ErrorCode::version, "this is not a store of this program: " + status.ToString(), path.string());
  }
  check(status, "opening " + path.string());
  if (damaged == Damaged::read_whole) return impl;
  check_format(*impl);
  read_kinds(*impl);
  read_bases(*impl);
  impl->read_keyed();
  if (options.mode != OpenMode::read_only) {
    std::filesystem::remove_all(impl->scratch());
    drop_unfinished_runs(*impl);
    spell_if_needed(*impl);
    scrub_if_needed(*impl);
    join_small_tables(*impl);
  }
  return impl;
}

std::unique_ptr<Store> Store::open(const std::filesystem::path& path, const StoreOptions& options) {
  return std::unique_ptr<Store>(new Store(open_inside(path, options)));
}

Store::Store(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Store::~Store() = default;
const std::filesystem::path& Store::path() const { return impl_->path; }

}  // namespace ringscope
