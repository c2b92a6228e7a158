#include <system_error>

#include "base/error.h"
#include "storage/codec.h"
#include "storage/store_internal.h"

namespace ringscope {
namespace {

constexpr std::uint64_t kFileBytes = std::uint64_t{64} << 20;

}  // namespace

SortedFiles::SortedFiles(Store::Impl& store) : store_(store) {
  store_.require_writable();
  std::error_code error;
  std::filesystem::create_directories(store_.scratch(), error);
  do {
    directory_ = store_.scratch() / std::to_string(store_.next_scratch++);
  } while (!error && !std::filesystem::create_directory(directory_, error));
  if (error) throw Error(ErrorCode::io, "cannot make " + directory_.string() + ": " + error.message());
}

SortedFiles::~SortedFiles() {
  for (Open& open : open_) open.writer.reset();
  std::error_code ignored;  // what cannot be removed now goes at the next opening
  std::filesystem::remove_all(directory_, ignored);
}

void SortedFiles::start_file(schema::Family f) {
  Open& open = open_[f];
  if (!open.writer) return;
  rocksdb::ExternalSstFileInfo info;
  check(open.writer->Finish(&info), "writing sorted rows");
  finished_[f].files.push_back(open.file);
  finished_[f].checksums.push_back(info.file_checksum);
  finished_[f].checksum_names.push_back(info.file_checksum_func_name);
  open = {};
}

SortedFiles::Open& SortedFiles::open_for(schema::Family f, std::string_view key) {
  Open& open = open_[f];
  if (open.writer && (key <= open.last_key || open.writer->FileSize() >= kFileBytes)) start_file(f);
  if (!open.writer) {
    open.file = (directory_ / (std::to_string(next_file_++) + ".sst")).string();
    rocksdb::Options options = options_for(store_.rocks_options, f);
    options.bottommost_compression = rocksdb::kDisableCompressionOption;  // fast now, small once compacted
    open.writer = std::make_unique<rocksdb::SstFileWriter>(rocksdb::EnvOptions(), options, store_.family(f));
    check(open.writer->Open(open.file), "opening a file for sorted rows");
  }
  open.last_key = key;
  return open;
}

void SortedFiles::put(schema::Family f, std::string_view key, std::string_view value) {
  check(open_for(f, key).writer->Put(slice(key), slice(value)), "writing sorted rows");
}

void SortedFiles::erase(schema::Family f, std::string_view key) {
  check(open_for(f, key).writer->Delete(slice(key)), "writing sorted rows");
}

void Changes::write(SortedFiles& files) const {
  for (std::size_t f = 0; f < schema::kFamilies; ++f) {
    for (const auto& [key, value] : of_[f]) {
      if (value) {
        files.put(static_cast<schema::Family>(f), key, *value);
      } else {
        files.erase(static_cast<schema::Family>(f), key);
      }
    }
  }
}

void SortedFiles::ingest() {
  std::vector<rocksdb::IngestExternalFileArg> args;
  std::vector<rocksdb::ColumnFamilyHandle*> flushed;
  for (std::size_t f = 0; f < schema::kFamilies; ++f) {
    start_file(static_cast<schema::Family>(f));
    if (finished_[f].files.empty()) continue;
    rocksdb::IngestExternalFileArg arg;
    arg.column_family = store_.families[f];
    arg.external_files = finished_[f].files;
    arg.files_checksums = finished_[f].checksums;
    arg.files_checksum_func_names = finished_[f].checksum_names;
    arg.options.verify_file_checksum = false;  // it was computed as the file was written
    // Of blocks: a file whose first one is damaged would be taken for an empty one.
    arg.options.verify_checksums_before_ingest = true;
    arg.options.move_files = true;
    arg.options.write_global_seqno = false;
    args.push_back(std::move(arg));
    flushed.push_back(store_.families[f]);
  }
  if (args.empty()) return;
  // With empty memtables no ingested file can overlap one.
  check(store_.db->Flush({}, flushed), "flushing before an ingest");
  const ReadWatch::Taking taking(*store_.files);
  check(store_.db->IngestExternalFiles(args), "taking in sorted rows");
  for (Finished& files : finished_) files = {};
}

}  // namespace ringscope
