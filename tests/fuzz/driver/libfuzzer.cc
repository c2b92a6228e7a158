// The entry of libFuzzer: RINGSCOPE_FUZZ names the target. Built by scripts/fuzz, with clang.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
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

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const ringscope::fuzz::FuzzTarget& target = chosen();
  target.run({reinterpret_cast<const char*>(data), size});
  return 0;
}
