// The audit: a chain that shows what was done to it.
#include "engine/ledger/audit.h"

#include <atomic>
#include <fstream>
#include <sstream>
#include <thread>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "base/error.h"
#include "tests/engine/lab/scratch.h"

using namespace ringscope;
namespace fs = std::filesystem;

namespace {

struct Book {
  Scratch scratch{"audit"};
  fs::path store = scratch.path("db");

  void write(int lines, const std::string& who = "ann") const {
    AuditLog log(store);
    for (int i = 0; i < lines; ++i) {
      AuditEntry entry;
      entry.at = 1'800'000'000 + i;
      entry.who = who;
      entry.what = "rings.show";
      entry.subjects = {"ring R-1", "account " + log.mark(fmt::format("u{}", i))};
      log.write(entry);
    }
  }
  fs::path file() const { return store / "audit" / "log.jsonl"; }
  std::vector<std::string> lines() const {
    std::vector<std::string> all;
    std::ifstream in(file());
    for (std::string line; std::getline(in, line);) all.push_back(line);
    return all;
  }
  void put(const std::vector<std::string>& all) const {
    std::ofstream out(file());
    for (const std::string& line : all) out << line << '\n';
  }
  std::string check(const std::optional<AuditHead>& kept = std::nullopt) const {
    const AuditCheck result = verify_audit(store, kept);
    return result.wrong.empty() ? "whole" : result.wrong.front();
  }
};

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("audit: lines of several openings are one chain, and marks are the same in all of them") {
  const Book book;
  CHECK(verify_audit(book.store).wrong.empty());
  book.write(3);
  book.write(2, "bob");
  CHECK(book.check() == "whole");
  std::vector<AuditEntry> entries;
  read_audit(book.store, [&](const AuditEntry& entry) { entries.push_back(entry); });
  REQUIRE(entries.size() == 5);
  for (std::size_t i = 0; i < entries.size(); ++i) CHECK(entries[i].seq == i + 1);
  CHECK(entries[0].subjects == entries[3].subjects);
  CHECK(entries[4].who == "bob");
  CHECK((fs::status(book.file()).permissions() & fs::perms::others_all) == fs::perms::none);
}

TEST_CASE("audit: a changed, removed, moved, added or cut line is told") {
  const Book book;
  book.write(6);
  const auto all = book.lines();
  auto changed = all;
  changed[2].replace(changed[2].find("ann"), 3, "eve");
  book.put(changed);
  CHECK(contains(book.check(), "line 3 was changed"));
  auto removed = all;
  removed.erase(removed.begin() + 2);
  book.put(removed);
  CHECK(contains(book.check(), "taken out"));
  auto moved = all;
  std::swap(moved[1], moved[2]);
  book.put(moved);
  CHECK(contains(book.check(), "moved"));
  auto added = all;
  added.insert(added.begin() + 3, all[3]);
  book.put(added);
  CHECK(contains(book.check(), "put in"));
  auto cut = all;
  cut.resize(4);
  book.put(cut);
  CHECK(contains(book.check(), "cut off"));
  book.put(all);
  fs::resize_file(book.file(), fs::file_size(book.file()) - 1);  // a line that was told of, made unfinished
  CHECK(contains(book.check(), "cut off"));
  book.put(all);
  CHECK(book.check() == "whole");
}

TEST_CASE("audit: a log that was set back with its head shows by a head that was kept") {
  const Book book;
  book.write(4);
  const auto early = book.lines();
  const std::string early_head = [&] {
    std::ifstream in(book.store / "audit" / "head.json");
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
  }();
  book.write(3);
  const auto kept = audit_head(book.store);
  REQUIRE(kept.has_value());
  CHECK(head_from_json(head_to_json(*kept)).hash == kept->hash);
  book.put(early);
  std::ofstream(book.store / "audit" / "head.json") << early_head;
  CHECK(book.check() == "whole");
  CHECK(contains(book.check(kept), "cut off"));
}

TEST_CASE("audit: a head whose number is none, or does not fit, is told as such") {
  for (const char* seq : {"1.5", "-1", "1e80", "18446744073709551616", "\"1\"", "null"}) {
    CAPTURE(seq);
    const std::string text = fmt::format(R"({{"seq":{},"hash":"a","signature":"b"}})", seq);
    CHECK_THROWS_WITH_AS(head_from_json(text), "is no head of an audit", Error);
  }
  CHECK(head_from_json(R"({"seq":18446744073709551615,"hash":"a","signature":"b"})").seq == UINT64_MAX);
}

TEST_CASE("audit: who forges lines with another key is told, and a log whose key is gone is not written to") {
  const Book book, other;
  book.write(2);
  other.write(2);
  book.put(other.lines());
  CHECK(contains(book.check(), "not signed"));
  fs::remove(book.store / "keys" / "audit.key");
  CHECK_THROWS_AS(AuditLog(book.store), Error);
  other.write(1);
  fs::permissions(other.store / "keys" / "audit.key", fs::perms::group_read, fs::perm_options::add);
  CHECK_THROWS_AS(AuditLog(other.store), Error);
}

TEST_CASE("audit: threads with logs of their own write one chain, and an unfinished line is cut off") {
  const Book book;
  book.write(1);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) threads.emplace_back([&, t] { book.write(25, fmt::format("t{}", t)); });
  for (std::thread& thread : threads) thread.join();
  CHECK(verify_audit(book.store).lines == 101);
  CHECK(book.check() == "whole");
  std::ofstream(book.file(), std::ios::app) << R"({"schema":"ringscope.audit/2","seq":102,"at":")";
  CHECK(book.check() == "whole");
  book.write(1);
  CHECK(verify_audit(book.store).lines == 102);
  CHECK(book.check() == "whole");
}

