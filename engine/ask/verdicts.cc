#include "engine/ask/verdicts.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <tuple>

#include <fmt/format.h>

#include "base/error.h"
#include "engine/ask/read_run.h"
#include "engine/ingest/bytes.h"
#include "engine/ingest/normalize.h"
#include "engine/json.h"
#include "engine/ledger/follow.h"

namespace ringscope {
namespace {

constexpr double kUndoubted = 0.99;  // of the ring's score: a member without a doubt of its own

void require_person(const std::string& by, const std::string& reason) {
  if (trim(by).empty()) throw Error(ErrorCode::usage, "who decides? Name somebody", "--by");
  if (trim(reason).empty()) throw Error(ErrorCode::usage, "a verdict needs a reason that others can check", "--reason");
}

void put_ring(const Store& store, const VerdictRequest& request, const Ring& ring, Verdict& verdict) {
  verdict.target = verdict.ring = ring.id;
  if (ring.members.size() > request.two_persons_above && request.word != VerdictWord::note) verdict.persons = 2;
  const double score = ring.engine ? ring.engine->score : ring.score;
  for (const Member& member : ring.members) {
    const double own = member.engine ? member.engine->score : member.score;
    if (request.word != VerdictWord::confirm || ring.carried || own >= kUndoubted * score)
      verdict.accounts.push_back(member.account);
  }
  std::sort(verdict.accounts.begin(), verdict.accounts.end());
  if (request.word != VerdictWord::benign) return;
  for (const Evidence& one : ring.evidence) {
    if (2 * one.accounts >= one.population && store.find_kind(one.kind))
      verdict.things.emplace_back(one.kind, one.value);
  }
  std::sort(verdict.things.begin(), verdict.things.end());
}

struct ThingName {
  std::string kind, value;
};

// "ip:203.0.113.7", if the store knows the kind.
std::optional<ThingName> thing_named(const Store& store, std::string_view target) {
  const std::size_t colon = target.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  ThingName thing{std::string(target.substr(0, colon)), std::string(target.substr(colon + 1))};
  if (!store.find_kind(thing.kind)) return std::nullopt;
  std::string scratch;
  if (const std::string_view address = normalize_ip(thing.value, scratch); !address.empty()) thing.value = address;
  thing.value = store.known_value(thing.kind, thing.value);
  return thing;
}

void put_thing(const Store& store, const VerdictRequest& request, const ThingName& thing, Verdict& verdict) {
  if (request.word != VerdictWord::benign && request.word != VerdictWord::note) {
    throw Error(ErrorCode::usage,
                fmt::format("a thing is only called benign, or noted; \"{}\" is for rings and accounts",
                            to_string(request.word)),
                request.target);
  }
  if (!store.name_of({*store.find_kind(thing.kind), hash_value(thing.value)})) {
    throw Error(ErrorCode::not_found, fmt::format("the store has never seen this {}", thing.kind), request.target);
  }
  verdict.target = fmt::format("{} {}", thing.kind, thing.value);
  verdict.things = {{thing.kind, thing.value}};
}

void put_account(const Store& store, const VerdictRequest& request, Verdict& verdict) {
  const KeyHash account = hash_value(request.target);
  if (store.name_of({kAccountKind, account}) != request.target)
    throw Error(ErrorCode::not_found, "the store has never seen this account", request.target);
  verdict.target = request.target;
  verdict.accounts = {account};
}

VerdictOn kind_of(const Store& store, const VerdictRequest& request) {
  if (request.on != VerdictOn::anything) return request.on;
  if (request.target.starts_with("R-")) return VerdictOn::ring;
  return thing_named(store, request.target) ? VerdictOn::thing : VerdictOn::account;
}

std::string account_text(const Store& store, KeyHash account) {
  return store.name_of({kAccountKind, account}).value_or(fmt::format("#{:016x}", account));
}

std::vector<Verdict> append(Store& store, std::vector<Verdict> verdicts) {
  const std::vector<std::uint64_t> numbers = record_verdicts(store, verdicts);
  for (std::size_t i = 0; i < verdicts.size(); ++i) verdicts[i].number = numbers[i];
  return verdicts;
}

std::uint64_t run_at_hand(const Store& store) {
  const auto run = store.latest_run();
  return run ? run->run : 0;
}

// As it goes into the log, without its number.
Verdict verdict_of(const Store& store, const VerdictRequest& request) {
  require_person(request.by, request.reason);
  Verdict verdict{.word = request.word,
                  .target = {},
                  .ring = {},
                  .accounts = {},
                  .things = {},
                  .by = request.by,
                  .reason = request.reason,
                  .given = request.now,
                  .run = run_at_hand(store)};
  switch (kind_of(store, request)) {
    case VerdictOn::ring:
      put_ring(store, request, find_ring(store, latest_run(store).run, request.target), verdict);
      break;
    case VerdictOn::thing:
      if (const auto thing = thing_named(store, request.target)) {
        put_thing(store, request, *thing, verdict);
        break;
      }
      throw Error(ErrorCode::usage, "a thing is written KIND:VALUE, of a kind that the store knows", request.target);
    case VerdictOn::account:
    case VerdictOn::anything:
      put_account(store, request, verdict);
      break;
  }
  return verdict;
}

bool decides_on_account(const Verdict& verdict) {
  return verdict.undoes == 0 && verdict.ring.empty() && !verdict.accounts.empty() && verdict.word != VerdictWord::note;
}

// Accounts that a person decided on one by one, by the ring that the latest run has them in. Many words on members are
// a word on the ring: what two persons are asked for there must not be had by one in pieces.
class OneByOne {
 public:
  OneByOne(const Store& store, std::string by) : store_(store), run_(run_at_hand(store)), by_(std::move(by)) {}

