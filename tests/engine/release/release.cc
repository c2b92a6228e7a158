// Guards: each refuses what it should, says so, and then nothing is written.
#include "engine/release/release.h"

#include <algorithm>
#include <map>
#include <set>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "base/error.h"
#include "engine/ask/verdicts.h"
#include "engine/detect/publish.h"
#include "engine/export/export.h"
#include "engine/ledger/feed_json.h"
#include "engine/release/reasons.h"
#include "engine/release/retract.h"
#include "engine/release/spared.h"
#include "tests/engine/lab/scratch.h"
#include "tests/engine/release/campus.h"

using namespace ringscope;

TEST_CASE("release: a detection that takes a campus for a ring is stopped by the caps, and nothing is written") {
  Campus campus;
  campus.detect(0, 400);
  Config config;
  config.guards.persons = 1;
  const std::uint64_t events = campus.store().last_event();
  const std::string told = campus.told(by("ann"), config);
  CHECK(has(told, "refused: nothing was released: most_share: 400 of 1000 accounts (40.00%)"));
  CHECK(campus.banned() == 0);
  CHECK(campus.journal() == 0);
  CHECK(campus.store().last_event() == events);
  const ReleasePlan plan = plan_release(campus.store(), config, read_journal(campus.store()), kNow);
  CHECK(plan.bans.size() == 400);
  CHECK(plan.plans.front().name == "student");
  CHECK(plan.plans.front().accounts == 400);
  CHECK(plan.ages.front().name == "30 to 364 days");
  CHECK(plan.honest.front().name == "1% to 5%");
  CHECK(plan.rings.front().name == "R-00000001");
}

TEST_CASE("release: caps by number and by the median of earlier releases") {
  Campus campus;
  Config config = one_person();
  config.guards.most_accounts = 9;
  campus.detect(0, 10);
  CHECK(
      has(campus.told(by("ann"), config), "most_accounts: 10 accounts would be banned, and guards.most_accounts is 9"));
  config.guards.most_accounts = 1000;
  config.guards.least_releases = 3;
  for (int step = 1; step <= 3; ++step) {
    campus.detect(0, 10 * step);
    CHECK(campus.told(by("ann"), config) == "released");
  }
  campus.detect(0, 30 + 51);
  CHECK(has(campus.told(by("ann"), config), "most_multiple: 51 accounts would be banned, 5.1 times the 10"));
  campus.detect(0, 30 + 50);
  CHECK(campus.told(by("ann"), config) == "released");
}

TEST_CASE("release: two persons must say the same of the same plan") {
  Campus campus;
  Config config;
  config.guards.most_share = 1;
  campus.detect(0, 10);
  CHECK(campus.told(by("ann"), config) == "proposed");
  CHECK(campus.told(by("ann"), config) == "proposed");  // one person twice is one
  CHECK(campus.banned() == 0);
  campus.detect(0, 11);
  CHECK(campus.told(by("bob"), config) == "proposed");  // it is another plan now
  CHECK(campus.banned() == 0);
  CHECK(campus.told(by("ann"), config) == "released");
  CHECK(campus.banned() == 11);
  CHECK(read_journal(campus.store()).entries().back().proposed_by == "bob");
  CHECK(campus.told(by("ann"), config) == "nothing");
  ReleaseRequest stale = by("ann");
  stale.digest = "0000";
  CHECK(has(campus.told(stale, config), "refused: the plan is not what you looked at"));
}

TEST_CASE("release: a proposal lapses") {
  Campus campus;
  Config config;
  config.guards.most_share = 1;
  campus.detect(0, 10);
  CHECK(release(campus.store(), config, by("ann")).state == ReleaseState::proposed);
  ReleaseRequest late = by("bob");
  late.now = kNow + 25 * 3600;
  CHECK(release(campus.store(), config, late).state == ReleaseState::proposed);
  late.by = "cy";
  CHECK(release(campus.store(), config, late).state == ReleaseState::released);
}

