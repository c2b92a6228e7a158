#include "base/xml_text.h"

#include <cstdint>

#include <doctest/doctest.h>

namespace ringscope {
namespace {

constexpr const char* kReplaced = "\xEF\xBF\xBD";

// In as many bytes as asked for, so that forms that are too long can be made.
std::string encoded(std::uint32_t point, int bytes) {
  if (bytes == 1) return {static_cast<char>(point)};
  std::string text(static_cast<std::size_t>(bytes), '\0');
  for (int i = bytes - 1; i > 0; --i, point >>= 6)
    text[static_cast<std::size_t>(i)] = static_cast<char>(0x80 | (point & 0x3F));
  text[0] = static_cast<char>((0xF00 >> bytes & 0xFF) | point);
  return text;
}

int shortest(std::uint32_t point) { return point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4; }

// The production "Char" of XML 1.0.
bool is_char(std::uint32_t point) {
  return point == 0x9 || point == 0xA || point == 0xD || (point >= 0x20 && point <= 0xD7FF) ||
         (point >= 0xE000 && point <= 0xFFFD) || (point >= 0x10000 && point <= 0x10FFFF);
}

// One replacement a byte.
std::string all_replaced(const std::string& bytes) {
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); ++i) text += kReplaced;
  return text;
}

TEST_CASE("XML text: every character of XML 1.0 stays, every other is replaced") {
  for (std::uint32_t point = 0; point < 0x120000; ++point) {
    const std::string text = encoded(point, shortest(point));
    if (!is_char(point)) {
      REQUIRE_MESSAGE(xml_text("a" + text + "z") == "a" + all_replaced(text) + "z", point);
    } else if (point >= 0x20 && std::string("&<>\"").find(static_cast<char>(point)) == std::string::npos) {
      REQUIRE_MESSAGE(xml_text("a" + text + "z") == "a" + text + "z", point);
    } else if (point >= 0x80) {
      REQUIRE_MESSAGE(xml_text(text) == text, point);
    }
  }
  CHECK(xml_text("<a & \"b\">\t\n\r") == "&lt;a &amp; &quot;b&quot;&gt;&#9;&#10;&#13;");
}

TEST_CASE("XML text: forms that are too long, cut off or no UTF-8 are replaced, and what follows is not swallowed") {
  for (const std::uint32_t point : {0x0U, 0x2FU, 0x3CU, 0x7FU}) {
    for (int bytes = 2; bytes <= 4; ++bytes) {
      const std::string text = encoded(point, bytes);
      CHECK(xml_text(text) == all_replaced(text));
    }
  }
  CHECK(xml_text(encoded(0x7FF, 3)) == all_replaced("abc"));
  CHECK(xml_text(encoded(0xFFFF, 4)) == all_replaced("abcd"));
  for (const std::string bad : {"\x80", "\xBF", "\xC0", "\xC1", "\xF5", "\xFF", "\xC3", "\xE2\x82", "\xF0\x9F\x98"}) {
    CHECK(xml_text(bad) == all_replaced(bad));
    CHECK(xml_text(bad + "<") == all_replaced(bad) + "&lt;");
  }
}

}  // namespace
}  // namespace ringscope
