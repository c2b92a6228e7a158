// Who is never to be banned: accounts, things and autonomous systems of the journal's entries; and where accounts are.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/load/address_table.h"
#include "engine/release/journal.h"

namespace ringscope {

// What is asked of accounts one after the other.
class Spared {
 public:
  // `entries` must outlive it. `asn_table` is the operator's file (detect.asn_table); empty: none, and then no
  // account is of a known system or country. Throws Error input as read_asn_table() does, and config when an entry
  // names an autonomous system and there is no table to tell by.
  Spared(const Store& store, std::vector<const JournalEntry*> entries, const std::string& asn_table);

  // The first entry that spares the account; null: none does. O(things of the account).
  const JournalEntry* spares(KeyHash account) const;
  // Autonomous systems of the account's addresses, ascending; none without a table.
  std::vector<std::uint32_t> systems_of(KeyHash account) const { return values_of(account, table_); }
  // Countries of them, ascending, as two letters.
  std::vector<std::string> countries_of(KeyHash account) const;

 private:
  std::vector<std::uint32_t> values_of(KeyHash account, const AddressTable& table) const;

  const Store& store_;
  std::vector<const JournalEntry*> entries_;
  std::map<KeyHash, const JournalEntry*> accounts_;
  std::map<VertexKey, const JournalEntry*> things_;
  std::map<std::uint32_t, const JournalEntry*> systems_;
  AddressTable table_, countries_;
  std::optional<KindId> ip_;
};

// The same by the entries that hold now. The table is read only if one of them needs it.
class SparedNow {
 public:
  // Throws as Spared does.
  SparedNow(const Store& store, const std::string& asn_table, Seconds now);
  SparedNow(const SparedNow&) = delete;
  SparedNow& operator=(const SparedNow&) = delete;

  const Spared& spared() const { return spared_; }

 private:
  Journal journal_;
  Spared spared_;
};

}  // namespace ringscope
