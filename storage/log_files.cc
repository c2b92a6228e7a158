// Blocks of 32 KiB of records
//   crc:u32 (masked CRC-32C of type and payload) length:u16 type:u8 payload
// little-endian, as RocksDB's db/log_format.h has them; fewer than seven bytes at the end of a block are filled with
// zeros. Nobody here makes recycled logs (types 5 to 8).
#include "storage/log_files.h"

#include <algorithm>
#include <string_view>

#include <boost/crc.hpp>

#include "base/disk.h"
#include "storage/writer.h"

namespace ringscope {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kBlock = 32768;
constexpr std::size_t kHeader = 7;
constexpr std::size_t kSector = 512;  // what a disk writes at once

std::uint32_t fixed32(std::string_view bytes) {
  std::uint32_t value = 0;
  for (std::size_t i = 4; i-- > 0;) value = value << 8 | static_cast<unsigned char>(bytes[i]);
  return value;
}

std::size_t length_at(std::string_view bytes) {
  return static_cast<std::size_t>(static_cast<unsigned char>(bytes[4])) |
         static_cast<std::size_t>(static_cast<unsigned char>(bytes[5])) << 8;
}

std::uint32_t masked_crc(std::string_view bytes) {
  boost::crc_optimal<32, 0x1EDC6F41, 0xFFFFFFFF, 0xFFFFFFFF, true, true> crc;
  crc.process_bytes(bytes.data(), bytes.size());
  const std::uint32_t value = crc.checksum();
  return (value >> 15 | value << 17) + 0xa282ead8U;
}

// Whether `bytes` begins with a record of so many bytes of payload.
bool is_record(std::string_view bytes, std::size_t length) {
  if (bytes.size() < kHeader + length) return false;
  return masked_crc(bytes.substr(6, length + 1)) == fixed32(bytes);
}

bool all_zero(std::string_view bytes) {
  return std::ranges::all_of(bytes, [](char c) { return c == '\0'; });
}

// A record begins here whose length passes the end of the file: torn, unless the bytes say that its length is wrong.
// Then it is whole at another length, or whole records follow it.
bool is_torn(std::string_view rest) {
  for (std::size_t length = 0; kHeader + length <= rest.size(); ++length) {
    const std::size_t after = kHeader + length;
    const bool ends = after == rest.size();
    const bool followed =
        after + kHeader <= rest.size() && is_record(rest.substr(after), length_at(rest.substr(after)));
    if ((ends || followed) && is_record(rest, length)) return false;
  }
  for (std::size_t at = 1; at + kHeader <= rest.size(); ++at) {
    const std::string_view from = rest.substr(at);
    if (length_at(from) > 0 && is_record(from, length_at(from))) return false;
  }
  return true;
}

// The file was made longer and the power went before all its bytes came: zeros from a sector on to the end, and the
// record at `at` reaches into them.
bool is_unwritten(std::string_view bytes, std::size_t at, std::size_t record_bytes) {
  const std::size_t last = bytes.find_last_not_of('\0');
  const std::size_t data_end = last == bytes.npos ? 0 : last + 1;
  const std::size_t zeros = (data_end + kSector - 1) / kSector * kSector;
  return zeros < bytes.size() && at + record_bytes > zeros;
}

}  // namespace

namespace {

// Where the records of a log end, and why.
struct End {
  std::size_t at = 0;
  const char* damage = nullptr;  // what is wrong there; null: nothing
  bool unwritten = false;        // zeros stand for what never came
};

End end_of(const std::string& bytes) {
  for (std::size_t at = 0; at < bytes.size();) {
    const std::size_t block_end = at - at % kBlock + kBlock;
    const std::string_view rest = std::string_view(bytes).substr(at, std::min(block_end, bytes.size()) - at);
    const bool last = block_end >= bytes.size();
    if (rest.size() < kHeader) {
      if (!last && !all_zero(rest)) return {at, "the filling of a block is not empty"};
      at += rest.size();
      continue;
    }
    if (all_zero(std::string_view(bytes).substr(at))) return {.at = at, .unwritten = true};
    const std::size_t length = length_at(rest);
    if (kHeader + length > rest.size()) {
      if (at + kHeader + length <= block_end && is_torn(rest)) return {at};
      return {at, "the length of a record is wrong"};
    }
    if (!is_record(rest, length) && is_unwritten(bytes, at, kHeader + length)) return {.at = at, .unwritten = true};
    if (!is_record(rest, length)) return {at, "the checksum of a record is wrong"};
    at += kHeader + length;
  }
  return {bytes.size()};
}

// The list of tables that is in force; empty when CURRENT names none.
fs::path list_of_tables(const fs::path& store) {
  std::string current = read_bytes(store / "CURRENT").value_or("");
  if (!current.empty() && current.back() == '\n') current.pop_back();
  return current.starts_with("MANIFEST-") ? store / current : fs::path();
}

}  // namespace

std::optional<LogDamage> log_damage(const fs::path& file) {
  const std::string bytes = read_bytes(file).value_or("");
  const End end = end_of(bytes);
  if (end.damage == nullptr) return std::nullopt;
  return LogDamage{file.filename().string(), end.at, bytes.size() - end.at, end.damage};
}

std::vector<LogDamage> find_log_damage(const fs::path& store) {
  std::vector<fs::path> files;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(store, ignored))
    if (entry.path().extension() == ".log") files.push_back(entry.path());
  if (const fs::path list = list_of_tables(store); !list.empty()) files.push_back(list);
  std::ranges::sort(files);
  std::vector<LogDamage> found;
  for (const fs::path& file : files)
    if (auto damage = log_damage(file)) found.push_back(std::move(*damage));
  return found;
}

std::string tables_now(const fs::path& store) {
  const fs::path list = list_of_tables(store);
  std::error_code none;
  return list.filename().string() + ' ' + std::to_string(fs::file_size(list, none));
}

void cut_unwritten_tail(const fs::path& store) {
  const fs::path list = list_of_tables(store);
  if (list.empty() || !end_of(read_bytes(list).value_or("")).unwritten) return;
  while_nobody_writes(store, [&] {
    const End end = end_of(read_bytes(list).value_or(""));
    std::error_code failed;
    if (end.unwritten) fs::resize_file(list, end.at, failed);
    if (end.unwritten && !failed) sync_to_disk(list);
  });
}

}  // namespace ringscope
