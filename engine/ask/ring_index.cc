#include "engine/ask/ring_index.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_map.h"

#include "base/error.h"

namespace ringscope {

// Two halves: what is used stays in the younger, the older is forgotten when the younger is full.
struct RingIndex::Cache {
  using Half = absl::flat_hash_map<std::pair<std::size_t, std::uint64_t>, IndexedValue>;
  Half young, old;
  std::size_t half_size = 0;

  const IndexedValue* keep(const Half::key_type& key, IndexedValue value) {
    if (young.size() >= half_size) {
      old = std::exchange(young, {});
    }
    return &(young[key] = std::move(value));
  }
  const IndexedValue* find(const Half::key_type& key) {
    if (const auto at = young.find(key); at != young.end()) return &at->second;
    const auto at = old.find(key);
    if (at == old.end()) return nullptr;
    IndexedValue value = std::move(at->second);
    old.erase(at);
    return keep(key, std::move(value));
  }
};

RingIndex::RingIndex(std::unique_ptr<Store> store, std::size_t cached_values)
    : store_(std::move(store)), cache_(std::make_unique<Cache>()) {
  cache_->half_size = std::max<std::size_t>(1, cached_values / 2);
  const std::optional<RunInfo> run = store_->latest_run();
  if (!run) throw Error(ErrorCode::not_found, "no detection yet: run 'ringscope detect'", store_->path().string());
  run_ = run->run;
  const std::optional<std::string> head = store_->find_index(run_, index_head_key());
  if (!head) {
    throw Error(ErrorCode::not_found,
                "the latest run left no index to score accounts by: it found no accounts, or an earlier program made "
                "it; run 'ringscope detect'",
                store_->path().string());
  }
  head_ = decode_index_head(*head);
  has_prompts_ = store_->find_kind("prompt").has_value();
  ids_.resize(head_.rings.size());
}

RingIndex::~RingIndex() = default;

std::optional<std::size_t> RingIndex::layer_of(std::string_view name) const {
  const auto at = std::ranges::find(head_.layers, name, &IndexLayer::name);
  if (at == head_.layers.end() || at->weight <= 0) return std::nullopt;
  return static_cast<std::size_t>(at - head_.layers.begin());
}

const IndexedValue* RingIndex::find(std::size_t layer, std::uint64_t value) {
  const std::pair key(layer, value);
  if (const IndexedValue* const known = cache_->find(key)) return known;
  const std::optional<std::string> bytes = store_->find_index(run_, index_value_key(layer, value));
  return bytes ? cache_->keep(key, decode_indexed_value(*bytes)) : nullptr;
}

KeyHash RingIndex::leader_of(KeyHash prompt) const {
  if (!has_prompts_) return prompt;
  const std::optional<std::string> leader = store_->find_index(run_, index_prompt_key(prompt));
  return leader ? decode_index_prompt(*leader) : prompt;
}

const std::string& RingIndex::ring_id(std::uint32_t ring) {
  std::string& id = ids_[ring];
  if (!id.empty()) return id;
  auto place = store_->find_place(run_, head_.rings[ring].member);
  if (!place) throw Error(ErrorCode::corrupt, "the ring of an account is missing; run 'ringscope doctor'");
  return id = std::move(*place);
}

}  // namespace ringscope
