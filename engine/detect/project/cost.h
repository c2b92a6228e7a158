// What a detection will cost, by stage, before it runs.
//
// Method   each stage's processor time is a power of the edges and linear in the pairs; its memory is linear in the
//          edges. The constants were measured with --profile on simulated worlds: times of 20,000, 102,400 and
//          250,000 accounts (pools of 102,400 and 1,024,000), memory of 102,400 and 1,024,000 (0.8 and 8.3 million
//          edges); docs/performance.md has predictions beside what was seen.
// Units    seconds of wall time on a machine that sorts a million words in kReferenceSort; bytes resident at most.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace ringscope {

// What a detection looks at.
struct WorkSize {
  std::uint64_t accounts = 0;
  std::uint64_t edges = 0;  // account-entity edges of the window
  std::uint64_t pairs = 0;  // that entities below the hub limit make: sum of d (d - 1) / 2
};

struct StageCost {
  const char* name = "";
  double seconds = 0;
  std::size_t bytes = 0;  // resident while it runs
};

inline constexpr double kReferenceSort = 0.075;  // seconds for a million random 64-bit words, one thread

// In the order in which they run. `speed`: how much faster the machine is than the one the constants are of.
std::vector<StageCost> detection_cost(const WorkSize& size, unsigned threads, double speed);

// The most that any stage will need, about.
std::size_t detection_bytes(const WorkSize& size);

}  // namespace ringscope
