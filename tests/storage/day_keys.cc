// Keys of days, and rows of the vault.
#include "storage/day_keys.h"

#include <algorithm>
#include <functional>

#include <doctest/doctest.h>

#include "storage/vault.h"
#include "tests/storage/sealed_for_tests.h"

using namespace ringscope;
using namespace ringscope::test;
namespace fs = std::filesystem;

namespace {

constexpr std::string_view kVaultId = "0123456789abcdef";

}  // namespace

TEST_CASE("day keys: a key lives in the file until its day goes, and then nowhere") {
  const TemporaryDirectory dir;
  const fs::path file = dir / "days";
  DayKeys::create(file, kVaultId);
  CHECK((fs::status(file).permissions() & fs::perms::mask) == (fs::perms::owner_read | fs::perms::owner_write));
  CHECK(code_of([&] { DayKeys::create(file, kVaultId); }) == "refused");
  DayKeys keys = DayKeys::read(file, kVaultId);
  const std::uint64_t one = keys.key_for(kFirstDay).id, two = keys.key_for(kFirstDay + 1).id;
  const std::uint64_t undated = keys.key_for(kNoDay).id;
  CHECK(keys.key_for(kFirstDay).id == one);
  CHECK(DayKeys::read(file, kVaultId).count() == 0);  // not before it is saved
  const auto bytes = keys.key_for(kFirstDay).bytes;
  keys.save();
  const std::string before = text_in(file);
  DayKeys again = DayKeys::read(file, kVaultId);
  REQUIRE(again.find(kFirstDay, one) != nullptr);
  CHECK(again.find(kFirstDay, one)->bytes == bytes);
  CHECK(again.find(kFirstDay + 1, one) == nullptr);
  CHECK(again.destroy_before(kFirstDay + 1) == 1);
  CHECK(again.destroy_before(kFirstDay + 1) == 0);
  for (const DayKeys& now : {std::cref(again), std::cref(keys = DayKeys::read(file, kVaultId))}) {
    CHECK(now.find(kFirstDay, one) == nullptr);
    CHECK(now.find(kFirstDay + 1, two) != nullptr);
    CHECK(now.find(kNoDay, undated) != nullptr);
    CHECK(now.count() == 2);
  }
  const std::string after = text_in(file);
  CHECK(after.size() == before.size());  // in place
  CHECK(after.find("2026-01-01 ") != std::string::npos);
  CHECK(keys.key_for(kFirstDay).id != one);  // what comes later has another
}

TEST_CASE("day keys: a file that others may read, of another store, or that holds something else is refused") {
  const TemporaryDirectory dir;
  const fs::path file = dir / "days";
  CHECK(code_of([&] { (void)DayKeys::read(file, kVaultId); }) == "refused");
  DayKeys::create(file, kVaultId);
  CHECK(code_of([&] { (void)DayKeys::read(file, "fedcba9876543210"); }) == "refused");
  fs::permissions(file, fs::perms::group_read, fs::perm_options::add);
  CHECK(code_of([&] { (void)DayKeys::read(file, kVaultId); }) == "refused");
  fs::permissions(file, fs::perms::group_read, fs::perm_options::remove);
  const std::string head = text_in(file);
  const std::string id(16, 'a'), key(64, 'b');
  for (const std::string& line : {"2026-01-01 " + id + " " + key + "0", "2026-13-01 " + id + " " + key,
                                  "2026-01-01 " + id + " " + std::string(64, 'x'), std::string("words"),
                                  "2026-01-01 " + std::string(16, 'g') + " " + key, std::string()}) {
    CAPTURE(line);
    write_text(file, head + line + "\n");
    CHECK(code_of([&] { (void)DayKeys::read(file, kVaultId); }) == "config");
  }
  write_text(file, "");
  CHECK(code_of([&] { (void)DayKeys::read(file, kVaultId); }) == "config");
}

