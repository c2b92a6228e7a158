#include "storage/backup.h"

#include <fcntl.h>
#include <rocksdb/utilities/backup_engine.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/atomic_file.h"
#include "base/disk.h"
#include "base/error.h"
#include "storage/copy.h"
#include "storage/store_internal.h"
#include "storage/value_keys.h"

namespace ringscope {
namespace {

namespace fs = std::filesystem;

// Two processes must not write to one directory of backups; RocksDB does not look.
class DirectoryLock {
 public:
  explicit DirectoryLock(const fs::path& directory)
      : file_(::open((directory / "LOCK").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644)) {
    if (file_ < 0) throw Error(ErrorCode::io, "cannot lock the directory of backups", directory.string());
    if (::flock(file_, LOCK_EX | LOCK_NB) == 0) return;
    ::close(file_);
    throw Error(ErrorCode::locked, "another process is writing backups here; wait for it or end it",
                directory.string());
  }
  ~DirectoryLock() { ::close(file_); }
  DirectoryLock(const DirectoryLock&) = delete;
  DirectoryLock& operator=(const DirectoryLock&) = delete;

 private:
  int file_;
};

void check_backup(const rocksdb::Status& status, const fs::path& directory, const std::string& doing) {
  if (status.ok()) return;
  if (status.IsCorruption() || status.IsNotFound())
    throw Error(status.IsNotFound() ? ErrorCode::not_found : ErrorCode::corrupt,
                "while " + doing + ": " + status.ToString() + "; take another backup ('ringscope backup list')",
                directory.string());
  check(status, doing + " in " + directory.string());
}

rocksdb::BackupEngineOptions options_of(const fs::path& directory) {
  rocksdb::BackupEngineOptions options(directory.string());
  options.sync = true;
  return options;
}

std::unique_ptr<rocksdb::BackupEngineReadOnly> open_reader(const fs::path& directory) {
  if (!fs::exists(directory / "meta"))
    throw Error(ErrorCode::not_found, "there are no backups here; 'ringscope backup create DIR' makes one",
                directory.string());
  rocksdb::BackupEngineReadOnly* engine = nullptr;
  check_backup(rocksdb::BackupEngineReadOnly::Open(rocksdb::Env::Default(), options_of(directory), &engine), directory,
               "opening backups");
  return std::unique_ptr<rocksdb::BackupEngineReadOnly>(engine);
}

std::unique_ptr<rocksdb::BackupEngine> open_writer(const fs::path& directory) {
  rocksdb::BackupEngine* engine = nullptr;
  check_backup(rocksdb::BackupEngine::Open(rocksdb::Env::Default(), options_of(directory), &engine), directory,
               "opening backups");
  return std::unique_ptr<rocksdb::BackupEngine>(engine);
}

// The key under which erased accounts are known: without it a copy takes in no line any more, or takes them in again.
// It goes with the backup's own data, so that the two are there together or not at all. Empty: nobody was erased.
std::string suppress_key_of(const fs::path& store) {
  const fs::path file = suppress_key_file(store);
  if (!fs::exists(file)) return {};
  (void)ValueKeys::read(file);
  return read_bytes(file).value_or("");  // it was read a line above
}

void put_suppress_key(const fs::path& store, const std::string& key) {
  if (key.empty()) return;
  const fs::path file = suppress_key_file(store);
  fs::create_directories(file.parent_path());
  fs::permissions(file.parent_path(), fs::perms::owner_all);
  AtomicFile made(file, FileMode::owner_only);
  made.write(key);
  made.commit();
  (void)ValueKeys::read(file);  // says so when it is none
}

// The file in which RocksDB keeps a backup's own data is for its owner only: the key is in it.
void make_private(const fs::path& directory) { fs::permissions(directory / "meta", fs::perms::owner_all); }

Backup backup_of(const rocksdb::BackupInfo& info) {
  return {info.backup_id, info.timestamp, info.size, info.number_files};
}

}  // namespace

Backup create_backup(const fs::path& store, const fs::path& directory) {
  const auto inside = open_inside(store, {.mode = OpenMode::write});
  fs::create_directories(directory);
  const DirectoryLock lock(directory);
  const auto engine = open_writer(directory);
  const std::string key = suppress_key_of(store);
  if (!key.empty()) make_private(directory);
  rocksdb::BackupID number = 0;
  check_backup(engine->CreateNewBackupWithMetadata(rocksdb::CreateBackupOptions(), inside->db.get(), key, &number),
               directory, "copying the store");
  rocksdb::BackupInfo info;
  check_backup(engine->GetBackupInfo(number, &info), directory, "reading what was copied");
  sync_to_disk(directory);
  return backup_of(info);
}

std::vector<Backup> list_backups(const fs::path& directory) {
  std::vector<rocksdb::BackupInfo> infos;
  open_reader(directory)->GetBackupInfo(&infos);
  std::vector<Backup> backups;
  backups.reserve(infos.size());
  for (const rocksdb::BackupInfo& info : infos) backups.push_back(backup_of(info));
  return backups;
}

void verify_backup(const fs::path& directory, std::uint32_t number) {
  check_backup(open_reader(directory)->VerifyBackup(number, true), directory,
               "verifying backup " + std::to_string(number));
}

void restore_backup(const fs::path& directory, std::uint32_t number, const fs::path& to,
                    const std::function<void(const fs::path& made)>& finish) {
  const auto engine = open_reader(directory);
  make_whole(to, [&](const fs::path& made) {
    check_backup(engine->RestoreDBFromBackup(rocksdb::RestoreOptions(), number, made.string(), made.string()),
                 directory, "restoring backup " + std::to_string(number));
    rocksdb::BackupInfo info;
    check_backup(engine->GetBackupInfo(number, &info), directory, "reading what was copied");
    put_suppress_key(made, info.app_metadata);
    if (finish) finish(made);
  });
}

std::uint64_t prune_backups(const fs::path& directory, std::uint32_t keep) {
  const std::uint64_t before = list_backups(directory).size();
  const DirectoryLock lock(directory);
  const auto engine = open_writer(directory);
  check_backup(engine->PurgeOldBackups(keep), directory, "dropping old backups");
  check_backup(engine->GarbageCollect(), directory, "removing files of dropped backups");
  return before - list_backups(directory).size();
}

}  // namespace ringscope
