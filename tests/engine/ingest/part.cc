#include "engine/ingest/part.h"

#include <algorithm>
#include <fstream>
#include <sstream>

#include <doctest/doctest.h>

#include "engine/ingest/part_import.h"
#include "storage/codec.h"
#include "tests/engine/ingest/ingest_for_tests.h"

using namespace ringscope;
using namespace ringscope::test;

namespace {

std::string golden(const std::string& name) {
  std::ifstream file(std::string(RINGSCOPE_SOURCE_DIR) + "/tests/golden/" + name, std::ios::binary);
  REQUIRE(file);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string line_of(const std::string& file, std::uint64_t line, std::string_view field, std::string_view reason) {
  return fmt::format("{}|{}|{}|{}\n", file, line, field, reason);
}

// The expected rejects of a golden file.
std::string expected_rejects(const std::string& file) {
  std::istringstream all(golden("readers.rejects.txt"));
  std::string lines;
  for (std::string line; std::getline(all, line);)
    if (line.starts_with(file + "|")) lines += line + "\n";
  return lines;
}

std::string rejects_of(const std::string& file, const std::vector<RejectedLine>& rejects) {
  std::string lines;
  for (const RejectedLine& reject : rejects)
    lines += line_of(file, reject.line, reject.fault.field, reject.fault.reason);
  return lines;
}

// Puts a part into a store by way of columns, as a distributed run does.
void import_part(PartImport& import, const FoldedPart& part) {
  std::vector<KindId> kinds;
  for (const std::string& kind : part.kinds) kinds.push_back(import.kind(kind));
  const auto of = [&](KindId kind) { return kinds[static_cast<std::size_t>(kind)]; };
  for (const AccountRow& row : part.rows) {
    for (const Cell& cell : row.cells) {
      const std::vector<std::int64_t> numbers = {static_cast<std::int64_t>(row.account),
                                                 static_cast<std::int64_t>(cell.entity.hash), cell.count, cell.first,
                                                 cell.last};
      const KindId kind = of(cell.entity.kind);
      const std::span<const std::int64_t> all(numbers);
      import.add_cells({all.subspan(0, 1), std::span(&kind, 1), all.subspan(1, 1), std::span(&cell.day, 1),
                        all.subspan(2, 1), all.subspan(3, 1), all.subspan(4, 1)});
    }
  }
  for (const AccountRow& row : part.rows) {
    if (!row.activity.empty()) import.add_activity(row.account, encode_activity(row.activity));
    if (!row.facts.empty()) import.add_facts(row.account, encode_facts(row.facts));
  }
  for (const Name& name : part.names) import.add_name(of(name.key.kind), name.key.hash, name.value);
}

// The lines of a text, each with its newline, and room behind them.
std::string padded(std::string_view lines) { return std::string(lines) + std::string(kPadding, ' '); }

}  // namespace

TEST_CASE("part: good and bad lines are told apart as the golden file says, by ingest and by a part") {
  for (const std::string file : {"readers.jsonl", "readers.csv"}) {
    const std::string text = golden(file);
    Bench bench;
    const IngestReport report = bench.read({bench.write(file, text)});
    std::string by_ingest;
    for (const Reject& reject : bench.store().rejects(1000))
      by_ingest += line_of(file, reject.line, reject.field, reject.reason);
    CHECK(by_ingest == expected_rejects(file));
    CHECK(report.events == (file == "readers.jsonl" ? 14 : 3));

    PartFold fold(std::size_t{1} << 20);
    fold.read_text(text, file, BlockKind::tail);
    const FoldedPart part = fold.take();
    CHECK(rejects_of(file, part.rejects) == expected_rejects(file));
    CHECK(part.events == report.events);
  }
}

TEST_CASE("part: however a log is cut into parts, their import is what ingest stores") {
  const std::string text = golden("readers.jsonl");
  Bench whole;
  whole.read_text(text);
  std::vector<std::size_t> ends;
  for (std::size_t at = text.find('\n'); at != std::string::npos; at = text.find('\n', at + 1)) ends.push_back(at + 1);
  for (const std::size_t lines_a_part : {std::size_t{1}, std::size_t{3}, ends.size()}) {
    Bench parts;
    PartImport import(parts.store(), "cut", "cut", PartImport::Way::bulk);
    for (std::size_t line = 0; line < ends.size(); line += lines_a_part) {
      const std::size_t begin = line == 0 ? 0 : ends[line - 1];
      const std::size_t end = ends[std::min(line + lines_a_part, ends.size()) - 1];
      const std::string piece = padded(std::string_view(text).substr(begin, end - begin));
      PartFold fold(std::size_t{1} << 20);
      fold.read_lines(std::string_view(piece).substr(0, end - begin), line + 1, true);
      import_part(import, fold.take());
    }
    import.commit(ends.size(), 26);
    CHECK(dump(parts.store()) == dump(whole.store()));
    CHECK(PartImport(parts.store(), "cut", "cut", PartImport::Way::bulk).known());
  }
}

TEST_CASE("part: packed activity and facts merge to what one part would have packed") {
  const std::string first = R"({"ts":1767225600,"account":"a","capability":"coding","plan":"free"})"
                            "\n";
  const std::string second = R"({"ts":1767225700,"account":"a","capability":"chat","plan":"paid","model":"m"})"
                             "\n";
  const auto row_of = [](const std::string& lines) {
    const std::string piece = padded(lines);
    PartFold fold(std::size_t{1} << 20);
    fold.read_lines(std::string_view(piece).substr(0, lines.size()), 1, false);
    return fold.take().rows.at(0);
  };
  const AccountRow a = row_of(first), b = row_of(second), both = row_of(first + second);
  const std::string packed_a = encode_activity(a.activity), packed_b = encode_activity(b.activity);
  CHECK(merge_packed_activity({packed_a, packed_b}) == encode_activity(both.activity));
  CHECK(merge_packed_activity({packed_b, packed_a}) == encode_activity(both.activity));
  const std::string facts_a = encode_facts(a.facts), facts_b = encode_facts(b.facts);
  CHECK(merge_packed_facts({facts_b, facts_a}) == encode_facts(both.facts));
}

TEST_CASE("part: a name that does not have its key is refused") {
  Bench bench;
  PartImport import(bench.store(), "x", "x", PartImport::Way::live);
  CHECK_THROWS_AS(import.add_name(kAccountKind, 1, "ann"), Error);
}
