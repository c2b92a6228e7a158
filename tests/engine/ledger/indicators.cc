#include "engine/ledger/indicators.h"

#include <algorithm>

#include <doctest/doctest.h>

#include "base/error.h"
#include "engine/detect/attribute/indicator_kinds.h"
#include "engine/ledger/stix_pattern.h"
#include "tests/engine/lab/scratch.h"

using namespace ringscope;

namespace {

std::vector<std::string> texts(const IndicatorReading& reading) {
  std::vector<std::string> all;
  for (const StoredIndicator& one : reading.indicators) all.push_back(one.campaign + " " + one.kind + " " + one.value);
  return all;
}
std::vector<std::string> texts(const std::vector<IndicatorReject>& rejects) {
  std::vector<std::string> all;
  for (const IndicatorReject& one : rejects) all.push_back(one.place + "|" + one.field + "|" + one.reason);
  return all;
}
using Texts = std::vector<std::string>;

std::string clean(const std::string& kind, const std::string& value) {
  const CleanIndicator one = clean_indicator(kind, value);
  return one.fault.empty() ? one.kind + " " + one.value : std::string(one.fault_field) + ": " + std::string(one.fault);
}

}  // namespace

TEST_CASE("indicators: values are spelled as the log's are") {
  CHECK(clean("ip", " 203.0.113.7 ") == "ip 203.0.113.7");
  CHECK(clean("IP", "::ffff:203.0.113.7") == "ip 203.0.113.7");
  CHECK(clean("ipv6", "2001:DB8:0:0::1") == "ip 2001:db8::1");
  CHECK(clean("ip", "203.0.113.77/24") == "cidr 203.0.113.0/24");
  CHECK(clean("network", "2001:db8:1::/33") == "cidr 2001:db8::/33");
  CHECK(clean("cidr", "203.0.113.7") == "cidr 203.0.113.7/32");
  CHECK(clean("cidr", "::ffff:203.0.113.0/120") == "cidr 203.0.113.0/24");
  CHECK(clean("cidr", "203.0.113.0/33") == "value: not a network in CIDR notation");
  CHECK(clean("ip", "203.0.113") == "value: not an IP address");
  CHECK(clean("asn", "AS64500") == "asn 64500");
  CHECK(clean("asn", "x") == "value: not a number of an autonomous system");
  CHECK(clean("payment", "538877-D367") == "payment 538877-D367");
  CHECK(clean("issuer", "538877") == "issuer 538877");
  CHECK(clean("BIN", "53887") == "value: not 6 to 8 digits");
  CHECK(clean("email", "Ann@Example.ORG") == "email ann@example.org");
  CHECK(clean("email-domain", "@Example.ORG") == "email_domain example.org");
  CHECK(clean("fingerprint", " Fp_9A ") == "fingerprint Fp_9A");
  CHECK(clean("active_hours", "1-9") == "active_hours 1-9");
  CHECK(clean("active_hours", "22 - 4") == "active_hours 22-4");
  CHECK(clean("active_hours", "9-9") == "value: not a range of UTC hours such as 1-9");
  CHECK(clean("time_zone", "UTC+8") == "time_zone +08:00");
  CHECK(clean("tz", "-0330") == "time_zone -03:30");
  CHECK(clean("tz", "Mars") == "value: not an offset from UTC such as +08:00");
  CHECK(clean("wallet", "0xAbC") == "wallet 0xAbC");
  CHECK(clean("capability", "coding") == "kind: a reserved name");
  CHECK(clean("two words", "x") == "kind: not 1 to 64 of the characters a-z 0-9 _ . -");
  CHECK(clean("", "x") == "kind: missing");
  CHECK(clean("ip", " ") == "value: missing");
  CHECK(clean("wallet", std::string(5000, 'x')) == "value: longer than 4096 bytes");
  // What was cleaned once stays as it is.
  for (const IndicatorKind& kind : indicator_kinds()) CHECK(&indicator_kind(kind.name) == &kind);
}

TEST_CASE("indicators: hours run over midnight, and a time zone means its day") {
  const auto night = hours_of_indicator("active_hours", "22-4");
  REQUIRE(night);
  CHECK(night->length() == 6);
  CHECK(night->holds(23));
  CHECK(night->holds(3));
  CHECK(!night->holds(4));
  const auto china = hours_of_indicator("time_zone", "+08:00");
  REQUIRE(china);
  CHECK(china->holds(0));
  CHECK(china->holds(13));
  CHECK(!china->holds(14));
  CHECK(!china->holds(20));
  CHECK(!hours_of_indicator("ip", "1-9"));
}

