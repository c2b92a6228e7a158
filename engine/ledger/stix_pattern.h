// The part of the STIX patterning language that indicators of accounts need: comparisons joined by OR, as in
// "[ipv4-addr:value = '203.0.113.7' OR ipv4-addr:value ISSUBSET '198.51.100.0/24']".
//
// Source   STIX 2.1 (OASIS Standard, 10 June 2021), chapter 9.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ringscope {

struct StixComparison {
  std::string kind;   // of an indicator (engine/detect/attribute/indicator_kinds.h)
  std::string value;  // not yet normalised
};

struct StixPattern {
  std::vector<StixComparison> comparisons;  // any of them is meant
  std::vector<std::string> faults;          // what was left out and why, in plain words
};

// Reads =, IN, ISSUBSET and LIKE '%@domain' on ipv4-addr:value, ipv6-addr:value, domain-name:value, email-addr:value,
// autonomous-system:number, user-account:user_id or account_login, and x-ringscope:KIND for every other kind. AND, NOT,
// FOLLOWEDBY, qualifiers and other operators would make one condition of several: then the whole pattern is left out.
// O(length).
StixPattern parse_stix_pattern(std::string_view pattern);

}  // namespace ringscope
