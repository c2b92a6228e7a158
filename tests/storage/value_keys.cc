// Keys of keyed kinds: who may read the file, what is made of a value, what is a card's number.
#include "storage/value_keys.h"

#include <filesystem>
#include <fstream>
#include <functional>

#include <doctest/doctest.h>
#include <unistd.h>

#include "base/error.h"
#include "storage/rows.h"
#include "storage/traces.h"

using namespace ringscope;
namespace fs = std::filesystem;

namespace {

class KeyFile {
 public:
  KeyFile() : path_(fs::temp_directory_path() / ("ringscope-keys-" + std::to_string(::getpid()))) {
    fs::remove_all(path_);
  }
  ~KeyFile() { fs::remove_all(path_); }
  KeyFile(const KeyFile&) = delete;
  KeyFile& operator=(const KeyFile&) = delete;
  const fs::path& path() const { return path_; }
  void write(const std::string& text, fs::perms mode = fs::perms::owner_read | fs::perms::owner_write) const {
    std::ofstream(path_) << text;
    fs::permissions(path_, mode);
  }

 private:
  fs::path path_;
};

std::string code_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    return to_string(error.code());
  }
  return "none";
}

}  // namespace

TEST_CASE("value keys: a file that others may read, or that holds no keys, is refused") {
  const KeyFile file;
  ValueKeys::create(file.path());
  CHECK((fs::status(file.path()).permissions() & fs::perms::mask) == (fs::perms::owner_read | fs::perms::owner_write));
  CHECK(ValueKeys::read(file.path()).count() == 1);
  CHECK(code_of([&] { ValueKeys::create(file.path()); }) == "refused");
  fs::permissions(file.path(), fs::perms::group_read, fs::perm_options::add);
  CHECK(code_of([&] { (void)ValueKeys::read(file.path()); }) == "refused");
  file.write("# nothing\n");
  CHECK(code_of([&] { (void)ValueKeys::read(file.path()); }) == "config");
  file.write("12ab\n");
  CHECK(code_of([&] { (void)ValueKeys::read(file.path()); }) == "config");
}

TEST_CASE("value keys: tokens depend on key, kind and value; a generation more is made of the token alone") {
  const KeyFile file;
  file.write(std::string(64, '1') + "\n" + std::string(64, '2') + "  # the second\n");
  const ValueKeys keys = ValueKeys::read(file.path());
  CHECK(keys.count() == 2);
  const std::string one = keys.token("payment", "538877-d367", 1);
  CHECK(one.size() == 32);
  CHECK(one == keys.token("payment", "538877-d367", 1));
  CHECK(one != keys.token("payment", "538877-d368", 1));
  CHECK(one != keys.token("email", "538877-d367", 1));
  CHECK(one != keys.mark("payment", "538877-d367"));
  CHECK(keys.token("payment", "538877-d367", 2) == keys.next_token(one, 1, 2));
  CHECK(keys.id(1) != keys.id(2));
  file.write(std::string(64, '3') + "\n");
  CHECK(ValueKeys::read(file.path()).token("payment", "538877-d367", 1) != one);
}

TEST_CASE("value keys: the token is BLAKE2b with a key, as another program computes it") {
  // python3: hashlib.blake2b(b"value/payment\0tok", key=bytes([0x11]) * 32, digest_size=16).hexdigest()
  const KeyFile file;
  file.write(std::string(64, '1') + "\n");
  CHECK(ValueKeys::read(file.path()).token("payment", "tok", 1) == "855c586bdc83f3e7b05248e36ac7011b");
}

TEST_CASE("card numbers: by Luhn, however they are written, and nothing that is none") {
  for (const char* card : {"4111111111111111", "5500 0000 0000 0004", "3400-000000-00009", "30000000000004",
                           "6011000000000004", "2223003122003222"}) {
    CAPTURE(card);
    CHECK(is_card_number(card));
  }
  for (const char* text : {"4111111111111112", "538877-d367", "411111", "", "4111111111111111x", "4111--111111111111",
                           "1111111111111117", "9111111111111111", "k4111111111111111", "411111111111111111111111",
                           "4111111111111111-", "411111-1111111111", "41111111-11111111"}) {
    CAPTURE(text);
    CHECK(!is_card_number(text));
  }
}

TEST_CASE("card numbers: in a text their digits become x, and other numbers stay") {
  const auto clean = [](const char* text) { return without_card_numbers(text); };
  CHECK(clean("") == "");
  CHECK(clean("4111111111111111") == "xxxxxxxxxxxxxxxx");
  CHECK(clean("12 4111 1111 1111 1111, 5500-0000-0000-0004.") == "12 xxxx xxxx xxxx xxxx, xxxx-xxxx-xxxx-xxxx.");
  CHECK(clean(R"({"ts":1767225600,"n":4111111111111111})") == R"({"ts":1767225600,"n":xxxxxxxxxxxxxxxx})");
  for (const char* text : {"1767225600", "4111111111111112", "538877-d367", "203.0.113.7", "411111111111111111111111"})
    CHECK(clean(text) == text);
}

TEST_CASE("traces: bytes are found raw and as words only") {
  const auto directory = fs::temp_directory_path() / ("ringscope-traces-" + std::to_string(::getpid()));
  fs::create_directories(directory / "rejects");
  std::ofstream(directory / "a.log") << "xx alice-1 yy u12.5";
  std::ofstream(directory / "rejects" / "b") << "bob" << std::to_string(hash_value("carol-77"));
  const auto found = [&](const std::string& name) { return find_traces(directory, needles_of(name)).found; };
  CHECK(found("alice-1").size() == 1);
  CHECK(found("alice").empty());  // a part of another word
  REQUIRE(found("carol-77").size() == 1);
  CHECK(found("carol-77").front().file == "rejects/b");
  CHECK(found("carol-77").front().what == "its key as a number");
  CHECK(found("nobody-here").empty());
  fs::remove_all(directory);
}
