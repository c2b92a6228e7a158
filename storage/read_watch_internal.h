// RocksDB's way to the files, with one thing that it does not do itself. RocksDB 7.8 takes in a sorted file whose first
// block it cannot read as one without keys, and says that all went well: its look for the first and last key
// (ExternalSstFileIngestionJob) does not ask whether reading failed. What was in the file is lost then, and the rows of
// its level are out of order. So no list of tables is written after a read that failed.
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include <rocksdb/file_system.h>

namespace ringscope {

class ReadWatch final : public rocksdb::FileSystemWrapper {
 public:
  explicit ReadWatch(const std::shared_ptr<rocksdb::FileSystem>& files) : FileSystemWrapper(files) {}
  const char* Name() const override { return "ringscope.read-watch"; }

  rocksdb::IOStatus NewRandomAccessFile(const std::string& name, const rocksdb::FileOptions& options,
                                        std::unique_ptr<rocksdb::FSRandomAccessFile>* file,
                                        rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* file,
                                    rocksdb::IODebugContext* debug) override;

  // While there is one, a write to a list of tables (MANIFEST) fails if any read did since it began. The database must
  // be opened anew then.
  class Taking {
   public:
    explicit Taking(ReadWatch& watch) : watch_(watch) { watch_.begin(); }
    ~Taking() { watch_.end(); }
    Taking(const Taking&) = delete;
    Taking& operator=(const Taking&) = delete;

   private:
    ReadWatch& watch_;
  };

 private:
  class Table;
  class List;
  enum class Seen : int { nothing, watching, failed };

  void begin() { seen_ = Seen::watching; }
  void end() { seen_ = Seen::nothing; }
  void note(const rocksdb::IOStatus& status);

  std::atomic<Seen> seen_ = Seen::nothing;
};

}  // namespace ringscope
