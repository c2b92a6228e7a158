// What a run and people leave in the store: rolls of rings, the index for scoring, and documents. The first byte says
// which.
#include <array>
#include <string>
#include <variant>
#include <vector>

#include "base/error.h"
#include "engine/detect/index/score_index_codec.h"
#include "engine/detect/index/taught_index.h"
#include "engine/detect/ring/ring_json.h"
#include "engine/detect/ring/verdict.h"
#include "engine/ledger/feed_json.h"
#include "engine/ledger/ring_event_json.h"
#include "engine/release/journal.h"
#include "storage/roll.h"
#include "tests/fuzz/targets.h"

namespace ringscope::fuzz {
namespace {

using Read = void (*)(std::string_view bytes);

template <std::size_t N>
void read_one(const std::array<Read, N>& readers, std::string_view bytes) {
  if (bytes.empty()) return;
  try {
    readers[static_cast<unsigned char>(bytes.front()) % N](bytes.substr(1));
  } catch (const Error& error) {
    require(error.code() == ErrorCode::corrupt, "damaged bytes are told as such");
  }
}

void read_place(std::string_view bytes) {
  const RollPlace place = decode_place(bytes);
  if (!place.payload.empty()) return;  // of format version 1
  const RollPlace again = decode_place(encode_place(place.ring, place.position));
  require(again.ring == place.ring && again.position == place.position, "a place read again is the same");
}

using Members = std::vector<std::pair<KeyHash, std::string>>;

Members members_of(std::string_view piece) {
  Members members;
  visit_piece(piece, [&](KeyHash account, std::string_view payload) { members.emplace_back(account, payload); });
  return members;
}

// Pieces are made of pieces: of the beginning of one and its members it becomes again.
void read_piece(std::string_view bytes) {
  const Members members = members_of(bytes);
  std::string again = begin_piece(bytes);
  for (const auto& [account, payload] : members) add_to_piece(again, account, payload);
  require(members_of(again) == members, "a piece made of its members is the same");
  for (std::size_t i = 0; i < members.size() && i < kRollPiece; ++i)
    require(payload_in(bytes, i, members[i].first) == members[i].second, "a member is found at its place");
}

// What a document says, written and read again, is the same: one that was read has all that it is to say.
template <auto read, auto write>
void read_document(std::string_view text) {
  const std::string once = write(read(text));
  require(write(read(once)) == once, "a document read again is the same");
}

Ring read_head(std::string_view text) { return ring_head_from_json(text); }

StoredEvent stored_event(std::string_view payload) {
  StoredEvent stored;
  stored.payload = payload;
  return stored;
}

// With what tells the kinds of events apart.
void read_event(std::string_view payload) {
  const auto write = [](const FeedEvent& event) {
    return std::visit([](const auto& one) { return stored_event_to_json(one); }, event);
  };
  const std::string once = write(feed_event_from_json(stored_event(payload)));
  require(write(feed_event_from_json(stored_event(once))) == once, "an event read again is the same");
}

}  // namespace

void run_record(std::string_view bytes) {
  static constexpr auto kReaders = std::to_array<Read>({
      read_document<read_head, ring_head_to_json>,
      read_document<ring_from_json, ring_to_json>,
      read_document<member_from_json, member_to_json>,
      read_document<run_from_json, stored_run_to_json>,
      read_event,
      read_document<standing_from_json, standing_to_json>,
      read_document<journal_entry_from_json, journal_entry_to_json>,
      read_document<verdict_from_json, verdict_to_json>,
      read_document<action_from_json, action_to_json>,
  });
  read_one(kReaders, bytes);
}

void run_roll(std::string_view bytes) { read_one(std::to_array<Read>({read_place, read_piece}), bytes); }

void run_index(std::string_view bytes) {
  static constexpr auto kReaders = std::to_array<Read>({
      [](std::string_view text) {
        const std::string head = encode_index_head(decode_index_head(text));
        require(encode_index_head(decode_index_head(head)) == head, "the head of an index read again is the same");
      },
      [](std::string_view text) {
        const IndexedValue value = decode_indexed_value(text);
        require(decode_indexed_value(encode_indexed_value(value)) == value, "a value read again is the same");
      },
      [](std::string_view text) { (void)decode_index_prompt(text); },
      [](std::string_view text) { (void)decode_taught_head(text); },
      [](std::string_view text) { (void)decode_taught_value(text); },
  });
  read_one(kReaders, bytes);
}

}  // namespace ringscope::fuzz
