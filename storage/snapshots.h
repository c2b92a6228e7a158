// Snapshots: a store as it was, under a name inside its own directory, made of hard links and never written again.
//
//   DB/snapshots/NAME/                 a whole store, and in it
//   DB/snapshots/NAME/SNAPSHOT.json    its manifest; its presence makes the directory a snapshot
//   DB/snapshots/.NAME.PID             one that a process is making, or that died with it
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/store.h"

namespace ringscope {

inline constexpr const char* kSnapshotManifest = "SNAPSHOT.json";
inline constexpr const char* kLiveStore = "live";  // no name of a snapshot: the store itself

// Throws Error usage unless the name begins with a letter or digit, has 1 to 64 of the characters A-Z a-z 0-9 . _ -,
// and is not "live".
void check_snapshot_name(std::string_view name);

// A store or a snapshot of one, as a user names it: "DB" or "DB@NAME". A directory that exists under the whole text is
// meant literally.
struct StorePlace {
  std::filesystem::path store;
  std::string snapshot;  // empty: the store itself
};
StorePlace parse_place(const std::filesystem::path& text);
std::filesystem::path snapshot_path(const std::filesystem::path& store, std::string_view name);
// Opens what parse_place() makes of the text. Throws as Store::open() does; refused for writing to a snapshot.
std::unique_ptr<Store> open_place(const std::filesystem::path& text, const StoreOptions& options);
// Whether the directory is a snapshot, by whatever path it was reached.
bool is_snapshot(const std::filesystem::path& directory);

// What a store holds, whatever files it lies in.
struct StoreContent {
  struct Family {
    std::string name;
    std::uint64_t entries = 0;
    std::uint64_t bytes = 0;  // of keys and values, uncompressed
  };
  std::vector<Family> families;  // with an entry at least, in the order of the schema
  std::string sha256;            // of every entry's family, key and value, each with its length before it; hex
};
// O(store).
StoreContent content_of(const Store& store);

// Makes a snapshot of a store that is open for writing, and closes it as soon as the links are made, so that others may
// write while the copy is read. `manifest` is handed the copy and gives the text of its manifest. Nothing is visible
// before everything is on disk. Throws Error usage (bad name), refused (there is one of that name), io, no_space.
void create_snapshot(std::unique_ptr<Store> live, std::string_view name,
                     const std::function<std::string(const Store& copy)>& manifest);
// Ascending. Empty when there are none.
std::vector<std::string> snapshot_names(const std::filesystem::path& store);
// Throws Error not_found, io.
std::string snapshot_manifest(const std::filesystem::path& store, std::string_view name);
// Gone in one step; who is reading it may read on. Throws Error not_found, io.
void drop_snapshot(const std::filesystem::path& store, std::string_view name);

}  // namespace ringscope
