// A table that cannot be read while it is taken in: RocksDB alone takes it for an empty one.
#include <memory>
#include <string>

#include "rows_for_tests.h"
#include <doctest/doctest.h>
#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/sst_file_writer.h>

#include "storage/read_watch_internal.h"

using namespace ringscope;
using namespace ringscope::test;

namespace {

class BadFile final : public rocksdb::FSRandomAccessFileOwnerWrapper {
 public:
  BadFile(std::unique_ptr<rocksdb::FSRandomAccessFile>&& file, const bool& bad)
      : FSRandomAccessFileOwnerWrapper(std::move(file)), bad_(bad) {}
  rocksdb::IOStatus Read(std::uint64_t offset, std::size_t size, const rocksdb::IOOptions& options,
                         rocksdb::Slice* result, char* scratch, rocksdb::IODebugContext* debug) const override {
    if (bad_ && offset == 0) return rocksdb::IOStatus::IOError("as of a bad disk");
    return FSRandomAccessFileOwnerWrapper::Read(offset, size, options, result, scratch, debug);
  }

 private:
  const bool& bad_;
};

// A disk that cannot read the beginning of a table while it is bad.
class BadDisk final : public rocksdb::FileSystemWrapper {
 public:
  BadDisk() : FileSystemWrapper(rocksdb::FileSystem::Default()) {}
  const char* Name() const override { return "bad-disk"; }
  rocksdb::IOStatus NewRandomAccessFile(const std::string& name, const rocksdb::FileOptions& options,
                                        std::unique_ptr<rocksdb::FSRandomAccessFile>* file,
                                        rocksdb::IODebugContext* debug) override {
    const rocksdb::IOStatus status = FileSystemWrapper::NewRandomAccessFile(name, options, file, debug);
    if (status.ok()) *file = std::make_unique<BadFile>(std::move(*file), bad);
    return status;
  }

  bool bad = false;
};

struct Database {
  std::shared_ptr<BadDisk> disk = std::make_shared<BadDisk>();
  std::shared_ptr<ReadWatch> watch = std::make_shared<ReadWatch>(disk);
  std::unique_ptr<rocksdb::Env> env = rocksdb::NewCompositeEnv(watch);
  std::unique_ptr<rocksdb::DB> db;

  void open(const std::filesystem::path& path) {
    rocksdb::Options options;
    options.create_if_missing = true;
    options.env = env.get();
    rocksdb::DB* opened = nullptr;
    REQUIRE(rocksdb::DB::Open(options, path.string(), &opened).ok());
    db.reset(opened);
  }
  bool has(const std::string& key) const {
    std::string value;
    return db->Get({}, key, &value).ok();
  }
};

// A table of many blocks, so that its first one is read by itself.
std::string write_table(const std::filesystem::path& path) {
  Random random(3);
  rocksdb::SstFileWriter writer{rocksdb::EnvOptions(), rocksdb::Options()};
  REQUIRE(writer.Open(path.string()).ok());
  for (int i = 0; i < 4000; ++i) {
    std::string value(500, '\0');
    for (char& c : value) c = static_cast<char>(random.below(256));
    REQUIRE(writer.Put("key-" + std::to_string(10'000 + i), value).ok());
  }
  REQUIRE(writer.Finish().ok());
  return path.string();
}

}  // namespace

TEST_CASE("read watch: a table whose first block cannot be read is not taken in, and can be later") {
  const TemporaryDirectory dir;
  const std::string table = write_table(dir / "table.sst");
  {
    Database database;
    database.open(dir / "db");
    const ReadWatch::Taking taking(*database.watch);
    database.disk->bad = true;
    CHECK_FALSE(database.db->IngestExternalFile({table}, {}).ok());
    database.disk->bad = false;
  }
  Database database;
  database.open(dir / "db");
  CHECK_FALSE(database.has("key-10000"));
  const ReadWatch::Taking taking(*database.watch);
  CHECK(database.db->IngestExternalFile({table}, {}).ok());
  CHECK(database.has("key-10000"));
  CHECK(database.has("key-13999"));
}

TEST_CASE("read watch: a read that fails when nothing is taken in hinders no write") {
  const TemporaryDirectory dir;
  Database database;
  database.open(dir / "db");
  REQUIRE(database.db->IngestExternalFile({write_table(dir / "table.sst")}, {}).ok());
  database.disk->bad = true;
  CHECK_FALSE(database.has("key-10000"));
  database.disk->bad = false;
  CHECK(database.db->Put({}, "other", "value").ok());
  CHECK(database.db->Flush({}).ok());
  CHECK(database.has("other"));
}
