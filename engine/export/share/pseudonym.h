// Names that only the holder of a key can trace back: the same value has the same name within a release, and another in
// every other.
//
// Source   HMAC-SHA256 (RFC 2104), a key for each release and kind derived from the owner's; addresses keep their
// common
//          prefixes as in Xu, Fan, Ammar, Moon, ICNP 2002 (Crypto-PAn), with HMAC-SHA256 in the place of AES.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>

#include "storage/store.h"

namespace ringscope {

enum class AddressMode {
  prefix,  // addresses that share n bits have names that share n bits
  net,     // the network (/24, /48) alone is kept, under such a name
  token,   // a word like any other value
};

class ReleaseNames {
 public:
  // `key`: secret bytes, at least kLeastKey of them. Throws Error usage for fewer.
  static constexpr std::size_t kLeastKey = 32;
  ReleaseNames(std::string_view key, std::string_view release, AddressMode addresses);

  // 32 hexadecimal digits; of an address (a value of kind "ip" that is one) an address, or a network in mode net. One
  // HMAC; of addresses 32 or 128, kept by prefix.
  std::string name(std::string_view kind, std::string_view value);
  // In [0, 1), by key, release and text: for shifting times.
  double fraction(std::string_view text) const;

 private:
  const std::string& key_of(const std::string& kind);
  std::string address(const AddressBytes& bytes);
  bool flipped(bool v4, const AddressBytes& bytes, unsigned bits);

  std::string release_key_;
  AddressMode addresses_;
  std::map<std::string, std::string> keys_;      // by kind
  std::unordered_map<std::string, bool> flips_;  // by prefix
};

}  // namespace ringscope
