#include "engine/json.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <doctest/doctest.h>

using namespace ringscope;

TEST_CASE("json: whole numbers are read where they fit, and nothing else is made one") {
  CHECK(Json::parse("7").get<std::uint8_t>() == 7);
  CHECK(Json::parse("-7").get<std::int8_t>() == -7);
  CHECK(Json::parse("18446744073709551615").get<std::uint64_t>() == UINT64_MAX);
  CHECK(Json::parse("-9223372036854775808").get<std::int64_t>() == INT64_MIN);
  for (const char* const text :
       {"256", "-1", "0.5", "7.0", "1e2", "5.8e27", "18446744073709551616", "\"7\"", "true", "null", "[]", "{}"}) {
    CAPTURE(text);
    CHECK_THROWS_AS(Json::parse(text).get<std::uint8_t>(), Json::exception);
  }
  CHECK_THROWS_AS(Json::parse("9223372036854775808").get<std::int64_t>(), Json::exception);
  CHECK_THROWS_AS(Json::parse("-1").get<std::uint64_t>(), Json::exception);
}

TEST_CASE("json: numbers inside of others are read as strictly") {
  const Json json = Json::parse(R"({"list": [1, 2.5], "pair": [1, 2], "map": {"a": 1.5}, "one": 0.5})");
  CHECK_THROWS_AS(json.at("list").get<std::vector<int>>(), Json::exception);
  CHECK(json.at("list").get<std::vector<double>>() == std::vector<double>{1, 2.5});
  CHECK(json.at("pair").get<std::pair<int, int>>() == std::pair(1, 2));
  CHECK_THROWS_AS((json.at("map").get<std::map<std::string, int>>()), Json::exception);
  CHECK_THROWS_AS(json.value("one", 1), Json::exception);
  CHECK(json.value("none", 1) == 1);
  int number = 0;
  CHECK_THROWS_AS(json.at("one").get_to(number), Json::exception);
}

TEST_CASE("json: truths and doubles are what they were, and keys keep their order") {
  const Json json = {{"b", true}, {"a", 1}, {"c", 0.5}};
  CHECK(json.dump() == R"({"b":true,"a":1,"c":0.5})");
  CHECK(json.at("b").get<bool>());
  CHECK(json.at("a").get<double>() == 1);
  CHECK_THROWS_AS(json.at("a").get<bool>(), Json::exception);
}
