#include "engine/release/spared.h"

#include <algorithm>
#include <charconv>
#include <set>

#include "base/error.h"
#include "engine/load/address_lists.h"
#include "engine/load/country_table.h"
#include "engine/load/network.h"

namespace ringscope {

Spared::Spared(const Store& store, std::vector<const JournalEntry*> entries, const std::string& asn_table)
    : store_(store), entries_(std::move(entries)), ip_(store.find_kind("ip")) {
  for (const JournalEntry* entry : entries_) {
    const AllowSubject& subject = entry->subject;
    if (subject.on == "account") {
      accounts_.emplace(hash_value(subject.value), entry);
    } else if (subject.on == "thing") {
      if (const auto kind = store.find_kind(subject.kind))
        things_.emplace(VertexKey{*kind, hash_value(subject.value)}, entry);
    } else {
      std::uint32_t number = 0;
      std::from_chars(subject.value.data(), subject.value.data() + subject.value.size(), number);
      systems_.emplace(number, entry);
    }
  }
  if (!asn_table.empty()) {
    table_ = read_asn_table(asn_table);
    countries_ = read_country_table(asn_table);
  } else if (!systems_.empty()) {
    throw Error(ErrorCode::config,
                "the allow-list names an autonomous system, and no table says which addresses are of it; set "
                "detect.asn_table",
                subject_text(systems_.begin()->second->subject));
  }
}

SparedNow::SparedNow(const Store& store, const std::string& asn_table, Seconds now)
    : journal_(read_journal(store)), spared_([&] {
        std::vector<const JournalEntry*> entries = journal_.allowed(now);
        const bool by_system =
            std::ranges::any_of(entries, [](const JournalEntry* entry) { return entry->subject.on == "asn"; });
        return Spared(store, std::move(entries), by_system ? asn_table : "");
      }()) {}

std::vector<std::uint32_t> Spared::values_of(KeyHash account, const AddressTable& table) const {
  if (table.empty() || !ip_) return {};
  std::set<KeyHash> addresses;
  for (const Cell& cell : store_.cells_of(account, {})) {
    if (cell.entity.kind == *ip_) addresses.insert(cell.entity.hash);
  }
  std::set<std::uint32_t> values;
  for (const KeyHash address : addresses) {
    const auto text = store_.text_of({*ip_, address});
    const auto network = text ? parse_network(*text) : std::nullopt;
    if (!network) continue;
    if (const auto value = table.find(network->address)) values.insert(*value);
  }
  return {values.begin(), values.end()};
}

std::vector<std::string> Spared::countries_of(KeyHash account) const {
  std::vector<std::string> names;
  for (const std::uint32_t value : values_of(account, countries_)) names.push_back(country_text(value));
  return names;
}

const JournalEntry* Spared::spares(KeyHash account) const {
  if (const auto found = accounts_.find(account); found != accounts_.end()) return found->second;
  if (!things_.empty()) {
    for (const Cell& cell : store_.cells_of(account, {})) {
      if (const auto found = things_.find(cell.entity); found != things_.end()) return found->second;
    }
  }
  if (systems_.empty()) return nullptr;
  for (const std::uint32_t system : systems_of(account)) {
    if (const auto found = systems_.find(system); found != systems_.end()) return found->second;
  }
  return nullptr;
}

}  // namespace ringscope
