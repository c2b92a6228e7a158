#include "engine/release/journal.h"

#include <algorithm>
#include <array>
#include <set>

#include "engine/detect/ring/json_parts.h"

namespace ringscope {
namespace {

constexpr std::array<const char*, 8> kTypes = {"allow",   "disallow", "halt",   "resume",
                                               "propose", "release",  "shadow", "trim"};

EntryType type_from(const std::string& text) {
  const auto at = std::ranges::find(kTypes, text);
  if (at == kTypes.end()) throw Error(ErrorCode::corrupt, fmt::format("\"{}\" is no entry of a journal", text));
  return static_cast<EntryType>(at - kTypes.begin());
}

bool tells_of_release(EntryType type) {
  return type == EntryType::propose || type == EntryType::release || type == EntryType::shadow;
}

}  // namespace

const char* to_string(EntryType type) { return kTypes[static_cast<std::size_t>(type)]; }

std::string journal_entry_to_json(const JournalEntry& entry) {
  Json json = {{"schema", "ringscope.journal/1"}, {"number", entry.number},
               {"type", to_string(entry.type)},   {"by", entry.by},
               {"reason", entry.reason},          {"at", time_json(entry.at)}};
  if (entry.type == EntryType::allow) {
    json["on"] = entry.subject.on;
    json["kind"] = entry.subject.kind;
    json["value"] = entry.subject.value;
    json["owner"] = entry.owner;
    json["until"] = time_json(entry.until);
  }
  if (entry.type == EntryType::disallow || entry.type == EntryType::trim) json["of"] = entry.of;
  if (tells_of_release(entry.type)) {
    json["run"] = entry.run;
    json["digest"] = entry.digest;
    json["bans"] = entry.bans;
    json["unbans"] = entry.unbans;
    json["blocked"] = entry.blocked;
    json["held_back"] = entry.held_back;
    json["proposed_by"] = entry.proposed_by;
    json["overridden"] = entry.overridden;
  }
  return dump(json);
}

JournalEntry journal_entry_from_json(std::string_view text) {
  return parse_stored(text, "entry of the journal", [](const Json& json) {
    JournalEntry entry;
    entry.number = json.value("number", std::uint64_t{0});
    entry.type = type_from(json.at("type"));
    json.at("by").get_to(entry.by);
    json.at("reason").get_to(entry.reason);
    entry.at = time_from(json.at("at"));
    entry.subject = {json.value("on", ""), json.value("kind", ""), json.value("value", "")};
    entry.owner = json.value("owner", "");
    if (json.contains("until")) entry.until = time_from(json.at("until"));
    entry.of = json.value("of", std::uint64_t{0});
    entry.run = json.value("run", std::uint64_t{0});
    entry.digest = json.value("digest", "");
    entry.bans = json.value("bans", std::uint64_t{0});
    entry.unbans = json.value("unbans", std::uint64_t{0});
    entry.blocked = json.value("blocked", std::uint64_t{0});
    entry.held_back = json.value("held_back", std::uint64_t{0});
    entry.proposed_by = json.value("proposed_by", "");
    if (json.contains("overridden")) json.at("overridden").get_to(entry.overridden);
    return entry;
  });
}

const JournalEntry* Journal::halt() const {
  const JournalEntry* on = nullptr;
  for (const JournalEntry& entry : entries_) {
    if (entry.type == EntryType::halt) on = &entry;
    if (entry.type == EntryType::resume) on = nullptr;
  }
  return on;
}

std::vector<const JournalEntry*> Journal::standing_allows() const {
  std::set<std::uint64_t> gone;
  for (const JournalEntry& entry : entries_) {
    if (entry.type == EntryType::disallow) gone.insert(entry.of);
  }
  std::vector<const JournalEntry*> standing;
  for (const JournalEntry& entry : entries_) {
    if (entry.type == EntryType::allow && !gone.contains(entry.number)) standing.push_back(&entry);
  }
  return standing;
}

std::vector<const JournalEntry*> Journal::allowed(Seconds now) const {
  std::vector<const JournalEntry*> list = standing_allows();
  std::erase_if(list, [now](const JournalEntry* entry) { return entry->until <= now; });
  return list;
}

std::vector<const JournalEntry*> Journal::lapsed(Seconds now) const {
  std::vector<const JournalEntry*> list = standing_allows();
  std::erase_if(list, [now](const JournalEntry* entry) { return entry->until > now; });
  return list;
}

const JournalEntry* Journal::proposal(Seconds now, std::uint32_t hours) const {
  for (auto entry = entries_.rbegin(); entry != entries_.rend(); ++entry) {
    if (entry->type == EntryType::release || entry->type == EntryType::shadow) return nullptr;
    if (entry->type == EntryType::propose)
      return now - entry->at <= Seconds{hours} * 3600 && now >= entry->at ? &*entry : nullptr;
  }
  return nullptr;
}

std::uint64_t Journal::bans_since(Seconds after) const {
  std::uint64_t bans = 0;
  for (const JournalEntry& entry : entries_) {
    if (entry.type == EntryType::release && entry.at > after) bans += entry.bans;
  }
  return bans;
}

std::optional<double> Journal::usual_bans(std::size_t most, std::size_t least) const {
  std::vector<std::uint64_t> counts;
  for (auto entry = entries_.rbegin(); entry != entries_.rend() && counts.size() < most; ++entry) {
    const bool told = entry->type == EntryType::release || entry->type == EntryType::shadow;
    if (told && entry->bans > 0) counts.push_back(entry->bans);
  }
  if (counts.size() < least || counts.empty()) return std::nullopt;
  std::ranges::sort(counts);
  const std::size_t half = counts.size() / 2;
  if (counts.size() % 2 == 1) return static_cast<double>(counts[half]);
  return static_cast<double>(counts[half - 1] + counts[half]) / 2;
}

Journal read_journal(const Store& store) {
  std::vector<JournalEntry> entries;
  store.scan_journal([&](std::uint64_t number, std::string_view payload) {
    entries.push_back(journal_entry_from_json(payload));
    entries.back().number = number;
  });
  return Journal(std::move(entries));
}

std::string subject_text(const AllowSubject& subject) {
  if (subject.on == "asn") return "AS" + subject.value;
  if (subject.on == "thing") return fmt::format("{} {}", subject.kind, subject.value);
  return "account " + subject.value;
}

std::string spared_text(const JournalEntry& entry) {
  return fmt::format("{} is spared until {}: {} (owner {}, entry {})", subject_text(entry.subject),
                     format_time(entry.until), entry.reason, entry.owner, entry.number);
}

void check_switch(const Store& store, std::string_view what) {
  const Journal journal = read_journal(store);
  if (const JournalEntry* halt = journal.halt())
    throw Error(ErrorCode::refused, fmt::format("the kill switch is on since {} by {}: {}; {} until 'ringscope guard "
                                                "resume'",
                                                format_time(halt->at), halt->by, halt->reason, what));
}

}  // namespace ringscope
