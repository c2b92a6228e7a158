#include "engine/ingest/normalize.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include <arpa/inet.h>

namespace ringscope {
namespace {

constexpr bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
constexpr bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }

// Whether the text is dotted IPv4 in its only accepted form, so that it needs no rewriting.
bool is_ipv4(std::string_view text) {
  int octets = 0;
  std::size_t i = 0;
  while (octets < 4) {
    const std::size_t begin = i;
    int value = 0;
    for (; i < text.size() && text[i] >= '0' && text[i] <= '9' && i - begin < 3; ++i)
      value = value * 10 + (text[i] - '0');
    const bool leading_zero = text[begin] == '0' && i - begin > 1;
    if (i == begin || value > 255 || leading_zero) return false;
    if (++octets == 4) break;
    if (i >= text.size() || text[i] != '.' || i + 1 >= text.size()) return false;
    ++i;
  }
  return i == text.size();
}

using Groups = std::array<std::uint16_t, 8>;

bool parse_ipv6(std::string_view text, Groups& groups) {
  std::array<char, INET6_ADDRSTRLEN> terminated{};
  if (text.size() >= terminated.size() || text.find('\0') != std::string_view::npos) return false;
  std::ranges::copy(text, terminated.begin());
  std::array<std::uint8_t, 16> bytes{};
  if (inet_pton(AF_INET6, terminated.data(), bytes.data()) != 1) return false;
  for (std::size_t i = 0; i < groups.size(); ++i)
    groups[i] = static_cast<std::uint16_t>(bytes[2 * i] << 8 | bytes[2 * i + 1]);
  return true;
}

void append_number(std::string& text, unsigned number, int base) {
  std::array<char, 8> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number, base).ptr;
  text.append(digits.data(), end);
}

bool is_v4_mapped(const Groups& groups) {
  return std::all_of(groups.begin(), groups.begin() + 5, [](std::uint16_t g) { return g == 0; }) && groups[5] == 0xffff;
}

void append_ipv4(std::string& text, unsigned high, unsigned low) {
  append_number(text, high >> 8, 10);
  append_number(text += '.', high & 255, 10);
  append_number(text += '.', low >> 8, 10);
  append_number(text += '.', low & 255, 10);
}

struct Run {
  std::size_t begin = 0;
  std::size_t length = 0;
};

// The run of zero groups to write as "::": the longest of two or more, the first of equals.
Run longest_zero_run(const Groups& groups) {
  Run best;
  for (std::size_t i = 0; i < groups.size();) {
    std::size_t end = i;
    while (end < groups.size() && groups[end] == 0) ++end;
    if (end - i > std::max<std::size_t>(best.length, 1)) best = {i, end - i};
    i = end + 1;
  }
  return best;
}

void append_ipv6(std::string& text, const Groups& groups) {
  const Run zeros = longest_zero_run(groups);
  for (std::size_t i = 0; i < groups.size(); ++i) {
    if (zeros.length > 0 && i == zeros.begin) {
      text += "::";
      i += zeros.length - 1;
      continue;
    }
    if (i > 0 && text.back() != ':') text += ':';
    append_number(text, groups[i], 16);
  }
}

}  // namespace

std::string_view trim_spaces(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

std::string_view to_lower(std::string_view text, std::string& scratch) {
  if (std::ranges::none_of(text, is_upper)) return text;
  scratch.resize(text.size());
  std::ranges::transform(text, scratch.begin(), [](char c) { return is_upper(c) ? static_cast<char>(c | 0x20) : c; });
  return scratch;
}

std::string_view normalize_ip(std::string_view text, std::string& scratch) {
  text = trim(text);
  if (text.empty()) return {};
  if (is_ipv4(text)) return text;
  Groups groups{};
  if (!parse_ipv6(text.substr(0, text.find('%')), groups)) return {};
  scratch.clear();
  if (is_v4_mapped(groups))
    append_ipv4(scratch, groups[6], groups[7]);
  else
    append_ipv6(scratch, groups);
  return scratch;
}

}  // namespace ringscope
