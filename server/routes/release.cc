// Acting: what a release would tell machines, letting them be told, stopping it, taking it back.
#include "engine/release/release.h"

#include <ctime>

#include <fmt/format.h>

#include "base/time.h"
#include "engine/json.h"
#include "engine/release/retract.h"
#include "server/bodies.h"
#include "server/lists.h"
#include "server/routes.h"
#include "server/services.h"

namespace ringscope::server {
namespace {

constexpr std::size_t kMostBody = std::size_t{16} << 10;
constexpr std::size_t kListed = 100;  // accounts of each list of the preview

Seconds wall_clock() { return std::time(nullptr); }

Answer preview(const Call& call) {
  const Store& store = call.view->store();
  const ReleasePlan plan = plan_release(store, *call.services.config, read_journal(store), wall_clock());
  return json_answer(plan_to_json(plan, store, kListed));
}

// What stands between a plan and its release, but for the guards: who has said what.
Answer state(const Call& call) {
  const Journal journal = read_journal(call.view->store());
  const GuardConfig& guards = call.services.config->guards;
  Json json = {{"schema", "ringscope.release-state/1"},
               {"persons", guards.persons},
               {"proposal_hours", guards.proposal_hours},
               {"proposal", nullptr},
               {"halt", nullptr}};
  if (const JournalEntry* first = journal.proposal(wall_clock(), guards.proposal_hours))
    json["proposal"] = {
        {"by", first->by}, {"at", first->at}, {"plan", first->digest}, {"overridden", first->overridden}};
  if (const JournalEntry* halt = journal.halt())
    json["halt"] = {{"by", halt->by}, {"at", halt->at}, {"reason", halt->reason}};
  return json_answer(json.dump(-1, ' ', false, Json::error_handler_t::replace));
}

// Of the plan that was looked at, and no other.
Answer commit(const Call& call) {
  const Json json = parse_body(call.body, {"plan", "reason", "override", "by"});
  const ReleaseRequest request{.by = name_in(json, call),
                               .reason = text_in(json, "reason", false),
                               .override_caps = flag_in(json, "override"),
                               .digest = text_in(json, "plan", true),
                               .now = wall_clock()};
  std::string answer;
  call.services.writer.write([&](Store& store) {
    call.budget.check();
    answer = release_to_json(release(store, *call.services.config, request), store);
  });
  return json_answer(std::move(answer));
}

// -- guards

// The latest first.
Answer journal(const Call& call) {
  const Journal journal = read_journal(call.view->store());
  const std::vector<JournalEntry>& entries = journal.entries();
  const Slice slice = slice_of(call, "journal", entries.size(), entries.size());
  return list_answer(call, slice,
                     [&](std::size_t i) { return journal_entry_to_json(entries[entries.size() - 1 - i]); });
}

template <class Step>
Answer write_entry(const Call& call, const Json& json, const Step& step) {
  const GuardRequest request{.by = name_in(json, call), .reason = text_in(json, "reason", true), .now = wall_clock()};
  std::string answer;
  call.services.writer.write([&](Store& store) {
    call.budget.check();
    answer = journal_entry_to_json(step(store, request));
  });
  return json_answer(std::move(answer));
}

Answer halt_all(const Call& call) { return write_entry(call, parse_body(call.body, {"reason", "by"}), halt); }
Answer resume_all(const Call& call) { return write_entry(call, parse_body(call.body, {"reason", "by"}), resume); }

Answer allow_one(const Call& call) {
  const Json json = parse_body(call.body, {"target", "owner", "until", "reason", "by"});
  const std::string target = text_in(json, "target", true), owner = text_in(json, "owner", true);
  const auto until = parse_time(text_in(json, "until", true));
  if (!until) refuse_body("is no day or time, as 2027-01-31", "until");
  return write_entry(call, json, [&](Store& store, const GuardRequest& request) {
    return allow(store, request, target, owner, *until);
  });
}

Answer disallow_one(const Call& call) {
  const std::uint64_t number = *call.arguments.number("number");
  return write_entry(call, parse_body(call.body, {"reason", "by"}),
                     [&](Store& store, const GuardRequest& request) { return disallow(store, request, number); });
}

// -- taking back

Answer retract_one(const Call& call) {
  const Json json = parse_body(call.body, {"target", "account", "reason", "by"});
  const RetractRequest request{.target = text_in(json, "target", true),
                               .account = flag_in(json, "account"),
                               .by = name_in(json, call),
                               .reason = text_in(json, "reason", true),
                               .now = wall_clock()};
  Retraction done;
  call.services.writer.write([&](Store& store) {
    call.budget.check();
    done = retract(store, request);
  });
  Answer answer = json_answer(retraction_to_json(done));
  const std::string& ring = done.verdict.ring;
  answer.subjects = {ring.empty() ? fmt::format("account {:016x}", hash_value(request.target)) : "ring " + ring};
  return answer;
}

Answer overturned(const Call& call) {
  const std::vector<OverturnedBan> bans = overturned_bans(call.view->store());
  const Slice slice = slice_of(call, "overturned", bans.size(), call.view->last_event());
  return list_answer(call, slice, [&](std::size_t i) { return overturned_to_json(bans[i]); });
}

constexpr Parameter kList[] = {kLimit, kCursor};
constexpr Parameter kEntry[] = {{.name = "number",
                                 .place = Place::path,
                                 .shape = Shape::number,
                                 .meaning = "Of the entry of the allow-list",
                                 .required = true,
                                 .least = 1}};
constexpr BodyRule kReason{.media = "application/json", .schema = "guard-request", .most_bytes = kMostBody};
constexpr Reply kJournalEntry{.schema = "journal"};

constexpr Route kRoutes[] = {
    {.name = "release.preview",
     .path = "/api/v1/release/preview",
     .summary = "Who would be banned and unbanned now, by what is known of them, and what the guards say",
     .needs = Permission::raw,
     .raw = true,
     .cost = Cost::heavy,
     .reply = {.schema = "release-plan"},
     .answer = preview,
     .tagged = false},
    {.name = "release.show",
     .path = "/api/v1/release",
     .summary = "Whether a release waits for a second person, and whether the kill switch is on",
     .needs = Permission::raw,
     .raw = true,
     .reply = {.schema = "release-state"},
     .answer = state,
     .tagged = false},
    {.name = "release.commit",
     .method = Method::post,
     .path = "/api/v1/release",
     .summary = "Tell machines of the plan that was looked at; the second of two persons does. 409: a guard refuses",
     .needs = Permission::release,
     .raw = true,
     .cost = Cost::writes,
     .reply = {.schema = "release"},
     .answer = commit,
     .body = {.media = "application/json", .schema = "release-request", .most_bytes = kMostBody},
     .tagged = false},
    {.name = "guard.list",
     .path = "/api/v1/guard",
     .summary = "The journal, the latest first: releases, the allow-list, the kill switch",
     .needs = Permission::raw,
     .raw = true,
     .parameters = kList,
     .reply = {.form = Form::list, .schema = "journal"},
     .answer = journal},
    {.name = "guard.halt",
     .method = Method::post,
     .path = "/api/v1/guard/halt",
     .summary = "Turn the kill switch on: nothing is released, consumers ban nobody",
     .needs = Permission::release,
     .cost = Cost::writes,
     .reply = kJournalEntry,
     .answer = halt_all,
     .body = kReason,
     .tagged = false},
    {.name = "guard.resume",
     .method = Method::post,
     .path = "/api/v1/guard/resume",
     .summary = "Turn the kill switch off",
     .needs = Permission::release,
     .cost = Cost::writes,
     .reply = kJournalEntry,
     .answer = resume_all,
     .body = kReason,
     .tagged = false},
    {.name = "guard.allow",
     .method = Method::post,
     .path = "/api/v1/guard/allow",
     .summary = "Never ban an account, whoever touches a thing, or who comes from a system, until a day",
     .needs = Permission::release,
     .raw = true,
     .cost = Cost::writes,
     .reply = kJournalEntry,
     .answer = allow_one,
     .body = {.media = "application/json", .schema = "allow-request", .most_bytes = kMostBody},
     .tagged = false},
    {.name = "guard.disallow",
     .method = Method::post,
     .path = "/api/v1/guard/{number}/disallow",
     .summary = "Take an entry of the allow-list back",
     .needs = Permission::release,
     .cost = Cost::writes,
     .parameters = kEntry,
     .reply = kJournalEntry,
     .answer = disallow_one,
     .body = kReason,
     .tagged = false},
    {.name = "retract.give",
     .method = Method::post,
     .path = "/api/v1/retract",
     .summary = "Take back at once what machines were told of a ring or an account; it stands whatever its size",
     .needs = Permission::approve,
     .raw = true,
     .cost = Cost::writes,
     .reply = {.schema = "retraction"},
     .answer = retract_one,
     .body = {.media = "application/json", .schema = "retract-request", .most_bytes = kMostBody},
     .tagged = false},
    {.name = "retract.overturned",
     .path = "/api/v1/overturned",
     .summary = "Bans that people took back, and what the engine says of them now",
     .needs = Permission::raw,
     .raw = true,
     .cost = Cost::heavy,
     .parameters = kList,
     .reply = {.form = Form::list, .schema = "overturned"},
     .answer = overturned},
};

}  // namespace

std::span<const Route> release_routes() { return kRoutes; }

}  // namespace ringscope::server
