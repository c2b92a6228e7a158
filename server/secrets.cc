#include "server/secrets.h"

#include <vector>

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include "base/error.h"
#include "storage/sha256.h"

namespace ringscope::server {

std::string random_word(std::size_t bytes) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::vector<unsigned char> random(bytes);
  if (RAND_bytes(random.data(), static_cast<int>(random.size())) != 1)
    throw Error(ErrorCode::internal, "the system gives no random numbers");
  std::string word;
  unsigned held = 0, bits = 0;
  for (const unsigned char byte : random) {
    held = (held << 8 | byte) & 0xFFFFU;
    for (bits += 8; bits >= 6; bits -= 6) word += kDigits[held >> (bits - 6) & 63U];
  }
  if (bits > 0) word += kDigits[held << (6 - bits) & 63U];
  return word;
}

std::string sha256_hex(std::string_view text) {
  Sha256 hash;
  hash.add(text);
  return hash.hex();
}

bool same_secret(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace ringscope::server
