#include "engine/ingest/fold.h"

#include <algorithm>
#include <array>
#include <span>

#include "engine/ingest/record.h"

namespace ringscope {
namespace {

constexpr std::size_t kMaxKinds = 250;  // what a store can number
constexpr std::size_t kMinChunkWords = 2 * kMaxRecordWords;
constexpr std::size_t kMaxChunkWords = 4096;
constexpr std::string_view kCapabilityKind = "capability";
constexpr std::string_view kModelKind = "model";
constexpr std::string_view kPromptKind = "prompt";

std::uint8_t flags_of(const CleanEvent& clean) {
  unsigned flags = 0;
  if (clean.request) flags |= kRequest;
  if (clean.tokens_in != 0) flags |= kTokensIn;
  if (clean.tokens_out != 0) flags |= kTokensOut;
  if (clean.template_hash) flags |= kTemplate;
  if (!clean.capability.empty()) flags |= kCapability;
  if (!clean.model.empty()) flags |= kModel;
  if (!clean.plan.empty() || !clean.status.empty() || clean.created != kNoTime) flags |= kFacts;
  return static_cast<std::uint8_t>(flags);
}

// The kinds, four a word, then the hashes; gives the end.
std::uint64_t* write_entities(std::span<const NameSet::Entry> entities, std::uint64_t* word) {
  std::uint64_t* const kinds = word;
  word += (entities.size() + kKindsPerWord - 1) / kKindsPerWord;
  std::fill(kinds, word, 0);
  for (std::size_t i = 0; i < entities.size(); ++i) {
    kinds[i / kKindsPerWord] |= std::uint64_t{entities[i].kind} << (16 * (i % kKindsPerWord));
    *word++ = entities[i].hash;
  }
  return word;
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

std::uint16_t FoldShard::kind_number(std::string_view kind, std::optional<std::uint16_t>& known) {
  if (!known) known = kind_number(kind);
  return *known;
}

std::uint16_t FoldShard::kind_number(const EntityValue& entity) {
  return entity.field == kNoEntityField ? kind_number(entity.kind)
                                        : kind_number(entity.kind, field_kinds_[entity.field]);
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

// The look-ups of the names are started first and finished last, so that the memory has time to answer.
void FoldShard::add(const CleanEvent& clean) {
  std::array<NameSet::Entry, kEntityFields.size() + 4> names;
  std::size_t name_count = 0;
  const auto name = [&](std::uint16_t kind, std::string_view value) -> const NameSet::Entry& {
    return names[name_count++] = names_.prepare(kind, hash_value(value), value);
  };
  const KeyHash account = name(kAccountNumber, clean.account).hash;
  for (std::size_t i = 0; i < clean.entity_count; ++i) name(kind_number(clean.entities[i]), clean.entities[i].value);
  const std::span<const NameSet::Entry> entities(names.data() + 1, clean.entity_count);
  for (std::size_t i = 0; i < clean.entity_count; ++i) {
    const EntityValue& entity = clean.entities[i];
    if (!entity.sealed.empty())
      seals_.add(entities[i].kind, entities[i].hash, entity.value, day_of(clean.ts), entity.sealed);
  }

  RecordBuffer& partition = partitions_[account >> 56];
  const std::size_t before = partition.bytes();
  std::uint64_t* const record = partition.reserve(kMaxRecordWords, chunk_words_);
  record_bytes_ += partition.bytes() - before;
  const RecordHead head{clean.count, static_cast<std::uint8_t>(entities.size()), flags_of(clean), number_};
  std::uint64_t* word = record;
  *word++ = account;
  *word++ = static_cast<std::uint64_t>(clean.ts);
  *word++ = pack(head);
  if (head.flags & kTokensIn) *word++ = clean.tokens_in;
  if (head.flags & kTokensOut) *word++ = clean.tokens_out;
  if (head.flags & kTemplate) *word++ = *clean.template_hash;
  if (head.flags & kCapability) *word++ = name(kind_number(kCapabilityKind, capability_), clean.capability).hash;
  if (head.flags & kModel) *word++ = name(kind_number(kModelKind, model_), clean.model).hash;
  if (!clean.prompt.empty()) name(kind_number(kPromptKind), clean.prompt);
  if (head.flags & kFacts) {
    *word++ = word_number(clean.plan) | std::uint64_t{word_number(clean.status)} << 32;
    *word++ = static_cast<std::uint64_t>(clean.created);
  }
  word = write_entities(entities, word);
  partition.advance(static_cast<std::size_t>(word - record));
  for (std::size_t i = 0; i < name_count; ++i) names_.add(names[i]);
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
