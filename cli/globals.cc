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
  StoreOptions options;
  options.mode = mode;
  options.memory_bytes = globals.config().memory_bytes / 8;  // the rest is for the stages
  const StorePlace place = parse_place(globals.db);
  if (place.snapshot.empty()) return Store::open(place.store, options);
  if (mode != OpenMode::read_only)
    throw Error(ErrorCode::refused, "a snapshot is never written to; name the store itself", globals.db.string());
  (void)snapshot_manifest(place.store, place.snapshot);  // says so when there is none
  return Store::open(snapshot_path(place.store, place.snapshot), options);
}

}  // namespace ringscope::cli
