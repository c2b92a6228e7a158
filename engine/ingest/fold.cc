#include "engine/ingest/fold.h"

#include <algorithm>

#include "engine/ingest/record.h"

namespace ringscope {
namespace {

constexpr std::size_t kMaxKinds = 250;  // what a store can number
constexpr std::size_t kMinChunkWords = 2 * kMaxRecordWords;
constexpr std::size_t kMaxChunkWords = 4096;
constexpr std::string_view kCapabilityKind = "capability";
constexpr std::string_view kModelKind = "model";

std::uint8_t flags_of(const Sighting& sighting) {
  unsigned flags = 0;
  if (sighting.request) flags |= kRequest;
  if (sighting.tokens_in != 0) flags |= kTokensIn;
  if (sighting.tokens_out != 0) flags |= kTokensOut;
  if (sighting.template_hash) flags |= kTemplate;
  if (!sighting.capability.empty()) flags |= kCapability;
  if (!sighting.model.empty()) flags |= kModel;
  if (!sighting.plan.empty() || !sighting.status.empty() || sighting.created != kNoTime) flags |= kFacts;
  return static_cast<std::uint8_t>(flags);
}

}  // namespace

std::uint64_t* RecordBuffer::reserve(std::size_t words, std::size_t chunk_words) {
  if (pieces_.empty() || pieces_.back().used + words > chunk_words_) {
    chunk_words_ = chunk_words;
    pieces_.push_back({std::make_unique_for_overwrite<std::uint64_t[]>(chunk_words), 0});
  }
  return pieces_.back().words.get() + pieces_.back().used;
}

std::uint16_t FoldShard::kind_number(std::string_view kind) {
  const auto found = std::ranges::find(kinds_, kind);
  if (found != kinds_.end()) return static_cast<std::uint16_t>(found - kinds_.begin());
  if (kinds_.size() >= kMaxKinds) {
    too_many_kinds_ = true;  // the flush refuses; a hot loop cannot throw
    return 0;
  }
  kinds_.emplace_back(kind);
  return static_cast<std::uint16_t>(kinds_.size() - 1);
}

std::uint32_t FoldShard::word_number(std::string_view word) {
  if (const auto found = word_numbers_.find(absl::string_view(word.data(), word.size())); found != word_numbers_.end())
    return found->second;
  const auto number = static_cast<std::uint32_t>(words_.size());
  words_.emplace_back(word);
  word_numbers_.emplace(word, number);
  words_bytes_ += 2 * word.size() + 96;
  return number;
}

void FoldShard::add(const Sighting& sighting) {
  const KeyHash account = hash_value(sighting.account);
  RecordBuffer& partition = partitions_[account >> 56];
  const std::size_t before = partition.bytes();
  std::uint64_t* const record = partition.reserve(kMaxRecordWords, chunk_words_);
  record_bytes_ += partition.bytes() - before;
  names_.add(kAccountNumber, account, sighting.account);

  const RecordHead head{sighting.count, static_cast<std::uint8_t>(sighting.entity_count), flags_of(sighting), number_};
  std::uint64_t* word = record;
  const auto name = [&](std::string_view kind, std::string_view value) {
    const KeyHash hash = hash_value(value);
    const std::uint16_t number = kind_number(kind);
    names_.add(number, hash, value);
    return std::pair{number, hash};
  };
  *word++ = account;
  *word++ = static_cast<std::uint64_t>(sighting.ts);
  *word++ = pack(head);
  if (head.flags & kTokensIn) *word++ = sighting.tokens_in;
  if (head.flags & kTokensOut) *word++ = sighting.tokens_out;
  if (head.flags & kTemplate) *word++ = *sighting.template_hash;
  if (head.flags & kCapability) *word++ = name(kCapabilityKind, sighting.capability).second;
  if (head.flags & kModel) *word++ = name(kModelKind, sighting.model).second;
  if (head.flags & kFacts) {
    *word++ = word_number(sighting.plan) | std::uint64_t{word_number(sighting.status)} << 32;
    *word++ = static_cast<std::uint64_t>(sighting.created);
  }
  std::uint64_t* const kinds = word;
  const std::size_t kind_words = (head.entities + kKindsPerWord - 1) / kKindsPerWord;
  std::fill_n(kinds, kind_words, 0);
  word += kind_words;
  for (std::size_t i = 0; i < sighting.entity_count; ++i) {
    const auto [number, hash] = name(sighting.entities[i].kind, sighting.entities[i].value);
    kinds[i / kKindsPerWord] |= std::uint64_t{number} << (16 * (i % kKindsPerWord));
    *word++ = hash;
  }
  partition.advance(static_cast<std::size_t>(word - record));
}

Fold::Fold(unsigned threads, std::size_t memory_bytes) : memory_bytes_(memory_bytes) {
  const std::size_t chunk = memory_bytes / sizeof(std::uint64_t) / (kPartitions * threads) / 4;
  for (unsigned t = 0; t < threads; ++t)
    shards_.push_back(
        std::make_unique<FoldShard>(static_cast<std::uint16_t>(t), std::clamp(chunk, kMinChunkWords, kMaxChunkWords)));
}

std::size_t Fold::bytes() const {
  std::size_t bytes = 0;
  for (const auto& shard : shards_) bytes += shard->bytes();
  return bytes;
}

}  // namespace ringscope
