#include "engine/load/address_lists.h"

#include <string>

#include <doctest/doctest.h>
#include <zlib.h>

#include "base/error.h"
#include "tests/engine/lab/scratch.h"
#include "tests/engine/load/mmdb_writer.h"

using namespace ringscope;

namespace {

Address address_of(const std::string& text) { return parse_network(text)->address; }

std::optional<std::uint32_t> system_of(const AddressTable& table, const std::string& address) {
  return table.find(address_of(address));
}

// "MESSAGE (CONTEXT)" of what a function throws; empty when it does not.
template <class Function>
std::string complaint(const Function& function) {
  try {
    function();
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::input);
    return error.what();
  }
  return "";
}

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

AddressList list_of(const std::string& text, EntityClass address_class = EntityClass::vpn) {
  const Scratch scratch("list");
  AddressList list;
  read_address_list(scratch.write("list.txt", text), address_class, list);
  list.addresses.finish();
  return list;
}

}  // namespace

TEST_CASE("asn table: ranges and networks, nested and side by side") {
  const Scratch scratch("asn");
  const std::string file = scratch.write("t.tsv",
                                         "10.0.0.0\t10.0.0.255\t7\tXX\tname\n10.0.0.16\t10.0.0.31\t9\tXX\tname\n"
                                         "10.0.1.0\t10.0.1.9\tAS7\n2001:db8::/32 7 # a test\n");
  const AddressTable table = read_asn_table(file);
  CHECK(system_of(table, "10.0.0.0") == 7);
  CHECK(system_of(table, "10.0.0.16") == 9);
  CHECK(system_of(table, "10.0.0.200") == 7);
  CHECK(system_of(table, "10.0.1.9") == 7);
  CHECK(system_of(table, "2001:db8:ffff::1") == 7);
  CHECK(!system_of(table, "10.0.1.10"));
  CHECK(!system_of(table, "9.255.255.255"));
  CHECK(!system_of(table, "2001:db9::"));
}

TEST_CASE("asn table: a bad line is named with file, line and field") {
  const Scratch scratch("asn");
  struct Wrong {
    const char* line;
    const char* says;
  };
  for (const Wrong& wrong :
       {Wrong{"x,1", "field 1 is neither a network"}, Wrong{"10.0.0.0/40,1", "field 1 is neither"},
        Wrong{"10.0.0.0/24", "field 2 is not a number"}, Wrong{"10.0.0.0/24,AS", "field 2 is not a number"},
        Wrong{"10.0.0.0/24,4294967296", "field 2 is not a number"}, Wrong{"10.0.0.9,10.0.0.1,1", "field 2 lies before"},
        Wrong{"10.0.0.0,x,1", "field 2 is not the last address"}, Wrong{"10.0.0.0,10.0.0.1,x", "field 3 is not"}}) {
    CAPTURE(wrong.line);
    const std::string said =
        complaint([&] { read_asn_table(scratch.write("bad.csv", std::string("network,asn\n") + wrong.line + "\n")); });
    CHECK(contains(said, "line 2 of the table of autonomous systems"));
    CHECK(contains(said, wrong.says));
    CHECK(contains(said, "bad.csv:2"));
  }
}

TEST_CASE("asn table: a MaxMind DB, by the field of MaxMind and by that of IPinfo") {
  const Scratch scratch("mmdb");
  MmdbWriter writer;
  writer.add("192.0.2.0/24", {{"autonomous_system_number", 64500U}, {"autonomous_system_organization", "Pool"}});
  writer.add("198.51.100.0/25", {{"asn", "AS64501"}, {"name", "other"}});
  writer.add("203.0.113.0/24", {{"country", "XX"}});
  writer.add("2001:db8::/32", {{"autonomous_system_number", 64502U}});
  for (const bool aliased : {false, true}) {
    if (aliased) writer.alias_mapped();
    const AddressTable table = read_asn_table(scratch.write("asn.mmdb", writer.file()));
    CHECK(system_of(table, "192.0.2.0") == 64500);
    CHECK(system_of(table, "::ffff:192.0.2.255") == 64500);
    CHECK(system_of(table, "198.51.100.127") == 64501);
    CHECK(!system_of(table, "198.51.100.128"));
    CHECK(!system_of(table, "203.0.113.1"));
    CHECK(system_of(table, "2001:db8:1::") == 64502);
    CHECK(!system_of(table, "2001:db9::"));
  }
}

