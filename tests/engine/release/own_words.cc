// Words of the records themselves are no traces of an account that is called so; its name where names stand is one.
#include "engine/release/own_words.h"

#include <string>

#include <doctest/doctest.h>

using namespace ringscope;

namespace {

bool own(const std::string& bytes, const std::string& word) {
  const std::size_t at = bytes.find(word);
  REQUIRE(at != std::string::npos);
  return is_own_word(bytes, at, word.size());
}

}  // namespace

TEST_CASE("own words: names of fields, values of closed fields, numbers and short words of sentences") {
  CHECK(own(R"({"ring":"R-1"})", "ring"));
  CHECK(own(R"({"tier":"watch"})", "watch"));
  CHECK(own(R"(half a record, "kinds":["ip","payment","email"],"x")", "payment"));
  CHECK(own(R"({"came":[[4711,"watch","x"]]})", "watch"));
  CHECK(own(R"({"run":12345,"x":1})", "12345"));
  CHECK(own(R"({"carried":true})", "true"));
  CHECK(own(R"({"reasons":["a","most users alike"]})", "users"));
  CHECK(own(R"({"summary":"18 users"})", "users"));
  CHECK(own(R"({"reasons":["the account was erased"]})", "account"));
  CHECK(own(R"({"sentences":["several payment means"]})", "payment"));
  CHECK(own(R"({"kind":"payment/issuer"})", "payment"));
  CHECK(own(R"({"class":"x","probability":1.2e-05,"reason":"one payer for many users"})", "users"));
  CHECK(own(R"({"subjects":["account 0123456789abcdef"]})", "account"));
}

TEST_CASE("own words: no name is one where names stand, where people write, or where it cannot be told") {
  CHECK_FALSE(own(R"({"account":"watch"})", "watch"));
  CHECK_FALSE(own(R"({"value":"payment"})", "payment"));
  CHECK_FALSE(own(R"({"target":"born"})", "born"));
  CHECK_FALSE(own(R"({"account":12345})", "12345"));
  CHECK_FALSE(own(R"({"raw":"{\"account\":12345}"})", "12345"));
  CHECK_FALSE(own(R"({"raw":"{\"tier\":\"watch\"}"})", "watch"));
  CHECK_FALSE(own(R"({"reason":"born wrote to us"})", "born"));
  CHECK_FALSE(own(R"({"by":"ann","reason":"born wrote to us"})", "born"));
  CHECK_FALSE(own(R"({"run":1,"reason":"born wrote to us"})", "born"));
  CHECK_FALSE(own(R"({"reasons":["took the place of users, banned"]})", "users"));
  CHECK_FALSE(own(R"({"reasons":["ring-3 of them"]})", "ring-3"));
  CHECK_FALSE(own(R"({"reasons":["longer words"]})", "longer"));
  CHECK_FALSE(own("watch", "watch"));
  CHECK_FALSE(own("1,watch,2", "watch"));
  CHECK_FALSE(own("\"watch", "watch"));
  CHECK_FALSE(own(R"("watch")", "watch"));
}
