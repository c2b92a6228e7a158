#include "base/words.h"

#include <string>

#include <doctest/doctest.h>

using namespace ringscope;

namespace {

bool whole(const std::string& text, const std::string& word, Letters letters = Letters::of_text) {
  const std::size_t at = text.find(word);
  REQUIRE(at != std::string::npos);
  return is_whole_word(text, at, word.size(), letters);
}

}  // namespace

TEST_CASE("words: a name stands alone between blanks, quotes, commas and other signs, and at the ends") {
  for (const std::string text :
       {"ring-3", " ring-3 ", "\"ring-3\"", "a,ring-3,b", "ring-3.", "-ring-3-", "_ring-3_", "..ring-3", "ring-3@here",
        "ring-3's", "x:ring-3/y", "(ring-3)", "\xE2\x80\x9Cring-3\xE2\x80\x9D", "\xE5\xBC\xA0ring-3\xE5\xBC\xA0"}) {
    CAPTURE(text);
    CHECK(whole(text, "ring-3"));
  }
}

TEST_CASE("words: a name inside a longer word does not stand alone") {
  for (const std::string text : {"ring-33", "string-3", "ring-3b", "my-ring-3", "ring-3-b", "ring-3.5", "a_ring-3",
                                 "ring-3--b", "ring-3\xC3\xA9", "\xD0\xB6ring-3", "\xE0\xA4\xB9ring-3"}) {
    CAPTURE(text);
    CHECK_FALSE(whole(text, "ring-3"));
  }
}

TEST_CASE("words: where a name begins or ends with a sign, nothing need stand between it and a word") {
  CHECK(whole("x@bob", "@bob"));
  CHECK_FALSE(whole("x@bobby", "@bob"));
  CHECK(whole("bob!y", "bob!"));
  CHECK_FALSE(whole("abob!y", "bob!"));
}

TEST_CASE("words: bytes that are no text end a word") {
  CHECK(
      whole("\xC8\x81"
            "bob\xC8",
            "bob", Letters::of_bytes));
  CHECK_FALSE(
      whole("\xC8\x81"
            "bob\xC8",
            "bob", Letters::of_text));
}
