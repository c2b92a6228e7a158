#include "storage/roll.h"

#include "base/error.h"
#include "storage/codec.h"

namespace ringscope {
namespace {

constexpr std::uint8_t kHasRoll = 1;  // what follows the ring's id; of version 1 it is the '{' of JSON
constexpr std::uint8_t kMore = 0, kLast = 1;

constexpr const char* kPlace = "place of a member";
constexpr const char* kPiece = "roll of a ring";

}  // namespace

std::string encode_place(std::string_view ring, std::uint64_t position) {
  std::string bytes;
  Encoder out(bytes);
  out.string(ring);
  out.byte(kHasRoll);
  out.number(position);
  return bytes;
}

RollPlace decode_place(std::string_view bytes) {
  Decoder in(bytes, kPlace);
  RollPlace place;
  const std::string_view ring = in.view();
  place.ring = ring;
  if (in.byte() != kHasRoll) {
    place.payload = bytes.substr(static_cast<std::size_t>(ring.data() + ring.size() - bytes.data()));
    return place;
  }
  place.position = in.number();
  in.expect_end();
  return place;
}

bool visit_piece(std::string_view piece, const std::function<void(KeyHash, std::string_view)>& visit) {
  Decoder in(piece, kPiece);
  const std::uint8_t last = in.byte();
  if (last > kLast) in.fail();
  while (!in.done()) {
    const KeyHash account = in.fixed64();
    visit(account, in.view());
  }
  return last == kLast;
}

std::string payload_in(std::string_view piece, std::uint64_t position, KeyHash account) {
  Decoder in(piece, kPiece);
  (void)in.byte();
  for (std::uint64_t at = position % kRollPiece;; --at) {
    const KeyHash found = in.fixed64();
    const std::string_view payload = in.view();
    if (at > 0) continue;
    if (found != account) in.fail();
    return std::string(payload);
  }
}

std::string begin_piece(std::string_view piece) { return std::string(piece.substr(0, 1)); }

void add_to_piece(std::string& piece, KeyHash account, std::string_view payload) {
  Encoder out(piece);
  out.fixed64(account);
  out.string(payload);
}

std::uint64_t RollEncoder::add(const StoredMember& member, const Put& put) {
  if (ring_.empty()) ring_ = member.ring;
  if (piece_.empty()) piece_.push_back(static_cast<char>(kMore));
  if (members_ > 0 && members_ % kRollPiece == 0) {
    put(piece_of(members_ - 1), piece_);
    piece_.assign(1, static_cast<char>(kMore));
  }
  add_to_piece(piece_, member.account, member.payload);
  return members_++;
}

void RollEncoder::end(const Put& put) {
  if (ring_.empty()) return;
  piece_.front() = static_cast<char>(kLast);
  put(piece_of(members_ - 1), piece_);
  ring_.clear();
  members_ = 0;
  piece_.clear();
}

}  // namespace ringscope