TEST_CASE("release: to override a cap takes a reason and a second person, whatever is configured") {
  Campus campus;
  Config config = one_person();
  config.guards.most_accounts = 5;
  campus.detect(0, 10);
  ReleaseRequest request = overridden_by("ann");
  request.reason = " ";
  CHECK(has(campus.told(request, config), "usage: to override a guard needs a reason"));
  CHECK(campus.told(overridden_by("ann"), config) == "proposed");
  CHECK(has(campus.told(by("bob"), config), "most_accounts"));  // he must override as well
  CHECK(campus.banned() == 0);
  CHECK(campus.told(overridden_by("bob"), config) == "released");
  const JournalEntry entry = read_journal(campus.store()).entries().back();
  CHECK(entry.overridden == std::vector<std::string>{"most_accounts"});
  CHECK(entry.reason == "looked at all");
  CHECK(entry.proposed_by == "ann");
}

TEST_CASE("release: nothing passes the kill switch, and the list of bans is not given") {
  Campus campus;
  const Config config = one_person();
  campus.detect(0, 10);
  CHECK(campus.told(by("ann"), config) == "released");
  halt(campus.store(), {"dan", "odd numbers", kNow});
  campus.detect(0, 12);
  CHECK(
      has(campus.told(by("ann"), config), "kill_switch: the kill switch is on since 2027-01-15T08:00:00Z by dan: odd"));
  CHECK(has(campus.told(overridden_by("ann"), config), "kill_switch"));
  std::string written;
  const ExportSink sink = [&](std::string_view bytes) { written += bytes; };
  for (const char* format : {"csv", "jsonl", "ids"})
    CHECK_THROWS_WITH_AS(export_run(campus.store(), find_export_format("bans", format), {}, sink),
                         doctest::Contains("odd numbers"), Error);
  CHECK(written.empty());
  CHECK_THROWS_AS(halt(campus.store(), {"dan", "again", kNow}), Error);
  resume(campus.store(), {"dan", "was nothing", kNow});
  CHECK(campus.told(by("ann"), config) == "released");
  CHECK(campus.banned() == 12);
}

TEST_CASE("release: accounts, things and systems of the allow-list are spared, and it is said why and until when") {
  Campus campus;
  Config config = one_person();
  campus.detect(0, 4);
  const JournalEntry entry = allow(campus.store(), {"ann", "our own test account", kNow}, "u1", "team-a", kNow + 100);
  ReleasePlan plan = plan_release(campus.store(), config, read_journal(campus.store()), kNow);
  REQUIRE(plan.blocked.size() == 1);
  CHECK(plan.blocked[0].name == "u1");
  CHECK(has(plan.blocked[0].why, "account u1 is spared until"));
  CHECK(has(plan.blocked[0].why, "our own test account (owner team-a, entry 1)"));
  CHECK(plan.bans.size() == 3);
  plan = plan_release(campus.store(), config, read_journal(campus.store()), kNow + 100);
  CHECK(plan.bans.size() == 4);
  CHECK(plan.lapsed == std::vector<std::uint64_t>{1});
  CHECK(campus.told(by("ann"), config) == "released");

  allow(campus.store(), {"ann", "the campus", kNow}, "ip:192.0.2.1", "team-a", kNow + 100);
  plan = plan_release(campus.store(), config, read_journal(campus.store()), kNow);
  CHECK(plan.blocked.size() == 4);
  CHECK(plan.unbans.size() == 3);  // who is spared now is unbanned
  CHECK(plan.unbans.front().reasons == std::vector<std::string>{"allow_listed"});
  disallow(campus.store(), {"ann", "not ours", kNow}, 3);
  CHECK_THROWS_AS(disallow(campus.store(), {"ann", "again", kNow}, 3), Error);
  disallow(campus.store(), {"ann", "no more", kNow}, entry.number);

  allow(campus.store(), {"ann", "the university's network", kNow}, "AS64500", "team-a", kNow + 100);
  CHECK_THROWS_WITH_AS(plan_release(campus.store(), config, read_journal(campus.store()), kNow),
                       doctest::Contains("detect.asn_table"), Error);
  config.detect.asn_table = campus.write("asn.csv", "192.0.2.0/24,64500\n");
  plan = plan_release(campus.store(), config, read_journal(campus.store()), kNow);
  CHECK(plan.blocked.size() == 4);
  CHECK(has(plan.blocked[0].why, "AS64500 is spared"));
}