TEST_CASE("audit: a line of any length is followed by the next one, and what people write is cut") {
  const Book book;
  std::vector<std::string> many(20'000, "search 0123456789abcdef0123456789abcdef");
  {
    AuditLog log(book.store);
    AuditEntry entry;
    entry.who = "ann";
    entry.what = "search.bulk";
    entry.subjects = many;
    entry.reason = std::string(70'000, 'x');
    log.write(entry);
  }
  book.write(2);
  std::ofstream(book.file(), std::ios::app) << std::string(200'000, 'y');  // longer than a piece, and never finished
  book.write(1);
  CHECK(book.check() == "whole");
  std::vector<AuditEntry> entries;
  read_audit(book.store, [&](const AuditEntry& entry) { entries.push_back(entry); });
  REQUIRE(entries.size() == 4);
  CHECK(entries[0].subjects.size() == many.size());
  CHECK(entries[0].reason.size() < 5000);
  CHECK(entries[3].seq == 4);
}

TEST_CASE("audit: a public key that a power cut left empty or short is made anew, another one is refused") {
  const Book book;
  book.write(2);
  const fs::path file = book.store / "audit" / "public-key";
  std::string whole;
  std::ifstream(file) >> whole;
  for (const std::string& left : {std::string(), whole.substr(0, 20), std::string(65, '\0')}) {
    std::ofstream(file) << left;
    book.write(1);
    CHECK(book.check() == "whole");
  }
  std::ofstream(file) << std::string(64, 'a');
  CHECK_THROWS_AS(AuditLog(book.store), Error);
}

TEST_CASE("audit: a power cut may leave an older head or an empty one, and one of another log is told") {
  const Book book, other;
  book.write(2);
  const fs::path head = book.store / "audit" / "head.json";
  const AuditHead early = *audit_head(book.store);
  book.write(5);
  std::ofstream(head) << head_to_json(early);
  CHECK(book.check() == "whole");
  book.write(1);
  CHECK(audit_head(book.store)->seq == 8);
  std::ofstream(head) << "";
  CHECK(book.check() == "whole");
  fs::remove(head);
  CHECK(book.check() == "the head is gone");
  other.write(3);
  std::ofstream(head) << head_to_json(*audit_head(other.store));
  CHECK(book.check() == "line 3 is not the one of the head");
  fs::remove_all(book.store / "audit");
  fs::create_directories(book.store / "audit");
  std::ofstream(book.file()) << "";  // names without bytes, before the first line
  std::ofstream(head) << "";
  CHECK(book.check() == "whole");
}

TEST_CASE("audit: it is whole whenever somebody looks while others write") {
  const Book book;
  book.write(1);
  std::atomic<bool> done = false;
  std::thread writer([&] {
    for (int i = 0; i < 100; ++i) book.write(3);
    done = true;
  });
  while (!done) CHECK(book.check() == "whole");
  writer.join();
  CHECK(verify_audit(book.store).lines == 301);
  CHECK(book.check() == "whole");
}
