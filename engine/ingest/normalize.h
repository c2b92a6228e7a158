// One spelling for values that mean the same. The results view the input where it is already in that form, else
// `scratch`.
#pragma once

#include <string>
#include <string_view>

namespace ringscope {

// Without ASCII white space at both ends. Asked of every field of every line, and hardly any has one: white space is
// below
// '!' in ASCII, which tells that here.
std::string_view trim_spaces(std::string_view text);
inline std::string_view trim(std::string_view text) {
  const auto is_other = [](char c) { return static_cast<unsigned char>(c) > ' '; };
  return text.empty() || (is_other(text.front()) && is_other(text.back())) ? text : trim_spaces(text);
}

// ASCII letters in lower case; other bytes as they are.
std::string_view to_lower(std::string_view text, std::string& scratch);

// An address as RFC 5952 writes it: dotted IPv4 without leading zeros; IPv6 in lower case with the longest run of zero
// groups compressed, without zone ("%eth0"); v4-mapped IPv6 as IPv4. Empty when the text is no address (ports,
// prefixes, names).
std::string_view normalize_ip(std::string_view text, std::string& scratch);

}  // namespace ringscope
