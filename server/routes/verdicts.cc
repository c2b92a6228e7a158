// What people decided: the log, a new word, and taking one back.
#include "engine/ask/verdicts.h"

#include <algorithm>
#include <ctime>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "server/api_error.h"
#include "server/lists.h"
#include "server/routes.h"
#include "server/services.h"

namespace ringscope::server {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kMostBody = std::size_t{256} << 10;
constexpr std::size_t kMostAccounts = 1000;  // of one request
constexpr std::size_t kLongestText = 4000;   // bytes

Answer list(const Call& call) {
  const Decisions& decisions = call.view->decisions();
  const std::vector<std::string> states = call.arguments.words("state");
  std::vector<std::size_t> shown;  // the latest first
  for (std::size_t i = decisions.verdicts().size(); i-- > 0;) {
    if (states.empty() || std::ranges::find(states, to_string(decisions.state(i))) != states.end()) shown.push_back(i);
  }
  const Slice slice = slice_of(call, "verdicts", shown.size(), decisions.verdicts().size());
  return list_answer(call, slice, [&](std::size_t i) {
    return verdict_line(call.view->store(), decisions.verdicts()[shown[i]], decisions.state(shown[i]));
  });
}

// -- bodies

[[noreturn]] void refuse(const std::string& message, const std::string& field) {
  throw ApiError(400, "body", message, field);
}

Json parse_body(std::string_view body, std::initializer_list<const char*> known) {
  Json json = Json::parse(body, nullptr, false);
  if (!json.is_object()) refuse("the body is no JSON object", "");
  for (const auto& [key, value] : json.items()) {
    if (std::ranges::find(known, key) == known.end()) refuse("there is no such field", key);
  }
  return json;
}

std::string text_in(const Json& json, const char* field, bool required) {
  const auto found = json.find(field);
  if (found == json.end() || found->is_null()) {
    if (required) refuse("the field is missing", field);
    return "";
  }
  if (!found->is_string()) refuse("the field is no text", field);
  std::string text = found->get<std::string>();
  if (text.size() > kLongestText) refuse(fmt::format("the text has more than {} bytes", kLongestText), field);
  if (required && text.find_first_not_of(" \t\r\n") == std::string::npos) refuse("the text is empty", field);
  return text;
}

std::vector<std::string> accounts_in(const Json& json) {
  std::vector<std::string> accounts;
  const auto found = json.find("accounts");
  if (found == json.end() || found->is_null()) return accounts;
  if (!found->is_array() || found->size() > kMostAccounts || found->empty())
    refuse(fmt::format("the field is no list of 1 to {} accounts", kMostAccounts), "accounts");
  for (const Json& one : *found) {
    if (!one.is_string()) refuse("an account is no text", "accounts");
    accounts.push_back(one.get<std::string>());
  }
  return accounts;
}

VerdictWord word_in(const Json& json) {
  const auto word = parse_verdict_word(text_in(json, "decision", true));
  if (!word) refuse(fmt::format("is none of {}", fmt::join(verdict_words(), ", ")), "decision");
  return *word;
}

VerdictOn on_in(const Json& json) {
  const std::string on = text_in(json, "on", false);
  if (on.empty()) return VerdictOn::anything;
  if (on == "ring") return VerdictOn::ring;
  if (on == "account") return VerdictOn::account;
  if (on == "thing") return VerdictOn::thing;
  refuse("is none of ring, account, thing", "on");
}

// -- who may

// Whoever started the server could write any name by the command, and may here; all others speak for themselves.
std::string name_in(const Json& json, const Call& call) {
  std::string by = text_in(json, "by", false);
  if (by.empty() || by == call.principal.name) return call.principal.name;
  if (!call.principal.by_owner)
    throw ApiError(403, "role", "a verdict is given in one's own name", call.principal.name);
  return by;
}

std::string full_ring_id(const Call& call, const std::string& target) {
  const RingLines& rings = call.view->rings();
  return rings.lines[find_line(rings, target)].ring;
}

// The second word on a large ring, which makes the first one stand, is an approver's.
void check_approval(const Call& call, const Decisions& decisions, const std::string& ring,
                    const VerdictRequest& request) {
  if (call.principal.may(Permission::approve)) return;
  for (std::size_t i = 0; i < decisions.verdicts().size(); ++i) {
    const Verdict& verdict = decisions.verdicts()[i];
    const bool completes = decisions.state(i) == VerdictState::waits && verdict.ring == ring &&
                           verdict.word == request.word && verdict.by != request.by;
    if (completes)
      throw ApiError(403, "role", "the second word on a large ring is an approver's", to_string(Permission::approve));
  }
}

void check_undo(const Call& call, const Decisions& decisions, std::uint64_t number) {
  if (number == 0 || number > decisions.verdicts().size()) return;  // undo_verdict says so
  if (decisions.verdicts()[number - 1].by == call.principal.name || call.principal.may(Permission::approve)) return;
  throw ApiError(403, "role", "another's verdict is taken back by an approver", to_string(Permission::approve));
}

// -- writing

std::string answer_json(const Store& store, const std::vector<Verdict>& given) {
  const Decisions decisions(read_verdicts(store));
  std::string items;
  for (const Verdict& verdict : given) {
    const VerdictState state =
        verdict.undoes != 0 ? VerdictState::stands : decisions.state(static_cast<std::size_t>(verdict.number - 1));
    items += fmt::format("{}{}", items.empty() ? "" : ",", verdict_line(store, verdict, state));
  }
  return fmt::format("{{\"run\":{},\"items\":[{}],\"total\":{},\"next\":null}}", given.empty() ? 0 : given.front().run,
                     items, given.size());
}

// Of a target and, when accounts are named, of each of them instead; a note goes beside, as a word that decides
// nothing.
std::vector<VerdictRequest> requests_of(const Call& call) {
  const Json json = parse_body(call.body, {"target", "on", "decision", "reason", "accounts", "note", "by"});
  VerdictRequest one;
  one.target = text_in(json, "target", true);
  one.on = on_in(json);
  one.word = word_in(json);
  one.reason = text_in(json, "reason", true);
  one.by = name_in(json, call);
  one.now = std::time(nullptr);
  one.two_persons_above = call.services.settings.two_persons_above;
  std::vector<VerdictRequest> requests;
  for (const std::string& account : accounts_in(json)) {
    VerdictRequest& request = requests.emplace_back(one);
    request.target = account;
    request.on = VerdictOn::account;
  }
  if (requests.empty()) requests.push_back(one);
  const std::string note = text_in(json, "note", false);
  if (note.empty()) return requests;
  one.word = VerdictWord::note;
  one.reason = note;
  requests.push_back(one);
  return requests;
}

Answer give(const Call& call) {
  const std::vector<VerdictRequest> requests = requests_of(call);
  std::string json;
  call.services.writer.write([&](Store& store) {
    call.budget.check();
    for (const VerdictRequest& request : requests) {
      if (request.on == VerdictOn::ring || request.target.starts_with("R-"))
        check_approval(call, Decisions(read_verdicts(store)), full_ring_id(call, request.target), request);
    }
    json = answer_json(store, give_verdicts(store, requests));
  });
  return json_answer(std::move(json));
}

Answer undo(const Call& call) {
  const Json json = parse_body(call.body, {"reason", "by"});
  const std::string reason = text_in(json, "reason", true);
  const std::string by = name_in(json, call);
  const std::uint64_t number = *call.arguments.number("number");
  std::string answer;
  call.services.writer.write([&](Store& store) {
    check_undo(call, Decisions(read_verdicts(store)), number);
    answer = answer_json(store, {undo_verdict(store, number, by, reason, std::time(nullptr))});
  });
  return json_answer(std::move(answer));
}

constexpr Parameter kList[] = {{.name = "state",
                                .shape = Shape::choices,
                                .meaning = "Only those in one of these states",
                                .words = "stands,waits,undone,replaced"},
                               kLimit,
                               kCursor};
constexpr Parameter kNumber[] = {{.name = "number",
                                  .place = Place::path,
                                  .shape = Shape::number,
                                  .meaning = "Of the verdict that is taken back",
                                  .required = true,
                                  .least = 1}};
constexpr Reply kVerdicts{.form = Form::list, .schema = "verdict"};

constexpr Route kRoutes[] = {
    {.name = "verdicts.list",
     .path = "/api/v1/verdicts",
     .summary = "Who decided what when, and how it stands, the latest first",
     .raw = true,
     .parameters = kList,
     .reply = kVerdicts,
     .answer = list},
    {.name = "verdicts.give",
     .method = Method::post,
     .path = "/api/v1/verdicts",
     .summary = "Decide about a ring, some of its members, an account or a thing",
     .needs = Permission::decide,
     .cost = Cost::writes,
     .reply = kVerdicts,
     .answer = give,
     .body = {.media = "application/json", .schema = "verdict-request", .most_bytes = kMostBody},
     .tagged = false},
    {.name = "verdicts.undo",
     .method = Method::post,
     .path = "/api/v1/verdicts/{number}/undo",
     .summary = "Take a verdict back; the log keeps both",
     .needs = Permission::decide,
     .cost = Cost::writes,
     .parameters = kNumber,
     .reply = kVerdicts,
     .answer = undo,
     .body = {.media = "application/json", .schema = "verdict-undo", .most_bytes = 16 << 10},
     .tagged = false},
};

}  // namespace

std::span<const Route> verdict_routes() { return kRoutes; }

}  // namespace ringscope::server
