// What the feed tells beside what happened to rings: what people decided, what machines are to do, the kill switch.
// docs/pipeline.md. Numbers are in one series with those of ring events.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "engine/detect/ring/verdict.h"
#include "engine/ledger/ring_event.h"

namespace ringscope {

// A verdict of the log; what it does to rings and accounts are events of their own, right after it.
struct VerdictNotice {
  std::uint64_t seq = 0;  // set when it is written
  Verdict verdict;        // its accounts are counted, not listed
  std::uint64_t accounts = 0;
  VerdictState state{};  // when it was given
};

enum class ActionType : std::uint8_t { ban, unban };
const char* to_string(ActionType type);

// What a machine is to do about an account. The last one of an account is what holds.
struct ActionEvent {
  std::uint64_t seq = 0;  // set when it is written
  ActionType type = ActionType::ban;
  KeyHash account = 0;
  std::uint32_t version = 1;  // 1, 2, … of the account
  std::string ring;           // of a ban the ring it was in; of its unban the same
  std::uint64_t run = 0;      // the latest
  Seconds at = kNoTime;       // when it was told
  double score = 0;
  std::vector<std::string> reasons;    // codes, for machines
  std::vector<std::string> sentences;  // two, for whoever asks; of a ban
  std::uint64_t release = 0;           // entry of the journal that let it go; 0: a verdict did
  std::uint64_t verdict = 0;           // that took it back; 0: none did
  std::string cancels;                 // of an unban: event_id of the ban
  std::string kept_id;  // the event_id that it had before its account was erased; empty: made of account and version
  friend bool operator==(const ActionEvent&, const ActionEvent&) = default;
};

// The kill switch: from `halted` on no ban may be carried out until it is taken off.
struct SwitchEvent {
  std::uint64_t seq = 0;  // set when it is written
  bool halted = false;
  std::uint64_t entry = 0;  // of the journal
  std::string by, reason;
  Seconds at = kNoTime;
};

using FeedEvent = std::variant<RingEvent, VerdictNotice, ActionEvent, SwitchEvent>;

// The same event has the same id wherever and however often it is read.
std::string event_id(const VerdictNotice& event);  // of the verdict's number
std::string event_id(const ActionEvent& event);    // of the account and the version
std::string event_id(const SwitchEvent& event);    // of the entry of the journal

}  // namespace ringscope
