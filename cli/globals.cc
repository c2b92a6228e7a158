#include <fmt/format.h>

#include "base/error.h"
#include "cli/command.h"
#include "storage/snapshots.h"

namespace ringscope::cli {

Config Globals::config() const {
  Config config = config_file.empty() ? Config{} : read_config(config_file);
  if (threads) config.threads = *threads;
  if (!memory.empty()) config.memory_bytes = parse_size(memory);
  if (config.memory_bytes < kLeastMemory) {
    throw Error(ErrorCode::usage, fmt::format("--memory \"{}\" is too little to work with; give at least 1M", memory));
  }
  return config;
}

std::unique_ptr<Store> open_store(const Globals& globals, OpenMode mode) {
  return open_place(globals.db, {mode, globals.config().store_memory()});
}

std::unique_ptr<Store> open_briefly(const Globals& globals) {
  return open_place(globals.db, {OpenMode::read_only, globals.config().store_memory(), true});
}

}  // namespace ringscope::cli
