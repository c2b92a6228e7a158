// The feed, where the program is killed at every change that it makes to a file: whatever is there says one thing, by
// its events and by its state. What is left is written into $RINGSCOPE_HISTORIES_DIR for the consumers of
// examples/consumer, which are killed at every step themselves.
#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>
#include <map>
#include <set>

#include "stage.h"
#include <doctest/doctest.h>
#include <fmt/format.h>

#include "engine/export/export.h"
#include "tests/engine/release/histories.h"

using namespace ringscope;
using namespace ringscope::faults;

namespace {

namespace fs = std::filesystem;

// All that leads to events, after an ingest and a detection.
struct Act {
  const char* name;
  Arguments arguments;
};

// What changes what is there when a process dies: syncs do not.
constexpr std::array kKinds = {"write", "name"};
using Counts = std::map<std::string, std::uint64_t>;

std::vector<Act> acts() {
  const auto by = [](Arguments words, const char* person) {
    words.insert(words.end(), {"--by", person, "--reason", "because"});
    return words;
  };
  return {
      {"release", by({"release", "commit"}, "ann")},
      {"reject", by({"verdict", "ring-3", "reject", "--account"}, "ann")},
      {"undo", by({"verdicts", "undo", "1"}, "ann")},
      {"release-again", by({"release", "commit"}, "bob")},
      {"halt", by({"guard", "halt"}, "dan")},
      {"retract", by({"retract", "ring-5"}, "cy")},
      {"resume", by({"guard", "resume"}, "dan")},
      {"allow", by({"guard", "allow", "ring-1", "--owner", "ann", "--until", "2099-01-01"}, "ann")},
      {"release-the-spared", by({"release", "commit"}, "ann")},
      {"ingest", {"ingest", "b.jsonl"}},
      {"detect", {"detect"}},
      {"release-after-a-run", by({"release", "commit"}, "bob")},
  };
}

void write_out(const Store& store, const fs::path& file) {
  std::ofstream out(file, std::ios::binary);
  const ExportSink sink = [&](std::string_view bytes) { out << bytes; };
  export_run(store, find_export_format("events", "jsonl"), {}, sink);
  export_run(store, find_export_format("state", "jsonl"), {}, sink);
}

void put_back(const Place& place, const char* kept) {
  fs::remove_all(place / "db");
  fs::copy(place / kept, place / "db", fs::copy_options::recursive);
}

Counts calls_of(const Place& place, const Act& act) {
  const Ending ending = place.run(act.arguments, {{"FAULT_COUNTS", place / "counts"}});
  INFO(ending.err);
  REQUIRE((ending.status == 0 || ending.status == 3));
  std::ifstream in(place / "counts");
  Counts counts;
  for (std::string kind; in >> kind;) in >> counts[kind];
  return counts;
}

class Witness {
 public:
  // The number of events; what the store says twice over must be the same.
  std::uint64_t look(const Place& place, const std::string& name) {
    const auto store = Store::open(place / "db", {.mode = OpenMode::read_only});
    CHECK(told_by_replay(*store) == told_by_reading(*store));
    CHECK(banned_by_replay(*store) == banned_as_stored(*store));
    const char* const directory = std::getenv("RINGSCOPE_HISTORIES_DIR");
    if (directory != nullptr && seen_.insert(store->last_event()).second)
      write_out(*store, fs::path(directory) / fmt::format("killed-{}.jsonl", name));
    return store->last_event();
  }

 private:
  std::set<std::uint64_t> seen_;  // so that each state is written once
};

}  // namespace

TEST_CASE("faults: killed at every write, of every kind of act, the feed tells what the store holds") {
  const Place place;
  place.set_before(2);
  Witness witness;
  std::uint64_t kills = 0, number = 0;
  for (const Act& act : acts()) {
    CAPTURE(act.name);
    const std::string name = fmt::format("{:02}-{}", ++number, act.name);
    fs::copy(place / "db", place / "kept", fs::copy_options::recursive);
    const std::uint64_t before = witness.look(place, name);
    const Counts calls = calls_of(place, act);
    const std::uint64_t after = witness.look(place, name);
    fs::copy(place / "db", place / "done", fs::copy_options::recursive);
    for (const char* kind : kKinds) {
      for (std::uint64_t nth = 1; nth <= calls.at(kind); nth += std::max<std::uint64_t>(stride(), 1)) {
        CAPTURE(nth);
        put_back(place, "kept");
        const Ending ending = place.run(act.arguments, {{"FAULT_AT", fmt::format("{}:{}:kill", kind, nth)}});
        kills += ending.killed() ? 1 : 0;
        const std::uint64_t there = witness.look(place, name);
        CHECK((there == before || there == after));
      }
    }
    put_back(place, "done");
    fs::remove_all(place / "kept");
    fs::remove_all(place / "done");
  }
  MESSAGE("killed ", kills, " times");
  CHECK(kills >= acts().size());
}
