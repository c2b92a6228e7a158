#include "engine/detect/ring/verdict.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include <fmt/format.h>

#include "base/error.h"
#include "engine/detect/ring/json_parts.h"
#include "engine/detect/ring/said_by.h"
#include "engine/json.h"

namespace ringscope {
namespace {

// 16 hex digits an account: a number of 64 bits is no number to a reader of JSON that knows doubles only.
Json accounts_json(const std::vector<KeyHash>& accounts) {
  Json list = Json::array();
  for (const KeyHash account : accounts) list.push_back(fmt::format("{:016x}", account));
  return list;
}

std::vector<KeyHash> accounts_from(const Json& json) {
  std::vector<KeyHash> accounts;
  for (const Json& one : json) accounts.push_back(std::stoull(one.get<std::string>(), nullptr, 16));
  return accounts;
}

Json things_json(const Verdict& verdict) {
  Json list = Json::array();
  for (const auto& [kind, value] : verdict.things) list.push_back({{"kind", kind}, {"value", value}});
  return list;
}

Verdict verdict_from(const Json& json) {
  Verdict verdict;
  verdict.number = json.at("number");
  verdict.undoes = json.at("undoes");
  const auto word = parse_verdict_word(json.at("word").get<std::string>());
  if (!word) throw Error(ErrorCode::corrupt, fmt::format("\"{}\" is no verdict", json.at("word").get<std::string>()));
  verdict.word = *word;
  json.at("target").get_to(verdict.target);
  json.at("ring").get_to(verdict.ring);
  verdict.persons = json.at("persons");
  verdict.accounts = accounts_from(json.at("accounts"));
  for (const Json& one : json.at("things")) verdict.things.emplace_back(one.at("kind"), one.at("value"));
  json.at("by").get_to(verdict.by);
  json.at("reason").get_to(verdict.reason);
  verdict.given = json.at("given");
  verdict.run = json.at("run");
  verdict.retraction = json.value("retraction", false);
  return verdict;
}

}  // namespace

std::string verdict_to_json(const Verdict& verdict) {
  Json json = {{"schema", "ringscope.verdict/1"},
               {"number", verdict.number},
               {"undoes", verdict.undoes},
               {"word", to_string(verdict.word)},
               {"target", verdict.target},
               {"ring", verdict.ring},
               {"persons", verdict.persons},
               {"accounts", accounts_json(verdict.accounts)},
               {"things", things_json(verdict)},
               {"by", verdict.by},
               {"reason", verdict.reason},
               {"given", verdict.given},
               {"run", verdict.run}};
  if (verdict.retraction) json["retraction"] = true;
  return dump(json);
}

Verdict verdict_from_json(std::string_view text) {
  try {
    return verdict_from(Json::parse(text));
  } catch (const Json::exception& error) {
    throw Error(ErrorCode::corrupt,
                fmt::format("a stored verdict cannot be read: {}; run 'ringscope doctor'", error.what()));
  } catch (const std::logic_error&) {  // of stoull
    throw Error(ErrorCode::corrupt, "a stored verdict names no account; run 'ringscope doctor'");
  }
}

std::vector<Verdict> read_verdicts(const Store& store) {
  std::vector<Verdict> verdicts;
  store.scan_verdicts([&](std::uint64_t number, std::string_view payload) {
    verdicts.push_back(verdict_from_json(payload));
    verdicts.back().number = number;
  });
  return verdicts;
}

const char* to_string(VerdictState state) {
  switch (state) {
    case VerdictState::waits:
      return "waits";
    case VerdictState::undone:
      return "undone";
    case VerdictState::replaced:
      return "replaced";
    case VerdictState::stands:
      break;
  }
  return "stands";
}

Decisions::Decisions(std::vector<Verdict> verdicts) : verdicts_(std::move(verdicts)) {
  std::vector<char> undone(verdicts_.size(), 0);
  for (const Verdict& verdict : verdicts_) {
    if (verdict.undoes >= 1 && verdict.undoes <= undone.size()) undone[verdict.undoes - 1] = 1;
  }
  states_.assign(verdicts_.size(), VerdictState::stands);
  std::map<std::tuple<std::string_view, KeyHash, VerdictWord>, std::set<std::string_view>> persons;
  for (std::size_t i = 0; i < verdicts_.size(); ++i) {
    const Verdict& verdict = verdicts_[i];
    if (verdict.undoes != 0) continue;
    if (undone[i] != 0) {
      states_[i] = VerdictState::undone;
      continue;
    }
    // The first of two stays waiting; the second counts.
    std::set<std::string_view>& said = persons[said_by(verdict)];
    said.insert(verdict.by);
    if (said.size() < verdict.persons) {
      states_[i] = VerdictState::waits;
    } else if (verdict.word != VerdictWord::note) {
      put(i);
    }
  }
}

void Decisions::put(std::size_t at) {
  const Verdict& verdict = verdicts_[at];
  const auto replace = [&](std::optional<std::size_t>& word) {
    if (word && verdicts_[*word].ring == verdict.ring) states_[*word] = VerdictState::replaced;
    word = at;
  };
  for (const KeyHash account : verdict.accounts) {
    Words& words = accounts_[account];
    replace(verdict.ring.empty() ? words.own : words.of_ring);
  }
  if (!verdict.ring.empty()) rings_[verdict.ring] = at;
  if (!verdict.ring.empty() || !verdict.accounts.empty()) return;
  for (std::size_t i = 0; i < at; ++i) {  // on a thing
    if (states_[i] == VerdictState::stands && verdicts_[i].undoes == 0 && verdicts_[i].target == verdict.target &&
        verdicts_[i].ring.empty() && verdicts_[i].accounts.empty())
      states_[i] = VerdictState::replaced;
  }
}

const Verdict* Decisions::of_account(KeyHash account) const {
  const auto found = accounts_.find(account);
  if (found == accounts_.end()) return nullptr;
  const Words& words = found->second;
  return &verdicts_[words.own ? *words.own : *words.of_ring];
}

const Verdict* Decisions::of_ring(const std::string& id) const {
  const auto found = rings_.find(id);
  return found == rings_.end() ? nullptr : &verdicts_[found->second];
}

bool Decisions::is_confirmed(KeyHash account) const {
  const Verdict* verdict = of_account(account);
  return verdict != nullptr && verdict->word == VerdictWord::confirm;
}

std::vector<std::pair<KeyHash, const Verdict*>> Decisions::confirmed() const {
  std::vector<std::pair<KeyHash, const Verdict*>> list;
  for (const auto& [account, words] : accounts_) {
    if (is_confirmed(account)) list.emplace_back(account, of_account(account));
  }
  return list;
}

bool Decisions::is_cleared(KeyHash account) const {
  const Verdict* verdict = of_account(account);
  return verdict != nullptr && (verdict->word == VerdictWord::reject || verdict->word == VerdictWord::benign);
}

std::vector<KeyHash> Decisions::cleared() const {
  std::vector<KeyHash> list;
  for (const auto& [account, words] : accounts_) {
    if (is_cleared(account)) list.push_back(account);
  }
  return list;
}

std::vector<KeyHash> Decisions::accounts_unlike(const Decisions& other) const {
  const auto number = [](const Verdict* verdict) { return verdict == nullptr ? 0 : verdict->number; };
  std::set<KeyHash> unlike;
  for (const Decisions* side : {this, &other}) {
    for (const auto& [account, words] : side->accounts_) {
      if (number(of_account(account)) != number(other.of_account(account))) unlike.insert(account);
    }
  }
  return {unlike.begin(), unlike.end()};
}

std::vector<std::string> Decisions::rings_unlike(const Decisions& other) const {
  const auto number = [](const Verdict* verdict) { return verdict == nullptr ? 0 : verdict->number; };
  std::set<std::string> unlike;
  for (const Decisions* side : {this, &other}) {
    for (const auto& [ring, at] : side->rings_) {
      if (number(of_ring(ring)) != number(other.of_ring(ring))) unlike.insert(ring);
    }
  }
  return {unlike.begin(), unlike.end()};
}

std::vector<std::pair<std::string, std::string>> Decisions::honest_things() const {
  std::set<std::pair<std::string, std::string>> things;
  for (std::size_t i = 0; i < verdicts_.size(); ++i) {
    if (verdicts_[i].undoes == 0 && states_[i] == VerdictState::stands && verdicts_[i].word == VerdictWord::benign)
      things.insert(verdicts_[i].things.begin(), verdicts_[i].things.end());
  }
  return {things.begin(), things.end()};
}

}  // namespace ringscope
