// What the last full run left for the next one: another program's is none, and a damaged one is told.
#include "engine/detect/incremental/image.h"

#include <cstring>

#include <doctest/doctest.h>

#include "base/error.h"
#include "engine/detect/detect.h"
#include "tests/engine/detect/incremental/town.h"

using namespace ringscope;
using namespace ringscope::test;

namespace {

std::vector<std::string> parts_in(const Store& store) {
  std::vector<std::string> parts;
  store.read_image([&](std::string_view part) { parts.emplace_back(part); });
  return parts;
}

void put(Store& store, const std::vector<std::string>& parts) {
  const auto last = store.latest_run();
  const auto writer = store.run_writer();
  for (const std::string& part : parts) writer->add_image(part);
  writer->commit(last->payload);
}

RunSummary detect_town(Town& town, DetectMode mode) {
  DetectProgress progress;
  return detect(town.store(), config_of_town(), progress, mode).summary;
}

}  // namespace

TEST_CASE("image: one of another format is none, and a full run is made; one with another byte is told as damaged") {
  Town town(12);
  detect_town(town, DetectMode::full);
  REQUIRE(read_image(town.store()));
  const std::vector<std::string> whole = parts_in(town.store());
  REQUIRE(!whole.empty());
  std::vector<std::string> other = whole;
  std::uint64_t format = 0;
  std::memcpy(&format, other.front().data(), sizeof format);
  --format;
  std::memcpy(other.front().data(), &format, sizeof format);
  put(town.store(), other);
  CHECK(!read_image(town.store()));
  CHECK(detect_town(town, DetectMode::automatic).renewal.base == 0);
  other = whole;
  other.back().back() = static_cast<char>(other.back().back() ^ 1);
  put(town.store(), other);
  CHECK_THROWS_WITH_AS((void)read_image(town.store()), doctest::Contains("damaged"), Error);
}
