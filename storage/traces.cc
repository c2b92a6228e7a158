#include "storage/traces.h"

#include <algorithm>
#include <fstream>
#include <functional>
#include <memory>
#include <optional>

#include <rocksdb/options.h>
#include <rocksdb/sst_file_reader.h>
#include <rocksdb/utilities/debug.h>

#include "base/error.h"
#include "base/hex.h"
#include "base/words.h"
#include "storage/schema.h"
#include "storage/store_internal.h"

namespace ringscope {
namespace {

constexpr std::size_t kPiece = std::size_t{4} << 20;
constexpr std::size_t kVersions = 4096;  // read at once

// Where needles are looked for.
enum class Place : std::uint8_t {
  anything,
  no_names,  // only what the program or RocksDB calls its own by name
  manifest,  // also names of column families, each behind its length
};

Place place_of(const std::filesystem::path& file) {
  const std::string name = file.filename().string();
  if (name.starts_with("OPTIONS-") || file.extension() == ".sst") return Place::no_names;
  return name.starts_with("MANIFEST-") ? Place::manifest : Place::anything;
}

// Whether the value of a key has names of kinds, and none of accounts and things: of what the store is made, and the
// head of a run's index (engine/detect/index/score_index_codec.h).
bool names_kinds(std::string_view key) {
  const bool index_head = key.size() == 9 && key.starts_with(std::string_view("\0\0\0\0", 4)) && key.back() == '\xff';
  const bool ring_lines = key.size() > 8 && key.substr(8).starts_with("lines/");
  return (key.starts_with("kind/") && key.size() == 6) || key == "keyed" || index_head || ring_lines;
}

class Searcher {
 public:
  explicit Searcher(const std::vector<Needle>& needles) {
    for (const Needle& needle : needles) {
      if (needle.bytes.size() >= 4) needles_.push_back(needle);
      longest_ = std::max(longest_, needle.bytes.size());
    }
  }
  // Each needle is told once a file.
  void look(const std::string& file, std::string_view bytes, TraceReport& report, Place place = Place::anything) {
    for (const Needle& needle : needles_) {
      if ((needle.own_word && place == Place::no_names) || !has(bytes, needle, place)) continue;
      const bool told = std::ranges::any_of(
          report.found, [&](const FileTrace& one) { return one.file == file && one.what == needle.what; });
      if (!told) report.found.push_back({file, needle.what});
    }
  }
  void look_raw(const std::filesystem::path& path, const std::string& file, TraceReport& report) {
    std::ifstream in(path, std::ios::binary);
    if (!in) throw Error(ErrorCode::io, "cannot read the file", path.string());
    std::string held;
    const Place place = place_of(path);
    for (std::string piece(kPiece, '\0'); in;) {
      in.read(piece.data(), static_cast<std::streamsize>(piece.size()));
      const auto got = static_cast<std::size_t>(in.gcount());
      report.bytes += got;
      held.append(piece, 0, got);
      look(file, held, report, place);
      if (held.size() > longest_) held.erase(0, held.size() - longest_);  // one may lie across two pieces
    }
  }
  void look_sorted(const std::filesystem::path& path, const std::string& file, TraceReport& report) {
    rocksdb::SstFileReader reader{rocksdb::Options()};
    check(reader.Open(path.string()), "reading " + path.string());
    rocksdb::ReadOptions options;
    options.total_order_seek = true;
    const std::unique_ptr<rocksdb::Iterator> it(reader.NewIterator(options));
    for (it->SeekToFirst(); it->Valid(); it->Next()) {
      look_entry(file, view(it->key()), view(it->value()), report);
      ++report.entries;
    }
    check(it->status(), "reading " + path.string());
  }

  // All versions, newest first within a key; an iterator of RocksDB passes over those that a later one hides.
  void look_hidden(const Store::Impl& store, schema::Family family, TraceReport& report) {
    const std::string place = std::string("column family ") + schema::kFamilyNames[family];
    std::size_t most = kVersions;
    std::vector<rocksdb::KeyVersion> versions;
    for (std::string first;;) {
      versions.clear();
      check(rocksdb::GetAllKeyVersions(store.db.get(), store.family(family), slice(first), rocksdb::Slice(), most,
                                       &versions),
            "reading what was deleted");
      for (const rocksdb::KeyVersion& one : versions) {
        look_entry(place, one.user_key, one.value, report);
      }
      if (versions.size() < most) return;
      // The last key may have more versions: it is read again, with more room when it was all there was.
      if (versions.back().user_key == first) most *= 2;
      first = versions.back().user_key;
    }
  }

 private:
  void look_entry(const std::string& file, std::string_view key, std::string_view value, TraceReport& report) {
    const Place place = names_kinds(key) ? Place::no_names : Place::anything;
    look(file, key, report, place);
    look(file, value, report, place);
  }

  static bool is_family(std::string_view text) {
    return std::ranges::find(schema::kFamilyNames, text) != schema::kFamilyNames.end();
  }

  // A letter before it may also be its length.
  static bool has(std::string_view bytes, const Needle& needle, Place place) {
    const std::string& text = needle.bytes;
    for (std::size_t at = 0; (at = bytes.find(text, at)) != std::string_view::npos; ++at) {
      if (!needle.word) return true;
      const bool behind_length = at > 0 && static_cast<unsigned char>(bytes[at - 1]) == text.size();
      const std::string_view part = behind_length ? bytes.substr(at) : bytes;
      if (!is_whole_word(part, behind_length ? 0 : at, text.size(), Letters::of_bytes)) continue;
      if (!needle.own_word) return true;
      const bool family = place == Place::manifest && behind_length && is_family(text);
      if (!family && !needle.own_word(bytes, at)) return true;
    }
    return false;
  }

  std::vector<Needle> needles_;
  std::size_t longest_ = 0;
};

}  // namespace

std::vector<Needle> needles_of(std::string_view name) {
  const KeyHash key = hash_value(name);
  const std::string big = schema::key_u64(key);
  return {{"its text", std::string(name), true},
          {"its key", big},
          {"its key, low byte first", std::string(big.rbegin(), big.rend())},
          {"its key as a number", std::to_string(key)},
          {"its key as hex", to_hex(big)}};
}

TraceReport find_traces(const std::filesystem::path& store, const std::vector<Needle>& needles) {
  TraceReport report;
  Searcher searcher(needles);
  for (auto at = std::filesystem::recursive_directory_iterator(store); at != std::filesystem::end(at); ++at) {
    if (at->is_directory() && at.depth() == 0 && at->path().filename() == "snapshots") at.disable_recursion_pending();
    if (!at->is_regular_file()) continue;
    const std::string file = std::filesystem::relative(at->path(), store).string();
    ++report.files;
    searcher.look_raw(at->path(), file, report);
    if (at->path().extension() == ".sst") searcher.look_sorted(at->path(), file, report);
  }
  if (std::filesystem::exists(store / "CURRENT")) {
    const auto inside = open_inside(store, {.mode = OpenMode::read_only});
    for (std::size_t f = 0; f < schema::kFamilies; ++f) {
      const auto family = static_cast<schema::Family>(f);
      if (inside->family(family) != nullptr) searcher.look_hidden(*inside, family, report);
    }
  }
  return report;
}

}  // namespace ringscope
