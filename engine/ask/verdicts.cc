#include "engine/ask/verdicts.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <tuple>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "engine/ask/read_run.h"
#include "engine/ingest/bytes.h"
#include "engine/ingest/normalize.h"
#include "engine/ledger/follow.h"

namespace ringscope {
namespace {

using Json = nlohmann::ordered_json;

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

Verdict append(Store& store, Verdict verdict) {
  verdict.number = record_verdicts(store, {&verdict, 1}).front();
  return verdict;
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

Verdict give_verdict(Store& store, const VerdictRequest& request) { return append(store, verdict_of(store, request)); }

std::vector<Verdict> give_verdicts(Store& store, std::span<const VerdictRequest> requests) {
  std::vector<Verdict> verdicts;
  verdicts.reserve(requests.size());
  for (const VerdictRequest& request : requests) verdicts.push_back(verdict_of(store, request));
  const std::vector<std::uint64_t> numbers = record_verdicts(store, verdicts);
  for (std::size_t i = 0; i < verdicts.size(); ++i) verdicts[i].number = numbers[i];
  return verdicts;
}

Verdict undo_verdict(Store& store, std::uint64_t number, const std::string& by, const std::string& reason,
                     Seconds now) {
  require_person(by, reason);
  const Decisions decisions(read_verdicts(store));
  const std::string context = fmt::format("verdict {}", number);
  if (number == 0 || number > decisions.verdicts().size())
    throw Error(ErrorCode::not_found, "there is no such verdict; 'ringscope verdicts list' names them", context);
  const Verdict& undone = decisions.verdicts()[number - 1];
  if (undone.undoes != 0) throw Error(ErrorCode::usage, "this takes a verdict back; give that verdict again", context);
  if (decisions.state(number - 1) == VerdictState::undone)
    throw Error(ErrorCode::usage, "it is taken back already", context);
  return append(store, {.undoes = number,
                        .word = undone.word,
                        .target = undone.target,
                        .ring = undone.ring,
                        .accounts = {},
                        .things = {},
                        .by = by,
                        .reason = reason,
                        .given = now,
                        .run = run_at_hand(store)});
}

std::string verdict_line(const Store& store, const Verdict& verdict, VerdictState state) {
  Json json = Json::parse(verdict_to_json(verdict));
  json["accounts"] = Json::array();
  for (const KeyHash account : verdict.accounts) json["accounts"].push_back(account_text(store, account));
  json["state"] = to_string(state);
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

VerdictImport import_verdicts(Store& store, const std::string& file) {
  const std::string text = read_file(file);
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
