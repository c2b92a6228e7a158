// The members of a ring as they lie in the store: by pieces of kRollPiece, so that a ring is read in few look-ups, and
// one member without reading the rest.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "storage/store.h"

namespace ringscope {

inline constexpr std::uint32_t kRollPiece = 128;

// Where a member is.
struct RollPlace {
  std::string ring;
  std::uint64_t position = 0;
  std::string_view payload{};  // of a row of format version 1, which holds it itself; of the bytes given
};
std::string encode_place(std::string_view ring, std::uint64_t position);
// Throws Error corrupt, as all readers here.
RollPlace decode_place(std::string_view bytes);

inline std::uint32_t piece_of(std::uint64_t position) { return static_cast<std::uint32_t>(position / kRollPiece); }
// Of the member at the position, which must be this account. O(kRollPiece).
std::string payload_in(std::string_view piece, std::uint64_t position, KeyHash account);
// Calls visit(account, payload) in order; whether the piece is the ring's last.
bool visit_piece(std::string_view piece, const std::function<void(KeyHash, std::string_view)>& visit);

// Pieces from pieces: the beginning of this one, and a member at its end.
std::string begin_piece(std::string_view piece);
void add_to_piece(std::string& piece, KeyHash account, std::string_view payload);

// Makes the pieces of one ring after the other.
class RollEncoder {
 public:
  using Put = std::function<void(std::uint32_t piece, const std::string& bytes)>;

  const std::string& ring() const { return ring_; }  // empty: none is begun
  // Begins the ring, if none is; the member's position. A piece that is full goes to `put` when the next member comes.
  std::uint64_t add(const StoredMember& member, const Put& put);
  // The last piece, if a ring is begun.
  void end(const Put& put);

 private:
  std::string ring_;
  std::uint64_t members_ = 0;
  std::string piece_;
};

}  // namespace ringscope
