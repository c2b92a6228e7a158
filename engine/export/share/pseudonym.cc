#include "engine/export/share/pseudonym.h"

#include <array>

#include <arpa/inet.h>
#include <fmt/format.h>

#include "base/error.h"
#include "base/hex.h"
#include "engine/export/digest.h"

namespace ringscope {
namespace {

constexpr unsigned kNet4 = 24, kNet6 = 48;  // bits that mode net keeps
constexpr std::size_t kNameBytes = 16;

bool is_v4(const AddressBytes& bytes) {
  for (std::size_t i = 0; i < 10; ++i) {
    if (bytes[i] != 0) return false;
  }
  return bytes[10] == 0xFF && bytes[11] == 0xFF;
}

// The first `bits` of the address, with their number before them.
std::string prefix_of(bool v4, const AddressBytes& bytes, unsigned bits) {
  std::string prefix{v4 ? '4' : '6', static_cast<char>(bits)};
  const std::size_t first = v4 ? 12 : 0;
  for (unsigned at = 0; at < bits; at += 8) {
    const unsigned kept = std::min(8U, bits - at);
    prefix += static_cast<char>(bytes[first + at / 8] & (0xFF << (8 - kept)));
  }
  return prefix;
}

std::string text_of(bool v4, const AddressBytes& bytes) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  ::inet_ntop(v4 ? AF_INET : AF_INET6, bytes.data() + (v4 ? 12 : 0), text.data(), text.size());
  return text.data();
}

}  // namespace

ReleaseNames::ReleaseNames(std::string_view key, std::string_view release, AddressMode addresses)
    : addresses_(addresses) {
  if (key.size() < kLeastKey)
    throw Error(ErrorCode::usage,
                fmt::format("a key of {} bytes is too short: {} or more, as 'openssl rand -hex 32' makes", key.size(),
                            kLeastKey),
                "--key");
  release_key_ = hmac_sha256(key, std::string("ringscope release").append(1, '\0').append(release));
}

const std::string& ReleaseNames::key_of(const std::string& kind) {
  std::string& key = keys_[kind];
  if (key.empty()) key = hmac_sha256(release_key_, "kind " + kind);
  return key;
}

double ReleaseNames::fraction(std::string_view text) const {
  const std::string bytes = hmac_sha256(release_key_, std::string("time ").append(text));
  std::uint64_t word = 0;
  for (std::size_t i = 0; i < 8; ++i) word = word << 8 | static_cast<unsigned char>(bytes[i]);
  return static_cast<double>(word >> 11) * 0x1.0p-53;
}

std::string ReleaseNames::name(std::string_view kind, std::string_view value) {
  if (kind == "ip" && addresses_ != AddressMode::token) {
    if (const auto bytes = address_bytes(value)) return address(*bytes);
  }
  return to_hex(hmac_sha256(key_of(std::string(kind)), value).substr(0, kNameBytes));
}

bool ReleaseNames::flipped(bool v4, const AddressBytes& bytes, unsigned bits) {
  const std::string prefix = prefix_of(v4, bytes, bits);
  const auto [at, fresh] = flips_.try_emplace(prefix, false);
  if (fresh) at->second = (static_cast<unsigned char>(hmac_sha256(key_of("ip"), "prefix " + prefix)[0]) & 0x80) != 0;
  return at->second;
}

std::string ReleaseNames::address(const AddressBytes& bytes) {
  const bool v4 = is_v4(bytes);
  const unsigned all = v4 ? 32 : 128;
  const unsigned kept = addresses_ == AddressMode::net ? (v4 ? kNet4 : kNet6) : all;
  const std::size_t first = v4 ? 12 : 0;
  AddressBytes out = bytes;
  for (unsigned bit = 0; bit < all; ++bit) {
    std::uint8_t& byte = out[first + bit / 8];
    const auto mask = static_cast<std::uint8_t>(0x80 >> (bit % 8));
    if (bit >= kept) {
      byte = static_cast<std::uint8_t>(byte & ~mask);
    } else if (flipped(v4, bytes, bit)) {
      byte = static_cast<std::uint8_t>(byte ^ mask);
    }
  }
  const std::string text = text_of(v4, out);
  return kept == all ? text : fmt::format("{}/{}", text, kept);
}

}  // namespace ringscope
