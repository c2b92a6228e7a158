#include "server/target.h"

#include <algorithm>

#include <fmt/format.h>

#include "server/api_error.h"

namespace ringscope::server {
namespace {

constexpr std::size_t kMostParameters = 64;

[[noreturn]] void refuse(std::string message) { throw ApiError(400, "target", std::move(message)); }

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Length of the well-formed UTF-8 sequence at the front; 0: none (Unicode 15, table 3-7).
std::size_t utf8_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
  const auto follows = [&](std::size_t i, unsigned low = 0x80, unsigned high = 0xBF) {
    return byte(i) >= low && byte(i) <= high;
  };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return follows(1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    const unsigned low = first == 0xE0 ? 0xA0 : 0x80, high = first == 0xED ? 0x9F : 0xBF;
    return follows(1, low, high) && follows(2) ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    const unsigned low = first == 0xF0 ? 0x90 : 0x80, high = first == 0xF4 ? 0x8F : 0xBF;
    return follows(1, low, high) && follows(2) && follows(3) ? 4 : 0;
  }
  return 0;
}

void require_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    if (length == 0) refuse("the target is not UTF-8");
    text.remove_prefix(length);
  }
}

std::string decoded_segment(std::string_view raw) {
  std::string segment = percent_decoded(raw, false);
  if (segment.empty() || segment == "." || segment == "..") refuse("the path has an empty, \".\" or \"..\" segment");
  const bool odd =
      std::ranges::any_of(segment, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
  if (odd) refuse("the path has a control character");
  return segment;
}

}  // namespace

std::string percent_decoded(std::string_view text, bool plus) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      const int high = i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
      const int low = i + 2 < text.size() ? hex_digit(text[i + 2]) : -1;
      if (high < 0 || low < 0) refuse("a % is not followed by two hex digits");
      out += static_cast<char>(high * 16 + low);
      i += 2;
    } else {
      out += plus && text[i] == '+' ? ' ' : text[i];
    }
  }
  require_utf8(out);
  return out;
}

std::string percent_encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       std::string_view("-._~").find(c) != std::string_view::npos;
    out += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

Target parse_target(std::string_view text) {
  Target target;
  if (!text.starts_with('/')) refuse("the target is no absolute path");
  const std::size_t mark = text.find('?');
  const std::string_view path = text.substr(0, mark);
  if (path.find_first_of("\\#") != std::string_view::npos) refuse("the path has a backslash or a #");
  target.path = path;
  for (std::size_t begin = 1; begin < path.size();) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    target.segments.push_back(decoded_segment(path.substr(begin, end - begin)));
    if (end + 1 == path.size()) refuse("the path ends with a slash");
    begin = end + 1;
  }
  if (mark == std::string_view::npos) return target;
  for (std::string_view rest = text.substr(mark + 1); !rest.empty();) {
    const std::string_view pair = rest.substr(0, rest.find('&'));
    rest.remove_prefix(std::min(pair.size() + 1, rest.size()));
    if (pair.empty()) continue;
    const std::size_t equals = std::min(pair.find('='), pair.size());
    const std::string_view value = equals < pair.size() ? pair.substr(equals + 1) : std::string_view();
    if (target.parameters.size() == kMostParameters) refuse("there are too many parameters");
    target.parameters.emplace_back(percent_decoded(pair.substr(0, equals), true), percent_decoded(value, true));
  }
  return target;
}

}  // namespace ringscope::server
