#include "engine/detect/ring/ring_json.h"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "engine/detect/ring/plain_text.h"
#include "tests/engine/sample.h"

using namespace ringscope;

TEST_CASE("ring_json: a ring reads back as it was written") {
  const Ring ring = sample_ring();
  const std::string json = ring_to_json(ring);
  CHECK(json.find('\n') == std::string::npos);
  const Ring again = ring_from_json(json);
  CHECK(ring_to_json(again) == json);
  CHECK(again.members.at(0).account == ring.members.at(0).account);
  CHECK(again.evidence.at(1).first == kNoTime);
  CHECK(again.evidence.at(0).crowd == "reseller");
  CHECK(again.evidence.at(0).crowd_probability == 0.25);
  CHECK(again.evidence.at(1).crowd.empty());
  CHECK(again.behavior.capabilities == ring.behavior.capabilities);
  CHECK(again.score == ring.score);
  REQUIRE(again.extraction);
  CHECK(again.extraction->probability == 0.75);
  CHECK(again.extraction->targets == ring.extraction->targets);
  CHECK(again.extraction->features.at(1).nats == 0.5);
  CHECK(again.members.at(0).extraction == 0.25);
  CHECK(!again.members.at(1).extraction);
  REQUIRE(again.members.at(0).replaces);
  CHECK(again.members.at(0).replaces->reused.at(0).bits == 9.5);
  CHECK(!again.members.at(1).replaces);
  CHECK(again.ban_waves.at(0).accounts == 12);
  CHECK(again.succeeds.at(0).reasons == ring.succeeds.at(0).reasons);
}

TEST_CASE("ring_json: the keys are those of the schema, in its order") {
  const auto json = nlohmann::ordered_json::parse(ring_to_json(sample_ring()));
  std::string keys;
  for (const auto& [key, value] : json.items()) keys += key + " ";
  CHECK(keys ==
        "schema ring version run tier score size campaign confidence summary verdict engine carried accounts members "
        "evidence evidence_count common kinds "
        "behaviour extraction benign first_seen last_seen parents reasons features campaigns ban_waves succeeds ");
  CHECK(json.at("schema") == "ringscope.ring/1");
  CHECK(json.at("size") == 3);
  CHECK(json.at("accounts") == nlohmann::ordered_json({"ann", "bob", "cy"}));
  CHECK(json.at("evidence").at(1).at("first").is_null());
  CHECK(json.at("tier") == "ban");
}

TEST_CASE(
    "ring_json: a head whose keys are damaged, or not there, is corrupt; what looks like keys in a text is a text") {
  Ring ring = sample_ring();
  ring.summary = R"(He wrote ,"keys":[7] and {"keys":[8]}.)";
  const std::string head = ring_head_to_json(ring);
  CHECK(ring_head_from_json(head).summary == ring.summary);
  CHECK(ring_head_from_json(head).members.size() == 3);
  const std::size_t keys = head.find(",\"keys\":[") + 9;
  for (const char damage : {'x', '-', ']', ',', '"'}) {
    CAPTURE(damage);
    std::string damaged = head;
    damaged[keys] = damage;
    CHECK_THROWS_AS(ring_head_from_json(damaged), Error);
  }
  CHECK_THROWS_AS(ring_head_from_json(ring_to_json(ring)), Error);
  ring.members.clear();
  CHECK(ring_head_from_json(ring_head_to_json(ring)).members.empty());
}

TEST_CASE("ring_json: head and members together hold all of a ring") {
  const Ring ring = sample_ring();
  Ring again = ring_head_from_json(ring_head_to_json(ring));
  REQUIRE(again.members.size() == 3);
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(again.members[i].account == ring.members[i].account);
    again.members[i] = member_from_json(member_to_json(ring.members[i]));
  }
  CHECK(ring_to_json(again) == ring_to_json(ring));
}

TEST_CASE("ring_json: bytes that are no text still give JSON") {
  Ring ring = sample_ring();
  ring.evidence[0].value = "\xff\xfe";
  CHECK(nlohmann::json::accept(ring_to_json(ring)));
}

TEST_CASE("ring_json: a run reads back as it was written") {
  RunSummary run = sample_run();
  run.window = {20454, 20484};
  run.seconds = 0.1;
  const RunSummary again = run_from_json(run_to_json(run));
  CHECK(run_to_json(again) == run_to_json(run));
  CHECK(again.window == run.window);
  CHECK(again.baseline == run.baseline);
  run.window = {};
  CHECK(nlohmann::json::parse(run_to_json(run)).at("window").at("last_day").is_null());
  CHECK(run_from_json(run_to_json(run)).window == DayWindow{});
}

TEST_CASE("ring_json: damaged payloads are corrupt, not a crash") {
  const std::string good = ring_to_json(sample_ring());
  for (const std::string& bad : {std::string(), std::string("{}"), std::string("[1]"), good.substr(0, good.size() / 2),
                                 std::string("{\"ring\":3}")}) {
    CAPTURE(bad);
    try {
      ring_from_json(bad);
      FAIL("accepted");
    } catch (const Error& error) {
      CHECK(error.code() == ErrorCode::corrupt);
    }
  }
}

