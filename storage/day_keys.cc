#include "storage/day_keys.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <optional>

#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/atomic_file.h"
#include "base/disk.h"
#include "base/error.h"
#include "base/hex.h"
#include "storage/value_keys.h"

namespace ringscope {
namespace {

constexpr std::string_view kHead = "vault ";
constexpr std::string_view kUndated = "undated";
constexpr std::size_t kIdDigits = 16;
constexpr std::size_t kKeyDigits = 2 * DayKey::kBytes;

[[noreturn]] void fail(const std::filesystem::path& file, const char* doing) {
  const int error = errno;
  throw Error(error == ENOSPC ? ErrorCode::no_space : ErrorCode::io,
              std::string("cannot ") + doing + " the keys of days: " + std::strerror(error), file.string());
}

// The file, held by one process at a time.
class HeldFile {
 public:
  explicit HeldFile(const std::filesystem::path& file)
      : path_(file), file_(open(file.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW)) {
    if (file_ < 0) fail(path_, "open");
    while (flock(file_, LOCK_EX) != 0) {
      if (errno == EINTR) continue;
      close(file_);
      fail(path_, "lock");
    }
  }
  ~HeldFile() { close(file_); }
  HeldFile(const HeldFile&) = delete;
  HeldFile& operator=(const HeldFile&) = delete;

  std::string text() const {
    const off_t size = lseek(file_, 0, SEEK_END);
    std::string text(size < 0 ? 0 : static_cast<std::size_t>(size), '\0');
    for (std::size_t at = 0; at < text.size();) {
      const ssize_t got = pread(file_, text.data() + at, text.size() - at, static_cast<off_t>(at));
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) fail(path_, "read");
      at += static_cast<std::size_t>(got);
    }
    return text;
  }
  void write_at(std::size_t at, std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t put = pwrite(file_, bytes.data(), bytes.size(), static_cast<off_t>(at));
      if (put < 0 && errno == EINTR) continue;
      if (put <= 0) fail(path_, "write");
      at += static_cast<std::size_t>(put);
      bytes.remove_prefix(static_cast<std::size_t>(put));
    }
  }
  void sync() {
    if (fsync(file_) != 0) fail(path_, "write");
  }

 private:
  std::filesystem::path path_;
  int file_;
};

std::string day_text(Day day) { return day == kNoDay ? std::string(kUndated) : format_day(day); }

std::optional<Day> read_day(std::string_view text) {
  if (text == kUndated) return kNoDay;
  const auto time = text.size() == 10 ? parse_time(text) : std::nullopt;
  return time ? std::optional(day_of(*time)) : std::nullopt;
}

std::string line_of(const DayKey& key) {
  std::string id;
  for (int shift = 56; shift >= 0; shift -= 8) id.push_back(static_cast<char>(key.id >> shift));
  return day_text(key.day) + " " + to_hex(id) + " " +
         to_hex({reinterpret_cast<const char*>(key.bytes.data()), key.bytes.size()}) + "\n";
}

// A line that a process died over while it destroyed the key has some digits left: it is destroyed.
std::optional<DayKey> read_line(std::string_view line) {
  const std::size_t blank = line.find(' ');
  if (blank == std::string_view::npos || line.size() != blank + 1 + kIdDigits + 1 + kKeyDigits) return std::nullopt;
  const std::string_view id = line.substr(blank + 1, kIdDigits), digits = line.substr(line.size() - kKeyDigits);
  DayKey key;
  const auto day = read_day(line.substr(0, blank));
  const auto [end, error] = std::from_chars(id.data(), id.data() + id.size(), key.id, 16);
  if (!day || error != std::errc{} || end != id.data() + id.size() || line[blank + 1 + kIdDigits] != ' ')
    return std::nullopt;
  key.day = *day;
  key.destroyed = digits.find('-') != std::string_view::npos;
  if (key.destroyed) return key;
  std::optional<std::string> bytes = from_hex(digits);
  if (!bytes || bytes->size() != key.bytes.size()) return std::nullopt;
  std::string& secret = *bytes;
  std::memcpy(key.bytes.data(), secret.data(), key.bytes.size());
  OPENSSL_cleanse(secret.data(), secret.size());
  return key;
}

// Calls visit(line's number, where it begins, line) for the lines that have their end.
template <class Visit>
void for_each_key_line(std::string_view text, const Visit& visit) {
  std::size_t number = 0;
  for (std::size_t at = 0, end = 0; (end = text.find('\n', at)) != std::string_view::npos; at = end + 1)
    visit(++number, at, text.substr(at, end - at));
}

}  // namespace

