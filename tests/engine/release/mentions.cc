// Which rejected lines an erasure empties: those that name the person as a whole word, in any notation of a log.
#include "engine/release/mentions.h"

#include <string>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "engine/ingest/intake.h"

using namespace ringscope;

namespace {

const std::vector<Name> kValues = {{{KindId{3}, 1}, "ann@example.org"}, {{KindId{4}, 2}, "card \"7\""}};

}  // namespace

TEST_CASE("mentions: a line of the account speaks of it, in any notation") {
  const Mentions speaks("ring-3", kValues);
  for (const std::string raw :
       {R"({"account":"ring-3","ts":"never"})", "x,ring-3,1", "ring-3", "ring-3\tx", "\"ring-3\";1",
        R"({"text":"for ring-3."})", R"({"account":"\u0072ing-3"})", R"({"account":"ring\u002d3"})",
        R"({"text":"hi\nring-3"})", R"({"text":"C:\\ring-3"})", R"({"inner":"{\"text\":\"hi\\nring-3\"}"})",
        R"({"email":"ANN@Example.org"})", R"({"payment":"card \"7\""})", "1,\"card \"\"7\"\"\",2",
        R"({"email":"ann@example.org","account":"other"})", "\xE2\x80\x9Cring-3\xE2\x80\x9D",
        R"({"account":"ring-3)"}) {
    CAPTURE(raw);
    CHECK(speaks(raw));
  }
}

TEST_CASE("mentions: a name inside a longer word is somebody else's") {
  const Mentions speaks("ring-3", kValues);
  for (const std::string raw :
       {R"({"account":"ring-33"})", "x,string-3,1", "ring-3-b", "ring-3.5", "Ring-3",
        R"({"email":"joann@example.org"})", R"({"email":"ann@example.organic"})", "", R"({"account":"user-1"})"}) {
    CAPTURE(raw);
    CHECK_FALSE(speaks(raw));
  }
}

TEST_CASE("mentions: a line that was cut, or in which the name was taken for a card's number, is taken for its line") {
  const Mentions speaks("ring-3", {});
  CHECK(speaks(std::string(kKeptOfRejectedLine, 'x')));
  CHECK_FALSE(speaks(std::string(kKeptOfRejectedLine - 1, 'x')));
  const Mentions of_digits("4111111111111111", {});
  CHECK(of_digits(R"({"account":"xxxxxxxxxxxxxxxx"})"));
  CHECK_FALSE(of_digits(R"({"account":"xxxx"})"));
}

TEST_CASE("mentions: escapes stand for characters of one to four bytes, and what is none stays") {
  CHECK(without_escapes(R"(\u0041\u00e9\u20ac\ud83d\ude00)") == "A\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80");
  CHECK(without_escapes(R"(\"\\\/\t\n)") == "\"\\/\t\n");
  CHECK(without_escapes(R"(a\qb\u12g4\)") == R"(a\qb\u12g4\)");
}
