// Runs on their way from one store to another: all rows of one that is there, and a writer that brings a log's rows
// with the run.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string_view>

#include "storage/store.h"

namespace ringscope {

// All that a run knew beside its rings, which Store looks up one by one. The store is opened for reading.
class RunRows {
 public:
  // Throws as Store::open() does.
  RunRows(const std::filesystem::path& store, std::uint64_t run);
  ~RunRows();
  RunRows(const RunRows&) = delete;
  RunRows& operator=(const RunRows&) = delete;

  // Ascending by account; of accounts without links the pair that came nearest.
  void scan_links(const std::function<void(KeyHash, std::span<const StoredLink>)>& links,
                  const std::function<void(KeyHash, const StoredLink&)>& nearest) const;
  // Ascending by entity, in the kinds of the store.
  void scan_entities(const std::function<void(const StoredEntity&)>& visit) const;
  // Ascending by key.
  void scan_index(const std::function<void(std::string_view key, std::string_view value)>& visit) const;

 private:
  std::unique_ptr<Store::Impl> store_;
  std::uint64_t run_;
};

// A run, over none, whose commit() makes it and `rows` visible in one durable step and tells `committed` of the rows.
// `rows` is a bulk_writer() of the store, outlives the run's writer and is not committed by itself. Throws Error
// internal for another writer.
std::unique_ptr<RunWriter> run_writer_with(BatchWriter& rows, CommitInfo& committed);

}  // namespace ringscope
