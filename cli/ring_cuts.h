// What a run's links hold together at a cut, and over all cuts: 'rings --cut' and 'rings --cuts'.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "cli/command.h"

namespace ringscope::cli {

struct CutQuery {
  std::uint64_t run = 0;
  std::optional<double> cut{};  // bits; nothing: all cuts
  std::uint64_t min_size = 0;   // 0: unless said
  std::optional<std::uint64_t> limit{};
  std::filesystem::path svg{};  // of all cuts; empty: none
};

// The exit status.
int print_cuts(const Globals& globals, const Store& store, const CutQuery& query);

}  // namespace ringscope::cli
