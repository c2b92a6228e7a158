// The entry of libFuzzer: RINGSCOPE_FUZZ names the target. Built by scripts/fuzz, with clang.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string_view>

#include "tests/fuzz/targets.h"

namespace {

const ringscope::fuzz::FuzzTarget& chosen() {
  const char* const name = std::getenv("RINGSCOPE_FUZZ");
  for (const ringscope::fuzz::FuzzTarget& target : ringscope::fuzz::targets()) {
    if (name != nullptr && target.name == name) return target;
  }
  std::fprintf(stderr, "RINGSCOPE_FUZZ names no target\n");
  std::exit(2);
}

}  // namespace

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t most);

// A Parquet file of which bytes were put in or taken out ends at its footer. So most of its mutations change some bytes
// where they stand, and the others are libFuzzer's.
extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t most, unsigned seed) {
  static const bool in_place = chosen().name == "parquet";
  std::minstd_rand random(seed);
  if (!in_place || size == 0 || random() % 8 == 0) return LLVMFuzzerMutate(data, size, most);
  for (auto changes = random() % 4 + 1; changes > 0; --changes) {
    std::uint8_t& byte = data[random() % size];
    byte = random() % 2 == 0 ? static_cast<std::uint8_t>(byte ^ (1U << (random() % 8)))
                             : static_cast<std::uint8_t>(random());
  }
  return size;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const ringscope::fuzz::FuzzTarget& target = chosen();
  target.run({reinterpret_cast<const char*>(data), size});
  return 0;
}
