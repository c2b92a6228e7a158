#include "storage/snapshots.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <fstream>
#include <system_error>

#include <fcntl.h>
#include <rocksdb/utilities/checkpoint.h>
#include <unistd.h>

#include "base/disk.h"
#include "base/error.h"
#include "storage/codec.h"
#include "storage/sha256.h"
#include "storage/store_internal.h"

namespace ringscope {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLongestName = 64;
constexpr const char* kSnapshotManifestSum = "SNAPSHOT.json.sha256";  // as sha256sum writes and checks it

bool is_alphanumeric(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

fs::path snapshots_directory(const fs::path& store) { return store / "snapshots"; }

[[noreturn]] void fail(const fs::path& path, const char* doing) {
  throw Error(errno == ENOSPC ? ErrorCode::no_space : ErrorCode::io, std::generic_category().message(errno),
              std::string("while ") + doing + " " + path.string());
}

void write_file(const fs::path& path, const std::string& text) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out << text;
  out.close();
  if (!out) fail(path, "writing");
  sync_to_disk(path);
}

// So that a damaged manifest is told from a sound one; snapshots of earlier programs have none.
std::string manifest_sum(const std::string& manifest) {
  Sha256 hash;
  hash.add(manifest);
  return hash.hex() + "  " + kSnapshotManifest + "\n";
}

std::string read_manifest(const fs::path& path) {
  std::optional<std::string> text = read_bytes(path);
  if (!text) throw Error(ErrorCode::io, "the manifest cannot be read", path.string());
  return *std::move(text);
}

// What processes left behind that died while they made or dropped a snapshot: ".NAME.PID".
void remove_leftovers(const fs::path& directory) {
  for (const fs::directory_entry& entry : fs::directory_iterator(directory)) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with('.')) continue;
    pid_t process = 0;
    const std::string_view number = std::string_view(name).substr(name.rfind('.') + 1);
    const auto [stop, error] = std::from_chars(number.data(), number.data() + number.size(), process);
    const bool alive = error == std::errc{} && process > 0 && (::kill(process, 0) == 0 || errno != ESRCH);
    if (!alive) fs::remove_all(entry.path());
  }
}

// A directory of this process that is gone with the object, unless it has been renamed.
class Unfinished {
 public:
  Unfinished(const fs::path& directory, std::string_view name)
      : path_(directory / ("." + std::string(name) + "." + std::to_string(::getpid()))) {
    fs::remove_all(path_);
  }
  ~Unfinished() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  Unfinished(const Unfinished&) = delete;
  Unfinished& operator=(const Unfinished&) = delete;
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

void require_snapshot(const fs::path& store, std::string_view name) {
  check_snapshot_name(name);
  if (is_snapshot(snapshot_path(store, name))) return;
  throw Error(ErrorCode::not_found,
              "no snapshot is called \"" + std::string(name) + "\"; 'ringscope snapshot list' names them",
              store.string());
}

}  // namespace

void check_snapshot_name(std::string_view name) {
  const auto allowed = [](char c) { return is_alphanumeric(c) || c == '.' || c == '_' || c == '-'; };
  const bool good = !name.empty() && name.size() <= kLongestName && is_alphanumeric(name.front()) &&
                    std::all_of(name.begin(), name.end(), allowed) && name != kLiveStore;
  if (good) return;
  throw Error(ErrorCode::usage, "\"" + std::string(name) +
                                    "\" cannot be the name of a snapshot: 1 to 64 letters, digits and . _ -, a letter "
                                    "or digit first, and not \"live\"");
}

StorePlace parse_place(const fs::path& text) {
  const std::string whole = text.string();
  const std::size_t at = whole.rfind('@');
  if (at == std::string::npos || at == 0 || fs::exists(text)) return {text, {}};
  const fs::path store = whole.substr(0, at);
  if (!fs::exists(store / "CURRENT")) return {text, {}};
  return {store, whole.substr(at + 1)};
}

fs::path snapshot_path(const fs::path& store, std::string_view name) { return snapshots_directory(store) / name; }

std::unique_ptr<Store> open_place(const std::filesystem::path& text, const StoreOptions& options) {
  const StorePlace place = parse_place(text);
  if (place.snapshot.empty()) return Store::open(place.store, options);
  if (options.mode != OpenMode::read_only)
    throw Error(ErrorCode::refused, "a snapshot is never written to; name the store itself", text.string());
  (void)snapshot_manifest(place.store, place.snapshot);  // says so when there is none
  return Store::open(snapshot_path(place.store, place.snapshot), options);
}

