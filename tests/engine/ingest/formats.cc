#include <doctest/doctest.h>

#include "engine/ingest/skeleton.h"
#include "tests/engine/ingest/ingest_for_tests.h"

using namespace ringscope;
using namespace ringscope::test;

namespace {

const std::string kWide =
    R"({"ts":1767225600,"account":"a7f2","ip":"203.0.113.7","payment":"538877-d367","fingerprint":"fp_9a",)"
    R"("capability":"coding","model":"m1","template":"t_1","tokens":1834,"tokens_out":20,"plan":"free","status":"active","created":1767000000})"
    "\n"
    R"({"ts":1767229200,"account":"a7f2","ip":"203.0.113.7","count":3})"
    "\n";
const std::string kWideDump =
    "a7f2 cell 203.0.113.7@ip 2026-01-01: 4 2026-01-01T00:00:00Z 2026-01-01T01:00:00Z\n"
    "a7f2 cell 538877-d367@payment 2026-01-01: 1 2026-01-01T00:00:00Z 2026-01-01T00:00:00Z\n"
    "a7f2 cell fp_9a@fingerprint 2026-01-01: 1 2026-01-01T00:00:00Z 2026-01-01T00:00:00Z\n";

std::string cells_only(const std::string& text) {
  std::string cells;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);)
    if (line.find(" cell ") != std::string::npos) cells += line + "\n";
  return cells;
}

const std::string kLongCsv =
    "account,kind,value,ts\n"
    "a7f2,ip,203.0.113.7,1767225600\n"
    "a7f2,ip,203.0.113.7,1767229200\na7f2,ip,203.0.113.7,1767229200\na7f2,ip,203.0.113.7,1767229200\n"
    "a7f2,payment,538877-d367,1767225600\n"
    "a7f2,fingerprint,fp_9a,1767225600\n";

}  // namespace

TEST_CASE("ingest: a wide line becomes cells, activity and facts") {
  const std::string all = dump_of(kWide);
  CHECK(cells_only(all) == kWideDump);
  CHECK(all.find("a7f2 day 2026-01-01: 4 in 1834 out 20 templated 1 hours 1 3 0 0") != std::string::npos);
  CHECK(all.find(" coding@capability=1 m1@model=1 ") != std::string::npos);
  CHECK(all.find(fmt::format(" {:x}:1\n", hash_value("t_1"))) != std::string::npos);
  CHECK(all.find("a7f2 facts: 2025-12-29T09:20:00Z free@2026-01-01T00:00:00Z active@2026-01-01T00:00:00Z\n") !=
        std::string::npos);
}

TEST_CASE("ingest: a line of facts alone is no request, one with anything of a request is") {
  const std::string facts = R"({"account":"a","ts":1767225600,"status":"banned","plan":"free","created":1767000000)";
  const std::string stated = "a facts: 2025-12-29T09:20:00Z free@2026-01-01T00:00:00Z banned@2026-01-01T00:00:00Z\n";
  CHECK(dump_of(facts + "}\n") == stated);
  CHECK(dump_of(facts + R"(,"ip":"","capability":" ","count":null,"tokens":"","unknown":7})" + "\n") == stated);
  CHECK(dump_of("account,ts,status,plan,created\na,1767225600,banned,free,1767000000\n") == stated);
  for (const char* const more :
       {R"("ip":"203.0.113.7")", R"("capability":"coding")", R"("model":"m1")", R"("template":"t_1")",
        R"("text":"Write a poem")", R"("tokens":0)", R"("tokens_out":0)", R"("count":1)"}) {
    CAPTURE(more);
    CHECK(dump_of(facts + "," + more + "}\n").find("a day 2026-01-01: 1 ") != std::string::npos);
  }
  CHECK(dump_of(R"({"account":"a","ts":1767225600})"
                "\n")
            .find("a day 2026-01-01: 1 ") != std::string::npos);
}

