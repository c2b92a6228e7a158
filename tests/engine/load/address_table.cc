#include "engine/load/address_table.h"

#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "base/random.h"

using namespace ringscope;

namespace {

Address address_of(const std::string& text) { return parse_network(text)->address; }

std::optional<std::uint32_t> find(const AddressTable& table, const std::string& text) {
  return table.find(address_of(text));
}

}  // namespace

TEST_CASE("address table: the narrowest network that holds an address decides, in whatever order they come") {
  const std::vector<std::pair<std::string, std::uint32_t>> networks = {
      {"10.0.0.0/8", 1}, {"10.1.0.0/16", 2}, {"10.1.2.0/24", 3}, {"10.1.2.3", 4}, {"2001:db8::/32", 5}, {"::/0", 6}};
  for (const bool backwards : {false, true}) {
    AddressTable table;
    for (std::size_t i = 0; i < networks.size(); ++i) {
      const auto& [text, value] = networks[backwards ? networks.size() - 1 - i : i];
      table.add(*parse_network(text), value);
    }
    table.finish();
    CHECK(find(table, "10.200.0.1") == 1);
    CHECK(find(table, "10.1.0.0") == 2);
    CHECK(find(table, "10.1.255.255") == 2);
    CHECK(find(table, "10.1.2.2") == 3);
    CHECK(find(table, "10.1.2.3") == 4);
    CHECK(find(table, "10.1.2.4") == 3);
    CHECK(find(table, "2001:db8:ffff::1") == 5);
    CHECK(find(table, "2001:db9::") == 6);
    CHECK(find(table, "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff") == 6);
    CHECK(find(table, "0.0.0.0") == 6);
  }
}

TEST_CASE("address table: without a network nothing is found, and equal networks give the smaller value") {
  AddressTable table;
  CHECK(table.empty());
  table.finish();
  CHECK(!find(table, "192.0.2.1"));
  table.add(*parse_network("192.0.2.0/24"), 9);
  table.add(*parse_network("192.0.2.0/24"), 8);
  table.finish();
  CHECK(!table.empty());
  CHECK(find(table, "192.0.2.1") == 8);
  CHECK(!find(table, "192.0.3.0"));
  CHECK(!find(table, "192.0.1.255"));
}

TEST_CASE("address table: ranges that overlap in any way give what a search of all of them gives") {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    Random random(seed, 0);
    struct Range {
      unsigned first, last, value;
    };
    std::vector<Range> ranges;
    AddressTable table;
    const auto at = [](unsigned byte) {
      Address address{};
      address[10] = address[11] = 0xff;
      address[15] = static_cast<unsigned char>(byte);
      return address;
    };
    for (int i = 0; i < 20; ++i) {
      const auto first = static_cast<unsigned>(random.below(256));
      const auto last = first + static_cast<unsigned>(random.below(256 - first));
      ranges.push_back({first, last, static_cast<unsigned>(random.below(5))});
      table.add(at(first), at(last), ranges.back().value);
    }
    table.finish();
    for (unsigned byte = 0; byte < 256; ++byte) {
      const Range* best = nullptr;
      for (const Range& range : ranges) {
        if (byte < range.first || byte > range.last) continue;
        const auto rank = [](const Range& r) { return std::pair(r.last - r.first, r.value); };
        if (best == nullptr || rank(range) < rank(*best)) best = &range;
      }
      const auto found = table.find(at(byte));
      CHECK(found.has_value() == (best != nullptr));
      if (found && best != nullptr) CHECK(*found == best->value);
    }
  }
}

TEST_CASE("network: spellings, both ends and the text") {
  CHECK(to_string(*parse_network("192.0.2.77/24")) == "192.0.2.0/24");
  CHECK(to_string(*parse_network("::ffff:192.0.2.0/120")) == "192.0.2.0/24");
  CHECK(to_string(*parse_network("2001:DB8:0:0::/32")) == "2001:db8::/32");
  CHECK(to_string(*parse_network("::/0")) == "::/0");
  CHECK(last_of(address_of("192.0.2.0"), 96 + 24) == address_of("192.0.2.255"));
  CHECK(last_of(address_of("2001:db8::"), 33) == address_of("2001:db8:7fff:ffff:ffff:ffff:ffff:ffff"));
  for (const char* bad : {"", "x", "192.0.2.0/33", "192.0.2.0/-1", "2001:db8::/129", "192.0.2/24", "192.0.2.0/"})
    CHECK(!parse_network(bad));
}