  void add(const Verdict& verdict) {
    if (verdict.by == by_ && decides_on_account(verdict)) accounts_.insert(verdict.accounts.front());
  }
  // Those whose verdicts do not take anything back. O(log).
  void add_log() {
    const Decisions decisions(read_verdicts(store_));
    for (std::size_t i = 0; i < decisions.verdicts().size(); ++i) {
      if (decisions.state(i) != VerdictState::undone) add(decisions.verdicts()[i]);
    }
  }
  std::size_t size() const { return accounts_.size(); }
  // Rings with more such members than `most`.
  std::set<std::string> rings_above(std::size_t most) const {
    std::map<std::string, std::size_t> members;
    for (const KeyHash account : accounts_) {
      if (const auto ring = store_.find_place(run_, account)) ++members[*ring];
    }
    std::set<std::string> rings;
    for (const auto& [ring, n] : members) {
      if (n > most) rings.insert(ring);
    }
    return rings;
  }
  bool is_in(const std::set<std::string>& rings, const Verdict& verdict) const {
    const auto ring = store_.find_place(run_, verdict.accounts.front());
    return ring && rings.contains(*ring);
  }

 private:
  const Store& store_;
  std::uint64_t run_;
  std::string by_;
  std::set<KeyHash> accounts_;
};

void ask_second_person(const Store& store, const std::string& by, std::size_t most, std::span<Verdict> verdicts) {
  OneByOne decided(store, by);
  for (const Verdict& verdict : verdicts) decided.add(verdict);
  if (decided.size() == 0) return;
  const bool many_at_once = decided.size() > most;
  std::set<std::string> rings;
  if (!many_at_once) {
    decided.add_log();
    if (decided.size() > most) rings = decided.rings_above(most);
    if (rings.empty()) return;
  }
  for (Verdict& verdict : verdicts) {
    if (verdict.by == by && decides_on_account(verdict) && (many_at_once || decided.is_in(rings, verdict)))
      verdict.persons = 2;
  }
}

// Takes back one of the log; throws as undo_verdict() does.
Verdict undoing_of(const Store& store, const Decisions& decisions, std::uint64_t number) {
  const std::string context = fmt::format("verdict {}", number);
  if (number == 0 || number > decisions.verdicts().size())
    throw Error(ErrorCode::not_found, "there is no such verdict; 'ringscope verdicts list' names them", context);
  const Verdict& undone = decisions.verdicts()[number - 1];
  if (undone.undoes != 0) throw Error(ErrorCode::usage, "this takes a verdict back; give that verdict again", context);
  if (decisions.state(number - 1) == VerdictState::undone)
    throw Error(ErrorCode::usage, "it is taken back already", context);
  return {.undoes = number,
          .word = undone.word,
          .target = undone.target,
          .ring = undone.ring,
          .accounts = {},
          .things = {},
          .by = {},
          .reason = {},
          .run = run_at_hand(store)};
}

// What makes a verdict the same as one in another log.
auto identity(const Verdict& verdict) {
  return std::tuple(verdict.given, verdict.by, verdict.target, verdict.word, verdict.reason, verdict.undoes != 0);
}

// A line of verdict_line(); throws Error corrupt.
Verdict parse_line(std::string_view line) {
  Json json = Json::parse(line, nullptr, false);
  if (!json.is_object() || !json.contains("accounts") || !json["accounts"].is_array())
    throw Error(ErrorCode::corrupt, "no verdict of 'ringscope verdicts export'");
  for (Json& account : json["accounts"]) {
    const std::string name = account.is_string() ? account.get<std::string>() : "";
    account = name.starts_with('#') ? name.substr(1) : fmt::format("{:016x}", hash_value(name));
  }
  Verdict verdict = verdict_from_json(json.dump(-1, ' ', false, Json::error_handler_t::replace));
  std::sort(verdict.accounts.begin(), verdict.accounts.end());
  return verdict;
}

// Verdicts of a file, given numbers from `next` on. `known` maps identities of the log to their numbers.
class Importer {
 public:
  using Known = std::map<decltype(identity(Verdict{})), std::uint64_t>;
  Importer(Known known, std::uint64_t next) : known_(std::move(known)), next_(next) {}