TEST_CASE("indicators: JSON as an array, one object or lines gives the same") {
  const Texts expected = {"x ip 203.0.113.7", "x payment c-1", "y asn 64500"};
  CHECK(texts(parse_indicators(
            R"([{"campaign":"x","indicators":[{"kind":"ip","value":"203.0.113.7"},{"kind":"payment","value":"c-1"}]},
                {"campaign":"y","kind":"asn","value":64500}])",
            "f", "")) == expected);
  CHECK(texts(parse_indicators("{\"campaign\":\"x\",\"indicators\":[{\"kind\":\"ip\",\"value\":\"203.0.113.7\"}]}\n\n"
                               "{\"campaign\":\"x\",\"kind\":\"payment\",\"value\":\"c-1\"}\r\n"
                               "{\"campaign\":\"x\",\"type\":\"ip\",\"value\":\"203.0.113.7\"}\n"
                               "{\"campaign\":\"y\",\"kind\":\"asn\",\"value\":\"AS64500\"}",
                               "f", "")) == expected);
  CHECK(texts(parse_indicators(R"({"kind":"ip","value":"203.0.113.7"})", "f", " z ")) == Texts{"z ip 203.0.113.7"});
}

TEST_CASE("indicators: bad entries name file, line or index, and field; the good ones are there") {
  const IndicatorReading lines = parse_indicators(
      "{\"campaign\":\"x\",\"kind\":\"ip\",\"value\":\"300.1.1.1\"}\n"
      "{\"campaign\":\"x\",\"kind\":\"ip\",\n"
      "{\"kind\":\"ip\",\"value\":\"203.0.113.7\"}\n"
      "{\"campaign\":\"x\",\"indicators\":[{\"kind\":\"ip\",\"value\":\"203.0.113.8\"},{\"kind\":\"ip\"},7]}\n"
      "{\"campaign\":\"x\"}\n"
      "{\"campaign\":\"x\",\"indicators\":{}}\n",
      "f", "");
  CHECK(texts(lines) == Texts{"x ip 203.0.113.8"});
  CHECK(texts(lines.rejects) == Texts{"f:1|value|not an IP address", "f:2||not a JSON object",
                                      "f:3|campaign|missing, and --campaign names none",
                                      "f:4|indicators[1].value|missing", "f:4|indicators[2]|not an object",
                                      "f:5||neither an indicator (kind, value) nor a campaign (campaign, indicators)",
                                      "f:6|indicators|not an array"});
  const IndicatorReading array =
      parse_indicators(R"([{"campaign":"x","indicators":[{"kind":"issuer","value":"12"}]}, 3])", "f", "");
  CHECK(texts(array.rejects) == Texts{"f: [0]|indicators[0].value|not 6 to 8 digits", "f: [1]||not an object"});
  for (const std::string& bad : {std::string(), std::string("  \n"), std::string("[{\"campaign\":"),
                                 std::string("ip,1"), std::string("{\n \"campaign\": \"x\",\n")}) {
    CAPTURE(bad);
    CHECK_THROWS_AS(parse_indicators(bad, "f", ""), Error);
  }
}

TEST_CASE("indicators: a number too large for any is told, in a document and in a line") {
  CHECK_THROWS_WITH_AS(parse_indicators(R"({"campaign":1e999})", "x.json", ""),
                       "neither JSON nor JSON Lines: a number is too large (x.json)", Error);
  const IndicatorReading reading = parse_indicators(
      "{\"campaign\":1e999}\n"
      R"({"campaign":"north","kind":"ip","value":"203.0.113.7"})",
      "x.jsonl", "");
  CHECK(texts(reading) == Texts{"north ip 203.0.113.7"});
  CHECK(texts(reading.rejects) == Texts{"x.jsonl:1||not a JSON object"});
}

