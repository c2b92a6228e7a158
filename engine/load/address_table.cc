#include "engine/load/address_table.h"

#include <algorithm>
#include <set>
#include <tuple>

namespace ringscope {
namespace {

// a - b, for b <= a.
Address minus(Address a, const Address& b) {
  int borrow = 0;
  for (std::size_t i = a.size(); i-- > 0;) {
    const int difference = int{a[i]} - int{b[i]} - borrow;
    borrow = difference < 0 ? 1 : 0;
    a[i] = static_cast<unsigned char>(difference + 256 * borrow);
  }
  return a;
}

// The address after; all ones become all zeros.
Address next(Address address) {
  for (std::size_t i = address.size(); i-- > 0;) {
    if (++address[i] != 0) break;
  }
  return address;
}

Address before(Address address) {
  for (std::size_t i = address.size(); i-- > 0;) {
    if (address[i]-- != 0) break;
  }
  return address;
}

}  // namespace

void AddressTable::add(const Address& first, const Address& last, std::uint32_t value) {
  ranges_.push_back({first, last, value});
}

void AddressTable::add(const Network& network, std::uint32_t value) {
  add(masked(network.address, network.bits), last_of(network.address, network.bits), value);
}

// A sweep over all beginnings and ends; between two of them the narrowest open range holds.
void AddressTable::finish() {
  std::vector<Range> open = std::move(ranges_);
  ranges_.clear();
  std::ranges::sort(open, {}, [](const Range& r) { return std::tie(r.first, r.last, r.value); });
  std::vector<std::pair<Address, std::size_t>> ends;  // first address no more in the range
  for (std::size_t i = 0; i < open.size(); ++i) {
    const Address end = next(open[i].last);
    if (end != Address{}) ends.emplace_back(end, i);
  }
  std::ranges::sort(ends);
  const auto rank = [&](std::size_t i) { return std::tuple(minus(open[i].last, open[i].first), open[i].value, i); };
  std::set<std::tuple<Address, std::uint32_t, std::size_t>> holding;
  Address from{};
  const auto close_at = [&](const Address& end) {  // what held up to, not including, `end`
    if (!holding.empty() && from != end) {
      const std::uint32_t value = std::get<1>(*holding.begin());
      if (!ranges_.empty() && ranges_.back().value == value && next(ranges_.back().last) == from) {
        ranges_.back().last = before(end);
      } else {
        ranges_.push_back({from, before(end), value});
      }
    }
    from = end;
  };
  std::size_t begun = 0, ended = 0;
  while (begun < open.size() || ended < ends.size()) {
    const bool begins = begun < open.size() && (ended == ends.size() || open[begun].first < ends[ended].first);
    if (begins) {
      close_at(open[begun].first);
      holding.insert(rank(begun++));
    } else {
      close_at(ends[ended].first);
      holding.erase(rank(ends[ended++].second));
    }
  }
  if (!holding.empty()) {  // up to the last address of all
    Address last{};
    last.fill(0xff);
    ranges_.push_back({from, last, std::get<1>(*holding.begin())});
  }
  ranges_.shrink_to_fit();
}

std::optional<std::uint32_t> AddressTable::find(const Address& address) const {
  const auto after = std::ranges::upper_bound(ranges_, address, {}, &Range::first);
  if (after == ranges_.begin() || std::prev(after)->last < address) return std::nullopt;
  return std::prev(after)->value;
}

}  // namespace ringscope
