#include <doctest/doctest.h>

#include "tests/engine/ingest/ingest_for_tests.h"

using namespace ringscope;
using namespace ringscope::test;

namespace {

const std::string kGood = R"({"ts":1767225600,"account":"good","ip":"203.0.113.7"})";
const std::string kGoodNext = R"({"ts":1767225601,"account":"next","ip":"203.0.113.7"})";

struct BadLine {
  std::string line;
  std::string field;
  std::string reason;
};

// A bad line between two good ones: it is the one reject, at line 2, and its neighbours are stored.
void check_bad_line(const std::string& header, const std::string& good, const BadLine& bad, const std::string& next) {
  CAPTURE(bad.line.substr(0, 200));
  Bench bench;
  const IngestReport report = bench.read_text(header + good + "\n" + bad.line + "\n" + next + "\n");
  const int line = header.empty() ? 2 : 3;
  const std::vector<std::string> expected{fmt::format("{}:{}:{}", line, bad.field, bad.reason)};
  CHECK(rejects_of(report) == expected);
  CHECK(reject_entries(bench.store()) == expected);
  REQUIRE(bench.store().rejects(10).size() == 1);
  CHECK(bench.store().rejects(10)[0].reason == bad.reason);
  CHECK(report.events == 2);
  CHECK(dump(bench.store()).find("good cell 203.0.113.7@ip 2026-01-01") != std::string::npos);
  CHECK(dump(bench.store()).find("next cell 203.0.113.7@ip 2026-01-01") != std::string::npos);
}

std::string wide(const std::string& fields) { return R"({"ts":1767225600,"account":"bad",)" + fields + "}"; }

}  // namespace

