// The index that the latest run left for judging accounts online (engine/detect/index/score_index.h), by point reads.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/ask/score/cleared_since.h"
#include "engine/detect/index/score_index.h"
#include "engine/detect/index/taught_index.h"
#include "storage/store.h"

namespace ringscope {

// Log2 of how much more often a ring touches something than everybody, as a mixture of both.
inline double mixture_bits(double ratio) { return std::log2(0.5 + 0.5 * ratio); }

// A value of the index with what verdicts say of it, by the run and since then.
struct HeldValue : IndexedValue {
  std::uint32_t cleared = 0;        // of the accounts
  std::vector<TaughtSeed> seeds{};  // of rings that people confirmed
  // By posting: mixture_bits of the shares of touches in the layer; less where accounts that have the value were
  // cleared (engine/detect/cluster/clearing.h).
  std::vector<float> bits{};

  // Where among the postings the ring is; nothing: it does not touch the value.
  std::optional<std::size_t> posting_of(std::uint32_t ring) const {
    const auto at = std::ranges::lower_bound(postings, ring, {}, &Posting::ring);
    if (at == postings.end() || at->ring != ring) return std::nullopt;
    return static_cast<std::size_t>(at - postings.begin());
  }
};

class RingIndex {
 public:
  // Of the store's latest run; `cached_values` is how many values are kept decoded. Throws Error not_found when there
  // is no run, or one of a program that left no index. O(rings), and what came of verdicts since the run.
  RingIndex(std::unique_ptr<Store> store, std::size_t cached_values);
  ~RingIndex();
  RingIndex(const RingIndex&) = delete;
  RingIndex& operator=(const RingIndex&) = delete;

  const Store& store() const { return *store_; }
  std::uint64_t run() const { return run_; }
  const IndexHead& head() const { return head_; }
  // What verdicts taught the run; null: nothing.
  const TaughtHead* taught() const { return taught_ ? &*taught_ : nullptr; }
  // How verdicts stood when the index was opened.
  const Decisions& decisions() const { return decisions_; }
  // The number of a layer; nothing for one that the run did not have.
  std::optional<std::size_t> layer_of(std::string_view name) const;

  // Which rings touch a value; null: none that is indexed. Stays until the next call. One look-up, two
  // where verdicts taught the run, or none.
  const HeldValue* find(std::size_t layer, std::uint64_t value);
  // The prompt that stands for this one.
  KeyHash leader_of(KeyHash prompt) const;
  // "R-7f3a91c2". One look-up the first time.
  const std::string& ring_id(std::uint32_t ring);

 private:
  struct Cache;
  void read_verdicts_of(const RunInfo& run);
  void add_taught(std::size_t layer, std::uint64_t value, HeldValue& held);

  std::unique_ptr<Store> store_;
  std::uint64_t run_ = 0;
  IndexHead head_;
  Decisions decisions_;
  std::optional<TaughtHead> taught_;
  ClearedSince since_;
  bool has_prompts_ = false;
  std::vector<std::string> ids_;
  std::unique_ptr<Cache> cache_;
};

}  // namespace ringscope
