#include <cstddef>
#include <cstdint>
#include <utility>

#include "storage/read_watch_internal.h"

namespace ringscope {

using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;

// A file that is read anywhere: tables.
class ReadWatch::Table final : public rocksdb::FSRandomAccessFileOwnerWrapper {
 public:
  Table(std::unique_ptr<rocksdb::FSRandomAccessFile>&& file, ReadWatch& watch)
      : FSRandomAccessFileOwnerWrapper(std::move(file)), watch_(watch) {}

  IOStatus Read(std::uint64_t offset, std::size_t size, const IOOptions& options, rocksdb::Slice* result, char* scratch,
                IODebugContext* debug) const override {
    IOStatus status = FSRandomAccessFileOwnerWrapper::Read(offset, size, options, result, scratch, debug);
    watch_.note(status);
    return status;
  }
  IOStatus MultiRead(rocksdb::FSReadRequest* requests, std::size_t count, const IOOptions& options,
                     IODebugContext* debug) override {
    IOStatus status = FSRandomAccessFileOwnerWrapper::MultiRead(requests, count, options, debug);
    watch_.note(status);
    for (std::size_t i = 0; i < count; ++i) watch_.note(requests[i].status);
    return status;
  }

 private:
  ReadWatch& watch_;
};

class ReadWatch::List final : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  List(std::unique_ptr<rocksdb::FSWritableFile>&& file, const ReadWatch& watch)
      : FSWritableFileOwnerWrapper(std::move(file)), watch_(watch) {}

  IOStatus Append(const rocksdb::Slice& bytes, const IOOptions& options, IODebugContext* debug) override {
    if (watch_.seen_ == Seen::failed) return refusal();
    return FSWritableFileOwnerWrapper::Append(bytes, options, debug);
  }
  IOStatus Append(const rocksdb::Slice& bytes, const IOOptions& options, const rocksdb::DataVerificationInfo& check,
                  IODebugContext* debug) override {
    if (watch_.seen_ == Seen::failed) return refusal();
    return FSWritableFileOwnerWrapper::Append(bytes, options, check, debug);
  }

 private:
  static IOStatus refusal() { return IOStatus::IOError("a file could not be read while rows were taken in"); }

  const ReadWatch& watch_;
};

IOStatus ReadWatch::NewRandomAccessFile(const std::string& name, const rocksdb::FileOptions& options,
                                        std::unique_ptr<rocksdb::FSRandomAccessFile>* file, IODebugContext* debug) {
  IOStatus status = FileSystemWrapper::NewRandomAccessFile(name, options, file, debug);
  if (status.ok()) *file = std::make_unique<Table>(std::move(*file), *this);
  return status;
}

IOStatus ReadWatch::NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* file, IODebugContext* debug) {
  IOStatus status = FileSystemWrapper::NewWritableFile(name, options, file, debug);
  const bool is_list = name.substr(name.rfind('/') + 1).starts_with("MANIFEST-");
  if (status.ok() && is_list) *file = std::make_unique<List>(std::move(*file), *this);
  return status;
}

void ReadWatch::note(const IOStatus& status) {
  Seen watching = Seen::watching;
  if (!status.ok()) seen_.compare_exchange_strong(watching, Seen::failed);
}

}  // namespace ringscope
