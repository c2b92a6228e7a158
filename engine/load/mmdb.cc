#include "engine/load/mmdb.h"

#include <charconv>
#include <limits>
#include <map>

#include <fmt/format.h>
#include <maxminddb.h>

#include "base/error.h"

namespace ringscope {
namespace {

constexpr std::string_view kMarker = "\xab\xcd\xefMaxMind.com";
constexpr int kIpv4Bits = 96;  // where IPv4 begins in a tree of IPv6

std::optional<std::uint32_t> whole(std::uint64_t number) {
  if (number > std::numeric_limits<std::uint32_t>::max()) return std::nullopt;
  return static_cast<std::uint32_t>(number);
}

std::optional<std::uint32_t> whole(std::string_view text) {
  if (text.starts_with("AS") || text.starts_with("as")) text.remove_prefix(2);
  std::uint32_t number = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || stop != text.data() + text.size()) return std::nullopt;
  return number;
}

class Record : public MmdbRecord {
 public:
  explicit Record(MMDB_entry_s& entry) : entry_(entry) {}

  std::optional<std::uint32_t> number(const char* field) const override {
    const auto data = get(field);
    if (!data) return std::nullopt;
    switch (data->type) {
      case MMDB_DATA_TYPE_UINT16:
        return data->uint16;
      case MMDB_DATA_TYPE_UINT32:
        return data->uint32;
      case MMDB_DATA_TYPE_UINT64:
        return whole(data->uint64);
      case MMDB_DATA_TYPE_INT32:
        return data->int32 < 0 ? std::nullopt : whole(static_cast<std::uint64_t>(data->int32));
      case MMDB_DATA_TYPE_UTF8_STRING:
        return whole(std::string_view(data->utf8_string, data->data_size));
      default:
        return std::nullopt;
    }
  }

  std::string text(const char* field, const char* inner) const override {
    auto data = get(field);
    if (data && data->type == MMDB_DATA_TYPE_MAP) data = get(field, inner);
    if (!data || data->type != MMDB_DATA_TYPE_UTF8_STRING) return {};
    return {data->utf8_string, data->data_size};
  }

  bool flag(const char* field) const override {
    const auto data = get(field);
    return data && data->type == MMDB_DATA_TYPE_BOOLEAN && data->boolean;
  }

 private:
  std::optional<MMDB_entry_data_s> get(const char* field, const char* inner = nullptr) const {
    MMDB_entry_data_s data{};
    if (MMDB_get_value(&entry_, &data, field, inner, nullptr) != MMDB_SUCCESS || !data.has_data) return std::nullopt;
    return data;
  }

  MMDB_entry_s& entry_;  // the library asks for one that it may change
};

class Tree {
 public:
  Tree(const std::string& file, const MmdbValue& value, const std::function<void(const Network&, std::uint32_t)>& visit)
      : file_(file), value_(value), visit_(visit) {
    check(MMDB_open(file.c_str(), MMDB_MODE_MMAP, &db_));
  }
  ~Tree() { MMDB_close(&db_); }
  Tree(const Tree&) = delete;
  Tree& operator=(const Tree&) = delete;

  void scan() {
    const bool v6 = db_.metadata.ip_version == 6;
    Network network{{}, v6 ? 0 : kIpv4Bits};
    if (!v6) network.address[10] = network.address[11] = 0xff;
    node(0, network);
  }

 private:
  void check(int status) const {
    if (status == MMDB_SUCCESS) return;
    throw Error(ErrorCode::input,
                fmt::format("not a readable MaxMind DB: {}; such files must not be compressed", MMDB_strerror(status)),
                file_);
  }

  // Of a tree every node is met once; the IPv4 part, which files of IPv6 refer to from several places, once as well.
  void node(std::uint64_t number, const Network& network) {
    if (++met_ > db_.metadata.node_count) check(MMDB_CORRUPT_SEARCH_TREE_ERROR);
    MMDB_search_node_s node{};
    check(MMDB_read_node(&db_, static_cast<std::uint32_t>(number), &node));
    side(node.left_record_type, node.left_record, node.left_record_entry, network, false);
    side(node.right_record_type, node.right_record, node.right_record_entry, network, true);
  }

  void side(std::uint8_t type, std::uint64_t record, MMDB_entry_s& entry, Network network, bool one) {
    if (type == MMDB_RECORD_TYPE_EMPTY) return;
    if (type == MMDB_RECORD_TYPE_INVALID || network.bits == 128) check(MMDB_CORRUPT_SEARCH_TREE_ERROR);
    const auto bit = static_cast<std::size_t>(network.bits++);
    if (one) network.address[bit / 8] = static_cast<unsigned char>(network.address[bit / 8] | 0x80U >> (bit % 8));
    const bool v6 = db_.metadata.ip_version == 6;
    const bool is_ipv4_part = v6 && network.bits == kIpv4Bits && network.address == Address{};
    if (is_ipv4_part) network.address[10] = network.address[11] = 0xff;
    if (type == MMDB_RECORD_TYPE_SEARCH_NODE) {
      if (v6 && record == db_.ipv4_start_node.node_value && !is_ipv4_part) return;
      return node(record, network);
    }
    const auto [at, is_new] = values_.try_emplace(entry.offset);
    if (is_new) at->second = value_(Record(entry));
    if (at->second) visit_(network, *at->second);
  }

  const std::string& file_;
  const MmdbValue& value_;
  const std::function<void(const Network&, std::uint32_t)>& visit_;
  MMDB_s db_{};
  std::uint64_t met_ = 0;
  std::map<std::uint32_t, std::optional<std::uint32_t>> values_;  // by place of the record
};

}  // namespace

bool is_mmdb(std::string_view file) {
  constexpr std::size_t kMostMetadata = std::size_t{128} << 10;
  const std::string_view end = file.substr(file.size() - std::min(file.size(), kMostMetadata));
  return end.rfind(kMarker) != std::string_view::npos;
}

void scan_mmdb(const std::string& file, const MmdbValue& value,
               const std::function<void(const Network&, std::uint32_t)>& visit) {
  Tree(file, value, visit).scan();
}

}  // namespace ringscope
