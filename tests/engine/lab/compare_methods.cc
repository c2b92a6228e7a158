#include "engine/lab/compare_methods.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "base/error.h"
#include "engine/detect/project/cost.h"
#include "tests/engine/log.h"

namespace ringscope {
namespace {

// Accounts that all share one thing, so that every pair of them is one that a measure keeps.
std::string crowd_log(int accounts) {
  std::string text;
  for (int a = 0; a < accounts; ++a)
    text += fmt::format(R"({{"ts":{},"account":"user-{}","payment":"card"}})"
                        "\n",
                        1767225600 + a, a);
  return text;
}

std::string refusal(Log& log, const Config& config, const CompareMethodsOptions& options) {
  try {
    compare_methods(log.store(), config, options);
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::memory);
    return error.what();
  }
  return "";
}

TEST_CASE("compare methods: what does not fit into the memory is refused, with what it needs") {
  Log log(crowd_log(400));  // 79,800 pairs of 40 bytes: 3.04 MiB
  const std::size_t window = detection_bytes({.accounts = 400, .edges = 400});
  const auto with = [](std::size_t bytes) {
    Config config;
    config.memory_bytes = bytes;
    return config;
  };
  CHECK(refusal(log, with(window - 1), {}).find("detection of this window needs") != std::string::npos);
  const std::string links = refusal(log, with(window + (std::size_t{3} << 20)), {.links_by = LinkRule::shared});
  CHECK_MESSAGE(links.find("the 79800 pairs of the links need about") != std::string::npos, links);
  CHECK(links.find(fmt::format("{} MiB", (window + std::size_t{79800} * 40) >> 20)) != std::string::npos);
  const std::string measure = refusal(log, with(window + (std::size_t{3} << 20)), {});
  CHECK_MESSAGE(measure.find("the 79800 pairs of jaccard need about") != std::string::npos, measure);
  CHECK(refusal(log, with(window + std::size_t{79800} * 40), {.links_by = LinkRule::shared}).empty());
}

}  // namespace
}  // namespace ringscope
