// What a store says, in a form that can be compared: whatever files it lies in, and whenever it was written.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace ringscope::faults {

struct State {
  // Name of a part ("rows", "ledger", …) and a hash of all that it says, in the order of the schema.
  std::vector<std::pair<std::string, std::string>> parts;
  friend bool operator==(const State&, const State&) = default;
};

// Opens the store for reading. Times of day when something was decided or told are left out. A place without a store is
// a state without parts. Throws Error when it cannot be read.
State state_of(const std::filesystem::path& store);
// The parts that differ, for messages.
std::string difference(const State& a, const State& b);

}  // namespace ringscope::faults
