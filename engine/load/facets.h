// Facets: entities derived from others. An address lies in a network, a payment has an issuer, a mail address a domain:
// who buys a fresh one for every account still buys them at the same places.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace ringscope {

struct Facet {
  std::string_view name;    // "ip/net"
  std::string_view source;  // the kind it is derived from
  // The facet of a normalised value; nothing when it has none.
  std::optional<std::string> (*derive)(std::string_view value);
};

// All there are. Derived when a graph is loaded, never stored: a new one needs no new ingest.
std::span<const Facet> facets();

// The /24 of an IPv4 address, the /48 of an IPv6 address, in CIDR notation.
std::optional<std::string> network_of(std::string_view ip);
// The first six digits of a payment that begins with six digits (ISO/IEC 7812 issuer number).
std::optional<std::string> issuer_of(std::string_view payment);
// What follows the last '@', in lower case.
std::optional<std::string> domain_of(std::string_view email);

}  // namespace ringscope