bool is_snapshot(const fs::path& directory) { return fs::exists(directory / kSnapshotManifest); }

void Store::checkpoint(const fs::path& directory) const {
  impl_->require_writable();
  rocksdb::Checkpoint* made = nullptr;
  check(rocksdb::Checkpoint::Create(impl_->db.get(), &made), "preparing a snapshot");
  const std::unique_ptr<rocksdb::Checkpoint> checkpoint(made);
  check(checkpoint->CreateCheckpoint(directory.string()), "making a snapshot");
}

void Store::scan_all(const std::function<void(std::string_view, std::string_view, std::string_view)>& visit) const {
  for (std::size_t f = 0; f < schema::kFamilies; ++f) {
    impl_->scan(static_cast<schema::Family>(f), "", "",
                [&](std::string_view key, std::string_view value) { visit(schema::kFamilyNames[f], key, value); });
  }
}

StoreContent content_of(const Store& store) {
  StoreContent content;
  Sha256 hash;
  std::string lengths;
  const auto add = [&](std::string_view text) {
    lengths.clear();
    Encoder(lengths).number(text.size());
    hash.add(lengths);
    hash.add(text);
  };
  store.scan_all([&](std::string_view family, std::string_view key, std::string_view value) {
    if (content.families.empty() || content.families.back().name != family) {
      content.families.push_back({std::string(family)});
    }
    ++content.families.back().entries;
    content.families.back().bytes += key.size() + value.size();
    add(family);
    add(key);
    add(value);
  });
  content.sha256 = hash.hex();
  return content;
}

void create_snapshot(std::unique_ptr<Store> live, std::string_view name,
                     const std::function<std::string(const Store&)>& manifest) {
  check_snapshot_name(name);
  const fs::path directory = snapshots_directory(live->path());
  const fs::path target = snapshot_path(live->path(), name);
  const auto taken = [&] {
    return Error(ErrorCode::refused,
                 "there is a snapshot of this name; drop it first ('ringscope snapshot drop') or choose another",
                 target.string());
  };
  if (fs::exists(target)) throw taken();
  fs::create_directories(directory);
  remove_leftovers(directory);
  const Unfinished unfinished(directory, name);
  live->checkpoint(unfinished.path());
  live.reset();
  const auto copy = Store::open(unfinished.path(), {.mode = OpenMode::read_only});
  const std::string text = manifest(*copy);
  write_file(unfinished.path() / kSnapshotManifestSum, manifest_sum(text));
  write_file(unfinished.path() / kSnapshotManifest, text);
  sync_to_disk(unfinished.path());
  std::error_code failed;
  fs::rename(unfinished.path(), target, failed);
  if (failed && fs::exists(target)) throw taken();
  if (failed) throw Error(ErrorCode::io, failed.message(), "while naming " + target.string());
  sync_to_disk(directory);
}

std::vector<std::string> snapshot_names(const fs::path& store) {
  std::vector<std::string> names;
  if (!fs::exists(snapshots_directory(store))) return names;
  for (const fs::directory_entry& entry : fs::directory_iterator(snapshots_directory(store))) {
    std::string name = entry.path().filename().string();
    if (!name.starts_with('.') && is_snapshot(entry.path())) names.push_back(std::move(name));
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::string snapshot_manifest(const fs::path& store, std::string_view name) {
  require_snapshot(store, name);
  const fs::path directory = snapshot_path(store, name);
  std::string text = read_manifest(directory / kSnapshotManifest);
  if (fs::exists(directory / kSnapshotManifestSum) &&
      read_manifest(directory / kSnapshotManifestSum) != manifest_sum(text))
    throw Error(ErrorCode::corrupt, "the manifest is not as it was written: its SHA-256 is another",
                directory.string());
  return text;
}

void drop_snapshot(const fs::path& store, std::string_view name) {
  require_snapshot(store, name);
  const Unfinished going(snapshots_directory(store), name);
  std::error_code failed;
  fs::rename(snapshot_path(store, name), going.path(), failed);
  if (failed) throw Error(ErrorCode::io, failed.message(), "while dropping " + snapshot_path(store, name).string());
  sync_to_disk(snapshots_directory(store));
}

}  // namespace ringscope
