#include "engine/ingest/normalize.h"

#include <array>
#include <string>
#include <utility>

#include "fmt/format.h"
#include <arpa/inet.h>
#include <doctest/doctest.h>

#include "base/random.h"
#include "engine/ingest/skeleton.h"

using namespace ringscope;

namespace {

std::string ip(std::string_view text) {
  std::string scratch;
  return std::string(normalize_ip(text, scratch));
}

std::string skeleton(std::string_view text) {
  std::string out;
  skeleton_of(text, out);
  return out;
}

}  // namespace

TEST_CASE("normalize: addresses are written in the one way of RFC 5952") {
  const std::pair<const char*, const char*> table[] = {
      {"203.0.113.7", "203.0.113.7"},
      {"0.0.0.0", "0.0.0.0"},
      {"255.255.255.255", "255.255.255.255"},
      {"  203.0.113.7\t", "203.0.113.7"},
      {"::", "::"},
      {"::1", "::1"},
      {"1::", "1::"},
      {"2001:DB8::A", "2001:db8::a"},
      {"2001:0db8:0000:0000:0000:0000:0000:0001", "2001:db8::1"},
      {"2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"},  // one zero group stays
      {"2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"},     // of equal runs the first
      {"2001:0:0:1:0:0:0:1", "2001:0:0:1::1"},           // the longest
      {"fe80::1%eth0", "fe80::1"},
      {"FE80::1%25", "fe80::1"},
      {"::ffff:10.0.0.1", "10.0.0.1"},
      {"::FFFF:0A00:0001", "10.0.0.1"},
      {"0:0:0:0:0:ffff:203.0.113.7", "203.0.113.7"},
      {"::ffff:10.0.0.1%eth0", "10.0.0.1"},
      {"64:ff9b::192.0.2.33", "64:ff9b::c000:221"},
      {"::1.2.3.4", "::102:304"},  // v4-compatible, not v4-mapped
  };
  for (const auto& [text, expected] : table) {
    CAPTURE(text);
    CHECK(ip(text) == expected);
    CHECK(ip(expected) == expected);
  }
}

TEST_CASE("normalize: what is no single address is none") {
  for (const char* text : {"",
                           " ",
                           "1.2.3",
                           "1.2.3.4.5",
                           "1.2.3.256",
                           "1.2.3.04",
                           "1.2.3.4:80",
                           "1.2.3.0/24",
                           "1.2.3.",
                           ".1.2.3",
                           "1..2.3",
                           "0x1.2.3.4",
                           "1.2.3.4%eth0",
                           "16909060",
                           "[::1]",
                           "[::1]:443",
                           ":::",
                           "1:2:3:4:5:6:7",
                           "1:2:3:4:5:6:7:8:9",
                           "::g",
                           "::ffff:1.2.3.256",
                           "12345::",
                           "fe80::1/64",
                           "example.org",
                           "unknown",
                           "-",
                           "%eth0"}) {
    CAPTURE(text);
    CHECK(ip(text).empty());
  }
}

TEST_CASE("normalize: a random address keeps its bits and has one spelling") {
  Random random(5);
  for (int i = 0; i < 5000; ++i) {
    std::array<unsigned char, 16> bytes{};
    for (std::size_t g = 0; g < 8; ++g)
      if (random.chance(0.5)) bytes[2 * g + 1] = static_cast<unsigned char>(random.below(256));
    std::string full;
    for (std::size_t g = 0; g < 8; ++g)
      full += fmt::format("{}{:02X}{:02X}", g == 0 ? "" : ":", bytes[2 * g], bytes[2 * g + 1]);
    const std::string canonical = ip(full);
    std::array<unsigned char, 16> back{};
    CAPTURE(full);
    REQUIRE(inet_pton(AF_INET6, canonical.c_str(), back.data()) == 1);
    CHECK(back == bytes);
    CHECK(ip(canonical) == canonical);
  }
}

TEST_CASE("normalize: white space goes at both ends only, letters are lowered in ASCII only") {
  CHECK(trim(" \t\r\na b\v\f ") == "a b");
  CHECK(trim("  ").empty());
  std::string scratch;
  CHECK(to_lower("Jo.É@X", scratch) == "jo.É@x");
}

TEST_CASE("skeleton: fillings of a template are equal, other prompts are not") {
  CHECK(skeleton("Summarise page 12 of \"Moby Dick\" for Mary Jones.") ==
        skeleton("Write   page 7 of \"x\"\nfor Bob."));
  CHECK(skeleton("write a poem") != skeleton("write a song"));
  CHECK(skeleton("user_17 did x2") == "# did #");
  CHECK(skeleton("1 2 3") == "#");
  CHECK(skeleton("a `b c` d \"") == "a \" d \"");
  CHECK(skeleton(" \n ").empty());
  CHECK(skeleton("don't stop") == "don't stop");
}
