#include "base/hex.h"

#include <doctest/doctest.h>

namespace ringscope {
namespace {

TEST_CASE("hex: every byte has two digits, and is read back from digits of either case") {
  CHECK(to_hex("") == "");
  CHECK(to_hex({"\x00\x0f\xa5\xff", 4}) == "000fa5ff");
  std::string all;
  for (int byte = 0; byte < 256; ++byte) all += static_cast<char>(byte);
  CHECK(to_hex(all).size() == 512);
  CHECK(from_hex(to_hex(all)) == all);
  CHECK(from_hex("A5fF") == std::string("\xa5\xff"));
  CHECK(from_hex("") == std::string());
}

TEST_CASE("hex: what are no digits, or half a byte, is refused") {
  for (const char* text : {"a", "abc", "0g", "g0", " 1", "0x", "1:", "/1", "@1", "`1", "1\xc3"}) CHECK(!from_hex(text));
}

}  // namespace
}  // namespace ringscope