TEST_CASE("ingest: every kind of bad JSON line is rejected with its reason and never loses its neighbours") {
  const std::string not_json = "not valid JSON";
  const std::string not_object = "not a JSON object";
  const std::vector<BadLine> lines{
      {"{", "", not_json},
      {"}", "", not_object},
      {R"({"ts":1767225600,"account":"bad")", "", not_json},
      {R"({"ts":1767225600,"account":"bad)", "", not_json},
      {R"({"ts":1767225600,"account":"bad"} x)", "", not_json},
      {R"({"ts":1767225600,"account":"bad"}{"ts":1767225600,"account":"worse"})", "", not_json},
      {R"({"ts":1767225600 "account":"bad"})", "", not_json},
      {R"({"ts":17672x25600,"account":"bad"})", "", not_json},
      {R"({"ts":01767225600,"account":"bad"})", "", not_json},
      {R"({"ts":1767225600,"account":nul})", "", not_json},
      {R"({"ts":1767225600,"account":"ba\qd"})", "", not_json},
      {"{\"ts\":1767225600,\"account\":\"a\tb\"}", "", not_json},
      {"[1,2]", "", not_object},
      {"17", "", not_object},
      {"\"text\"", "", not_object},
      {"null", "", not_object},
      {"plain words", "", not_object},
      {"{\"ts\":1767225600,\"account\":\"b\xff\"}", "", "invalid UTF-8"},
      {"{\"ts\":1767225600,\"account\":\"b\xc3\"}", "", "invalid UTF-8"},
      {std::string("{\"ts\":1767225600,\"account\":\"b\0\"}", 32), "", "contains a NUL byte"},
      {std::string(7, '\0'), "", "contains a NUL byte"},
      {R"({"ts":1767225600,"account":"a\u0000b"})", "account", "contains a NUL byte"},
      {R"({"ts":1767225600})", "account", "missing"},
      {R"({"ts":1767225600,"account":""})", "account", "missing"},
      {R"({"ts":1767225600,"account":null})", "account", "missing"},
      {R"({"ts":1767225600,"account":["x"]})", "account", "neither a text nor a number"},
      {R"({"ts":1767225600,"account":{"id":1}})", "account", "neither a text nor a number"},
      {R"({"ts":1767225600,"account":true})", "account", "neither a text nor a number"},
      {R"({"ts":1767225600,"account":")" + std::string(513, 'a') + "\"}", "account", "longer than 512 bytes"},
      {R"({"account":"bad"})", "ts", "missing"},
      {R"({"ts":null,"account":"bad"})", "ts", "missing"},
      {R"({"ts":"yesterday","account":"bad"})", "ts", "not a time"},
      {R"({"ts":"2026-01-01T00:00:00","account":"bad"})", "ts", "not a time"},
      {R"({"ts":1e30,"account":"bad"})", "ts", "not a time"},
      {wide(R"("ip":"203.0.113.256")"), "ip", "not an IP address"},
      {wide(R"("ip":"203.0.113.7:443")"), "ip", "not an IP address"},
      {wide(R"("ip":"203.0.113.0/24")"), "ip", "not an IP address"},
      {wide(R"("ip":"example.org")"), "ip", "not an IP address"},
      {wide(R"("ip":17)"), "ip", "not an IP address"},
      {wide(R"("payment":"a\u0000b")"), "payment", "contains a NUL byte"},
      {wide(R"("payment":")" + std::string(4097, 'p') + "\""), "payment", "longer than 4096 bytes"},
      {wide(R"("fingerprint":[])"), "fingerprint", "neither a text nor a number"},
      {wide(R"("capability":false)"), "capability", "neither a text nor a number"},
      {wide(R"("tokens":-1)"), "tokens", "not a whole number from 0 to 10^15"},
      {wide(R"("tokens":1.5)"), "tokens", "not a whole number from 0 to 10^15"},
      {wide(R"("tokens":"many")"), "tokens", "not a whole number from 0 to 10^15"},
      {wide(R"("tokens_out":10000000000000000)"), "tokens_out", "not a whole number from 0 to 10^15"},
      {wide(R"("count":0)"), "count", "not a whole number from 1 to 4294967295"},
      {wide(R"("count":4294967296)"), "count", "not a whole number from 1 to 4294967295"},
      {wide(R"("created":"soon")"), "created", "not a time"},
      {R"({"account":"bad","kind":"wallet","value":""})", "value", "missing"},
      {R"({"account":"bad","kind":"","value":"v"})", "kind", "missing"},
      {R"({"account":"bad","kind":"a b","value":"v"})", "kind", "not 1 to 64 of the characters a-z 0-9 _ . -"},
      {R"({"account":"bad","kind":")" + std::string(65, 'k') + R"(","value":"v"})", "kind",
       "not 1 to 64 of the characters a-z 0-9 _ . -"},
      {R"({"account":"bad","kind":"Account","value":"v"})", "kind", "a reserved name"},
      {R"({"account":"bad","kind":"model","value":"v"})", "kind", "a reserved name"},
      {R"({"account":"bad","kind":"ip","value":"nowhere"})", "value", "not an IP address"},
  };
  for (const BadLine& bad : lines) check_bad_line("", kGood, bad, kGoodNext);
}

TEST_CASE("ingest: every kind of bad CSV record is rejected with its reason and never loses its neighbours") {
  const std::string quote = "a quote is not closed or stands inside a field";
  const std::vector<BadLine> lines{
      {"bad,1767225600", "", "fewer fields than the header names"},
      {"bad,1767225600,203.0.113.7,", "", "more fields than the header names"},
      {"\"bad,1767225600,203.0.113.7", "", quote},
      {"\"bad\"x,1767225600,203.0.113.7", "", quote},
      {"bad,1767225600,\"203.0.113.7", "", quote},
      {"b\xff" "d,1767225600,203.0.113.7", "", "invalid UTF-8"},
      {std::string("b\0d,1767225600,203.0.113.7", 26), "", "contains a NUL byte"},
      {",1767225600,203.0.113.7", "account", "missing"},
      {"\"\",1767225600,203.0.113.7", "account", "missing"},
      {"bad,,203.0.113.7", "ts", "missing"},
      {"bad,noon,203.0.113.7", "ts", "not a time"},
      {"bad,1767225600,home", "ip", "not an IP address"},
  };
  for (const BadLine& bad : lines)
    check_bad_line("account,ts,ip\n", "good,1767225600,203.0.113.7", bad, "next,1767225600,203.0.113.7");
}

