// The compact form of a sighting between the parser and the flush: a few 64-bit words.
//
//   account · ts · count:32 entities:8 flags:8 shard:16 · [tokens_in] [tokens_out] [template] [capability]
//   [model] [plan:32 status:32, created] · kinds, four a word · hash of each entity
// Numbers of kinds and words are those of the shard.
#pragma once

#include <cstddef>
#include <cstdint>

#include "engine/ingest/event.h"

namespace ringscope {

enum RecordFlag : std::uint8_t {
  kRequest = 1,
  kTokensIn = 2,
  kTokensOut = 4,
  kTemplate = 8,
  kCapability = 16,
  kModel = 32,
  kFacts = 64,
};

inline constexpr std::size_t kKindsPerWord = 4;
inline constexpr std::size_t kMaxRecordWords =
    3 + 2 + 1 + 1 + 1 + 2 + (kEntityFields.size() + kKindsPerWord - 1) / kKindsPerWord + kEntityFields.size();

struct RecordHead {
  std::uint32_t count;
  std::uint8_t entities;
  std::uint8_t flags;
  std::uint16_t shard;
};

constexpr std::uint64_t pack(RecordHead head) {
  return head.count | std::uint64_t{head.entities} << 32 | std::uint64_t{head.flags} << 40 |
         std::uint64_t{head.shard} << 48;
}
constexpr RecordHead unpack(std::uint64_t word) {
  return {static_cast<std::uint32_t>(word), static_cast<std::uint8_t>(word >> 32),
          static_cast<std::uint8_t>(word >> 40), static_cast<std::uint16_t>(word >> 48)};
}

// Words of a record with this head.
constexpr std::size_t record_words(RecordHead head) {
  const auto has = [&](RecordFlag flag) { return static_cast<std::size_t>((head.flags & flag) != 0); };
  return 3 + has(kTokensIn) + has(kTokensOut) + has(kTemplate) + has(kCapability) + has(kModel) + 2 * has(kFacts) +
         (head.entities + kKindsPerWord - 1) / kKindsPerWord + head.entities;
}

}  // namespace ringscope
