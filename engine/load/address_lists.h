// What an operator knows of addresses, in files: autonomous systems; data centres, exits of VPNs and of Tor.
//
// Texts are plain or compressed by gzip or zstd, one network a line; from '#' at the beginning or after white space the
// rest of a line is a comment. A MaxMind DB is known by its content and must not be compressed.
#pragma once

#include <cstdint>
#include <set>
#include <string>

#include "engine/load/address_table.h"
#include "engine/load/entity_class.h"

namespace ringscope {

// Address -> number of the autonomous system that announces it. A text of "198.51.100.0/24,64500" or, with the first
// and the last address, "198.51.100.0,198.51.100.255,64500" a line; separated by commas, tabs or blanks, the number as
// 64500 or AS64500, what follows is passed over. A first line that is neither is a header. The tables of MaxMind
// (GeoLite2-ASN-Blocks) and iptoasn.com are of this form. Or a MaxMind DB whose records have a field
// "autonomous_system_number" or "asn" (GeoLite2-ASN, IPinfo).
// Throws Error input, naming file, line and field; FileBytes and the decompressors throw too. O(size of the file).
AddressTable read_asn_table(const std::string& file);

// A list of addresses of one class.
struct AddressList {
  AddressTable addresses;           // listed: value 1
  std::set<std::uint32_t> systems;  // and all addresses of these

  bool empty() const { return addresses.empty() && systems.empty(); }
};

// Adds a file to a list, whose addresses are to be finished afterwards. A text of one address, network, pair
// "FIRST,LAST" or "AS64500" a line, further fields passed over; or a MaxMind DB whose records have fields
// is_hosting_provider (data_centre), is_anonymous_vpn, is_public_proxy or is_residential_proxy (vpn), is_tor_exit_node
// (tor). Throws as above.
void read_address_list(const std::string& file, EntityClass address_class, AddressList& list);

}  // namespace ringscope
