// Merged parts of a distributed ingest (engine/ingest/part.h) into the store, in one durable step.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "storage/store.h"

namespace ringscope {

// Throws Error refused for a store that keeps kinds keyed or has erased accounts: what a distributed run folded holds
// values as they came, and anybody's.
void require_plain_values(const Store& store);

// Columns of cells, one entry a cell; all of one length.
struct CellColumns {
  std::span<const std::int64_t> account;  // the bits of the key
  std::span<const KindId> kind;           // the store's
  std::span<const std::int64_t> entity;   // the bits of the key
  std::span<const std::int32_t> day;
  std::span<const std::int64_t> count;
  std::span<const std::int64_t> first;
  std::span<const std::int64_t> last;
};

class PartImport {
 public:
  enum class Way : std::uint8_t {
    bulk,  // sorted files: for a whole log
    live,  // one synced write: for a small batch
  };

  // `source` names what is imported, so that it goes in once. Nothing is seen before commit(). Throws as
  // require_plain_values().
  PartImport(Store& store, std::string source, std::string label, Way way);
  ~PartImport();
  PartImport(const PartImport&) = delete;
  PartImport& operator=(const PartImport&) = delete;

  // Whether the store holds this source already; then nothing is to be added.
  bool known() const { return known_; }
  KindId kind(std::string_view name);  // "" is the account side

  // Cells of an account must follow each other; those of ascending accounts are fastest. Throws Error input for columns
  // of unequal length or a count out of range.
  void add_cells(const CellColumns& cells);
  // As parts pack them, with the numbers that kinds have in a part. Throws Error corrupt.
  void add_activity(KeyHash account, std::string_view packed);
  void add_facts(KeyHash account, std::string_view packed);
  // Throws Error corrupt when `key` is not the key of the value.
  void add_name(KindId kind, KeyHash key, std::string_view value);
  // Durable on return; lines and rejects are told to the store with the source.
  CommitInfo commit(std::uint64_t lines, std::uint64_t rejected);

 private:
  void finish_account();

  Store& store_;
  std::string source_;
  std::string label_;
  bool known_ = false;
  std::unique_ptr<BatchWriter> writer_;
  AccountRow row_;  // whose cells are coming in
  bool has_row_ = false;
};

}  // namespace ringscope
