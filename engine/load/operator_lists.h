// All that the operator's files say of addresses and mail domains, ready to be asked.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>

#include "engine/config.h"
#include "engine/load/address_lists.h"

namespace ringscope {

class OperatorLists {
 public:
  // No files: nothing is known.
  OperatorLists() = default;
  // Reads the files of [facets] and, unless the name is empty, the table of autonomous systems. Throws Error input,
  // naming file, line and field. O(size of the files).
  OperatorLists(const FacetConfig& facets, const std::string& asn_table);

  const AddressTable& systems() const { return systems_; }
  // The number of the autonomous system of an address; nothing without a table.
  std::optional<std::uint32_t> system_of(const Address& address) const { return systems_.find(address); }

  // Is there a list of the class? Without one no entity is of it.
  bool knows(EntityClass entity_class) const;
  // Of an address on several lists Tor before VPN before data centre, for whoever runs an exit rents it somewhere.
  EntityClass class_of_address(std::string_view ip) const;
  // Of a mail domain: a listed one and all below it are disposable.
  EntityClass class_of_domain(std::string_view domain) const;

 private:
  const AddressList& list_of(EntityClass entity_class) const;

  AddressTable systems_;
  std::array<AddressList, 3> addresses_;  // data_centre, vpn, tor
  std::unordered_set<std::string> disposable_;
};

// Adds a list of mail domains, one a line in lower case or not, comments and other fields as in lists of addresses.
// Throws Error input, naming file, line and field.
void read_domain_list(const std::string& file, std::unordered_set<std::string>& domains);

}  // namespace ringscope
