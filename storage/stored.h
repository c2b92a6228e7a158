// What a store holds beside the rows of accounts (storage/rows.h).
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/rows.h"

namespace ringscope {

struct KindInfo {
  KindId id{};
  std::string name;
};

// A name: the original value behind a key.
struct Name {
  VertexKey key;
  std::string value;
};

// What the vault of a store says of a value of a sealed kind.
struct Revealed {
  Day day = kNoDay;                  // the last on which it was seen, whose key it needs; kNoDay: seen without a time
  std::optional<std::string> value;  // nothing: the key was destroyed
};

// An address as 16 bytes, IPv4 as ::ffff:a.b.c.d, so that order of bytes is order of addresses.
using AddressBytes = std::array<std::uint8_t, 16>;
// Nothing for a text that is no address.
std::optional<AddressBytes> address_bytes(std::string_view text);

// How far a source of input has been read; committed with the data it brought.
struct SourcePosition {
  std::string source{};  // identity: hash of the first `head_bytes` bytes, in hex (unique together with prefix_hash)
  std::string label{};   // as the user named it, for messages only
  std::uint64_t head_bytes = 0;
  std::uint64_t offset = 0;    // bytes consumed, counted in the file as it lies on disk
  std::string prefix_hash{};   // 128-bit XXH3 of the first `offset` bytes, in hex
  std::uint64_t lines = 0;     // lines consumed
  std::uint64_t rejected = 0;  // of them rejected
  bool complete = false;       // read to its end
  friend bool operator==(const SourcePosition&, const SourcePosition&) = default;
};

// A rejected line. The files under DB/rejects/ hold the lines; the store holds this index.
struct Reject {
  std::string source;  // SourcePosition::source
  std::string label;
  std::uint64_t line = 0;  // 1-based
  std::string field;       // empty: the line as a whole
  std::string reason;
};

struct CommitInfo {
  std::uint64_t batch = 0;        // number of the batch; 0 when nothing was written
  std::vector<KeyHash> accounts;  // of which something was written, ascending, each once
  std::vector<Name> collisions;   // names whose key already belongs to another value: reported, first value kept
};

// Results of a run, as stored: opaque payloads with the keys by which they are asked for.
struct RunInfo {
  std::uint64_t run = 0;  // 1, 2, …
  std::string payload;    // JSON of the run's summary
};
struct StoredRing {
  std::string id;
  std::string payload;
};
struct StoredMember {
  KeyHash account = 0;
  std::string ring;
  std::string payload;
};
struct StoredPlace {
  KeyHash account = 0;
  std::string ring;
};
struct StoredLink {  // half of a similarity edge, kept at both ends
  KeyHash other = 0;
  float bits = 0;
  friend bool operator==(const StoredLink&, const StoredLink&) = default;
};
struct StoredEntity {  // what the run knew of an entity with two accounts or more
  VertexKey entity;
  std::uint32_t accounts = 0;  // in the run's window
  float bits = 0;              // weight the run gave it; 0 for a hub
  std::uint8_t hub = 0;        // why it is a hub, in the run's own numbers; 0: it is none, or the run did not say
  float trust = 0;             // of a hub: share of its pairs that other things corroborate; 0 when not measured
  std::uint32_t cleared = 0;   // of its accounts those that people had cleared
  friend bool operator==(const StoredEntity&, const StoredEntity&) = default;
};

// What happened to a ring; numbers go 1, 2, … over the store's life.
struct StoredEvent {
  std::uint64_t seq = 0;
  std::string payload;
};

// A thing known to belong to a campaign, as an operator has been told. Texts without the byte 0.
struct StoredIndicator {
  std::string campaign;
  std::string kind;
  std::string value;
  friend auto operator<=>(const StoredIndicator&, const StoredIndicator&) = default;
};

}  // namespace ringscope
