// What is written down of a snapshot when it is made, and read again later. docs/schema/snapshot.schema.json.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "engine/config.h"
#include "storage/snapshots.h"
#include "storage/store.h"

namespace ringscope {

struct SnapshotManifest {
  std::string name;
  Seconds created = 0;       // wall clock
  std::string program;       // version of the program that made it
  std::uint32_t format = 0;  // of the store
  std::string config_hash;   // of the settings it was made under …
  std::string config;        // … and they themselves, as TOML
  std::uint64_t accounts = 0;
  std::uint64_t entities = 0;
  std::uint64_t batches = 0;
  std::uint64_t runs = 0;
  std::optional<DayWindow> days;  // nothing: no times
  std::uint64_t run = 0;          // the latest; 0: no detection yet …
  std::string run_digest;         // … and what it found
  std::uint64_t rings = 0;
  StoreContent content;
};

// Schema "ringscope.snapshot/1", one line.
std::string manifest_to_json(const SnapshotManifest& manifest);
// Throws Error corrupt.
SnapshotManifest manifest_from_json(std::string_view json);

// Takes a snapshot of a store that is open for writing; `program` is the version to be noted. The links are instant,
// and the store is closed after them; then the copy is read once. O(store). Throws as create_snapshot() does.
SnapshotManifest take_snapshot(std::unique_ptr<Store> live, std::string_view name, const Config& config,
                               std::string_view program);
// All of a store, ascending by name. Throws Error corrupt for a manifest that cannot be read.
std::vector<SnapshotManifest> list_snapshots(const std::filesystem::path& store);
// What is wrong with a snapshot: reads all of it and compares it with the manifest. Empty: nothing. O(snapshot).
std::vector<std::string> verify_snapshot(const std::filesystem::path& store, std::string_view name);

}  // namespace ringscope
