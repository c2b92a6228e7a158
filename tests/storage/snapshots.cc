// A snapshot is whole or not there, and never moves.
#include "storage/snapshots.h"

#include <fstream>

#include "rows_for_tests.h"
#include <doctest/doctest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"

using namespace ringscope;
using namespace ringscope::test;

namespace {

void add_rows(Store& store, std::uint64_t first, std::uint64_t count) {
  Random random(first + 1);
  const auto writer = store.live_writer();
  for (std::uint64_t i = first; i < first + count; ++i) {
    writer->add_row(random_row(random, i));
    writer->add_name({{kAccountKind, i}, "account " + std::to_string(i)});
  }
  writer->commit();
}

void snapshot(const std::filesystem::path& path, const std::string& name) {
  create_snapshot(open_store(path), name, [](const Store&) { return "{}"; });
}

std::unique_ptr<Store> open_snapshot(const std::filesystem::path& path, const std::string& name) {
  return open_store(snapshot_path(path, name), OpenMode::read_only);
}

ErrorCode code_of(const std::function<void()>& act) {
  try {
    act();
  } catch (const Error& error) {
    return error.code();
  }
  FAIL("nothing was thrown");
  return ErrorCode::internal;
}

}  // namespace

TEST_CASE("snapshots: what is written to the store afterwards is not in the snapshot, even while both are open") {
  const TemporaryDirectory dir;
  add_rows(*open_store(dir / "db"), 0, 50);
  snapshot(dir / "db", "before");
  const auto kept = open_snapshot(dir / "db", "before");
  const Content then = content_of(*kept, {});
  const auto live = open_store(dir / "db", OpenMode::write);
  add_rows(*live, 100, 500);
  live->merge_fragments();
  CHECK(content_of(*kept, {}) == then);
  CHECK(then.cells.size() == 50);
  CHECK(content_of(*live, {}).cells.size() == 550);
}

TEST_CASE("snapshots: equal content has equal digests whatever files it lies in, other content another") {
  const TemporaryDirectory dir;
  add_rows(*open_store(dir / "db"), 0, 50);
  const auto digest_of = [](const Store& store) { return ringscope::content_of(store).sha256; };
  snapshot(dir / "db", "a");
  snapshot(dir / "db", "b");
  const std::string a = digest_of(*open_snapshot(dir / "db", "a"));
  CHECK(a.size() == 64);
  CHECK(a == digest_of(*open_snapshot(dir / "db", "b")));
  CHECK(a == digest_of(*open_store(dir / "db", OpenMode::read_only)));
  add_rows(*open_store(dir / "db"), 50, 1);
  CHECK(a != digest_of(*open_store(dir / "db", OpenMode::read_only)));
}

TEST_CASE("snapshots: names are listed in order, taken once, and free again after a drop") {
  const TemporaryDirectory dir;
  add_rows(*open_store(dir / "db"), 0, 5);
  CHECK(snapshot_names(dir / "db").empty());
  for (const char* name : {"week-2", "week_1", "a.b"}) snapshot(dir / "db", name);
  CHECK(snapshot_names(dir / "db") == std::vector<std::string>{"a.b", "week-2", "week_1"});
  CHECK(code_of([&] { snapshot(dir / "db", "a.b"); }) == ErrorCode::refused);
  drop_snapshot(dir / "db", "a.b");
  CHECK(snapshot_names(dir / "db") == std::vector<std::string>{"week-2", "week_1"});
  CHECK_FALSE(std::filesystem::exists(snapshot_path(dir / "db", "a.b")));
  snapshot(dir / "db", "a.b");
  CHECK(code_of([&] { drop_snapshot(dir / "db", "c"); }) == ErrorCode::not_found);
  for (const char* name : {"", ".x", "-x", "a/b", "..", "a b", "live", "ä"})
    CHECK(code_of([&] { snapshot(dir / "db", name); }) == ErrorCode::usage);
}

