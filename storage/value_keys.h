// Secret keys under which values are stored instead of themselves, and what is made of a value with them.
//
// The file: a key a line, 64 hex digits (32 bytes), the oldest first; '#' begins a comment. Its mode must be 0600 or
// less and it must belong to who reads it. A value of generation g is MAC(key g, … MAC(key 1, kind 0 value)), so that a
// store can be taken to the next generation without the values themselves.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace ringscope {

class ValueKeys {
 public:
  static constexpr std::size_t kKeyBytes = 32;

  // Throws Error refused (others may read the file, or it belongs to somebody else), config naming file and line (no
  // key, not 64 hex digits), io.
  static ValueKeys read(const std::filesystem::path& file);
  // A new file with one random key, for its owner only: there in full and durable on return, or not at all. Throws
  // Error refused when there is a file already; io, no_space.
  static void create(const std::filesystem::path& file);
  // The same in a directory of a store's, which is made for its owner only when it is not there.
  static void create_beside(const std::filesystem::path& store, const std::filesystem::path& file);
  // Adds a random key at the end; durable on return. Throws as read() does.
  static void append(const std::filesystem::path& file);

  ValueKeys(ValueKeys&&) noexcept;
  ValueKeys& operator=(ValueKeys&&) noexcept;
  ~ValueKeys();

  std::size_t count() const;  // keys, so the latest generation
  // 16 hex digits that tell the first `generation` keys from others and give nothing of them away.
  std::string id(std::size_t generation) const;
  // BLAKE2b-MAC (RFC 7693, 16 bytes) under the keys up to `generation` as 32 hex digits. O(bytes + generation).
  std::string token(std::string_view kind, std::string_view value, std::size_t generation) const;
  // What token() of one generation more would be, of what token() gave.
  std::string next_token(std::string_view token, std::size_t from_generation, std::size_t to_generation) const;
  // 32 hex digits of a text under the first key, for another purpose than values: equal texts of different purposes
  // have nothing in common.
  std::string mark(std::string_view purpose, std::string_view text) const;

 private:
  struct Keys;
  explicit ValueKeys(std::unique_ptr<Keys> keys);
  std::unique_ptr<Keys> keys_;
};

// The file of the key under which erased accounts are remembered: it lies in the store's directory and goes with its
// backups (storage/backup.h), and no snapshot or copy made of one has it.
std::filesystem::path suppress_key_file(const std::filesystem::path& store);

// Throws Error refused unless the file is its owner's alone: not to be read or written by group or others, and not
// somebody else's. `what` names it in the message.
void require_private(const std::filesystem::path& file, std::string_view what);
// `bytes` random bytes of OpenSSL's generator, as hex. Throws Error internal when there are none.
std::string random_hex(std::size_t bytes);

// Whether the text is what is stored of a value of a keyed kind: "k" and 32 hex digits, behind the digits of an issuer
// and a hyphen or alone (Store::stored_value).
bool is_value_token(std::string_view text);

// Whether the text is a payment card's number as people write it: 12 to 19 digits, with single blanks or hyphens
// between, that begin as a card's do (2 to 6) and add up by Luhn (ISO/IEC 7812-1, annex B).
bool is_card_number(std::string_view text);
inline constexpr std::size_t kLongestCard = 23;  // bytes
// The text with an "x" for every digit of the card numbers in it. O(bytes).
std::string without_card_numbers(std::string_view text);

}  // namespace ringscope