TEST_CASE("ingest: long lines make cells only, in CSV and in JSON") {
  CHECK(dump_of(kLongCsv) == kWideDump);
  CHECK(dump_of(R"({"account":"a7f2","kind":"IP","value":"203.0.113.7","ts":1767225600}
{"account":"a7f2","kind":"ip","value":"203.0.113.7","ts":1767229200,"count":3}
{"account":"a7f2","kind":"payment","value":" 538877-d367 ","ts":1767225600}
{"account":"a7f2","kind":"fingerprint","value":"fp_9a","ts":1767225600}
)") == kWideDump);
}

TEST_CASE("ingest: a long line may lack a time and name a new kind") {
  CHECK(dump_of("value,kind,account\nw1,Wallet.v-2_x,a\nw1,wallet.v-2_x,a\n") == "a cell w1@wallet.v-2_x -: 2 - -\n");
}

TEST_CASE("ingest: wide and long lines may be mixed") {
  const std::string mixed = kWide + R"({"account":"b","kind":"fund","value":"f"})" + "\n";
  CHECK(dump_of(mixed) == dump_of(kWide) + "b cell f@fund -: 1 - -\n");
}

TEST_CASE("ingest: CSV and JSON of the same events store the same") {
  const std::string csv =
      "tokens,account,ts,ip,payment,fingerprint,capability,model,template,tokens_out,plan,status,created,count\n"
      "1834,a7f2,1767225600,203.0.113.7,538877-d367,fp_9a,coding,m1,t_1,20,free,active,1767000000,\n"
      ",a7f2,1767229200,203.0.113.7,,,,,,,,,,3\n";
  CHECK(dump_of(csv) == dump_of(kWide));
}

TEST_CASE("ingest: times may be milliseconds, fractions or RFC 3339") {
  const std::string expected = "a cell v@k 2026-01-01: 1 2026-01-01T00:00:05Z 2026-01-01T00:00:05Z\n";
  for (const char* ts :
       {"1767225605", "1767225605000", "1767225605999", "1767225605.9", "1.767225605e9", "\"2026-01-01T00:00:05Z\"",
        "\"2026-01-01 02:00:05+02:00\"", "\"1767225605\"", "\"2025-12-31T19:00:05.5-05:00\""}) {
    CAPTURE(ts);
    CHECK(dump_of(fmt::format("{{\"account\":\"a\",\"kind\":\"k\",\"value\":\"v\",\"ts\":{}}}\n", ts)) == expected);
  }
}

TEST_CASE("ingest: byte order marks, CRLF and blank lines are no content") {
  std::string crlf = kWide;
  for (std::size_t at = 0; (at = crlf.find('\n', at)) != std::string::npos; at += 2) crlf.insert(at, "\r");
  CHECK(dump_of("\xef\xbb\xbf" + kWide) == dump_of(kWide));
  CHECK(dump_of(crlf) == dump_of(kWide));
  CHECK(dump_of("\n \r\n" + crlf + "\r\n\r\n") == dump_of(kWide));
  CHECK(dump_of("\xef\xbb\xbf"
                "account,kind,value,ts\r\na,k,v,\r\n\r\n") == "a cell v@k -: 1 - -\n");
}

TEST_CASE("ingest: blank lines and quoted newlines count as lines, so that a reject names the line in an editor") {
  Bench bench;
  const auto report = bench.read_text(
      "\naccount,kind,value,note\na,k,\"v,1\",\"one\ntwo \"\"2\"\"\r\nthree\"\n\nb,k\n\"c\",\"k\",\"v\"\"2\",\n");
  CHECK(rejects_of(report) == std::vector<std::string>{"7::fewer fields than the header names"});
  CHECK(dump(bench.store()) == "a cell v,1@k -: 1 - -\nc cell v\"2@k -: 1 - -\n");
  CHECK(report.sources[0].lines == 8);
}

TEST_CASE("ingest: a stray quote costs its own line, near the end of the file too") {
  std::string text = "account,kind,value\n\"open,k,v\n";
  for (int i = 0; i < 2000; ++i) text += "a,k,v\n";
  Bench bench;
  const auto report = bench.read_text(text + "b,k,\"v\n", {.threads = 2, .memory_bytes = 1});
  CHECK(report.events == 2000);
  CHECK(rejects_of(report).front() == "2::a quote is not closed or stands inside a field");
  CHECK(report.rejected == 2);
}

TEST_CASE("ingest: gzip and zstd, of one member or several, are known by their first bytes") {
  const std::string second = R"({"account":"b","kind":"k","value":"v"})"
                             "\n";
  const std::string expected = dump_of(kWide + second);
  CHECK(dump_of(gzip(kWide + second)) == expected);
  CHECK(dump_of(gzip(kWide) + gzip(second)) == expected);
  CHECK(dump_of(gzip(kWide.substr(0, 100)) + gzip(kWide.substr(100) + second) + std::string(512, '\0')) == expected);
  CHECK(dump_of(zstd(kWide + second)) == expected);
  CHECK(dump_of(zstd(kWide.substr(0, 100)) + zstd("") + zstd(kWide.substr(100) + second)) == expected);
}

TEST_CASE("ingest: damaged or cut compressed files are errors that store nothing") {
  std::string text;
  for (int i = 0; i < 5000; ++i)
    text += fmt::format("{{\"account\":\"a{}\",\"kind\":\"k\",\"value\":\"v{}\"}}\n", i, i * 77);
  for (const std::string& whole : {gzip(text), zstd(text)}) {
    std::string flipped = whole;
    flipped[whole.size() / 2] = static_cast<char>(flipped[whole.size() / 2] ^ 0x55);
    for (const std::string& bad : {whole.substr(0, whole.size() - 9), whole.substr(0, 40), whole + "garbage"}) {
      Bench bench;
      CHECK_THROWS_AS(bench.read_text(bad), Error);
      CHECK(dump(bench.store()).empty());
      CHECK(bench.store().positions().empty());
    }
  }
}

TEST_CASE(
    "ingest: numbers are texts, nulls are absent, the last of duplicate keys wins, what is nested is passed over") {
  CHECK(
      dump_of(
          R"({"x":{"account":"no","y":[1,{"z":"}"}]},"account":1,"kind":"k","value":5,"ts":null,"account":123,"value":"old","value":17})"
          "\n") == "123 cell 17@k -: 1 - -\n");
  CHECK(dump_of("{\"\\u0061ccount\":\"\\u00e9\\n\\\"\",\"kind\":\"k\",\"value\":\"a\\\\b\"}\n") ==
        "\xc3\xa9\n\" cell a\\b@k -: 1 - -\n");
}

