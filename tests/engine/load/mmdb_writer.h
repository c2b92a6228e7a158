// Writes small MaxMind DB files (format 2.0) for tests: a binary tree of 24-bit records and a map a network.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "engine/load/network.h"

namespace ringscope {

class MmdbWriter {
 public:
  using Map = std::map<std::string, std::string>;
  using Field = std::variant<std::uint32_t, bool, std::string, Map>;
  using Record = std::map<std::string, Field>;

  // Of a file for IPv4 and IPv6 (ip_version 6), where IPv4 stands at ::/96.
  void add(const std::string& network, const Record& record) {
    Network n = *parse_network(network);
    if (is_ipv4(n)) n.address[10] = n.address[11] = 0;
    std::size_t node = 0;
    for (int bit = 0; bit < n.bits; ++bit) {
      const auto i = static_cast<std::size_t>(bit);
      const std::size_t side = n.address[i / 8] >> (7 - i % 8) & 1U;
      if (bit + 1 == n.bits) {
        nodes_[node][side] = {Target::data, data_.size()};
      } else {
        if (nodes_[node][side].first != Target::node) {
          nodes_[node][side] = {Target::node, nodes_.size()};
          nodes_.emplace_back();
        }
        node = nodes_[node][side].second;
      }
    }
    data_ += map_of(record);
  }

  // ::ffff:0:0/96 as another name of the IPv4 part, as MaxMind's files have.
  void alias_mapped() {
    std::size_t v4 = 0, node = 0;
    for (int bit = 0; bit < 96; ++bit) v4 = step(v4, 0);
    for (int bit = 0; bit < 80; ++bit) node = step(node, 0);
    for (int bit = 80; bit < 95; ++bit) node = step(node, 1);
    nodes_[node][1] = {Target::node, v4};
  }

  std::string file() const {
    std::string out;
    const std::size_t count = nodes_.size();
    for (const auto& node : nodes_) {
      for (const auto& [target, at] : {node[0], node[1]}) {
        const std::size_t value = target == Target::none ? count : target == Target::node ? at : count + 16 + at;
        for (const int shift : {16, 8, 0}) out += static_cast<char>(value >> shift & 0xff);
      }
    }
    out += std::string(16, '\0') + data_ + "\xab\xcd\xefMaxMind.com" + static_cast<char>(7U << 5 | 9);
    out += text("binary_format_major_version") + number(2, 2) + text("binary_format_minor_version") + number(0, 2);
    out += text("build_epoch") + std::string{8, 2} + number(0, 4).substr(1) + number(1, 4).substr(1);
    out += text("database_type") + text("test") + text("description") + static_cast<char>(7U << 5);
    out += text("ip_version") + number(6, 2) + text("languages") + std::string{0, 4};
    out += text("node_count") + number(static_cast<std::uint32_t>(count), 4);
    return out + text("record_size") + number(24, 2);
  }

 private:
  enum class Target { none, node, data };
  using Child = std::pair<Target, std::size_t>;

  std::size_t step(std::size_t node, std::size_t side) {
    if (nodes_[node][side].first != Target::node) {
      nodes_[node][side] = {Target::node, nodes_.size()};
      nodes_.emplace_back();
    }
    return nodes_[node][side].second;
  }
  static std::string text(const std::string& value) {  // shorter than 29 bytes
    return static_cast<char>(2U << 5 | value.size()) + value;
  }
  // Of type uint16 or uint32, big-endian.
  static std::string number(std::uint32_t value, unsigned bytes) {
    std::string out(1, static_cast<char>((bytes == 2 ? 5U : 6U) << 5 | bytes));
    for (unsigned i = bytes; i-- > 0;) out += static_cast<char>(value >> 8 * i & 0xff);
    return out;
  }
  static std::string map_of(const Record& record) {
    std::string out(1, static_cast<char>(7U << 5 | record.size()));
    for (const auto& [name, field] : record) {
      out += text(name);
      if (const auto* value = std::get_if<std::uint32_t>(&field)) {
        out += number(*value, 4);
      } else if (const auto* flag = std::get_if<bool>(&field)) {
        out += std::string{static_cast<char>(*flag ? 1 : 0), 7};  // extended type 14
      } else if (const auto* map = std::get_if<Map>(&field)) {
        out += static_cast<char>(7U << 5 | map->size());
        for (const auto& [key, inner] : *map) out += text(key) + text(inner);
      } else {
        out += text(std::get<std::string>(field));
      }
    }
    return out;
  }

  std::vector<std::array<Child, 2>> nodes_{1};
  std::string data_;
};

}  // namespace ringscope
