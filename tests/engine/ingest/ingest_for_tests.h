// A store in a temporary directory, files to read into it and a text of all that it holds.
#pragma once

#include <atomic>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "fmt/format.h"
#include <nlohmann/json.hpp>
#include <zlib.h>
#include <zstd.h>

#include "base/error.h"
#include "base/random.h"
#include "engine/ingest/ingest.h"
#include "storage/store.h"

namespace ringscope::test {

inline std::filesystem::path fresh_directory() {
  static std::atomic<int> next{0};
  const auto path = std::filesystem::temp_directory_path() / fmt::format("ringscope-ingest-{}-{}", ::getpid(), next++);
  std::filesystem::remove_all(path);
  std::filesystem::create_directories(path);
  return path;
}

// A store and the directory of its input; gone with the object.
class Bench {
 public:
  Bench() : directory_(fresh_directory()) { open(); }
  ~Bench() {
    store_.reset();
    std::filesystem::remove_all(directory_);
  }
  Bench(const Bench&) = delete;
  Bench& operator=(const Bench&) = delete;

  std::string write(const std::string& name, std::string_view text) const {
    const auto path = directory_ / name;
    std::ofstream(path, std::ios::binary) << text;
    return path.string();
  }
  void append(const std::string& path, std::string_view text) const {
    std::ofstream(path, std::ios::binary | std::ios::app) << text;
  }
  IngestReport read(const std::vector<std::string>& files, const IngestOptions& options = {}) {
    progress = std::make_unique<IngestProgress>();
    return ingest(*store_, files, options, *progress);
  }
  IngestReport read_text(std::string_view text, const IngestOptions& options = {}) {
    return read({write("input", text)}, options);
  }
  Store& store() { return *store_; }
  std::string path() const { return directory_.string(); }
  void open() {
    store_.reset();
    store_ = Store::open(directory_ / "db", {OpenMode::create, std::size_t{16} << 20});
  }

  std::unique_ptr<IngestProgress> progress;

 private:
  std::filesystem::path directory_;
  std::unique_ptr<Store> store_;
};

inline std::string name_of(const Store& store, VertexKey key) {
  return store.name_of(key).value_or("?") + "@" + store.kind_name(key.kind);
}

// All rows by names, in an order that does not depend on the numbers of kinds.
inline std::string dump(const Store& store) {
  std::map<std::string, std::string> lines;
  const auto account = [&](KeyHash key) { return store.name_of({kAccountKind, key}).value_or("?"); };
  store.scan_cells({}, [&](KeyHash key, std::span<const Cell> cells) {
    for (const Cell& cell : cells)
      lines[fmt::format("{} cell {} {}", account(key), name_of(store, cell.entity), format_day(cell.day))] =
          fmt::format("{} {} {}", cell.count, format_time(cell.first), format_time(cell.last));
  });
  store.scan_activity({}, 0, 1, [&](KeyHash key, std::span<const ActivityDay> days) {
    for (const ActivityDay& day : days) {
      std::map<std::string, std::uint64_t> tags;
      for (const TagCount& tag : day.tags) tags[name_of(store, tag.tag)] = tag.count;
      std::string& text = lines[fmt::format("{} day {}", account(key), format_day(day.day))];
      text =
          fmt::format("{} in {} out {} templated {} hours", day.requests, day.tokens_in, day.tokens_out, day.templated);
      for (const auto hour : day.hours) text += fmt::format(" {}", hour);
      for (const auto& [name, count] : tags) text += fmt::format(" {}={}", name, count);
      for (const auto& t : day.templates) text += fmt::format(" {:x}:{}", t.template_hash, t.count);
    }
  });
  store.scan_facts([&](KeyHash key, const AccountFacts& facts) {
    lines[account(key) + " facts"] =
        fmt::format("{} {}@{} {}@{}", format_time(facts.created), facts.plan.value(), format_time(facts.plan.since()),
                    facts.status.value(), format_time(facts.status.since()));
  });
  std::string text;
  for (const auto& [key, value] : lines) text += key + ": " + value + "\n";
  return text;
}

inline std::string dump_of(const std::string& text, const IngestOptions& options = {}) {
  Bench bench;
  bench.read_text(text, options);
  return dump(bench.store());
}

inline std::string gzip(std::string_view text) {
  z_stream stream{};
  deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&stream, text.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

inline std::string zstd(std::string_view text) {
  std::string out(ZSTD_compressBound(text.size()), '\0');
  out.resize(ZSTD_compress(out.data(), out.size(), text.data(), text.size(), 3));
  return out;
}

// The lines of the files of rejects, by reason, without the text of the lines.
inline std::vector<std::string> reject_entries(const Store& store) {
  std::vector<std::string> entries;
  if (!std::filesystem::exists(store.rejects_directory())) return entries;
  for (const auto& file : std::filesystem::directory_iterator(store.rejects_directory())) {
    std::ifstream in(file.path());
    for (std::string line; std::getline(in, line);) {
      const auto entry = nlohmann::json::parse(line);
      entries.push_back(fmt::format("{}:{}:{}", entry["line"].get<int>(), entry["field"].get<std::string>(),
                                    entry["reason"].get<std::string>()));
    }
  }
  return entries;
}

inline std::vector<std::string> rejects_of(const IngestReport& report) {
  std::vector<std::string> entries;
  for (const Reject& reject : report.first_rejects)
    entries.push_back(fmt::format("{}:{}:{}", reject.line, reject.field, reject.reason));
  return entries;
}

}  // namespace ringscope::test