TEST_CASE("ingest: fields that are not ours are counted by lines") {
  Bench bench;
  const auto report = bench.read_text(
      "{\"account\":\"a\",\"ts\":1,\"user_agent\":\"x\",\"kind\":\"request\"}\n{\"account\":\"a\",\"ts\":2,\"user_"
      "agent\":null}\n"
      "{\"account\":\"a\",\"kind\":\"k\",\"value\":\"v\",\"model\":\"m\"}\n");
  using Counts = std::vector<std::pair<std::string, std::uint64_t>>;
  CHECK(report.events + report.rejected == 3);
  CHECK(report.unknown_fields.back() == Counts::value_type{"user_agent", 2});
  Bench csv;
  CHECK(csv.read_text("account,kind,value,colour,shape\na,k,v,red,\nb,k,v,,\n").unknown_fields ==
        Counts{{"colour", 1}});
}

TEST_CASE("ingest: e-mail and IP are made equal, other kinds keep their case") {
  CHECK(dump_of("{\"account\":\"a\",\"ts\":0,\"email\":\" Jo@Example.ORG \",\"ip\":\"::FFFF:10.0.0.1\",\"payment\":\" "
                "Ab \"}\n")
            .find("a cell 10.0.0.1@ip 1970-01-01: 1 1970-01-01T00:00:00Z 1970-01-01T00:00:00Z\n"
                  "a cell Ab@payment 1970-01-01: 1 1970-01-01T00:00:00Z 1970-01-01T00:00:00Z\n"
                  "a cell jo@example.org@email 1970-01-01: 1") == 0);
}

TEST_CASE("ingest: prompts of one template count as one template and are not stored") {
  const std::string all = dump_of(
      "{\"account\":\"a\",\"ts\":0,\"text\":\"Write 17 lines on \\\"cats\\\" for Mary  Jones\"}\n"
      "{\"account\":\"a\",\"ts\":0,\"text\":\"Write 4 lines on \\\"old dogs\\\"\\nfor Bob\"}\n"
      "{\"account\":\"a\",\"ts\":0,\"template\":\"t\",\"text\":\"whatever\"}\n");
  std::string sketch;
  sketch_of("^ # lines on \" for ^", sketch);
  CHECK(all.find(fmt::format("{:x}:2", hash_value(sketch))) != std::string::npos);
  CHECK(all.find(fmt::format("{:x}:1", hash_value("t"))) != std::string::npos);
}

TEST_CASE("ingest: empty files, only a byte order mark, only a header are fine") {
  for (const char* text : {"", "\xef\xbb\xbf", "\n\n", "account,kind,value\n", "account,kind,value"}) {
    Bench bench;
    const auto report = bench.read_text(text);
    CHECK(report.events == 0);
    CHECK(report.rejected == 0);
  }
}

TEST_CASE("ingest: what is no log is refused by name before anything is stored") {
  Bench bench;
  const std::string good = bench.write("good", kWide);
  const auto refused = [&](const std::string& file, const char* why) {
    CAPTURE(file);
    try {
      bench.read({good, file});
      FAIL("was taken");
    } catch (const Error& error) {
      CHECK(error.code() == ErrorCode::input);
      CHECK(std::string(error.what()).find(why) != std::string::npos);
      CHECK(error.context() == file);
    }
    CHECK(dump(bench.store()).empty());
  };
  refused(bench.path() + "/missing", "No such file");
  refused(bench.path(), "directory");
  refused(bench.write("utf16", std::string_view("\xff\xfe{\0", 4)), "UTF-16");
  refused(bench.write("array", "[{\"account\":\"a\"}]"), "JSON array");
  refused(bench.write("words", "some words\nand more\n"), "neither");
  refused(bench.write("semicolon", "account;kind;value\na;b;c\n"), "neither");
  refused(bench.write("twice", "account,ts,ts\na,1,2\n"), "twice");
}