TEST_CASE("snapshots: a dropped snapshot can be read on by whoever has it open") {
  const TemporaryDirectory dir;
  add_rows(*open_store(dir / "db"), 0, 50);
  snapshot(dir / "db", "s");
  const auto kept = open_snapshot(dir / "db", "s");
  drop_snapshot(dir / "db", "s");
  CHECK(content_of(*kept, {}).cells.size() == 50);
}

TEST_CASE("snapshots: none is made of a store that another process is writing, and none is ever written to") {
  const TemporaryDirectory dir;
  const auto live = open_store(dir / "db");
  add_rows(*live, 0, 5);
  CHECK(code_of([&] { snapshot(dir / "db", "s"); }) == ErrorCode::locked);
  CHECK(snapshot_names(dir / "db").empty());
  const TemporaryDirectory other;
  add_rows(*open_store(other / "db"), 0, 5);
  snapshot(other / "db", "s");
  for (const OpenMode mode : {OpenMode::write, OpenMode::create})
    CHECK(code_of([&] { open_store(snapshot_path(other / "db", "s"), mode); }) == ErrorCode::refused);
}

TEST_CASE("snapshots: the store is free for writers while the copy is read for its manifest") {
  const TemporaryDirectory dir;
  add_rows(*open_store(dir / "db"), 0, 5);
  create_snapshot(open_store(dir / "db"), "s", [&](const Store&) {
    add_rows(*open_store(dir / "db", OpenMode::write), 10, 5);
    return "{}";
  });
  CHECK(content_of(*open_snapshot(dir / "db", "s"), {}).cells.size() == 5);
}

TEST_CASE("snapshots: a process killed while it makes one leaves nothing to be seen, and the next one tidies up") {
  const TemporaryDirectory dir;
  add_rows(*open_store(dir / "db"), 0, 50);
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    try {
      create_snapshot(open_store(dir / "db"), "s", [](const Store&) -> std::string {
        kill(getpid(), SIGKILL);  // everything is there but the manifest
        return "";
      });
    } catch (...) {
    }
    _exit(1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  REQUIRE(WIFSIGNALED(status));
  const auto entries = [&] {
    return std::distance(std::filesystem::directory_iterator(dir / "db" / "snapshots"),
                         std::filesystem::directory_iterator());
  };
  CHECK(entries() == 1);
  CHECK(snapshot_names(dir / "db").empty());
  CHECK(code_of([&] { snapshot_manifest(dir / "db", "s"); }) == ErrorCode::not_found);
  snapshot(dir / "db", "s");
  CHECK(entries() == 1);
  CHECK(snapshot_names(dir / "db") == std::vector<std::string>{"s"});
}

TEST_CASE("snapshots: DB@NAME is a snapshot where DB is a store, and a plain path otherwise") {
  const TemporaryDirectory dir;
  add_rows(*open_store(dir / "db"), 0, 5);
  std::filesystem::create_directories(dir / "db@there");
  CHECK(parse_place(dir / "db@s").snapshot == "s");
  CHECK(parse_place(dir / "db@s").store == dir / "db");
  CHECK(parse_place(dir / "db@there").snapshot.empty());
  CHECK(parse_place(dir / "no@s").snapshot.empty());
  CHECK(parse_place(dir / "db").snapshot.empty());
}

TEST_CASE("cursors: rows and names come one by one as a scan gives them, fragments merged") {
  const TemporaryDirectory dir;
  const auto store = open_store(dir / "db");
  add_rows(*store, 0, 40);
  add_rows(*store, 20, 40);
  const Content scanned = content_of(*store, {});
  Content pulled;
  const auto rows = store->row_cursor();
  for (AccountRow row; rows->next(row);) {
    if (!row.cells.empty()) pulled.cells.emplace_back(row.account, row.cells);
    if (!row.activity.empty()) pulled.activity.emplace_back(row.account, row.activity);
    if (!row.facts.empty()) pulled.facts.emplace_back(row.account, row.facts);
  }
  CHECK(pulled == scanned);
  const auto names = store->name_cursor();
  KeyHash expected = 0;
  for (Name name; names->next(name); ++expected) {
    CHECK(name.key == VertexKey{kAccountKind, expected});
    CHECK(name.value == "account " + std::to_string(expected));
  }
  CHECK(expected == 60);
}
