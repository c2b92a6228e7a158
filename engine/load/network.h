// Addresses and networks as numbers: IPv4 is v4-mapped, so that one order and one table hold both.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace ringscope {

using Address = std::array<unsigned char, 16>;  // network byte order, so that arrays compare as addresses do

// The first `bits` bits of an address, those after them zero or not. Bits of IPv4 count from 96.
struct Network {
  Address address{};
  int bits = 128;
};

// Of an address or network in CIDR notation, in any spelling that normalize_ip() takes; nothing for another text.
std::optional<Network> parse_network(std::string_view text);

// The first `bits` bits of an address, the others zero: the network's first address.
Address masked(Address address, int bits);
// The first `bits` bits of an address, the others one: the network's last address.
Address last_of(Address address, int bits);

bool is_ipv4(const Network& network);
// In CIDR notation, IPv4 dotted: "192.0.2.0/24". What is beyond the prefix is not printed.
std::string to_string(const Network& network);

}  // namespace ringscope