  void take(Verdict verdict) {
    const std::uint64_t theirs = verdict.number;
    const auto [found, is_new] = known_.try_emplace(identity(verdict), next_);
    renumbered_[theirs] = found->second;
    if (!is_new) return;
    if (verdict.undoes != 0) {
      const auto undone = renumbered_.find(verdict.undoes);
      if (undone == renumbered_.end()) {
        known_.erase(found);
        throw Error(ErrorCode::corrupt, fmt::format("takes back verdict {}, which is not in the file", verdict.undoes));
      }
      verdict.undoes = undone->second;
    }
    verdict.number = next_++;
    verdicts_.push_back(std::move(verdict));
  }
  const std::vector<Verdict>& verdicts() const { return verdicts_; }

 private:
  Known known_;
  std::uint64_t next_;
  std::map<std::uint64_t, std::uint64_t> renumbered_;
  std::vector<Verdict> verdicts_;
};

}  // namespace

std::vector<Verdict> draft_verdicts(const Store& store, std::span<const VerdictRequest> requests) {
  std::vector<Verdict> verdicts;
  verdicts.reserve(requests.size());
  std::map<std::string, std::size_t> most;  // by person
  for (const VerdictRequest& request : requests) {
    verdicts.push_back(verdict_of(store, request));
    most[request.by] = request.two_persons_above;
  }
  for (const auto& [by, accounts] : most) ask_second_person(store, by, accounts, verdicts);
  return verdicts;
}

Verdict give_verdict(Store& store, const VerdictRequest& request) {
  return give_verdicts(store, {&request, 1}).front();
}

std::vector<Verdict> give_verdicts(Store& store, std::span<const VerdictRequest> requests) {
  return append(store, draft_verdicts(store, requests));
}

Verdict undo_verdict(Store& store, std::uint64_t number, const std::string& by, const std::string& reason,
                     Seconds now) {
  return undo_verdicts(store, {&number, 1}, by, reason, now).front();
}

std::vector<Verdict> undo_verdicts(Store& store, std::span<const std::uint64_t> numbers, const std::string& by,
                                   const std::string& reason, Seconds now) {
  require_person(by, reason);
  const Decisions decisions(read_verdicts(store));
  std::vector<Verdict> undoings;
  std::set<std::uint64_t> once;
  for (const std::uint64_t number : numbers) {
    if (!once.insert(number).second)
      throw Error(ErrorCode::usage, "it is named twice", fmt::format("verdict {}", number));
    Verdict& undoing = undoings.emplace_back(undoing_of(store, decisions, number));
    undoing.by = by;
    undoing.reason = reason;
    undoing.given = now;
  }
  return append(store, std::move(undoings));
}

std::string verdict_line(const Store& store, const Verdict& verdict, VerdictState state) {
  Json json = Json::parse(verdict_to_json(verdict));
  json["accounts"] = Json::array();
  for (const KeyHash account : verdict.accounts) json["accounts"].push_back(account_text(store, account));
  json["state"] = to_string(state);
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

VerdictImport import_verdicts(Store& store, const std::string& file) {
  return import_verdict_lines(store, read_file(file));
}

VerdictImport import_verdict_lines(Store& store, std::string_view text) {
  Importer::Known known;
  const std::vector<Verdict> log = read_verdicts(store);
  for (const Verdict& verdict : log) known.try_emplace(identity(verdict), verdict.number);
  Importer importer(std::move(known), log.size() + 1);
  VerdictImport result;
  std::uint64_t number = 0;
  for (std::string_view rest = text; !rest.empty();) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = trim(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    ++number;
    if (line.empty()) continue;
    try {
      importer.take(parse_line(line));
      ++result.read;
    } catch (const Error& error) {
      result.rejects.push_back({number, error.message()});
    }
  }
  result.added = importer.verdicts().size();
  record_verdicts(store, importer.verdicts());
  return result;
}

}  // namespace ringscope
