// Logs read as the disk has them: any flipped bit is damage, a torn end is none.
#include "storage/log_files.h"

#include <fstream>
#include <iterator>

#include "rows_for_tests.h"
#include <doctest/doctest.h>
#include <rocksdb/db.h>

#include "base/error.h"

using namespace ringscope;
using namespace ringscope::test;

namespace fs = std::filesystem;

namespace {

std::string bytes_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

void write_bytes(const fs::path& file, const std::string& bytes) { std::ofstream(file, std::ios::binary) << bytes; }

// Verdicts of different lengths, so that some end near the end of a block of 32 KiB and one is longer than a block.
fs::path store_with_log(const TemporaryDirectory& dir) {
  const auto store = open_store(dir / "db");
  for (int i = 0; i < 40; ++i)
    store->append_verdicts(
        std::vector<std::string>{std::string(static_cast<std::size_t>(i == 20 ? 70'000 : 1000 + i), 'v')});
  fs::path log;
  for (const auto& entry : fs::directory_iterator(dir / "db"))
    if (entry.path().extension() == ".log" && entry.file_size() > 0) log = entry.path();
  fs::copy_file(log, dir / "000009.log");  // while the store still has it
  return dir / "000009.log";
}

}  // namespace

TEST_CASE("log files: any flipped bit of a log is found, and a torn end is none") {
  const TemporaryDirectory dir;
  const fs::path log = store_with_log(dir);
  const std::string whole = bytes_of(log);
  REQUIRE(whole.size() > 100'000);
  CHECK_FALSE(log_damage(log));
  Random random(5);
  std::uint64_t missed = 0;
  for (int round = 0; round < 300; ++round) {
    std::string flipped = whole;
    // A third of the flips into the last records, where a length that passes the end looks like a torn write.
    const std::size_t from = round % 3 == 0 ? whole.size() - 3000 : 0;
    const std::size_t at = from + random.below(whole.size() - from);
    flipped[at] = static_cast<char>(flipped[at] ^ (1 << random.below(8)));
    write_bytes(log, flipped);
    missed += log_damage(log) ? 0 : 1;
  }
  CHECK(missed == 0);
  for (int round = 0; round < 200; ++round) {
    std::string torn = whole.substr(0, whole.size() - random.below(40'000));
    write_bytes(log, torn);
    CHECK_FALSE(log_damage(log));
    // The file was made longer, and from some sector on the bytes never came.
    torn.resize(torn.size() / 512 * 512);
    torn.resize(whole.size(), '\0');
    write_bytes(log, torn);
    CHECK_FALSE(log_damage(log));
  }
}

TEST_CASE("log files: every bit of the last record is watched, its length above all") {
  const TemporaryDirectory dir;
  const fs::path log = store_with_log(dir);
  const std::string whole = bytes_of(log);
  for (std::size_t back = 1; back <= 1200; ++back) {
    std::string flipped = whole;
    flipped[whole.size() - back] = static_cast<char>(flipped[whole.size() - back] ^ (1 << (back % 8)));
    write_bytes(log, flipped);
    CAPTURE(back);
    CHECK(log_damage(log).has_value());
  }
}

TEST_CASE("log files: a store with a damaged log is not opened, and says where the damage is") {
  const TemporaryDirectory dir;
  (void)store_with_log(dir);
  {
    const auto store = open_store(dir / "db", OpenMode::write);
    store->append_verdicts(std::vector<std::string>{"one", "two"});
    store->append_verdicts(std::vector<std::string>{"three"});
  }
  fs::path log;
  for (const auto& entry : fs::directory_iterator(dir / "db"))
    if (entry.path().extension() == ".log" && entry.file_size() > 0) log = entry.path();
  REQUIRE_FALSE(log.empty());
  std::string bytes = bytes_of(log);
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 4);
  write_bytes(log, bytes);
  for (const OpenMode mode : {OpenMode::read_only, OpenMode::write}) {
    try {
      (void)open_store(dir / "db", mode);
      FAIL("a damaged log was read");
    } catch (const Error& error) {
      CHECK(error.code() == ErrorCode::corrupt);
      CHECK(std::string(error.what()).find(log.filename().string()) != std::string::npos);
    }
  }
}

TEST_CASE("log files: a list of tables whose end the power took, zeros in its place, is read up to there") {
  for (const OpenMode mode : {OpenMode::read_only, OpenMode::write}) {
    const TemporaryDirectory dir;
    (void)open_store(dir / "db")->append_verdicts(std::vector<std::string>{"kept"});
    const auto list_of = [&] {
      std::string name = bytes_of(dir / "db/CURRENT");
      name.pop_back();
      return dir / "db" / name;
    };
    const fs::path list = list_of();
    const std::string whole = bytes_of(list);
    // A record of 3,000 bytes of which only the first sector came.
    std::string torn = whole + std::string("\1\2\3\4\xb8\x0b\1", 7);
    torn.resize((torn.size() + 511) / 512 * 512, 'x');
    torn.resize(whole.size() + 3007, '\0');
    write_bytes(list, torn);
    {
      const auto writer = open_store(dir / "other");  // while this process holds any lock it takes none
      CHECK_THROWS_AS(open_store(dir / "db", OpenMode::read_only), Error);
    }
    std::size_t kept = 0;
    open_store(dir / "db", mode)->scan_verdicts([&](std::uint64_t, std::string_view) { ++kept; });
    CHECK(kept == 1);
    if (mode == OpenMode::read_only) CHECK(bytes_of(list) == whole);
    write_bytes(list_of(), bytes_of(list_of()) + torn.substr(whole.size(), 7) +
                               std::string(3000, 'x'));  // no zeros: damage, and it stays
    CHECK_THROWS_AS(open_store(dir / "db", mode), Error);
  }
}

TEST_CASE(
    "store: one that was begun is none to a reader and is made by a writer, one that lost its CURRENT is neither") {
  const TemporaryDirectory dir;
  const auto code_of = [](const auto& action) {
    try {
      action();
    } catch (const Error& error) {
      return error.code();
    }
    return ErrorCode::internal;
  };
  rocksdb::Options options;
  options.create_if_missing = true;
  rocksdb::DB* db = nullptr;
  REQUIRE(rocksdb::DB::Open(options, (dir / "begun").string(), &db).ok());
  delete db;
  CHECK(code_of([&] { (void)open_store(dir / "begun", OpenMode::read_only); }) == ErrorCode::not_found);
  (void)open_store(dir / "begun");
  (void)open_store(dir / "begun", OpenMode::read_only);
  open_store(dir / "begun", OpenMode::write)->append_verdicts(std::vector<std::string>{"kept"});
  fs::remove(dir / "begun/CURRENT");
  CHECK(code_of([&] { (void)open_store(dir / "begun"); }) == ErrorCode::usage);  // not made anew over what there is
}
