#include "engine/load/address_lists.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <functional>
#include <optional>
#include <string_view>

#include <fmt/format.h>

#include "base/error.h"
#include "engine/ingest/bytes.h"
#include "engine/ingest/normalize.h"
#include "engine/load/country_table.h"
#include "engine/load/list_file.h"
#include "engine/load/mmdb.h"

namespace ringscope {
namespace {

// The first four fields, without quotes; missing ones are empty.
std::array<std::string_view, 4> fields_of(std::string_view line) {
  const bool commas = line.find(',') != std::string_view::npos;
  const std::string_view separators = commas ? "," : "\t ";
  std::array<std::string_view, 4> fields;
  for (std::string_view& field : fields) {
    const std::size_t end = std::min(line.find_first_of(separators), line.size());
    field = trim(line.substr(0, end));
    if (field.size() >= 2 && field.front() == '"' && field.back() == '"') field = field.substr(1, field.size() - 2);
    line.remove_prefix(std::min(end + 1, line.size()));
    while (!commas && !line.empty() && separators.find(line.front()) != std::string_view::npos) line.remove_prefix(1);
  }
  return fields;
}

bool has_as(std::string_view text) { return text.starts_with("AS") || text.starts_with("as"); }

std::optional<std::uint32_t> system_of(std::string_view text) {
  if (has_as(text)) text.remove_prefix(2);
  std::uint32_t number = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || stop != text.data() + text.size()) return std::nullopt;
  return number;
}

// Two capital letters as a number; nothing of another text.
std::optional<std::uint32_t> country_of(std::string_view text) {
  const auto is_capital = [](char c) { return c >= 'A' && c <= 'Z'; };
  if (text.size() != 2 || !is_capital(text[0]) || !is_capital(text[1])) return std::nullopt;
  return static_cast<std::uint32_t>(text[0]) << 8U | static_cast<std::uint32_t>(text[1]);
}

struct Row {
  Address first;
  Address last;
  std::uint32_t system = 0;
  std::optional<std::uint32_t> country{};
};

// A row, or what is wrong with the line: a field, and why.
struct Fault {
  const char* field;
  const char* what;
};
struct RowOrFault {
  std::optional<Row> row;
  Fault fault{};
};

RowOrFault fail(const char* field, const char* what) { return {std::nullopt, {field, what}}; }

RowOrFault asn_row(std::string_view line) {
  const auto [first, second, third, fourth] = fields_of(line);
  const auto from = parse_network(first);
  if (!from) return fail("1", "is neither a network in CIDR notation nor an address");
  if (first.find('/') != std::string_view::npos) {
    const auto system = system_of(second);
    if (!system) return fail("2", "is not a number of an autonomous system");
    return {Row{masked(from->address, from->bits), last_of(from->address, from->bits), *system}};
  }
  const auto to = parse_network(second);
  if (!to || to->bits != 128) return fail("2", "is not the last address of a range");
  if (to->address < from->address) return fail("2", "lies before the first address");
  const auto system = system_of(third);
  if (!system) return fail("3", "is not a number of an autonomous system");
  return {Row{from->address, to->address, *system, country_of(fourth)}};
}

[[noreturn]] void refuse(const std::string& file, std::size_t number, const char* list, const Fault& fault) {
  throw Error(ErrorCode::input, fmt::format("line {} of the {}: field {} {}", number, list, fault.field, fault.what),
              fmt::format("{}:{}", file, number));
}

bool is_of(const MmdbRecord& record, EntityClass address_class) {
  switch (address_class) {
    case EntityClass::data_centre:
      return record.flag("is_hosting_provider");
    case EntityClass::vpn:
      return record.flag("is_anonymous_vpn") || record.flag("is_public_proxy") || record.flag("is_residential_proxy");
    case EntityClass::tor:
      return record.flag("is_tor_exit_node");
    default:
      break;
  }
  return false;
}

void add_line(std::string_view line, const std::string& file, std::size_t number, AddressList& list) {
  const auto [first, second, third, fourth] = fields_of(line);
  if (has_as(first)) {
    const auto system = system_of(first);
    if (!system) refuse(file, number, "list of addresses", {"1", "is not a number of an autonomous system"});
    list.systems.insert(*system);
    return;
  }
  const auto from = parse_network(first);
  if (!from)
    refuse(file, number, "list of addresses", {"1", "is neither an address, a network in CIDR notation nor AS64500"});
  const auto to = parse_network(second);
  const bool range = to && from->bits == 128 && to->bits == 128;
  if (range && to->address < from->address)
    refuse(file, number, "list of addresses", {"2", "lies before the first address"});
  if (range)
    list.addresses.add(from->address, to->address, 1);
  else
    list.addresses.add(*from, 1);
}

}  // namespace

namespace {

// By what a record of a MaxMind DB has, or a row of a text.
AddressTable read_table(const std::string& file, const MmdbValue& of_record,
                        const std::function<std::optional<std::uint32_t>(const Row&)>& of_row) {
  const std::string text = read_file(file);
  AddressTable table;
  if (is_mmdb(text)) {
    scan_mmdb(file, of_record, [&](const Network& network, std::uint32_t value) { table.add(network, value); });
  } else {
    for_each_line(text, [&](std::string_view line, std::size_t number) {
      const RowOrFault parsed = asn_row(line);
      const auto value = parsed.row ? of_row(*parsed.row) : std::nullopt;
      if (value) table.add(parsed.row->first, parsed.row->last, *value);
      if (!parsed.row && number > 1) refuse(file, number, "table of autonomous systems", parsed.fault);
    });
  }
  table.finish();
  return table;
}

}  // namespace

AddressTable read_asn_table(const std::string& file) {
  const MmdbValue of_record = [](const MmdbRecord& record) {
    const auto number = record.number("autonomous_system_number");
    return number ? number : record.number("asn");
  };
  return read_table(file, of_record, [](const Row& row) { return std::optional(row.system); });
}

AddressTable read_country_table(const std::string& file) {
  const MmdbValue of_record = [](const MmdbRecord& record) -> std::optional<std::uint32_t> {
    for (const char* const field : {"country", "country_code", "registered_country"}) {
      if (const auto country = country_of(record.text(field, "iso_code"))) return country;
    }
    return std::nullopt;
  };
  return read_table(file, of_record, [](const Row& row) { return row.country; });
}

std::string country_text(std::uint32_t value) {
  return {static_cast<char>(value >> 8U & 0xffU), static_cast<char>(value & 0xffU)};
}

void read_address_list(const std::string& file, EntityClass address_class, AddressList& list) {
  const std::string text = read_file(file);
  if (is_mmdb(text)) {
    const MmdbValue listed = [&](const MmdbRecord& record) {
      return is_of(record, address_class) ? std::optional<std::uint32_t>(1) : std::nullopt;
    };
    scan_mmdb(file, listed, [&](const Network& network, std::uint32_t one) { list.addresses.add(network, one); });
  } else {
    for_each_line(text, [&](std::string_view line, std::size_t number) { add_line(line, file, number, list); });
  }
}

}  // namespace ringscope
