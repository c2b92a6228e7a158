// Clean events -> rows. Threads append compact records to partitions of the account's hash; a flush sorts each
// partition, combines what is equal and writes one row an account. All that is kept of an event is mergeable, so
// threads, order of input and the places of the flushes never show in the store.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"

#include "engine/ingest/admission.h"
#include "engine/ingest/name_set.h"
#include "engine/ingest/seal_set.h"
#include "storage/store.h"

namespace ringscope {

inline constexpr std::uint16_t kAccountNumber = 0xffff;  // of the account side among the kinds of a shard
inline constexpr std::size_t kPartitions =
    256;  // by the first byte of the account's hash: ascending keys, ascending rows

// Words of fixed-size chunks; a record never straddles two.
class RecordBuffer {
 public:
  struct Piece {
    std::unique_ptr<std::uint64_t[]> words;
    std::size_t used = 0;
  };

  // Room for a record of at most `words` words; `chunk_words` is the size of a new chunk, not below that.
  std::uint64_t* reserve(std::size_t words, std::size_t chunk_words);
  void advance(std::size_t words) { pieces_.back().used += words; }
  const std::vector<Piece>& pieces() const { return pieces_; }
  std::size_t bytes() const { return pieces_.size() * chunk_words_ * sizeof(std::uint64_t); }
  void clear() { pieces_.clear(); }

 private:
  std::vector<Piece> pieces_;
  std::size_t chunk_words_ = 0;
};

// One thread's share of a fold.
class FoldShard {
 public:
  FoldShard(std::uint16_t number, std::size_t chunk_words) : number_(number), chunk_words_(chunk_words) {}

  void add(const CleanEvent& clean);
  std::size_t bytes() const { return record_bytes_ + names_.bytes() + seals_.bytes() + words_bytes_; }

 private:
  friend class Fold;
  // Numbers of kinds and of fact words are private to the shard; a flush translates them.
  std::uint16_t kind_number(std::string_view kind);
  std::uint16_t kind_number(const EntityValue& entity);
  // The same, looked up once: for kinds that nearly every line has.
  std::uint16_t kind_number(std::string_view kind, std::optional<std::uint16_t>& known);
  std::uint32_t word_number(std::string_view word);

  std::uint16_t number_;
  std::size_t chunk_words_;
  std::vector<RecordBuffer> partitions_{kPartitions};
  std::size_t record_bytes_ = 0;
  NameSet names_;
  SealSet seals_;
  std::vector<std::string> kinds_;
  std::array<std::optional<std::uint16_t>, kEntityFields.size()> field_kinds_;
  std::optional<std::uint16_t> capability_, model_;
  std::vector<std::string> words_;
  std::size_t words_bytes_ = 0;
  absl::flat_hash_map<std::string, std::uint32_t> word_numbers_;
  bool too_many_kinds_ = false;
};

// All shards together. The shards may be filled by different threads; flush() must be alone.
class Fold {
 public:
  // `memory_bytes` is what the shards should not pass before a flush; it sizes their chunks.
  Fold(unsigned threads, std::size_t memory_bytes);

  FoldShard& shard(unsigned thread) { return *shards_[thread]; }
  unsigned threads() const { return static_cast<unsigned>(shards_.size()); }
  std::size_t bytes() const;
  bool full() const { return bytes() >= memory_bytes_; }

  // Writes what has been added since the last flush. Kinds get their numbers from `store`, new ones in order of name.
  // Throws Error input when there are more kinds than a store can have.
  void flush(Store& store, BatchWriter& writer);
  // The same without a store: `number_of` gives kinds their numbers, asked in order of name.
  void flush(const std::function<KindId(std::string_view)>& number_of, BatchWriter& writer);

 private:
  using KindMap = std::vector<std::vector<KindId>>;  // [shard][number in the shard]
  struct Kinds {
    KindMap map;
    KindId capability{};
    KindId model{};
  };

  Kinds number_kinds(const std::function<KindId(std::string_view)>& number_of) const;
  void write_rows(const Kinds& kinds, BatchWriter& writer);
  void write_names(const KindMap& kinds, BatchWriter& writer);
  void write_seals(const KindMap& kinds, BatchWriter& writer);

  std::vector<std::unique_ptr<FoldShard>> shards_;
  std::size_t memory_bytes_;
};

}  // namespace ringscope