std::filesystem::path DayKeys::file_beside(const std::filesystem::path& key_file, std::string_view vault_id) {
  std::filesystem::path file = key_file;
  return file.concat(".").concat(vault_id).concat(".days");
}

void DayKeys::create(const std::filesystem::path& file, std::string_view vault_id) {
  AtomicFile made(file, FileMode::owner_only);
  made.write(std::string(kHead).append(vault_id).append("\n"));
  if (!made.commit_new())
    throw Error(ErrorCode::refused, "there is a file of keys of days already; it stays as it is", file.string());
}

DayKeys DayKeys::read(const std::filesystem::path& file, std::string_view vault_id) {
  if (!std::filesystem::exists(file)) {
    throw Error(ErrorCode::refused,
                "this store keeps values sealed, and the file of the keys of their days is not there; it lies beside "
                "that of the values' keys",
                file.string());
  }
  require_private(file, "file of the keys of days");
  std::string text = read_bytes(file).value_or("");  // also while somebody writes: see the header
  DayKeys keys(file);
  for_each_key_line(text, [&](std::size_t number, std::size_t, std::string_view line) {
    if (number == 1) {
      if (!line.starts_with(kHead))
        throw Error(ErrorCode::config, "the file of the keys of days begins with \"vault\"", file.string());
      if (line.substr(kHead.size()) != vault_id)
        throw Error(ErrorCode::refused, "the keys of days are not those that this store was written with",
                    file.string());
      return;
    }
    const auto key = read_line(line);
    if (!key)
      throw Error(ErrorCode::config, "a key of a day is a date, 16 and 64 hex digits",
                  file.string() + ":" + std::to_string(number));
    keys.add(*key);
  });
  const bool has_head = text.find('\n') != std::string::npos;
  OPENSSL_cleanse(text.data(), text.size());
  if (!has_head) throw Error(ErrorCode::config, "the file of the keys of days begins with \"vault\"", file.string());
  keys.saved_ = keys.keys_.size();
  return keys;
}

DayKeys::~DayKeys() {
  for (DayKey& key : keys_) OPENSSL_cleanse(key.bytes.data(), key.bytes.size());
}

void DayKeys::add(const DayKey& key) {
  const DayKey& added = keys_.emplace_back(key);
  by_id_.emplace(added.id, &added);
  if (!added.destroyed) live_.emplace(added.day, &added);
}

const DayKey& DayKeys::key_for(Day day) {
  if (const auto live = live_.find(day); live != live_.end()) return *live->second;
  DayKey made;
  made.day = day;
  if (RAND_bytes(made.bytes.data(), static_cast<int>(made.bytes.size())) != 1 ||
      RAND_bytes(reinterpret_cast<unsigned char*>(&made.id), sizeof made.id) != 1)
    throw Error(ErrorCode::internal, "the system gives no random numbers");
  add(made);
  OPENSSL_cleanse(made.bytes.data(), made.bytes.size());
  return *live_.at(day);
}

void DayKeys::save() {
  if (saved_ == keys_.size()) return;
  std::string lines;
  for (std::size_t i = saved_; i < keys_.size(); ++i) lines += line_of(keys_[i]);
  HeldFile file(file_);
  std::string before = file.text();
  file.write_at(before.rfind('\n') + 1, lines);  // over what a process left of a line that it died over
  file.sync();
  OPENSSL_cleanse(lines.data(), lines.size());
  OPENSSL_cleanse(before.data(), before.size());
  saved_ = keys_.size();
}

const DayKey* DayKeys::find(Day day, std::uint64_t id) const {
  const auto found = by_id_.find(id);
  if (found == by_id_.end() || found->second->day != day || found->second->destroyed) return nullptr;
  return found->second;
}

std::size_t DayKeys::count() const {
  return static_cast<std::size_t>(std::ranges::count(keys_, false, &DayKey::destroyed));
}

std::size_t DayKeys::destroy_before(Day first) {
  std::size_t destroyed = 0;
  HeldFile file(file_);
  std::string text = file.text();
  for_each_key_line(text, [&](std::size_t number, std::size_t at, std::string_view line) {
    const auto key = number == 1 ? std::nullopt : read_line(line);
    if (!key || key->day == kNoDay || key->day >= first) return;
    if (!key->destroyed) ++destroyed;
    file.write_at(at + line.size() - kKeyDigits, std::string(kKeyDigits, '-'));
  });
  file.sync();
  OPENSSL_cleanse(text.data(), text.size());
  for (DayKey& key : keys_) {
    if (key.day == kNoDay || key.day >= first) continue;
    OPENSSL_cleanse(key.bytes.data(), key.bytes.size());
    key.destroyed = true;
    live_.erase(key.day);
  }
  return destroyed;
}

}  // namespace ringscope
