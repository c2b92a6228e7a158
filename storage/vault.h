// Values of sealed kinds as the vault of a store has them: encrypted under the key of the last day they were seen on.
//
// Row      day:u32 (big-endian, ascending; undated last) id of the key:u64 nonce:12 bytes, the value encrypted, tag:16
// Method   AES-256-GCM (NIST SP 800-38D) with random nonces: far fewer than 2^32 values a key. The value is filled up
//          with bytes 0, of which it has none, to a multiple of 16, so that its length says little.
// Bound to kind, name that is stored for the value, day and id of the key, as associated data: a row that is moved to
//          another name, or given another day, opens as little as one that was changed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "storage/day_keys.h"
#include "storage/stored.h"

namespace ringscope {

// Whose value it is.
struct SealedName {
  std::string_view kind;
  std::string_view name;
};

struct SealedRow {
  Day day = kNoDay;
  std::uint64_t key_id = 0;
  std::string_view nonce, sealed;  // `sealed` ends with the tag
};

// The parts of a row, in its bytes. Throws Error corrupt.
SealedRow decode_sealed(std::string_view bytes);
// Whether the first day counts more: an undated sighting is never let go, so it counts most.
bool is_later(Day day, Day than);

// A row. Throws Error internal when OpenSSL fails. O(bytes).
std::string seal_value(const DayKey& key, const SealedName& whose, std::string_view value);
// What is in a row. Throws Error corrupt for one that was not made of this name under this key; internal.
std::string open_sealed(const DayKey& key, const SealedName& whose, std::string_view row);
// The same with the key that the row asks for; nothing as its value when that is not there any more.
Revealed open_value(const DayKeys& keys, const SealedName& whose, std::string_view row);

}  // namespace ringscope
