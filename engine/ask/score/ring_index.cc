#include "engine/ask/score/ring_index.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_map.h"

#include "base/error.h"
#include "engine/detect/cluster/clearing.h"
#include "engine/detect/ring/ring_json.h"

namespace ringscope {
namespace {

std::vector<float> bits_of(const IndexHead& head, std::size_t layer, const HeldValue& value) {
  std::vector<float> all;
  all.reserve(value.postings.size());
  for (const Posting& posting : value.postings) {
    const double ring = posting.members / static_cast<double>(head.rings[posting.ring].amounts[layer]);
    const double bits = mixture_bits(ring / (value.accounts / head.layers[layer].all));
    all.push_back(static_cast<float>(bits > 0 ? bits * left_of(value.cleared, value.accounts) : bits));
  }
  return all;
}

}  // namespace

// Two halves: what is used stays in the younger, the older is forgotten when the younger is full.
struct RingIndex::Cache {
  using Half = absl::flat_hash_map<std::pair<std::size_t, std::uint64_t>, HeldValue>;
  Half young, old;
  std::size_t half_size = 0;

  const HeldValue* keep(const Half::key_type& key, HeldValue value) {
    if (young.size() >= half_size) {
      old = std::exchange(young, {});
    }
    return &(young[key] = std::move(value));
  }
  const HeldValue* find(const Half::key_type& key) {
    if (const auto at = young.find(key); at != young.end()) return &at->second;
    const auto at = old.find(key);
    if (at == old.end()) return nullptr;
    HeldValue value = std::move(at->second);
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
  read_verdicts_of(*run);
}

RingIndex::~RingIndex() = default;

void RingIndex::read_verdicts_of(const RunInfo& run) {
  decisions_ = Decisions(read_verdicts(*store_));
  if (const auto taught = store_->find_index(run_, taught_head_key())) taught_ = decode_taught_head(*taught);
  const std::uint64_t known = taught_ ? taught_->verdicts : 0;
  if ((taught_ && !taught_->clearing) || decisions_.verdicts().size() <= known) return;
  RunSummary summary = run_from_json(run.payload);
  summary.run = run_;
  since_ =
      ClearedSince(*store_, summary, decisions_, known, [&](KindId kind) { return layer_of(store_->kind_name(kind)); });
}

std::optional<std::size_t> RingIndex::layer_of(std::string_view name) const {
  const auto at = std::ranges::find(head_.layers, name, &IndexLayer::name);
  if (at == head_.layers.end() || at->weight <= 0) return std::nullopt;
  return static_cast<std::size_t>(at - head_.layers.begin());
}

const HeldValue* RingIndex::find(std::size_t layer, std::uint64_t value) {
  const std::pair key(layer, value);
  if (const HeldValue* const known = cache_->find(key)) return known;
  const std::optional<std::string> bytes = store_->find_index(run_, index_value_key(layer, value));
  if (!bytes) return nullptr;
  HeldValue held{decode_indexed_value(*bytes)};
  add_taught(layer, value, held);
  held.bits = bits_of(head_, layer, held);
  return cache_->keep(key, std::move(held));
}

void RingIndex::add_taught(std::size_t layer, std::uint64_t value, HeldValue& held) {
  const auto bytes =
      taught_ ? store_->find_index(run_, taught_value_key(taught_->base, layer, value)) : std::optional<std::string>();
  if (bytes) {
    TaughtValue taught = decode_taught_value(*bytes);
    held.cleared = taught.cleared;
    held.seeds = std::move(taught.seeds);
  }
  since_.correct(
      layer, value, head_, [this](std::uint32_t ring) -> const std::string& { return ring_id(ring); }, held,
      held.cleared);
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
