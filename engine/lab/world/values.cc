#include "engine/lab/world/values.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace ringscope::world {
namespace {

constexpr std::uint32_t kIssuers = 400;
constexpr std::uint32_t kFirstVirtualIssuer = 60;  // of the 40 issuers whose cards are sold by the hundred
constexpr std::uint64_t kLow40 = (std::uint64_t{1} << 40) - 1;

bool is_public_block(std::uint32_t block) {
  const std::uint32_t a = block >> 16;
  const std::uint32_t b = (block >> 8) & 255;
  if (a == 0 || a == 10 || a == 127 || a >= 224) return false;
  if (a == 100 && b >= 64 && b < 128) return false;
  if (a == 172 && b >= 16 && b < 32) return false;
  return !(a == 169 && b == 254) && !(a == 192 && (b == 168 || b == 0)) &&
         !(a == 198 && (b == 18 || b == 19 || b == 51)) && !(a == 203 && b == 0);
}

// A public /24 (the upper 24 bits of an address).
std::uint32_t block_of(std::uint64_t salt, std::uint64_t index) {
  for (std::uint64_t attempt = 0;; ++attempt) {
    const auto block = static_cast<std::uint32_t>(random_word(salt + attempt, index) >> 40);
    if (is_public_block(block)) return block;
  }
}

Word address_in_block(std::uint32_t block, std::uint64_t salt, std::uint32_t low) {
  const auto shift = static_cast<std::uint32_t>(mix64(salt ^ block) % 254);
  return (Word{block} << 8) | (1 + (low * 101 + shift) % 254);
}

Word block_address(const Pool& pool, std::uint32_t element) {
  const std::uint32_t block = block_of(pool.salt, element / pool.detail);
  return address_in_block(block, pool.salt, element % pool.detail);
}

// Residential proxies are other people's homes: elements of the public's home networks.
Word proxy_address(const World& world, const Pool& pool, std::uint32_t element) {
  Random random(pool.salt, element);
  if (random.chance(static_cast<double>(pool.residential))) {
    const auto& networks = world.home_networks;
    const Pool& network = world.pools[networks[random.below(networks.size())]];
    return block_address(network, static_cast<std::uint32_t>(random.below(network.size)));
  }
  const std::uint32_t block = block_of(pool.salt, element % pool.detail);
  return address_in_block(block, pool.salt, element / pool.detail);
}

// 6 digits; the public's favourites first.
std::uint64_t issuer_number(std::uint64_t seed, std::uint32_t rank) {
  return 400000 + random_word(seed ^ 0xb1, rank) % 160000;
}

std::uint32_t zipf_rank(double uniform, std::uint32_t size) {
  const double rank = std::exp(uniform * std::log1p(static_cast<double>(size))) - 1;
  return std::min(static_cast<std::uint32_t>(rank), size - 1);
}

Word card(const World& world, const Pool& pool, std::uint32_t element) {
  Random random(pool.salt, element);
  std::uint32_t rank = zipf_rank(random.uniform(), kIssuers);
  if (pool.detail > 0) {
    const std::uint64_t which = random.below(pool.detail);
    rank = kFirstVirtualIssuer + static_cast<std::uint32_t>(random_word(pool.salt ^ 0x15, which) % 40);
  }
  return (issuer_number(world.options.seed, rank) << 40) | (random() & kLow40);
}

constexpr std::array<std::string_view, kMailProviders> kProviders = {
    "gmail.com", "outlook.com", "yahoo.com", "icloud.com",   "hotmail.com", "proton.me", "gmx.de",   "web.de",
    "qq.com",    "163.com",     "mail.ru",   "fastmail.com", "aol.com",     "live.com",  "zoho.com", "yandex.ru"};

}  // namespace

Word value_of(const World& world, PoolId id, std::uint32_t element) {
  const Pool& pool = world.pools[id];
  switch (pool.style) {
    case PoolStyle::blocks:
      return block_address(pool, element);
    case PoolStyle::proxies:
      return proxy_address(world, pool, element);
    case PoolStyle::cards:
      return card(world, pool, element);
    case PoolStyle::opaque:
      return (random_word(pool.salt, element) & kLow40) | (kLow40 + 1);
  }
  return 0;
}

Word draw(const World& world, const Source& source, int day, int nth, Random& random) {
  if (source.pool == kNoPool) return 0;
  if (source.span == 1) return value_of(world, source.pool, source.first);
  double uniform = random.uniform();
  if (source.hold_days > 0) {
    const auto period = static_cast<std::uint64_t>(day / source.hold_days);
    uniform = Random(source.key ^ (std::uint64_t{source.pool} << 32), period).uniform();
  }
  if (source.spread > 0) {
    auto which = static_cast<std::uint64_t>(uniform * source.spread);
    if (nth >= 0 && nth < source.spread && source.hold_days == 0) which = static_cast<std::uint64_t>(nth);
    uniform = Random((std::uint64_t{source.pool} << 32) | source.key, which).uniform();
  }
  const bool zipf = world.pools[source.pool].popularity == Popularity::zipf;
  const std::uint32_t element =
      zipf ? zipf_rank(uniform, source.span) : static_cast<std::uint32_t>(uniform * source.span);
  return value_of(world, source.pool, source.first + element);
}

void append_number(std::string& text, std::uint64_t number) {
  std::array<char, 20> digits;
  const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), number);
  text.append(digits.data(), static_cast<std::size_t>(end - digits.data()));
}

void append_address(std::string& text, Word word) {
  for (int shift = 24; shift >= 0; shift -= 8) {
    append_number(text, (word >> shift) & 255);
    if (shift > 0) text += '.';
  }
}

void append_opaque(std::string& text, Word word) {
  static constexpr std::string_view kHex = "0123456789abcdef";
  std::array<char, 10> digits;
  for (char& digit : digits) {
    digit = kHex[word & 15];
    word >>= 4;
  }
  text.append(digits.data(), digits.size());
}

void append_payment(std::string& text, Word word) {
  append_number(text, word >> 40);
  text += '-';
  append_opaque(text, word);
}

void append_account(std::string& text, std::uint64_t id) {
  static constexpr std::string_view kLetters = "abcdefghijkmnpqrstuvwxyz23456789";
  std::array<char, 13> letters;
  for (char& letter : letters) {
    letter = kLetters[id & 31];
    id >>= 5;
  }
  text.append(letters.data(), letters.size());
}

void append_mail(std::string& text, std::uint64_t id, std::uint32_t domain) {
  static constexpr std::string_view kConsonants = "bcdfghklmnprstvz";
  static constexpr std::string_view kVowels = "aeiou";
  std::uint64_t local = mix64(id);
  for (int i = 0; i < 10; ++i, local >>= 5) text += "abcdefghijklmnopqrstuvwxyz012345"[local & 31];
  text += '@';
  if (domain < kMailProviders) {
    text += kProviders[domain];
    return;
  }
  std::uint64_t word = mix64(std::uint64_t{domain} << 20);
  for (int syllable = 0; syllable < 4; ++syllable, word >>= 8) {
    text += kConsonants[word & 15];
    text += kVowels[(word >> 4) % 5];
  }
  constexpr std::array<std::string_view, 4> kEndings = {".com", ".net", ".org", ".io"};
  text += kEndings[word & 3];
}

}  // namespace ringscope::world
