#include <algorithm>

#include <doctest/doctest.h>

#include "tests/engine/ingest/ingest_for_tests.h"

using namespace ringscope;
using namespace ringscope::test;

namespace {

struct Row {
  std::string account, ip, payment, email;
  std::int64_t ts;
  int count;
};

std::vector<Row> random_rows(std::uint64_t seed, int n) {
  Random random(seed);
  std::vector<Row> rows;
  for (int i = 0; i < n; ++i) {
    Row row;
    row.account = fmt::format("user \"{}\", é", random.below(40));
    row.ip = random.chance(0.5) ? fmt::format("10.1.{}.{}", random.below(4), random.below(9))
                                : fmt::format("2001:DB8::{:X}", random.below(20));
    if (random.chance(0.7)) row.payment = fmt::format("card,{}\\", random.below(15));
    if (random.chance(0.3)) row.email = fmt::format("U{}@Mail.example", random.below(30));
    row.ts = 1767225600 + static_cast<std::int64_t>(random.below(5 * 86400));
    row.count = random.chance(0.2) ? static_cast<int>(random.below(9)) + 1 : 1;
    rows.push_back(row);
  }
  return rows;
}

std::string csv(const std::string& value) {
  std::string out = "\"";
  for (const char c : value) out += c == '"' ? "\"\"" : std::string(1, c);
  return out + "\"";
}

nlohmann::json json_of(const Row& row, Random& random) {
  nlohmann::json line{{"account", row.account}, {"ts", row.ts}, {"ip", row.ip}, {"count", row.count}};
  if (!row.payment.empty()) line["payment"] = row.payment;
  if (!row.email.empty()) line["email"] = row.email;
  line["template"] = fmt::format("t{}", random.below(50));
  line["capability"] = random.chance(0.5) ? "coding" : "chat";
  line["tokens"] = random.below(1000);
  if (random.chance(0.1)) line["plan"] = random.chance(0.5) ? "free" : "paid";
  if (random.chance(0.1)) line["created"] = row.ts - 1000;
  return line;
}

std::vector<std::string> json_lines(const std::vector<Row>& rows) {
  Random random(5);
  std::vector<std::string> lines;
  for (const Row& row : rows) lines.push_back(json_of(row, random).dump() + "\n");
  return lines;
}

std::string join(const std::vector<std::string>& lines, std::size_t begin = 0, std::size_t end = std::string::npos) {
  std::string text;
  for (std::size_t i = begin; i < std::min(end, lines.size()); ++i) text += lines[i];
  return text;
}

std::string cells_of(const std::string& text) {
  std::string cells;
  std::istringstream in(dump_of(text));
  for (std::string line; std::getline(in, line);)
    if (line.find(" cell ") != std::string::npos) cells += line + "\n";
  return cells;
}

constexpr std::size_t kTinyMemory = 1;  // the bounds' floor: several runs

}  // namespace

TEST_CASE("ingest: a table written wide in JSON, wide in CSV and long in CSV and JSON gives the same cells") {
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    const auto rows = random_rows(seed, 200);
    std::string wide_csv = "ts,count,email,payment,ip,account\r\n";
    std::string long_csv = "kind,value,account,ts,count\n";
    std::string long_json;
    for (const Row& row : rows) {
      wide_csv += fmt::format("{},{},{},{},{},{}\r\n", row.ts, row.count, csv(row.email), csv(row.payment), row.ip,
                              csv(row.account));
      for (const auto& [kind, value] : {std::pair{"ip", row.ip}, {"payment", row.payment}, {"email", row.email}}) {
        if (value.empty()) continue;
        long_csv += fmt::format("{},{},{},{},{}\n", kind, csv(value), csv(row.account), row.ts, row.count);
        long_json +=
            nlohmann::json{
                {"account", row.account}, {"kind", kind}, {"value", value}, {"ts", row.ts}, {"count", row.count}}
                .dump() +
            "\n";
      }
    }
    const std::string expected = cells_of(join(json_lines(rows)));
    CHECK(std::ranges::count(expected, '\n') > 100);
    CHECK(cells_of(wide_csv) == expected);
    CHECK(cells_of(long_csv) == expected);
    CHECK(cells_of(long_json) == expected);
  }
}

TEST_CASE("ingest: threads, order of lines, split into files and runs on disk do not show in the rows") {
  auto lines = json_lines(random_rows(77, 60'000));
  const std::string expected = dump_of(join(lines), {.threads = 1});
  CHECK(dump_of(join(lines), {.threads = 2}) == expected);
  CHECK(dump_of(join(lines), {.threads = 3, .memory_bytes = kTinyMemory}) == expected);
  Random random(3);
  for (std::size_t i = lines.size(); i > 1; --i) std::swap(lines[i - 1], lines[random.below(i)]);
  CHECK(dump_of(join(lines), {.threads = 2, .memory_bytes = kTinyMemory}) == expected);

  Bench split;
  const std::string one = split.write("1.jsonl", join(lines, 0, 7));
  const std::string two = split.write("2.jsonl", join(lines, 7, 20'000));
  const std::string three = split.write("3.gz", gzip(join(lines, 20'000)));
  const auto report = split.read({three, one, two});
  CHECK(report.events == lines.size());
  CHECK(report.sources[1].label == one);
  CHECK(dump(split.store()) == expected);

  Bench apart;
  for (const auto& [begin, end] : {std::pair<std::size_t, std::size_t>{30'000, 60'000}, {0, 30'000}})
    apart.read({apart.write(std::to_string(begin), join(lines, begin, end))});
  CHECK(dump(apart.store()) == expected);
}

TEST_CASE("ingest: an account is counted once, in however many runs its rows are") {
  std::string text;
  for (int i = 0; i < 60'000; ++i)
    text += fmt::format("{{\"ts\":{},\"account\":\"a{}\",\"ip\":\"192.0.2.{}\",\"payment\":\"p{}\"}}\n", 1767225600 + i,
                        i % 50, i % 7, i);
  Bench whole;
  CHECK(whole.read_text(text, {.threads = 1}).accounts == 50);
  Bench in_runs;
  CHECK(in_runs.read_text(text, {.threads = 2, .memory_bytes = kTinyMemory}).accounts == 50);
}

TEST_CASE("ingest: rejects and their order do not depend on threads or blocks") {
  auto lines = json_lines(random_rows(8, 20'000));
  for (std::size_t i = 0; i < lines.size(); i += 97) lines[i] = i % 2 == 0 ? "{\"account\":1}\n" : "bad\n";
  std::vector<std::string> expected;
  for (const unsigned threads : {1U, 2U, 4U}) {
    Bench bench;
    const auto report = bench.read_text(join(lines), {.threads = threads, .memory_bytes = kTinyMemory});
    CHECK(report.rejected == 207);
    const auto entries = reject_entries(bench.store());
    if (expected.empty()) expected = entries;
    CHECK(entries == expected);
    CHECK(bench.progress->events == report.events);
    CHECK(bench.progress->rejected == 207);
    CHECK(bench.progress->bytes_done == bench.progress->bytes_total);
  }
}

TEST_CASE("ingest: more kinds than a store can number are refused") {
  std::string text;
  for (int i = 0; i < 300; ++i) text += fmt::format("{{\"account\":\"a\",\"kind\":\"k{}\",\"value\":\"v\"}}\n", i);
  Bench bench;
  CHECK_THROWS_WITH_AS(bench.read_text(text), doctest::Contains("kinds"), Error);
  CHECK(dump(bench.store()).empty());
}
