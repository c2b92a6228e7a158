#include "engine/profile.h"

#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

namespace ringscope {
namespace {

TEST_CASE("profile: stages nest, are in the order in which they were opened, and say what they took") {
  { const Stage unseen("before"); }
  start_profile();
  CHECK(profile().empty());
  {
    const Stage outer("outer");
    {
      const Stage inner("inner");
      std::vector<char> held(std::size_t{64} << 20, 1);  // touched
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      CHECK(held[held.size() / 2] == 1);
    }
    { const Stage second("second"); }
    CHECK(profile().size() == 2);  // the outer one is still open
  }
  const std::vector<StageRecord> records = profile();
  stop_profile();
  CHECK(profile().empty());
  REQUIRE(records.size() == 3);
  CHECK(std::string(records[0].name) == "outer");
  CHECK(std::string(records[1].name) == "inner");
  CHECK(records[0].depth + 1 == records[1].depth);
  CHECK(records[1].seconds >= 0.02);
  CHECK(records[0].seconds >= records[1].seconds + records[2].seconds);
  CHECK(records[1].peak >= std::size_t{64} << 20);
  CHECK(records[0].peak >= records[1].peak);
  CHECK(peak_bytes() >= records[0].peak);

  const auto trace = nlohmann::json::parse(trace_json(records));
  REQUIRE(trace.at("traceEvents").size() == 3);
  CHECK(trace["traceEvents"][1].at("ph") == "X");
  CHECK(trace["traceEvents"][1].at("dur").get<double>() >= 20'000);
  CHECK(trace["traceEvents"][1].at("args").at("peak_bytes").get<std::uint64_t>() == records[1].peak);
}

}  // namespace
}  // namespace ringscope
