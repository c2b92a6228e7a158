#include "engine/detect/asn_table.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include <fmt/format.h>

#include "base/error.h"
#include "engine/detect/indicator_kinds.h"
#include "engine/ingest/bytes.h"
#include "engine/ingest/normalize.h"

namespace ringscope {
namespace {

// The first three fields, without quotes; missing ones are empty.
std::array<std::string_view, 3> fields_of(std::string_view line) {
  const bool commas = line.find(',') != std::string_view::npos;
  const std::string_view separators = commas ? "," : "\t ";
  std::array<std::string_view, 3> fields;
  for (std::string_view& field : fields) {
    const std::size_t end = std::min(line.find_first_of(separators), line.size());
    field = trim(line.substr(0, end));
    if (field.size() >= 2 && field.front() == '"' && field.back() == '"') field = field.substr(1, field.size() - 2);
    line.remove_prefix(std::min(end + 1, line.size()));
    while (!commas && !line.empty() && separators.find(line.front()) != std::string_view::npos) line.remove_prefix(1);
  }
  return fields;
}

std::optional<std::uint32_t> system_of(std::string_view text) {
  if (text.starts_with("AS") || text.starts_with("as")) text.remove_prefix(2);
  std::uint32_t number = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || stop != text.data() + text.size()) return std::nullopt;
  return number;
}

std::string last_of(const Network& network) {
  std::string last = masked(network.address, network.bits);
  for (int bit = network.bits; bit < 128; ++bit) {
    char& byte = last[static_cast<std::size_t>(bit / 8)];
    byte = static_cast<char>(static_cast<unsigned char>(byte) | 0x80U >> (bit % 8));
  }
  return last;
}

struct Row {
  std::uint32_t system = 0;
  AsnTable::Range range;
};

std::optional<Row> row_of(std::string_view line) {
  const auto [first, second, third] = fields_of(line);
  const auto from = parse_network(first);
  if (!from) return std::nullopt;
  if (first.find('/') != std::string_view::npos) {
    const auto system = system_of(second);
    if (!system) return std::nullopt;
    return Row{*system, {masked(from->address, from->bits), last_of(*from)}};
  }
  const auto to = parse_network(second);
  const auto system = system_of(third);
  if (!to || !system || to->bits != 128 || to->address < from->address) return std::nullopt;
  return Row{*system, {from->address, to->address}};
}

}  // namespace

void AsnTable::add(std::uint32_t system, Range range) { ranges_[system].push_back(std::move(range)); }

void AsnTable::finish() {
  for (auto& [system, ranges] : ranges_) {
    std::ranges::sort(ranges, {}, [](const Range& range) { return std::tie(range.first, range.last); });
    std::vector<Range> joined;
    for (Range& range : ranges) {
      if (!joined.empty() && range.first <= joined.back().last) {
        joined.back().last = std::max(joined.back().last, range.last);
      } else {
        joined.push_back(std::move(range));
      }
    }
    ranges = std::move(joined);
  }
}

bool AsnTable::holds(std::uint32_t system, const std::string& address) const {
  const auto found = ranges_.find(system);
  if (found == ranges_.end()) return false;
  const auto after = std::ranges::upper_bound(found->second, address, {}, &Range::first);
  return after != found->second.begin() && address <= std::prev(after)->last;
}

AsnTable read_asn_table(const std::string& file, const std::set<std::uint32_t>& wanted) {
  const std::string text = read_file(file);
  AsnTable table;
  std::size_t number = 0;
  for (std::string_view rest = text; !rest.empty();) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = trim(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    ++number;
    if (line.empty() || line.front() == '#') continue;
    std::optional<Row> row = row_of(line);
    if (row && wanted.contains(row->system)) table.add(row->system, std::move(row->range));
    if (!row && number > 1) {
      throw Error(
          ErrorCode::input,
          fmt::format("line {} of the table of autonomous systems is neither NETWORK,ASN nor FIRST,LAST,ASN", number),
          fmt::format("{}:{}", file, number));
    }
  }
  table.finish();
  return table;
}

}  // namespace ringscope
