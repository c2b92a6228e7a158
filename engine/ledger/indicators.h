// What an operator has been told of campaigns: reading it from files into the store.
//
// A file, plain or compressed, is one of
//   JSON         [{"campaign":"x","indicators":[{"kind":"ip","value":"203.0.113.7"}, …]}, …], or one such object
//   JSON Lines   such an object a line, or {"campaign":"x","kind":"ip","value":"203.0.113.7"}
//   STIX 2.1     a bundle: indicators with patterns (engine/ledger/stix_pattern.h), related by "indicates" to
//   campaigns,
//                intrusion sets or threat actors; unrelated ones belong to the bundle's only campaign
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "storage/store.h"

namespace ringscope {

// An entry that was not taken. Names places and fields and says why, never a value.
struct IndicatorReject {
  std::string place;  // "FILE:12" or "FILE: objects[3]"
  std::string field;  // empty: the entry as a whole
  std::string reason;
};

struct IndicatorReading {
  std::vector<StoredIndicator> indicators;  // normalised, ascending, each once
  std::vector<IndicatorReject> rejects;     // in the file's order
};

// `campaign` is that of entries which name none; empty: they are rejected. Throws Error input when the text is none of
// the three. O(length).
IndicatorReading parse_indicators(std::string_view text, const std::string& label, std::string_view campaign);

struct IndicatorImport {
  std::uint64_t read = 0;              // good ones in the file, each counted once
  std::uint64_t added = 0;             // of them, not in the store before
  std::vector<std::string> campaigns;  // of the good ones, ascending
  std::vector<IndicatorReject> rejects;
};

// Reads a file ("-": standard input) into the store in one durable step: after a crash all of it is there or nothing.
// A second time changes nothing. Throws as FileBytes, parse_indicators and Store::add_indicators do.
IndicatorImport import_indicators(Store& store, const std::string& file, std::string_view campaign);

// What there is to say of an indicator: that it will never be met, for want of a table, or that it is weak; else empty.
std::string indicator_note(const StoredIndicator& indicator, bool has_asn_table);
// One line a campaign, schema "ringscope.indicators/1"; `indicators` ascending.
std::vector<std::string> indicators_to_json(const std::vector<StoredIndicator>& indicators, bool has_asn_table);

}  // namespace ringscope
