#include "engine/load/network.h"

#include <algorithm>
#include <charconv>

#include <arpa/inet.h>
#include <fmt/format.h>

#include "engine/ingest/normalize.h"

namespace ringscope {
namespace {

constexpr int kMappedBits = 96;
constexpr std::size_t kMappedBytes = 12;

std::optional<int> read_bits(std::string_view text, int least, int most) {
  int number = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || stop != text.data() + text.size() || number < least || number > most) return std::nullopt;
  return number;
}

// Bits of byte i of an address that a prefix of so many bits covers.
unsigned kept_mask(int bits, std::size_t i) { return 0xff00U >> std::clamp(bits - 8 * static_cast<int>(i), 0, 8); }

}  // namespace

std::optional<Network> parse_network(std::string_view text) {
  const std::size_t slash = text.find('/');
  std::string scratch;
  const std::string_view head = trim(text.substr(0, slash));
  const std::string address(normalize_ip(head, scratch));
  if (address.empty()) return std::nullopt;
  const bool v4 = address.find(':') == std::string::npos;
  Network network;
  if (v4) {
    network.address[10] = network.address[11] = 0xff;
    if (inet_pton(AF_INET, address.c_str(), network.address.data() + kMappedBytes) != 1) return std::nullopt;
  } else if (inet_pton(AF_INET6, address.c_str(), network.address.data()) != 1) {
    return std::nullopt;
  }
  if (slash == std::string_view::npos) return network;
  const bool mapped = v4 && head.find(':') != std::string_view::npos;  // ::ffff:192.0.2.0/120
  const auto bits = read_bits(trim(text.substr(slash + 1)), mapped ? kMappedBits : 0, v4 && !mapped ? 32 : 128);
  if (!bits) return std::nullopt;
  network.bits = v4 && !mapped ? kMappedBits + *bits : *bits;
  return network;
}

Address masked(Address address, int bits) {
  for (std::size_t i = 0; i < address.size(); ++i)
    address[i] = static_cast<unsigned char>(address[i] & kept_mask(bits, i));
  return address;
}

Address last_of(Address address, int bits) {
  for (std::size_t i = 0; i < address.size(); ++i)
    address[i] = static_cast<unsigned char>(address[i] | (~kept_mask(bits, i) & 0xffU));
  return address;
}

bool is_ipv4(const Network& network) {
  if (network.bits < kMappedBits || network.address[10] != 0xff || network.address[11] != 0xff) return false;
  return std::all_of(network.address.begin(), network.address.begin() + 10, [](unsigned char b) { return b == 0; });
}

std::string to_string(const Network& network) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const Address base = masked(network.address, network.bits);
  const bool v4 = is_ipv4(network);
  inet_ntop(v4 ? AF_INET : AF_INET6, base.data() + (v4 ? kMappedBytes : 0), text.data(), text.size());
  return fmt::format("{}/{}", text.data(), v4 ? network.bits - kMappedBits : network.bits);
}

}  // namespace ringscope