TEST_CASE("ingest: in a source of long lines, one with only a kind or only a value is damaged") {
  Bench bench;
  const auto report = bench.read_text(
      "{\"account\":\"a\",\"kind\":\"w\",\"value\":\"v\"}\n{\"account\":\"a\",\"kind\":\"w\"}\n"
      "{\"account\":\"a\",\"value\":\"v\"}\n");
  CHECK(rejects_of(report) == std::vector<std::string>{"2:value:missing", "3:kind:missing"});
  CHECK(dump(bench.store()) == "a cell v@w -: 1 - -\n");
}

TEST_CASE("ingest: an overlong line is rejected without being kept, also when it is the last") {
  const IngestOptions options{.threads = 2, .memory_bytes = std::size_t{1} << 20, .max_line_bytes = 1000};
  const std::string overlong = R"({"ts":1767225600,"account":"bad","text":")" + std::string(300'000, 'x') + "\"}";
  const std::string slightly = R"({"ts":1767225600,"account":"bad","text":")" + std::string(1000, 'x') + "\"}";
  Bench bench;
  const auto report = bench.read_text(kGood + "\n" + overlong + "\n" + slightly + "\n" + kGoodNext + "\n" + overlong, options);
  CHECK(rejects_of(report) ==
        std::vector<std::string>{"2::longer than a line may be", "3::longer than a line may be", "5::longer than a line may be"});
  CHECK(report.events == 2);
  CHECK(report.sources[0].lines == 5);
  CHECK(bench.read({bench.path() + "/input"}, options).sources[0].already_known);
}

TEST_CASE("ingest: a line of 10 MiB is read, only the skeleton of its text is kept") {
  Bench bench;
  const std::string text(std::size_t{10} << 20, 'x');
  const auto report = bench.read_text(kGood + "\n" + wide("\"text\":\"" + text + "\"") + "\n" + kGoodNext + "\n");
  CHECK(report.rejected == 0);
  CHECK(report.events == 3);
  CHECK(dump(bench.store()).find("bad day 2026-01-01: 1 in 0 out 0 templated 1") != std::string::npos);
}

TEST_CASE("ingest: rejected lines are kept as valid UTF-8, cut to 4 KiB, and no reason repeats a value") {
  Bench bench;
  bench.read_text(kGood + "\n{\"secret\xff" + std::string(10'000, 's') + "\n");
  const auto file = *std::filesystem::directory_iterator(bench.store().rejects_directory());
  std::ifstream in(file.path());
  std::string line;
  REQUIRE(std::getline(in, line));
  const auto entry = nlohmann::json::parse(line);
  CHECK(entry["raw"].get<std::string>().starts_with("{\"secret\xef\xbf\xbdsss"));
  CHECK(entry["raw"].get<std::string>().size() == 4096 + 2);
  CHECK(entry["file"] == bench.path() + "/input");
  CHECK(entry["reason"].get<std::string>().find("secret") == std::string::npos);
}

TEST_CASE("ingest: at most ten thousand rejects of a source are indexed, all of them are in its file") {
  Bench bench;
  std::string text = kGood + "\n";
  for (int i = 0; i < 10'050; ++i) text += "?\n";
  const auto report = bench.read_text(text);
  CHECK(report.rejected == 10'050);
  CHECK(report.first_rejects.size() == 20);
  CHECK(bench.store().rejects(20'000).size() == 10'000);
  CHECK(reject_entries(bench.store()).size() == 10'050);
  CHECK(reject_entries(bench.store()).back() == "10051::not a JSON object");
}
