// Which addresses belong to an autonomous system, by a table that the operator supplies.
//
// A text, plain or compressed by gzip or zstd, of one network a line: "198.51.100.0/24,64500" or, with the first and
// the last address, "198.51.100.0,198.51.100.255,64500"; separated by commas, tabs or blanks, the number as 64500 or
// AS64500, what follows it is passed over. A first line that is neither is a header; from '#' at its beginning a line
// is a comment. The tables of MaxMind (GeoLite2-ASN-Blocks) and iptoasn.com are of this form.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace ringscope {

class AsnTable {
 public:
  // Addresses as 16 bytes (Network::address), both ends included.
  struct Range {
    std::string first, last;
  };
  void add(std::uint32_t system, Range range);
  // Sorts and joins what was added; before the first holds().
  void finish();
  // O(log ranges of the system). A network that the table gives to several systems is in each of them.
  bool holds(std::uint32_t system, const std::string& address) const;

 private:
  std::map<std::uint32_t, std::vector<Range>> ranges_;  // ascending, apart from each other
};

// The ranges of the `wanted` systems. Throws Error input, naming file and line, for a line that is none of the above;
// FileBytes and the decompressors throw too. O(size of the file).
AsnTable read_asn_table(const std::string& file, const std::set<std::uint32_t>& wanted);

}  // namespace ringscope
