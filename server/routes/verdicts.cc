// What people decided: the log, a new word, and taking one back.
#include "engine/ask/verdicts.h"

#include <algorithm>
#include <ctime>
#include <set>

#include <fmt/format.h>

#include "engine/detect/ring/said_by.h"
#include "engine/json.h"
#include "server/api_error.h"
#include "server/bodies.h"
#include "server/lists.h"
#include "server/routes.h"
#include "server/services.h"
#include "server/verdict_body.h"

namespace ringscope::server {
namespace {

constexpr std::size_t kMostBody = std::size_t{256} << 10;
constexpr std::size_t kMostImport = std::size_t{8} << 20;
constexpr std::size_t kMostSubjects = 20;  // named one by one in the audit

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

// -- who may

// The second word on a large ring, or on many of its members, which makes the first one stand, is an approver's.
void check_approval(const Call& call, const Decisions& decisions, const std::vector<Verdict>& drafts) {
  if (call.principal.may(Permission::approve)) return;
  for (const Verdict& draft : drafts) {
    if (draft.persons < 2) continue;
    for (std::size_t i = 0; i < decisions.verdicts().size(); ++i) {
      const Verdict& verdict = decisions.verdicts()[i];
      if (decisions.state(i) == VerdictState::waits && verdict.by != draft.by && said_by(verdict) == said_by(draft))
        throw ApiError(403, "role", "the second word on a large ring is an approver's", to_string(Permission::approve));
    }
  }
}

void check_undo(const Call& call, const Decisions& decisions, std::uint64_t number) {
  if (number == 0 || number > decisions.verdicts().size()) return;  // undo_verdicts says so
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
  const VerdictBody body = verdict_in(json);
  VerdictRequest one = body.request;
  one.by = name_in(json, call);
  one.now = std::time(nullptr);
  one.two_persons_above = call.services.settings.two_persons_above;
  std::vector<VerdictRequest> requests;
  for (const std::string& account : body.accounts) {
    VerdictRequest& request = requests.emplace_back(one);
    request.target = account;
    request.on = VerdictOn::account;
  }
  if (requests.empty()) requests.push_back(one);
  if (body.note.empty()) return requests;
  one.word = VerdictWord::note;
  one.reason = body.note;
  requests.push_back(one);
  return requests;
}

// For the audit: rings by id, accounts and things by key; many together as one.
std::string subject_of(const Verdict& verdict) {
  if (!verdict.ring.empty()) return "ring " + verdict.ring;
  return fmt::format("{} {:016x}", verdict.accounts.empty() ? "thing" : "account", hash_value(verdict.target));
}

Answer written(std::string json, const std::vector<Verdict>& about) {
  Answer answer = json_answer(std::move(json));
  std::set<std::string> subjects;
  for (const Verdict& verdict : about) subjects.insert(subject_of(verdict));
  answer.subjects.assign(subjects.begin(), subjects.end());
  if (subjects.size() > kMostSubjects)
    answer.subjects = {fmt::format("account {} {:016x}", subjects.size(),
                                   hash_value(fmt::format("{}", fmt::join(answer.subjects, "\n"))))};
  return answer;
}

Answer give(const Call& call) {
  const std::vector<VerdictRequest> requests = requests_of(call);
  std::string json;
  std::vector<Verdict> given;
  call.services.writer.write([&](Store& store) {
    call.budget.check();
    check_approval(call, Decisions(read_verdicts(store)), draft_verdicts(store, requests));
    given = give_verdicts(store, requests);
    json = answer_json(store, given);
  });
  return written(std::move(json), given);
}

Answer take_back(const Call& call, const Json& json, std::span<const std::uint64_t> numbers) {
  const std::string reason = text_in(json, "reason", true);
  const std::string by = name_in(json, call);
  std::string answer;
  std::vector<Verdict> about;
  call.services.writer.write([&](Store& store) {
    call.budget.check();
    const Decisions decisions(read_verdicts(store));
    for (const std::uint64_t number : numbers) check_undo(call, decisions, number);
    answer = answer_json(store, undo_verdicts(store, numbers, by, reason, std::time(nullptr)));
    for (const std::uint64_t number : numbers) about.push_back(decisions.verdicts()[number - 1]);
  });
  return written(std::move(answer), about);
}

Answer undo(const Call& call) {
  const std::uint64_t number = *call.arguments.number("number");
  return take_back(call, parse_body(call.body, {"reason", "by"}), {&number, 1});
}

Answer undo_several(const Call& call) {
  const Json json = parse_body(call.body, {"numbers", "reason", "by"});
  return take_back(call, json, numbers_in(json));
}

// -- all of the log, from one store to another

Answer export_log(const Call& call) {
  const Decisions& decisions = call.view->decisions();
  std::string lines;
  for (std::size_t i = 0; i < decisions.verdicts().size(); ++i) {
    call.budget.check();
    lines += verdict_line(call.view->store(), decisions.verdicts()[i], decisions.state(i)) + "\n";
  }
  return answer_of(200, "application/jsonl", std::move(lines))
      .with("Content-Disposition", "attachment; filename=\"ringscope-verdicts.jsonl\"");
}

Answer import_log(const Call& call) {
  VerdictImport result;
  call.services.writer.write([&](Store& store) {
    call.budget.check();
    result = import_verdict_lines(store, call.body);
  });
  return json_answer(fmt::format(R"({{"schema":"ringscope.verdicts-import/1","read":{},"added":{},"rejected":{}}})",
                                 result.read, result.added, result.rejects.size()));
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
     .raw = true,
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
     .raw = true,
     .cost = Cost::writes,
     .parameters = kNumber,
     .reply = kVerdicts,
     .answer = undo,
     .body = {.media = "application/json", .schema = "verdict-undo", .most_bytes = 16 << 10},
     .tagged = false},
    {.name = "verdicts.undo_several",
     .method = Method::post,
     .path = "/api/v1/verdicts/undo",
     .summary = "Take several verdicts back in one step: all or none",
     .needs = Permission::decide,
     .raw = true,
     .cost = Cost::writes,
     .reply = kVerdicts,
     .answer = undo_several,
     .body = {.media = "application/json", .schema = "verdicts-undo", .most_bytes = 64 << 10},
     .tagged = false},
    {.name = "verdicts.export",
     .path = "/api/v1/verdicts/export",
     .summary = "The whole log as 'ringscope verdicts export' writes it, a verdict a line",
     .needs = Permission::take_out,
     .raw = true,
     .cost = Cost::heavy,
     .reply = {.form = Form::lines, .media = "application/jsonl"},
     .answer = export_log,
     .tagged = false},
    {.name = "verdicts.import",
     .method = Method::post,
     .path = "/api/v1/verdicts/import",
     .summary = "Append what an export wrote, of this store or another; a second time changes nothing",
     .needs = Permission::administer,
     .cost = Cost::writes,
     .reply = {.schema = "verdicts-import"},
     .answer = import_log,
     .body = {.media = "application/jsonl", .most_bytes = kMostImport},
     .tagged = false},
};

}  // namespace

std::span<const Route> verdict_routes() { return kRoutes; }

}  // namespace ringscope::server
