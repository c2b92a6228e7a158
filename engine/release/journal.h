// The journal: who let machines be told what, who stopped it, what is never to be acted upon. Only ever added to.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "storage/store.h"

namespace ringscope {

enum class EntryType : std::uint8_t {
  allow,     // a subject is never to be banned, until a day
  disallow,  // an entry of that kind is taken back
  halt,      // the kill switch is on …
  resume,    // … and off
  propose,   // the first of two persons would release
  release,   // what was told to machines
  shadow,    // what would have been told
  trim,      // old events of the feed are not served any more
};
const char* to_string(EntryType type);

// What an entry `allow` is about.
struct AllowSubject {
  std::string on;     // "account", "thing" or "asn"
  std::string kind;   // of a thing
  std::string value;  // the account's name, the thing's value, the number of the autonomous system
  friend bool operator==(const AllowSubject&, const AllowSubject&) = default;
};

struct JournalEntry {
  std::uint64_t number = 0;  // place in the journal, from 1
  EntryType type = EntryType::release;
  std::string by;
  std::string reason;
  Seconds at = kNoTime;
  // -- allow
  AllowSubject subject{};
  std::string owner{};      // whom to ask about it
  Seconds until = kNoTime;  // from then on it counts for nothing
  // -- disallow: the entry it takes back; trim: the last event that is not served
  std::uint64_t of = 0;
  // -- propose, release, shadow
  std::uint64_t run = 0;
  std::string digest{};  // of what would be told
  std::uint64_t bans = 0, unbans = 0, blocked = 0, held_back = 0;
  std::string proposed_by{};              // the first of two persons; empty: one was enough
  std::vector<std::string> overridden{};  // names of the guards that were
};

// Schema "ringscope.journal/1". Reading throws Error corrupt.
std::string journal_entry_to_json(const JournalEntry& entry);
JournalEntry journal_entry_from_json(std::string_view json);

class Journal {
 public:
  Journal() = default;
  explicit Journal(std::vector<JournalEntry> entries) : entries_(std::move(entries)) {}

  const std::vector<JournalEntry>& entries() const { return entries_; }
  // The entry that halts; null: nothing does.
  const JournalEntry* halt() const;
  // Entries `allow` that are not taken back and do not end by `now`, in order. O(entries).
  std::vector<const JournalEntry*> allowed(Seconds now) const;
  // Those that ended by themselves.
  std::vector<const JournalEntry*> lapsed(Seconds now) const;
  // The last proposal, if nothing was released after it and it is no older than so many hours; null: there is none.
  const JournalEntry* proposal(Seconds now, std::uint32_t hours) const;
  // Accounts banned by releases after a moment. O(entries)
  std::uint64_t bans_since(Seconds after) const;
  // Median of the accounts banned by the last `most` releases (or shadows) that banned any; nothing when fewer than
  // `least` did.
  std::optional<double> usual_bans(std::size_t most, std::size_t least) const;

 private:
  std::vector<const JournalEntry*> standing_allows() const;

  std::vector<JournalEntry> entries_;
};

Journal read_journal(const Store& store);

// "account ann", "ip 203.0.113.7", "AS64500"
std::string subject_text(const AllowSubject& subject);
// Of an entry `allow`: "ip 203.0.113.7 is spared until 2027-01-01T00:00:00Z: our own office (owner bob, entry 3)"
std::string spared_text(const JournalEntry& entry);

// Throws Error refused while the kill switch is on: since when, by whom, why, and `what` ("no list of bans is given").
void check_switch(const Store& store, std::string_view what);

}  // namespace ringscope
