// The keys of days: under them the values of sealed kinds are encrypted, so that what was last seen on a day is gone
// from the store and from every copy of it when the day's key is (storage/vault.h).
//
// The file: "vault" and 16 hex digits that tell it from those of other stores, then a line a key,
//   2026-01-05 <id: 16 hex digits> <key: 64 hex digits>
// or "undated" for what was seen without a time. A key that was destroyed has hyphens for its digits: it is overwritten
// in place, so that no other block of the disk is left with it by this program. Keys are only added at the end, under a
// lock and synced; a line without its end was never acknowledged and is none. A day may have several keys, for copies
// of one store may be written to at the same time, and what comes to a day that was let go gets a new one. The file's
// mode must be 0600 or less.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/time.h"

namespace ringscope {

struct DayKey {
  static constexpr std::size_t kBytes = 32;

  Day day = kNoDay;
  std::uint64_t id = 0;
  bool destroyed = false;
  std::array<unsigned char, kBytes> bytes{};
};

class DayKeys {
 public:
  // Beside the file of the values' keys: its name, a dot, the id of the vault, ".days".
  static std::filesystem::path file_beside(const std::filesystem::path& key_file, std::string_view vault_id);
  // A new file without keys; durable on return. Throws Error refused when there is a file already; io, no_space.
  static void create(const std::filesystem::path& file, std::string_view vault_id);
  // Throws Error refused (it is not there, others may read it, it belongs to somebody else or to another vault), config
  // naming file and line, io.
  static DayKeys read(const std::filesystem::path& file, std::string_view vault_id);

  DayKeys(DayKeys&&) noexcept = default;
  DayKeys& operator=(DayKeys&&) noexcept = default;
  DayKeys(const DayKeys&) = delete;
  DayKeys& operator=(const DayKeys&) = delete;
  ~DayKeys();

  // The key of a day to encrypt under, made when there is none. What is encrypted under a new one must not become
  // durable before save().
  const DayKey& key_for(Day day);
  // Adds the new keys to the file; durable on return. Throws Error io, no_space.
  void save();
  // Null: there is none, or it was destroyed.
  const DayKey* find(Day day, std::uint64_t id) const;
  // Keys that are not destroyed.
  std::size_t count() const;
  // Overwrites the keys of the days before `first` in the file, those of undated values not; durable on return. How
  // many there were. Throws Error io.
  std::size_t destroy_before(Day first);

 private:
  explicit DayKeys(std::filesystem::path file) : file_(std::move(file)) {}

  void add(const DayKey& key);

  std::filesystem::path file_;
  std::deque<DayKey> keys_;  // they stay where they are, so that no copies of them are left in the memory
  std::size_t saved_ = 0;    // of them in the file
  std::map<Day, const DayKey*> live_;
  std::unordered_map<std::uint64_t, const DayKey*> by_id_;
};

}  // namespace ringscope
