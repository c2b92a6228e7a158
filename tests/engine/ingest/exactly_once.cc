#include <thread>

#include <doctest/doctest.h>
#include <unistd.h>

#include "tests/engine/ingest/ingest_for_tests.h"

using namespace ringscope;
using namespace ringscope::test;

namespace {

std::string line(int i) {
  return fmt::format("{{\"ts\":{},\"account\":\"a{}\",\"ip\":\"10.0.{}.{}\",\"tokens\":{}}}\n", 1767225600 + i * 61,
                     i % 37, i % 5, i % 200, i);
}

std::string lines(int begin, int end) {
  std::string text;
  for (int i = begin; i < end; ++i) text += line(i);
  return text;
}

// Pipes a text into standard input while an ingest reads it.
IngestReport pipe_in(Bench& bench, const std::string& text, const IngestOptions& options = {}) {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  const int saved = ::dup(STDIN_FILENO);
  ::dup2(ends[0], STDIN_FILENO);
  ::close(ends[0]);
  std::thread writer([&] {
    for (std::size_t at = 0; at < text.size();) {
      const auto wrote = ::write(ends[1], text.data() + at, text.size() - at);
      if (wrote <= 0) break;
      at += static_cast<std::size_t>(wrote);
    }
    ::close(ends[1]);
  });
  const IngestReport report = bench.read({"-"}, options);
  writer.join();
  ::dup2(saved, STDIN_FILENO);
  ::close(saved);
  return report;
}

}  // namespace

TEST_CASE("ingest: reading a file again changes nothing, under another name and after reopening too") {
  Bench bench;
  const std::string text = lines(0, 3000) + "bad\n";
  const std::string file = bench.write("log", text);
  CHECK(bench.read({file}).rejected == 1);
  const std::string once = dump(bench.store());
  const auto positions = bench.store().positions();
  bench.open();
  const auto again = bench.read({file, bench.write("copy", text)});
  CHECK(again.events == 0);
  CHECK(again.rejected == 0);
  CHECK(again.sources[0].already_known);
  CHECK(again.sources[1].already_known);
  CHECK(dump(bench.store()) == once);
  CHECK(bench.store().positions() == positions);
  CHECK(bench.store().rejects(10).size() == 1);
}

TEST_CASE("ingest: equal files in one command count once, a beginning of another too") {
  Bench bench;
  const std::string text = lines(0, 3000);
  const auto report =
      bench.read({bench.write("whole", text), bench.write("begun", lines(0, 1000)), bench.write("same", text)});
  CHECK(report.events == 3000);
  CHECK(report.sources[0].resumed_at == lines(0, 1000).size());
  CHECK(report.sources[2].already_known);
  CHECK(dump(bench.store()) == dump_of(text));
}

TEST_CASE("ingest: a grown file is read on from where it ended and keeps its identity") {
  for (const int first : {1, 10, 2000}) {
    Bench bench;
    const std::string file = bench.write("log", lines(0, first));
    bench.read({file});
    const auto before = bench.store().positions().at(0);
    bench.append(file, lines(first, 3000) + "bad\n");
    const auto report = bench.read({file});
    CHECK(report.events == static_cast<std::uint64_t>(3000 - first));
    CHECK(report.sources[0].resumed_at == before.offset);
    CHECK(rejects_of(report) == std::vector<std::string>{"3001::not a JSON object"});
    REQUIRE(bench.store().positions().size() == 1);
    const auto after = bench.store().positions()[0];
    CHECK(after.source == before.source);
    CHECK(after.head_bytes == before.head_bytes);
    CHECK(after.lines == 3001);
    CHECK(after.rejected == 1);
    CHECK(after.complete);
    CHECK(dump(bench.store()) == dump_of(lines(0, 3000)));
  }
}

