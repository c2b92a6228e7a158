// What the store and its neighbours hold: packed values, addresses, cursors, manifests, heads of the audit.
#include <string>
#include <vector>

#include "base/error.h"
#include "engine/ask/cursor.h"
#include "engine/ingest/normalize.h"
#include "storage/codec.h"
#include "storage/value_keys.h"
#include "storage/vault.h"
#include "tests/fuzz/targets.h"

namespace ringscope::fuzz {
namespace {

// What was decoded, encoded and decoded again is the same.
template <class Item, class Decode, class Encode>
void round_trip_list(std::string_view bytes, const Decode& decode, const Encode& encode) {
  std::vector<Item> once, twice;
  decode(bytes, DayWindow{}, once);
  const std::string text = encode(once);
  decode(text, DayWindow{}, twice);
  require(encode(twice) == text, "packed rows read again are the same");
}

void decode_any(std::string_view bytes) {
  const char kind = bytes.front();
  bytes.remove_prefix(1);
  switch (kind % 6) {
    case 0: {
      std::vector<Cell> cells;
      decode_cells(bytes, DayWindow{}, cells);
      return;
    }
    case 1:
      return round_trip_list<ActivityDay>(bytes, decode_activity, encode_activity);
    case 2: {
      const AccountFacts facts = decode_facts(bytes);
      require(decode_facts(encode_facts(facts)) == facts, "facts read again are the same");
      return;
    }
    case 3: {
      const SourcePosition position = decode_position(bytes);
      require(decode_position(encode_position(position)) == position, "a position read again is the same");
      return;
    }
    case 4: {
      const Reject reject = decode_reject(bytes);
      require(decode_reject(encode_reject(reject)).reason == reject.reason, "a reject read again is the same");
      return;
    }
    default: {
      const auto links = decode_links(bytes);
      require(decode_links(encode_links(links)).size() == links.size(), "links read again are as many");
      return;
    }
  }
}

}  // namespace

void run_codec(std::string_view bytes) {
  if (bytes.empty()) return;
  try {
    decode_any(bytes);
  } catch (const Error& error) {
    require(error.code() == ErrorCode::corrupt, "damaged bytes are told as such");
  }
}

void run_address(std::string_view bytes) {
  std::string scratch, again, lower;
  const std::string once(normalize_ip(bytes, scratch));
  if (!once.empty()) require(normalize_ip(once, again) == once, "a normal address is its own normal form");
  (void)trim(bytes);
  (void)to_lower(bytes, lower);
}

void run_card(std::string_view bytes) {
  const std::string clean = without_card_numbers(bytes);
  require(clean.size() == bytes.size(), "what is put over card numbers is as long as they are");
  require(!is_card_number(clean), "no card number is left");
  if (!is_card_number(bytes)) return;
  std::size_t digits = 0;
  for (const char c : bytes) digits += c >= '0' && c <= '9' ? 1U : 0U;
  require(digits >= 12 && digits <= 19, "a card number has 12 to 19 digits");
}

void run_cursor(std::string_view bytes) {
  const auto cursor = decode_cursor(bytes);
  if (!cursor) return;
  const auto again = decode_cursor(encode_cursor(*cursor));
  require(again.has_value() && encode_cursor(*again) == encode_cursor(*cursor), "a cursor read again is the same");
}

// A row of the vault: it opens only as what was sealed.
void run_vault(std::string_view bytes) {
  const DayKey key{20'000, 7, false, {1, 2, 3}};
  const SealedName whose{"ip", "k0"};
  try {
    (void)open_sealed(key, whose, bytes);
    require(false, "what nobody sealed does not open");
  } catch (const Error& error) {
    require(error.code() == ErrorCode::corrupt, "a damaged row is told as such");
  }
  if (bytes.empty() || bytes.find('\0') != std::string_view::npos) return;
  const std::string row = seal_value(key, whose, bytes);
  require(open_sealed(key, whose, row) == bytes, "what was sealed opens");
}

}  // namespace ringscope::fuzz