TEST_CASE("asn table: a damaged or compressed MaxMind DB is refused by name") {
  const Scratch scratch("mmdb");
  MmdbWriter writer;
  writer.add("192.0.2.0/24", {{"asn", 1U}});
  const std::string good = writer.file();
  const auto said = [&](const std::string& bytes) {
    return complaint([&] { read_asn_table(scratch.write("asn.mmdb", bytes)); });
  };
  CHECK(said(good).empty());
  CHECK(contains(said(good.substr(300)), "asn.mmdb"));
  std::string looped = good;
  looped[0] = looped[1] = looped[2] = 0;  // the root is its own child
  CHECK(contains(said(looped), "not a readable MaxMind DB"));
  gzFile out = gzopen(scratch.path("asn.mmdb.gz").c_str(), "wb");
  gzwrite(out, good.data(), static_cast<unsigned>(good.size()));
  gzclose(out);
  CHECK(contains(complaint([&] { read_asn_table(scratch.path("asn.mmdb.gz")); }), "must not be compressed"));
}

TEST_CASE("address list: addresses, networks, ranges and systems, with comments") {
  const AddressList list = list_of(
      "# exits\n192.0.2.7\r\n198.51.100.0/24 # a network\n\n203.0.113.1,203.0.113.9,Example,http://example.net/\n"
      "2001:db8::/48\nAS64500 # all of it\nas64501\n");
  const auto holds = [&](const std::string& address) { return list.addresses.find(address_of(address)).has_value(); };
  CHECK(holds("192.0.2.7"));
  CHECK(!holds("192.0.2.8"));
  CHECK(holds("198.51.100.255"));
  CHECK(holds("203.0.113.9"));
  CHECK(!holds("203.0.113.10"));
  CHECK(holds("2001:db8::1"));
  CHECK(list.systems == std::set<std::uint32_t>{64500, 64501});
}

TEST_CASE("address list: a bad line is named with file, line and field") {
  CHECK(contains(complaint([] { list_of("192.0.2.1\nexample.net\n"); }), "field 1 is neither an address"));
  CHECK(contains(complaint([] { list_of("192.0.2.1\nexample.net\n"); }), "list.txt:2"));
  CHECK(contains(complaint([] { list_of("192.0.2.9,192.0.2.1\n"); }), "field 2 lies before the first address"));
  CHECK(contains(complaint([] { list_of("ASx\n"); }), "field 1 is not a number of an autonomous system"));
}

TEST_CASE("address list: of a MaxMind DB the records of the class") {
  const Scratch scratch("mmdb");
  MmdbWriter writer;
  writer.add("192.0.2.0/24", {{"is_anonymous_vpn", true}, {"is_hosting_provider", true}});
  writer.add("198.51.100.0/24", {{"is_tor_exit_node", true}, {"is_anonymous_vpn", false}});
  const std::string file = scratch.write("anonymous.mmdb", writer.file());
  const auto holds = [&](EntityClass address_class, const std::string& address) {
    AddressList list;
    read_address_list(file, address_class, list);
    list.addresses.finish();
    return list.addresses.find(address_of(address)).has_value();
  };
  CHECK(holds(EntityClass::vpn, "192.0.2.1"));
  CHECK(holds(EntityClass::data_centre, "192.0.2.1"));
  CHECK(!holds(EntityClass::tor, "192.0.2.1"));
  CHECK(holds(EntityClass::tor, "198.51.100.1"));
  CHECK(!holds(EntityClass::vpn, "198.51.100.1"));
}
