// Countries of addresses, out of the operator's table of autonomous systems.
#pragma once

#include <cstdint>
#include <string>

#include "engine/load/address_table.h"

namespace ringscope {

// Address -> country of the address or of its autonomous system, whichever the file tells: a text as read_asn_table()
// reads it whose ranges have a country of two capital letters after the number (iptoasn.com; others are passed over),
// or a MaxMind DB whose records have a country (GeoLite2-Country, IPinfo). Empty when the file tells of none. Throws as
// read_asn_table().
AddressTable read_country_table(const std::string& file);

// "NL" of a value of that table.
std::string country_text(std::uint32_t value);

}  // namespace ringscope