TEST_CASE("indicators: STIX patterns of comparisons joined by OR are read, others are refused with a reason") {
  const auto pattern = [](const std::string& text) {
    const StixPattern parsed = parse_stix_pattern(text);
    std::string all;
    for (const StixComparison& one : parsed.comparisons) all += one.kind + " " + one.value + ";";
    for (const std::string& fault : parsed.faults) all += "! " + fault + ";";
    return all;
  };
  CHECK(pattern("[ipv4-addr:value = '203.0.113.7']") == "ip 203.0.113.7;");
  CHECK(pattern("[ipv4-addr:value ISSUBSET '198.51.100.0/24']") == "ip 198.51.100.0/24;");
  CHECK(pattern("[ipv4-addr:value='1.1.1.1' OR (domain-name:value = 'd.example' OR email-addr:value = 'a@b')]") ==
        "ip 1.1.1.1;email_domain d.example;email a@b;");
  CHECK(pattern("[ipv6-addr:value IN ('::1', '::2')] OR [autonomous-system:number = 64500]") ==
        "ip ::1;ip ::2;asn 64500;");
  CHECK(pattern("[email-addr:value LIKE '%@drop.example']") == "email_domain drop.example;");
  CHECK(pattern("[user-account:user_id = 'it\\'s']") == "account it's;");
  CHECK(pattern("[x-ringscope:payment = '538877-d367']") == "payment 538877-d367;");
  CHECK(pattern("[ipv4-addr:value = '1.1.1.1' OR file:name = 'x']") ==
        "ip 1.1.1.1;! the object path file:name is not understood;");
  CHECK(pattern("[ipv4-addr:value = '1.1.1.1' AND domain-name:value = 'x']") ==
        "! comparisons joined by AND; only OR is understood;");
  CHECK(pattern("[ipv4-addr:value = '1.1.1.1'] FOLLOWEDBY [ipv4-addr:value = '1.1.1.2']") ==
        "! observations joined by FOLLOWEDBY; only OR is understood;");
  CHECK(pattern("[ipv4-addr:value = '1.1.1.1'] WITHIN 5 SECONDS") ==
        "! observations joined by WITHIN; only OR is understood;");
  CHECK(pattern("[NOT ipv4-addr:value = '1.1.1.1']") == "! NOT is not understood;");
  CHECK(pattern("[ipv4-addr:value NOT = '1.1.1.1']") == "! NOT is not understood;");
  CHECK(pattern("[ipv4-addr:value != '1.1.1.1']") == "! != on ipv4-addr:value is not understood;");
  CHECK(pattern("[ipv4-addr:value MATCHES '.*']") == "! MATCHES on ipv4-addr:value is not understood;");
  CHECK(pattern("[" + std::string(1'000'000, '(')) == "! too many parentheses;");
  for (const std::string bad : {"", "[", "[]", "[ipv4-addr:value]", "[ipv4-addr:value =", "[ipv4-addr:value = 'x",
                                "[ipv4-addr:value = 'x'", "x", "[(ipv4-addr:value = 'x']"}) {
    CAPTURE(bad);
    CHECK(pattern(bad).starts_with("! "));
  }
}

TEST_CASE("indicators: a STIX bundle's indicators belong to whom they indicate, or to the only campaign") {
  const std::string head = R"({"type":"bundle","id":"bundle--1","objects":[
    {"type":"campaign","id":"campaign--1","name":"Pool"},)";
  const std::string body = R"(
    {"type":"threat-actor","id":"threat-actor--1","name":"Actor"},
    {"type":"indicator","id":"indicator--1","pattern_type":"stix","pattern":"[ipv4-addr:value = '203.0.113.7']"},
    {"type":"indicator","id":"indicator--2","pattern":"[ipv4-addr:value = '203.0.113.8']"},
    {"type":"indicator","id":"indicator--3","pattern_type":"yara","pattern":"rule x {}"},
    {"type":"indicator","id":"indicator--4","revoked":true,"pattern":"[ipv4-addr:value = '203.0.113.9']"},
    {"type":"indicator","id":"indicator--5","pattern":"[ipv4-addr:value = '203.0.113']"},
    {"type":"identity","id":"identity--1","name":"us"},
    {"type":"relationship","relationship_type":"indicates","source_ref":"indicator--1","target_ref":"threat-actor--1"}
  ]})";
  const IndicatorReading reading = parse_indicators(head + body, "f", "");
  CHECK(texts(reading) == Texts{"Actor ip 203.0.113.7", "Pool ip 203.0.113.8"});
  CHECK(texts(reading.rejects) == Texts{"f: objects[4]|pattern_type|not \"stix\"",
                                        "f: objects[5]|revoked|revoked by its source",
                                        "f: objects[6]|pattern.value|not an IP address"});
  const std::string two = head + R"({"type":"campaign","id":"campaign--2","name":"Other"},)" + body;
  CHECK(texts(parse_indicators(two, "f", "")) == Texts{"Actor ip 203.0.113.7"});
  CHECK(texts(parse_indicators(two, "f", "")).size() == 1);
  CHECK(texts(parse_indicators(two, "f", "Mine")) == Texts{"Actor ip 203.0.113.7", "Mine ip 203.0.113.8"});
}

TEST_CASE("indicators: importing twice changes nothing, and they are there after reopening") {
  const Scratch scratch("indicators");
  const std::string file =
      scratch.write("f.json", R"([{"campaign":"x","indicators":[{"kind":"ip","value":"203.0.113.7"},
                                                                {"kind":"ip","value":"203.0.113.07"}]}])");
  {
    const auto store = Store::open(scratch.path("db"), {.mode = OpenMode::create});
    const IndicatorImport first = import_indicators(*store, file, "");
    CHECK(first.read == 1);
    CHECK(first.added == 1);
    CHECK(first.campaigns == Texts{"x"});
    CHECK(first.rejects.size() == 1);
    CHECK(import_indicators(*store, file, "").added == 0);
  }
  const auto store = Store::open(scratch.path("db"), {.mode = OpenMode::read_only});
  CHECK(store->indicators() == std::vector<StoredIndicator>{{"x", "ip", "203.0.113.7"}});
}
