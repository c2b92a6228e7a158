#include "engine/export/export.h"

#include <filesystem>
#include <fstream>
#include <sstream>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/atomic_file.h"
#include "base/error.h"
#include "engine/detect/ring/ring_json.h"
#include "tests/engine/sample.h"

using namespace ringscope;

namespace {

std::string written(ExportWriter writer, std::span<const Ring> rings, const ExportFilter& filter) {
  std::string text;
  const RingSource source{[&](const std::function<void(const Ring&)>& visit) {
                            for (const Ring& ring : rings) visit(ring);
                          },
                          [&](const RingPrinter& print, const ExportSink& sink) {
                            std::string printed;
                            for (const Ring& ring : rings) print(ring, printed);
                            sink(printed);
                          }};
  writer(source, filter, [&](std::string_view bytes) { text += bytes; });
  return text;
}

std::string contents(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

std::size_t files_in(const std::filesystem::path& directory) {
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(directory)) ++count;
  return count;
}

}  // namespace

TEST_CASE("accounts csv: one row an account, quoted where it must be") {
  Ring ring = sample_ring();
  ring.members.resize(2);
  ring.members[1].name = "b,\"o\"\nb";
  ring.members[1].reasons = {};
  CHECK(written(write_accounts_csv, {&ring, 1}, {}) ==
        "account,ring,score,tier,membership,reasons\n"
        "ann,R-7f3a91c2,0.99,ban,1,\"shares a card, \"\"rare\"\"; same hours; took the place of eve, banned "
        "2026-01-01T00:00:00Z, 60 min before (probability 0.88): same payment card-1\"\n"
        "\"b,\"\"o\"\"\nb\",R-7f3a91c2,0.99,ban,0.9,\n");
}

TEST_CASE("rings jsonl: each line reads back as its ring") {
  const std::vector<Ring> rings = {sample_ring(), sample_ring()};
  std::istringstream lines(written(write_rings_jsonl, rings, {}));
  int count = 0;
  for (std::string line; std::getline(lines, line); ++count) {
    CHECK(ring_to_json(ring_from_json(line)) == ring_to_json(rings[0]));
  }
  CHECK(count == 2);
}

TEST_CASE("export: a tier filter keeps accounts by their own tier and rings by theirs") {
  Ring ring = sample_ring();
  ring.members[2].tier = Tier::review;
  const ExportFilter review{{Tier::review}};
  const std::string accounts = written(write_accounts_csv, {&ring, 1}, review);
  CHECK(accounts.find("cy,") != std::string::npos);
  CHECK(accounts.find("ann,") == std::string::npos);
  CHECK(written(write_rings_jsonl, {&ring, 1}, review).empty());
}

TEST_CASE("export: an unknown level or format is refused with what there is") {
  CHECK((find_export_format("rings", "jsonl").write == write_rings_jsonl));
  CHECK_THROWS_WITH_AS(find_export_format("events", "csv"), doctest::Contains("--level accounts --format csv"), Error);
  CHECK_THROWS_AS(find_export_format("accounts", "xlsx"), Error);
}

TEST_CASE("export: a run goes into a file, whole, with the rights of an ordinary file") {
  SampleStore sample;
  sample.publish_run();
  const std::string out = sample.path("rings.jsonl");
  const ExportReport report =
      export_run(sample.store(), find_export_format("rings", "jsonl"), {}, std::filesystem::path(out));
  CHECK(report.rows == 1);
  CHECK(report.run == 1);
  CHECK(report.bytes == contents(out).size());
  CHECK(ring_from_json(contents(out)).members.size() == 3);
  const auto rights = std::filesystem::status(out).permissions();
  CHECK((rights & std::filesystem::perms::owner_write) != std::filesystem::perms::none);
}

TEST_CASE("atomic file: without a commit the old file stays and nothing is left behind") {
  const Scratch scratch("atomic");
  const std::string path = scratch.write("out.csv", "old");
  {
    AtomicFile file(path);
    file.write(std::string(200'000, 'x'));
    CHECK(contents(path) == "old");
  }
  CHECK(contents(path) == "old");
  CHECK(files_in(std::filesystem::path(path).parent_path()) == 1);
  AtomicFile file(path);
  file.write("new");
  file.commit();
  CHECK(contents(path) == "new");
  CHECK(files_in(std::filesystem::path(path).parent_path()) == 1);
}

TEST_CASE("atomic file: a directory that is not there or is the output itself is refused") {
  const Scratch scratch("atomic");
  CHECK_THROWS_WITH_AS(AtomicFile(scratch.path("none/out.csv")), doctest::Contains("directory exist"), Error);
  CHECK_THROWS_AS(AtomicFile(scratch.path("")), Error);
}

TEST_CASE("export: a pipe or a link under the output's name is refused and stays") {
  const std::filesystem::path directory =
      std::filesystem::temp_directory_path() / fmt::format("ringscope-out-{}", getpid());
  std::filesystem::create_directory(directory);
  REQUIRE(mkfifo((directory / "pipe").c_str(), 0600) == 0);
  std::filesystem::create_symlink("elsewhere", directory / "link");
  std::ofstream(directory / "elsewhere") << "kept";
  for (const char* name : {"pipe", "link"}) CHECK_THROWS_AS(ringscope::AtomicFile(directory / name), ringscope::Error);
  CHECK(std::filesystem::is_fifo(directory / "pipe"));
  CHECK(std::filesystem::is_symlink(directory / "link"));
  std::filesystem::remove_all(directory);
}
