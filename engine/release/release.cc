#include "engine/release/release.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "engine/detect/ring/json_parts.h"
#include "engine/ingest/bytes.h"
#include "engine/ingest/normalize.h"
#include "engine/ledger/feed_json.h"

namespace ringscope {
namespace {

void require(const std::string& text, const char* what, const char* option) {
  if (trim(text).empty()) throw Error(ErrorCode::usage, what, option);
}

void require_person(const GuardRequest& request) {
  require(request.by, "who says so? Name somebody", "--by");
  require(request.reason, "a reason is needed that others can check", "--reason");
}

JournalEntry entry_of(EntryType type, const GuardRequest& request) {
  JournalEntry entry;
  entry.type = type;
  entry.by = request.by;
  entry.reason = request.reason;
  entry.at = request.now;
  return entry;
}

std::uint64_t next_number(const Journal& journal) { return journal.entries().size() + 1; }

JournalEntry append(Store& store, JournalEntry entry) {
  entry.number = next_number(read_journal(store));
  const auto writer = store.decision_writer();
  writer->add_journal(journal_entry_to_json(entry));
  writer->commit();
  return entry;
}

JournalEntry flip(Store& store, const GuardRequest& request, bool halted) {
  require_person(request);
  const Journal journal = read_journal(store);
  if ((journal.halt() != nullptr) == halted)
    throw Error(ErrorCode::usage, halted ? "the kill switch is on already" : "the kill switch is not on");
  JournalEntry entry = entry_of(halted ? EntryType::halt : EntryType::resume, request);
  entry.number = next_number(journal);
  const auto writer = store.decision_writer();
  writer->add_journal(journal_entry_to_json(entry));
  writer->add_event(
      stored_event_to_json(SwitchEvent{0, halted, entry.number, request.by, request.reason, request.now}));
  writer->commit();
  return entry;
}

std::string refusal_text(const std::vector<GuardRefusal>& refusals) {
  std::vector<std::string> texts;
  texts.reserve(refusals.size());
  for (const GuardRefusal& one : refusals) texts.push_back(fmt::format("{}: {}", one.guard, one.message));
  return fmt::format("{}", fmt::join(texts, "; "));
}

void check_guards(const ReleasePlan& plan, const ReleaseRequest& request) {
  if (plan.refusals.empty()) return;
  const bool hard = std::ranges::any_of(plan.refusals, [](const GuardRefusal& one) { return !one.may_override; });
  if (request.override_caps && !hard) return;
  const char* what = hard ? "nothing was released: {}"
                          : "nothing was released: {}; look at 'ringscope release preview', and if it is right, two "
                            "persons may say so with --override and a reason";
  throw Error(ErrorCode::refused, fmt::format(fmt::runtime(what), refusal_text(plan.refusals)));
}

JournalEntry entry_of(const ReleasePlan& plan, const ReleaseRequest& request, EntryType type) {
  JournalEntry entry = entry_of(type, {request.by, request.reason, request.now});
  entry.run = plan.run;
  entry.digest = plan.digest;
  entry.bans = plan.bans.size();
  entry.unbans = plan.unbans.size();
  entry.blocked = plan.blocked.size();
  entry.held_back = plan.held_back;
  for (const GuardRefusal& one : plan.refusals) entry.overridden.push_back(one.guard);
  return entry;
}

void tell(const ReleasePlan& plan, std::uint64_t entry, Seconds now, DecisionWriter& writer, ReleaseReport& report) {
  for (const std::vector<ActionEvent>* list : {&plan.unbans, &plan.bans}) {
    for (ActionEvent event : *list) {
      event.release = entry;
      event.at = now;
      event.seq = writer.add_event(stored_event_to_json(event));
      writer.set_action(event.account, action_to_json(event));
      if (report.first_seq == 0) report.first_seq = event.seq;
      report.last_seq = event.seq;
    }
  }
}

AllowSubject subject_of(const Store& store, const std::string& target) {
  std::string digits = target.starts_with("AS") ? target.substr(2) : "";
  std::uint32_t system = 0;
  const auto [end, wrong] = std::from_chars(digits.data(), digits.data() + digits.size(), system);
  if (!digits.empty() && wrong == std::errc() && end == digits.data() + digits.size()) return {"asn", "", digits};
  const std::size_t colon = target.find(':');
  if (colon != std::string::npos && store.find_kind(target.substr(0, colon))) {
    AllowSubject subject{"thing", target.substr(0, colon), target.substr(colon + 1)};
    std::string scratch;
    if (const std::string_view address = normalize_ip(subject.value, scratch); !address.empty())
      subject.value = address;
    subject.value = store.known_value(subject.kind, subject.value);
    if (!store.name_of({*store.find_kind(subject.kind), hash_value(subject.value)}))
      throw Error(ErrorCode::not_found, fmt::format("the store has never seen this {}", subject.kind), target);
    return subject;
  }
  if (store.name_of({kAccountKind, hash_value(target)}) != target)
    throw Error(ErrorCode::not_found, "the store has never seen this account; a thing is written KIND:VALUE", target);
  return {"account", "", target};
}

}  // namespace

const char* to_string(ReleaseState state) {
  switch (state) {
    case ReleaseState::released:
      return "released";
    case ReleaseState::proposed:
      return "proposed";
    case ReleaseState::shadow:
      return "shadow";
    case ReleaseState::nothing:
      break;
  }
  return "nothing";
}

ReleaseReport release(Store& store, const Config& config, const ReleaseRequest& request) {
  require(request.by, "who releases? Name somebody", "--by");
  if (request.override_caps) require(request.reason, "to override a guard needs a reason", "--reason");
  const Journal journal = read_journal(store);
  ReleaseReport report;
  report.plan = plan_release(store, config, journal, request.now);
  const ReleasePlan& plan = report.plan;
  if (!request.digest.empty() && request.digest != plan.digest)
    throw Error(ErrorCode::refused,
                fmt::format("the plan is not what you looked at any more; nothing was released: look at 'ringscope "
                            "release preview' again, which is {} now",
                            plan.digest),
                request.digest);
  check_guards(plan, request);
  report.state = ReleaseState::nothing;
  if (plan.bans.empty() && plan.unbans.empty()) return report;
  const bool overrides = !plan.refusals.empty();
  const JournalEntry* first = journal.proposal(request.now, config.guards.proposal_hours);
  if (first != nullptr && (first->digest != plan.digest || first->by == request.by)) first = nullptr;
  if (first != nullptr && overrides && first->overridden.empty()) first = nullptr;  // he did not know of the guard
  const bool enough = plan.shadow || first != nullptr || (config.guards.persons < 2 && !overrides);
  EntryType type = EntryType::propose;
  if (enough) type = plan.shadow ? EntryType::shadow : EntryType::release;
  report.entry = entry_of(plan, request, type);
  report.entry.number = next_number(journal);
  if (enough && first != nullptr) report.entry.proposed_by = first->by;
  const auto writer = store.decision_writer();
  writer->add_journal(journal_entry_to_json(report.entry));
  if (type == EntryType::release) tell(plan, report.entry.number, request.now, *writer, report);
  writer->commit();
  report.state = type == EntryType::propose  ? ReleaseState::proposed
                 : type == EntryType::shadow ? ReleaseState::shadow
                                             : ReleaseState::released;
  return report;
}

std::string release_to_json(const ReleaseReport& report, const Store& store) {
  constexpr std::size_t kListed = 20;
  return dump({{"schema", "ringscope.release/1"},
               {"state", to_string(report.state)},
               {"entry", report.entry.number == 0 ? Json(nullptr) : Json::parse(journal_entry_to_json(report.entry))},
               {"first_seq", report.first_seq},
               {"last_seq", report.last_seq},
               {"plan", Json::parse(plan_to_json(report.plan, store, kListed))}});
}

JournalEntry halt(Store& store, const GuardRequest& request) { return flip(store, request, true); }
JournalEntry resume(Store& store, const GuardRequest& request) { return flip(store, request, false); }

JournalEntry allow(Store& store, const GuardRequest& request, const std::string& target, const std::string& owner,
                   Seconds until) {
  require_person(request);
  require(owner, "whom can one ask about it? Name an owner", "--owner");
  if (until <= request.now)
    throw Error(ErrorCode::usage, "it must end in the future, so that somebody looks again", "--until");
  JournalEntry entry = entry_of(EntryType::allow, request);
  entry.subject = subject_of(store, target);
  entry.owner = owner;
  entry.until = until;
  return append(store, std::move(entry));
}

JournalEntry disallow(Store& store, const GuardRequest& request, std::uint64_t number) {
  require_person(request);
  const Journal journal = read_journal(store);
  const std::string context = fmt::format("entry {}", number);
  if (number == 0 || number > journal.entries().size())
    throw Error(ErrorCode::not_found, "there is no such entry; 'ringscope guard list' names them", context);
  if (journal.entries()[number - 1].type != EntryType::allow)
    throw Error(ErrorCode::usage, "this is no entry of the allow-list", context);
  for (const JournalEntry& entry : journal.entries()) {
    if (entry.type == EntryType::disallow && entry.of == number)
      throw Error(ErrorCode::usage, "it is taken back already", context);
  }
  JournalEntry entry = entry_of(EntryType::disallow, request);
  entry.of = number;
  return append(store, std::move(entry));
}

JournalEntry trim_feed(Store& store, const GuardRequest& request, std::uint64_t keep) {
  require_person(request);
  const std::uint64_t last = store.last_event();
  if (keep >= last || last - keep <= store.feed_floor())
    throw Error(ErrorCode::usage, fmt::format("there are no more than {} events to serve", last - store.feed_floor()),
                "--keep");
  JournalEntry entry = entry_of(EntryType::trim, request);
  entry.of = last - keep;
  entry.number = next_number(read_journal(store));
  const auto writer = store.decision_writer();
  writer->add_journal(journal_entry_to_json(entry));
  writer->set_feed_floor(entry.of);
  writer->commit();
  return entry;
}

}  // namespace ringscope