TEST_CASE("day keys: a line that a process died over is none, and one it died over while destroying is destroyed") {
  const TemporaryDirectory dir;
  const fs::path file = dir / "days";
  DayKeys::create(file, kVaultId);
  DayKeys keys = DayKeys::read(file, kVaultId);
  const std::uint64_t one = keys.key_for(kFirstDay).id;
  keys.save();
  const std::string whole = text_in(file);
  for (std::size_t size = whole.find('\n') + 1; size < whole.size(); size += 7) {
    write_text(file, whole.substr(0, size));
    DayKeys torn = DayKeys::read(file, kVaultId);
    CHECK(torn.find(kFirstDay, one) == nullptr);
    const std::uint64_t made = torn.key_for(kFirstDay + 5).id;
    torn.save();
    CHECK(DayKeys::read(file, kVaultId).find(kFirstDay + 5, made) != nullptr);
    CHECK(DayKeys::read(file, kVaultId).count() == 1);
  }
  std::string half = whole;
  half.replace(half.size() - 65, 20, 20, '-');
  write_text(file, half);
  DayKeys keys_of_half = DayKeys::read(file, kVaultId);
  CHECK(keys_of_half.find(kFirstDay, one) == nullptr);
  CHECK(keys_of_half.destroy_before(kFirstDay + 1) == 0);
  CHECK(text_in(file).ends_with(" " + std::string(64, '-') + "\n"));
}

TEST_CASE("day keys: two that write at the same time lose no key") {
  const TemporaryDirectory dir;
  const fs::path file = dir / "days";
  DayKeys::create(file, kVaultId);
  DayKeys left = DayKeys::read(file, kVaultId), right = DayKeys::read(file, kVaultId);
  const std::uint64_t one = left.key_for(kFirstDay).id, two = right.key_for(kFirstDay).id;
  left.save();
  right.save();
  DayKeys both = DayKeys::read(file, kVaultId);
  CHECK(both.find(kFirstDay, one) != nullptr);
  CHECK(both.find(kFirstDay, two) != nullptr);
  CHECK(both.destroy_before(kFirstDay + 1) == 2);
}

TEST_CASE("vault: a value opens under its key and name, and no other or changed row does") {
  DayKey key{kFirstDay, 42, false, {}};
  key.bytes.fill(7);
  const SealedName whose{"ip", "k0123"};
  for (const std::string& value : {std::string("1"), std::string(kOld), std::string(16, 'x'), std::string(4096, 'y')}) {
    const std::string row = seal_value(key, whose, value);
    CHECK(open_sealed(key, whose, row) == value);
    std::string filled = value;  // as it would lie there unsealed: a byte alone is in many rows by chance
    filled.resize(std::max<std::size_t>(filled.size(), 16), '\0');
    CHECK(row.find(filled) == std::string::npos);
    if (value.size() > 1) CHECK(row.find(value) == std::string::npos);
    CHECK(seal_value(key, whose, value) != row);  // another nonce
  }
  CHECK(seal_value(key, whose, "1.1.1.1").size() == seal_value(key, whose, "192.168.100.200").size());
  const std::string row = seal_value(key, whose, kOld);
  CHECK(decode_sealed(row).day == kFirstDay);
  CHECK(decode_sealed(row).key_id == 42);
  CHECK(decode_sealed(seal_value({kNoDay, 1, false, {}}, whose, "x")).day == kNoDay);
  for (std::size_t at = 0; at < row.size(); ++at) {
    std::string changed = row;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    CHECK(code_of([&] { (void)open_sealed(key, whose, changed); }) == "corrupt");
  }
  CHECK(code_of([&] { (void)open_sealed(key, {"ip", "k0124"}, row); }) == "corrupt");
  CHECK(code_of([&] { (void)open_sealed(key, {"email", "k0123"}, row); }) == "corrupt");
  for (std::size_t size = 0; size < row.size(); ++size)
    CHECK(code_of([&] { (void)open_sealed(key, whose, row.substr(0, size)); }) == "corrupt");
  key.bytes[0] ^= 1;
  CHECK(code_of([&] { (void)open_sealed(key, whose, row); }) == "corrupt");
}

TEST_CASE("vault: a row tells its day's order, and undated counts most") {
  CHECK(is_later(kFirstDay + 1, kFirstDay));
  CHECK(!is_later(kFirstDay, kFirstDay));
  CHECK(is_later(0, -1));
  CHECK(is_later(kNoDay, kFirstDay));
  CHECK(!is_later(kFirstDay, kNoDay));
}