TEST_CASE("tiers: words and values are each other's inverse") {
  for (const Tier tier : {Tier::watch, Tier::review, Tier::ban}) CHECK(parse_tier(to_string(tier)) == tier);
  CHECK(!parse_tier("Ban"));
  CHECK(!parse_tier(""));
}

TEST_CASE("ring_json: members are written without a tree as with one, whatever their texts hold") {
  Member member = sample_member("plain", 0.5);
  for (const std::string name : {"plain", "q\"uote\\", "é", "\x01\n\x7f", "bad\xff", "", "/"}) {
    CAPTURE(name);
    member.name = name;
    member.reasons = {name, "b"};
    member.score = 1;
    member.membership = 1e-7;
    member.extraction = name.empty() ? std::nullopt : std::optional(0.25);
    const std::string json = member_to_json(member);
    CHECK(nlohmann::ordered_json::parse(json).dump() == json);
    const Member again = member_from_json(json);
    CHECK(member_to_json(again) == json);
    CHECK(again.reasons.size() == 2);
    CHECK(again.membership == 1e-7);
    CHECK(again.account == hash_value(again.name));
  }
  CHECK_THROWS_AS(member_from_json(R"({"account":"a","tier":"ban"})"), Error);
  CHECK_THROWS_AS(member_from_json("{"), Error);
}

TEST_CASE("ring_json: a member that is read into another leaves nothing of it") {
  const std::string json = member_to_json(sample_member("new", 0.25));
  Member other = sample_member("other, with a name that is longer", 0.5);
  other.reasons = {"one", "two", "three", "four"};
  other.campaign = "c";
  other.likeness = 7;
  other.extraction = 0.5;
  other.verdict = GivenVerdict{1, VerdictWord::reject, "ann", "a customer", 2};
  other.engine = EngineWord{};
  other.replaces = Replacement{};
  other.seeded = true;
  read_member(json, other);
  CHECK(member_to_json(other) == json);
  CHECK(!other.seeded);
  // As the whole reader leaves it.
  other.verdict = GivenVerdict{1, VerdictWord::reject, "ann", "a customer", 2};
  read_member(" " + json, other);
  CHECK(member_to_json(other) == json);
}

TEST_CASE("ring_json: keys are read into the members of another ring") {
  Ring ring = sample_ring();
  const std::string head = ring_head_to_json(ring);
  for (const std::size_t others : {0U, 1U, 3U, 9U}) {
    const Ring again = ring_head_from_json(head, std::vector<Member>(others, sample_member("other", 0.5)));
    REQUIRE(again.members.size() == ring.members.size());
    for (std::size_t i = 0; i < again.members.size(); ++i) CHECK(again.members[i].account == ring.members[i].account);
  }
}

TEST_CASE("ring_json: every byte at every place of a text is written as a reader of JSON wants it") {
  for (std::size_t size = 1; size < 20; ++size) {
    for (std::size_t at = 0; at < size; ++at) {
      for (int byte = 0; byte < 256; ++byte) {
        std::string text(size, 'a');
        text[at] = static_cast<char>(byte);
        std::string json;
        append_json_text(json, text);
        REQUIRE(json == nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
      }
    }
  }
}

TEST_CASE("ring_json: evidence is written without a tree as with one, and read by either reader") {
  Ring ring = sample_ring();
  for (const std::string value : {"plain", "q\"uote\\", "é", "]},{", ",\"keys\":[", "\x01", "bad\xff", ""}) {
    CAPTURE(value);
    ring.evidence.resize(3);
    for (Evidence& one : ring.evidence) one.value = value;
    ring.evidence[0].cleared = 4;
    ring.evidence[0].bits = 1e-7;
    ring.evidence[1].crowd = value.empty() ? "office" : value;
    ring.evidence[1].crowd_probability = 1;
    ring.evidence[2].first = -5;
    const std::string head = ring_head_to_json(ring);
    CHECK(nlohmann::ordered_json::parse(head).dump() == head);
    const Ring again = ring_head_from_json(head);
    CHECK(ring_head_to_json(again) == head);
    REQUIRE(again.evidence.size() == 3);
    CHECK(again.evidence[0].cleared == 4);
    CHECK(again.evidence[2].first == -5);
  }
  ring.evidence.clear();
  CHECK(ring_head_from_json(ring_head_to_json(ring)).evidence.empty());
}

TEST_CASE("ring_json: evidence that is damaged, or has more than this program writes, is the whole reader's") {
  const Ring ring = sample_ring();
  const std::string head = ring_head_to_json(ring);
  const auto with = [&](std::string_view from, std::string_view to) {
    std::string changed = head;
    const std::size_t at = changed.find(from, changed.find(",\"evidence\":["));
    REQUIRE(at != std::string::npos);
    return changed.replace(at, from.size(), to);
  };
  CHECK(ring_head_to_json(ring_head_from_json(with("{\"kind\":", "{\"more\":[1,{}], \"kind\": "))) == head);
  CHECK(ring_head_to_json(ring_head_from_json(with("\"evidence\":[", "\"evidence\": [ "))) == head);
  CHECK_THROWS_AS(ring_head_from_json(with("\"population\":", "\"population\":x")), Error);
  CHECK_THROWS_AS(ring_head_from_json(with("\"value\":", "\"worth\":")), Error);
  CHECK_THROWS_AS(ring_head_from_json(with("\"evidence\":[", "\"evidence\":[,")), Error);
}