TEST_CASE("ingest: files that begin alike and go on differently are different sources") {
  Bench bench;
  const std::string head = lines(0, 2000);
  REQUIRE(head.size() > 70'000);
  bench.read({bench.write("one", head + lines(2000, 2500))});
  bench.read({bench.write("two", head + lines(5000, 5500))});
  CHECK(bench.store().positions().size() == 2);
  CHECK(bench.read({bench.path() + "/one", bench.path() + "/two"}).events == 0);
}

TEST_CASE("ingest: a last line that is cut short is reported, not consumed, and read when the file has grown") {
  Bench bench;
  const std::string text = lines(0, 10);
  const std::string file = bench.write("log", text.substr(0, text.size() - 9));
  const auto report = bench.read({file});
  CHECK(report.events == 9);
  CHECK(rejects_of(report) == std::vector<std::string>{"10::truncated last line"});
  CHECK(bench.store().positions().at(0).offset == lines(0, 9).size());
  CHECK_FALSE(bench.store().positions().at(0).complete);
  CHECK(bench.read({file}).rejected == 1);
  CHECK(reject_entries(bench.store()).size() == 1);
  bench.append(file, text.substr(text.size() - 9));
  CHECK(bench.read({file}).events == 1);
  CHECK(dump(bench.store()) == dump_of(text));
  CHECK(reject_entries(bench.store()).empty());
  CHECK(bench.store().rejects(10).empty());
}

TEST_CASE("ingest: a last line without newline is consumed when it can be read, also when the newline follows later") {
  Bench bench;
  const std::string text = lines(0, 10);
  const std::string file = bench.write("log", text.substr(0, text.size() - 1));
  CHECK(bench.read({file}).events == 10);
  CHECK(bench.read({file}).sources[0].already_known);
  bench.append(file, "\n" + line(10) + "bad\n");
  const auto report = bench.read({file});
  CHECK(report.events == 1);
  CHECK(rejects_of(report) == std::vector<std::string>{"12::not a JSON object"});
  CHECK(dump(bench.store()) == dump_of(lines(0, 11)));
}

TEST_CASE("ingest: a CSV line that goes on after it was taken for whole is reported") {
  Bench bench;
  const std::string file = bench.write("log", "account,kind,value\na,k,v1\na,k,v2");
  CHECK(bench.read({file}).events == 2);
  bench.append(file, "3\na,k,v4\n");
  const auto report = bench.read({file});
  CHECK(rejects_of(report) == std::vector<std::string>{"3::continues a line that an earlier ingest has read as whole"});
  CHECK(report.events == 1);
  CHECK(report.sources[0].lines == 1);
}

TEST_CASE("ingest: a truncated last CSV record is not consumed; the header is known again when the file has grown") {
  Bench bench;
  const std::string file = bench.write("log", "value,kind,account\nv,k,a\nw,k");
  CHECK(rejects_of(bench.read({file})) == std::vector<std::string>{"3::truncated last line"});
  bench.append(file, ",b\n");
  CHECK(bench.read({file}).events == 1);
  CHECK(dump(bench.store()) == "a cell v@k -: 1 - -\nb cell w@k -: 1 - -\n");
}

TEST_CASE("ingest: a compressed file that has grown by a member is read on, inside one it is an error") {
  for (const auto compress : {gzip, zstd}) {
    Bench bench;
    const std::string file = bench.write("log", compress(lines(0, 500)));
    CHECK(bench.read({file}).events == 500);
    CHECK(bench.read({file}).sources[0].already_known);
    bench.append(file, compress(lines(500, 600)));
    CHECK(bench.read({file}).events == 100);
    CHECK(dump(bench.store()) == dump_of(lines(0, 600)));
    bench.append(file, "more");
    CHECK_THROWS_WITH_AS(bench.read({file}), doctest::Contains("grown inside"), Error);
    CHECK(dump(bench.store()) == dump_of(lines(0, 600)));
  }
}

TEST_CASE("ingest: standard input is stored batch by batch and a stream that is piped again is passed over") {
  Bench bench;
  const IngestOptions options{.threads = 2, .live_batch_events = 100};
  const auto report = pipe_in(bench, lines(0, 1000), options);
  CHECK(report.events == 1000);
  CHECK(report.accounts == 37);  // each in many batches
  CHECK(bench.store().counts().batches >= 10);
  CHECK(dump(bench.store()) == dump_of(lines(0, 1000)));
  const auto again = pipe_in(bench, lines(0, 1000), options);
  CHECK(again.events == 0);
  CHECK(again.sources[0].already_known);
  const auto grown = pipe_in(bench, lines(0, 1500) + "bad\n", options);
  CHECK(grown.events == 500);
  CHECK(grown.sources[0].resumed_at == lines(0, 1000).size());
  CHECK(rejects_of(grown) == std::vector<std::string>{"1501::not a JSON object"});
  CHECK(dump(bench.store()) == dump_of(lines(0, 1500)));
  CHECK(bench.read({bench.write("file", lines(0, 1500) + "bad\n")}).sources[0].already_known);
}

TEST_CASE("ingest: another stream with the same beginning is not taken for the first") {
  Bench bench;
  const std::string head = lines(0, 2000);
  pipe_in(bench, head + lines(2000, 3000));
  CHECK(pipe_in(bench, head + lines(7000, 8000)).events == 3000);
  CHECK(bench.store().positions().size() == 2);
  for (const auto& file : std::filesystem::recursive_directory_iterator(bench.path()))
    CHECK(file.path().extension() != ".tmp");
}

TEST_CASE("ingest: compressed standard input is decompressed; what is cut short waits for the next time") {
  Bench bench;
  CHECK(pipe_in(bench, gzip(lines(0, 300))).events == 300);
  CHECK(pipe_in(bench, gzip(lines(0, 300))).events == 0);
  CHECK(dump(bench.store()) == dump_of(lines(0, 300)));
  Bench plain;
  const std::string text = lines(0, 20);
  CHECK(rejects_of(pipe_in(plain, text.substr(0, text.size() - 5))) ==
        std::vector<std::string>{"20::truncated last line"});
  CHECK(pipe_in(plain, text).events == 1);
  CHECK(dump(plain.store()) == dump_of(text));
}

TEST_CASE("ingest: an ingest that fails leaves no trace but is repeated exactly") {
  Bench bench;
  const std::string cut = gzip(lines(0, 5000));
  const std::string good = bench.write("good", lines(0, 100) + "bad\n");
  CHECK_THROWS_AS(bench.read({good, bench.write("cut", cut.substr(0, cut.size() - 20))}), Error);
  CHECK(dump(bench.store()).empty());
  bench.read({good});
  CHECK(dump(bench.store()) == dump_of(lines(0, 100)));
  CHECK(reject_entries(bench.store()) == std::vector<std::string>{"101::not a JSON object"});
}