TEST_CASE("release: an entry of the allow-list needs an owner, an end and a subject that there is") {
  Campus campus;
  campus.detect(0, 4);
  Store& store = campus.store();
  CHECK_THROWS_WITH_AS(allow(store, {"ann", "x", kNow}, "u1", "", kNow + 1), doctest::Contains("owner"), Error);
  CHECK_THROWS_WITH_AS(allow(store, {"ann", "x", kNow}, "u1", "o", kNow), doctest::Contains("future"), Error);
  CHECK_THROWS_WITH_AS(allow(store, {"ann", "x", kNow}, "nobody", "o", kNow + 1), doctest::Contains("never seen"),
                       Error);
  CHECK_THROWS_WITH_AS(allow(store, {"", "x", kNow}, "u1", "o", kNow + 1), doctest::Contains("Name somebody"), Error);
  CHECK_THROWS_WITH_AS(allow(store, {"ann", "", kNow}, "u1", "o", kNow + 1), doctest::Contains("reason"), Error);
  CHECK(campus.journal() == 0);
}

TEST_CASE("release: a larger share holds all accounts of a smaller one, and a smaller one takes nobody back") {
  std::set<KeyHash> before;
  std::size_t counted = 0;
  for (const double share : {0.0, 0.01, 0.1, 1.0}) {
    std::set<KeyHash> now;
    for (int i = 0; i < 10'000; ++i) {
      const KeyHash account = hash_value(fmt::format("u{}", i));
      if (is_rolled_out(account, share)) now.insert(account);
    }
    CHECK(std::ranges::includes(now, before));
    CHECK(static_cast<double>(now.size()) == doctest::Approx(10'000 * share).epsilon(0.25));
    counted += now.size();
    before = now;
  }
  CHECK(counted > 10'000);
  Campus campus;
  Config config = one_person();
  campus.detect(0, 200);
  config.guards.rollout = 0.1;
  CHECK(campus.told(by("ann"), config) == "released");
  const std::uint64_t few = campus.banned();
  CHECK((few > 5 && few < 40));
  config.guards.rollout = 0.01;
  CHECK(campus.told(by("ann"), config) == "nothing");
  config.guards.rollout = 1;
  CHECK(campus.told(by("ann"), config) == "released");
  CHECK(campus.banned() == 200);
}

TEST_CASE("release: in shadow mode it is counted, and told to nobody") {
  Campus campus;
  Config config = one_person();
  config.guards.mode = "shadow";
  campus.detect(0, 10);
  const std::uint64_t events = campus.store().last_event();
  CHECK(campus.told(by("ann"), config) == "shadow");
  CHECK(campus.store().last_event() == events);
  CHECK(campus.banned() == 0);
  CHECK(read_journal(campus.store()).entries().back().bans == 10);
}

TEST_CASE("retract: every ban of the ring is cancelled by name at once, also when the ring is large or gone") {
  Campus campus;
  const Config config = one_person();
  campus.detect(0, 600);
  CHECK(campus.told(by("ann"), config) == "released");
  CHECK_THROWS_AS(retract(campus.store(), {"R-00000001", false, "ann", "", kNow}), Error);
  CHECK_THROWS_AS(retract(campus.store(), {"R-0000000f", false, "ann", "x", kNow}), Error);
  campus.detect(700, 10);  // the ring is gone, and its bans still stand
  CHECK(campus.banned() == 600);
  const Retraction done = retract(campus.store(), {"R-00000001", false, "ann", "a campus", kNow});
  CHECK(done.unbanned == 600);
  CHECK(done.kept == 0);
  CHECK(campus.banned() == 0);
  std::set<std::string> bans, cancelled;
  campus.store().scan_events(1, UINT64_MAX, [&](const StoredEvent& stored) {
    const FeedEvent event = feed_event_from_json(stored);
    const auto* action = std::get_if<ActionEvent>(&event);
    if (action == nullptr) return;
    if (action->type == ActionType::ban) bans.insert(event_id(*action));
    if (action->type == ActionType::unban) cancelled.insert(action->cancels);
  });
  CHECK(bans == cancelled);
  CHECK(bans.size() == 600);
  campus.detect(0, 600);  // the engine finds it again, and the person's no holds
  CHECK(plan_release(campus.store(), config, read_journal(campus.store()), kNow).bans.empty());
  const std::vector<OverturnedBan> overturned = overturned_bans(campus.store());
  REQUIRE(overturned.size() == 600);
  CHECK(overturned.front().reason == "a campus");
}

TEST_CASE("retract: an account that a verdict of its own confirms stays banned when its ring is retracted") {
  Campus campus;
  campus.detect(0, 3);
  CHECK(campus.told(by("ann"), one_person()) == "released");
  give_verdict(campus.store(),
               {.target = "u1", .word = VerdictWord::confirm, .by = "bob", .reason = "seen", .now = kNow});
  const Retraction done = retract(campus.store(), {"R-00000001", false, "ann", "a campus", kNow});
  CHECK(done.unbanned == 2);
  CHECK(done.kept == 1);
}

TEST_CASE(
    "verdicts: several are given in one step or not at all, and each unban names the word that it is put down to") {
  Campus campus;
  campus.detect(0, 6);
  CHECK(campus.told(by("ann"), one_person()) == "released");
  const auto reject = [](const std::string& account) {
    return VerdictRequest{.target = account, .word = VerdictWord::reject, .by = "bob", .reason = "seen", .now = kNow};
  };
  const std::uint64_t events = campus.store().last_event();
  const std::vector<VerdictRequest> wrong{reject("u1"), reject("nobody")};
  CHECK_THROWS_AS(give_verdicts(campus.store(), wrong), Error);
  CHECK(campus.store().last_event() == events);
  CHECK(read_verdicts(campus.store()).empty());
  std::vector<VerdictRequest> right{reject("u1"), reject("u2"), reject("u2")};
  right.back().word = VerdictWord::note;
  const std::vector<Verdict> given = give_verdicts(campus.store(), right);
  REQUIRE(given.size() == 3);
  CHECK(given[2].number == 3);
  std::map<KeyHash, std::uint64_t> causes;
  campus.store().scan_events(events + 1, UINT64_MAX, [&](const StoredEvent& stored) {
    const FeedEvent event = feed_event_from_json(stored);
    if (const auto* action = std::get_if<ActionEvent>(&event)) causes[action->account] = action->verdict;
    if (const auto* ring = std::get_if<RingEvent>(&event)) CHECK(ring->verdict == 2);
  });
  CHECK(causes == std::map<KeyHash, std::uint64_t>{{hash_value("u1"), 1}, {hash_value("u2"), 2}});
}

TEST_CASE("reasons: sentences name no account, no number and nothing of the evidence") {
  Ring ring;
  ring.kinds = {"payment", "ip", "fingerprint", "email", "shoe_size"};
  ring.features = {{"prompts", 2.0}, {"synchrony", 0.6}, {"one_program", 0.1}, {"few_hours", -1}};
  Member member;
  member.name = "u1";
  member.extraction = 0.9;
  CHECK(codes_of(ring, member) == std::vector<std::string>{"shared_payment", "shared_device", "shared_network",
                                                           "shared_contact", "shared_other", "same_requests",
                                                           "same_times", "model_extraction"});
  member.verdict = GivenVerdict{1, VerdictWord::confirm, "ann", "secret", kNow};
  CHECK(codes_of(ring, member).back() == "human_review");
  CHECK(codes_of({}, {}) == std::vector<std::string>{"shared_other"});
  for (const auto& codes : {codes_of(ring, member), codes_of({}, {})}) {
    const std::vector<std::string> sentences = sentences_of(codes);
    REQUIRE(sentences.size() == 2);
    for (const std::string& one : sentences) {
      CHECK(one.find_first_of("0123456789_") == std::string::npos);
      CHECK(!has(one, "secret"));
      CHECK(std::ranges::count(one, '.') == 1);
      CHECK(one.back() == '.');
    }
  }
  CHECK(has(sentences_of(std::vector<std::string>{"human_review"})[1], "A person has looked"));
}
