// Exports as files: packed, in sets with a manifest, whole or not at all.
#include <filesystem>
#include <fstream>
#include <sstream>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "base/error.h"
#include "engine/export/csv_text.h"
#include "engine/export/digest.h"
#include "engine/export/export_set.h"
#include "storage/sha256.h"
#include "tests/engine/sample.h"

using namespace ringscope;

namespace {

std::string contents(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

std::string ungzip(const std::string& file) {
  gzFile in = gzopen(file.c_str(), "rb");
  std::string text(std::size_t{1} << 20, '\0');
  const int got = gzread(in, text.data(), static_cast<unsigned>(text.size()));
  gzclose(in);
  REQUIRE(got >= 0);
  text.resize(static_cast<std::size_t>(got));
  return text;
}

std::string unzstd(const std::string& bytes) {
  std::string text(std::size_t{1} << 20, '\0');
  const std::size_t got = ZSTD_decompress(text.data(), text.size(), bytes.data(), bytes.size());
  REQUIRE(ZSTD_isError(got) == 0);
  text.resize(got);
  return text;
}

ExportSetOptions set_in(const std::string& directory) {
  ExportSetOptions options;
  options.directory = directory;
  options.formats = {&find_export_format("accounts", "csv"), &find_export_format("rings", "jsonl"),
                     &find_export_format("events", "jsonl")};
  options.config_hash = "00ff";
  options.version = "1.2.3";
  return options;
}

}  // namespace

TEST_CASE("csv: what a spreadsheet would run gets an apostrophe, and reading takes it away") {
  for (const char* value : {"=1+1", "+49", "-1", "@sum", "\tx", "'=1", "''+x", "=cmd|' /C calc'!A0"}) {
    CAPTURE(value);
    const std::string field = csv_field(value);
    CHECK(std::string("=+-@\t\r").find(field[field[0] == '"' ? 1 : 0]) == std::string::npos);
  }
  CHECK(csv_field("=1+1") == "'=1+1");
  CHECK(csv_field("=a,b") == "\"'=a,b\"");
  CHECK(csv_field("plain") == "plain");
  CHECK(csv_field("it's") == "it's");
  CHECK(csv_field("'quoted'") == "'quoted'");
  for (const std::string value : {"=1+1", "'=1", "''=1", "'x", "plain", "-"})
    CHECK(csv_cell(csv_field(value)) == value);
}

TEST_CASE("digests: the vectors of the standards") {
  Sha256 digest;
  digest.add("a");
  digest.add("bc");
  CHECK(digest.hex() == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");  // FIPS 180-2, B.1
  const std::string code = hmac_sha256("Jefe", "what do ya want for nothing?");               // RFC 4231, 4.3
  CHECK(base64(code) == "W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM=");
  CHECK(from_base64("Zm9vYg==") == "foob");  // RFC 4648, 10
  CHECK(base64("foob") == "Zm9vYg==");
  CHECK_THROWS_AS(from_base64("a"), Error);
  CHECK(uuid5("6ba7b810-9dad-11d1-80b4-00c04fd430c8", "www.example.com") ==
        "2ed6657d-e927-568b-95e1-2665a8aea6a2");  // RFC 9562, A.4
}

TEST_CASE("export: a file is packed as its name says, and the same each time") {
  SampleStore sample;
  sample.publish_run();
  const ExportFormat& format = find_export_format("rings", "jsonl");
  for (const char* name : {"r.jsonl", "r.jsonl.gz", "r.jsonl.zst", "again.jsonl.gz"})
    export_run(sample.store(), format, {}, std::filesystem::path(sample.path(name)));
  const std::string plain = contents(sample.path("r.jsonl"));
  CHECK(!plain.empty());
  CHECK(ungzip(sample.path("r.jsonl.gz")) == plain);
  CHECK(unzstd(contents(sample.path("r.jsonl.zst"))) == plain);
  CHECK(contents(sample.path("again.jsonl.gz")) == contents(sample.path("r.jsonl.gz")));
}

TEST_CASE("export: a set ends with a manifest of what its files are") {
  SampleStore sample;
  sample.publish_run();
  ExportSetOptions options = set_in(sample.path("out"));
  options.packing = Packing::zstd;
  export_set(sample.store(), options);
  const auto manifest = nlohmann::json::parse(contents(sample.path("out/manifest.json")));
  CHECK(manifest.at("schema") == "ringscope.manifest/1");
  CHECK(manifest.at("run") == 1);
  CHECK(manifest.at("config_hash") == "00ff");
  CHECK(manifest.at("program") == "1.2.3");
  REQUIRE(manifest.at("files").size() == 3);
  for (const auto& file : manifest.at("files")) {
    const std::string name = file.at("name");
    CHECK(name.ends_with(".zst"));
    const std::string bytes = contents(sample.path("out/" + name));
    Sha256 digest;
    digest.add(bytes);
    CHECK(file.at("sha256") == digest.hex());
    CHECK(file.at("bytes") == bytes.size());
  }
  CHECK(manifest.at("files")[0].at("rows") == 3);
}

TEST_CASE("export: where the disk is full, at any byte, no file of the name is there by halves") {
  SampleStore sample;
  sample.publish_run();
  const ExportSetOptions whole = set_in(sample.path("whole"));
  export_set(sample.store(), whole);
  std::uint64_t most = 0;
  for (const auto& entry : std::filesystem::directory_iterator(whole.directory))
    most = std::max<std::uint64_t>(most, entry.file_size());
  int refused = 0;
  for (std::uint64_t room = 0; room <= most; room += 1 + most / 25) {
    const ExportSetOptions options = set_in(sample.path(fmt::format("out{}", room)));
    const pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      signal(SIGXFSZ, SIG_IGN);  // as on a full disk, a write fails
      const rlimit limit{room, room};
      setrlimit(RLIMIT_FSIZE, &limit);
      try {
        export_set(sample.store(), options);
        _exit(0);
      } catch (const Error&) {
        _exit(3);
      }
    }
    int status = 0;
    waitpid(child, &status, 0);
    REQUIRE(WIFEXITED(status));
    refused += WEXITSTATUS(status) == 3 ? 1 : 0;
    for (const auto& entry : std::filesystem::directory_iterator(options.directory)) {
      const std::string name = entry.path().filename().string();
      CHECK(!name.starts_with("."));  // nothing temporary is left behind
      CHECK(contents(entry.path()) == contents(whole.directory / name));
    }
    const bool complete = std::filesystem::exists(options.directory / "manifest.json");
    CHECK(complete == (WEXITSTATUS(status) == 0));
  }
  CHECK(refused > 5);
}

TEST_CASE("export: killed at any moment, what has its name is whole, and a manifest only stands beside all files") {
  SampleStore sample;
  sample.publish_run();
  const ExportSetOptions whole = set_in(sample.path("whole"));
  export_set(sample.store(), whole);
  int partial = 0;
  for (unsigned round = 0; round < 40; ++round) {
    const ExportSetOptions options = set_in(sample.path(fmt::format("out{}", round)));
    const pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      export_set(sample.store(), options);
      _exit(0);
    }
    usleep(100 * round);
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
    if (!std::filesystem::exists(options.directory)) continue;
    std::size_t named = 0;
    for (const auto& entry : std::filesystem::directory_iterator(options.directory)) {
      const std::string name = entry.path().filename().string();
      if (name.starts_with(".")) continue;
      ++named;
      CHECK(contents(entry.path()) == contents(whole.directory / name));
    }
    if (std::filesystem::exists(options.directory / "manifest.json")) CHECK(named == 5);
    partial += named > 0 && named < 5 ? 1 : 0;
  }
  MESSAGE("killed between two files: ", partial, " of 40");
}
