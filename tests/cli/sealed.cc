// Addresses that are kept sealed: rings as of the plain store, no address in any file, opening, letting days go.
#include <algorithm>
#include <filesystem>
#include <set>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "storage/traces.h"
#include "tests/cli/program.h"
#include "tests/cli/schema_check.h"
#include "tests/cli/world.h"

using namespace ringscope;
using nlohmann::json;
namespace fs = std::filesystem;

namespace {

json one_json(const Outcome& outcome) { return json_lines_of(outcome.out).at(0); }

// A world of its own, with indicators of networks and systems, a table of systems and a list of hubs.
class World {
 public:
  World() {
    program.must_run({"simulate", "--out", "world", "--accounts", "1500", "--requests", "30000", "--days", "12",
                      "--hardness", "0.3"});
    for (const json& event : json_lines_of(read_text(program.path("world/events.jsonl")))) {
      if (!event.contains("ip")) continue;
      addresses.insert(event.at("ip").get<std::string>());
      last = event;
    }
    std::set<std::string> systems;
    for (const std::string& address : addresses) {
      if (address.find(':') != std::string::npos) continue;
      const std::string head = address.substr(0, address.find('.'));
      systems.insert(fmt::format("{}.0.0.0/8,{}", head, 64500 + std::stoi(head)));
    }
    std::string table, hubs = "ip," + *addresses.rbegin() + "\n";
    for (const std::string& line : systems) table += line + "\n";
    program.write("asn.csv", table);
    program.write("hubs.txt", hubs);
    program.write("known.jsonl", fmt::format(R"({{"campaign":"north","kind":"cidr","value":"{0}/22"}}
{{"campaign":"north","kind":"asn","value":"{1}"}}
{{"campaign":"south","kind":"ip","value":"{0}"}}
)",
                                             *addresses.begin(), 64500 + std::stoi(*addresses.begin())));
    program.write("c.toml", "[detect]\nasn_table = \"asn.csv\"\nhub_list = \"hubs.txt\"\n");
    program.write("secret.key", std::string(64, '5') + "\n");
    fs::permissions(key, fs::perms::owner_read | fs::perms::owner_write);
  }

  json enable(const std::string& store) const {
    return one_json(program.must_run({"keys", "enable", key, "--seal", "ip", "--db", store, "--json"}));
  }
  void ingest(const std::string& store) const { program.must_run({"ingest", "world/events.jsonl", "--db", store}); }
  // What the run found: accounts with all but the reasons, which name things, and rings.
  json detect(const std::string& store) const {
    program.must_run({"indicators", "import", "known.jsonl", "--db", store});
    program.must_run({"detect", "--config", "c.toml", "--db", store});
    json found = {{"members", json::array()}, {"rings", json::array()}};
    for (const std::string& line :
         lines_of(program.must_run({"export", "--level", "accounts", "--format", "csv", "--db", store}).out))
      found["members"].push_back(line.substr(0, line.find('"')));
    for (const json& ring : json_lines_of(program.must_run({"rings", "--db", store, "--json"}).out))
      found["rings"].push_back({ring.at("ring"), ring.at("tier"), ring.at("score"), ring.at("size")});
    return found;
  }
  // Judgements of strangers that come from addresses of the log.
  std::string score(const std::string& store) const {
    std::string lines, answers;
    int number = 0;
    for (const json& event : json_lines_of(read_text(program.path("world/events.jsonl")))) {
      if (++number % 97 != 0) continue;
      json stranger = event;
      stranger["account"] = fmt::format("stranger-{}", number % 7);
      lines += stranger.dump() + "\n";
    }
    for (const json& answer : json_lines_of(program.must_run({"score", "-", "--db", store}, lines).out))
      answers += fmt::format("{} {} {} {:.6f}\n", answer.at("ring").dump(), answer.at("tier").dump(),
                             answer.at("kinds").dump(), answer.at("probability").get<double>());
    return answers;
  }
  // Files with an address or a network of the log, packed or not.
  std::vector<std::string> traces(const std::string& store) const {
    std::vector<Needle> needles;
    std::size_t taken = 0;
    for (const std::string& address : addresses) {
      if (taken++ % (addresses.size() / 40 + 1) != 0) continue;
      needles.push_back({"an address", address, true});
      const std::size_t dot = address.rfind('.');
      if (dot != std::string::npos) needles.push_back({"a network", address.substr(0, dot) + ".0/24", true});
    }
    std::vector<std::string> files;
    for (const auto& trace : find_traces(program.path(store), needles).found) files.push_back(trace.file);
    return files;
  }

  Program program;
  std::string key = program.path("secret.key");
  std::set<std::string> addresses;
  json last;  // event with an address
};

std::string day_key_file(const Program& program) {
  return one_json(program.must_run({"keys", "list", "--db", "db", "--json"})).at("day_key_file");
}

// A small store of the other world, its addresses sealed.
void make_sealed(const Program& program) {
  program.must_run({"keys", "create", program.path("secret.key")});
  program.must_run({"keys", "enable", program.path("secret.key"), "--seal", "ip", "--db", "db"});
  make_store(program);
}

std::vector<json> reveal(const Program& program, const Arguments& what, const std::string& store = "db") {
  Arguments arguments = {"reveal", "--json", "--db", store};
  arguments.insert(arguments.end(), what.begin(), what.end());
  std::vector<json> lines = json_lines_of(program.must_run(arguments).out);
  for (const json& line : lines) CHECK(violations(line, "reveal") == "");
  return lines;
}

std::set<std::string> texts_of(const std::vector<json>& lines) {
  std::set<std::string> texts;
  for (const json& line : lines) texts.insert(line.at("shredded") == true ? "shredded" : line.at("text"));
  return texts;
}

void check_same(const json& one, const json& other) {
  CHECK(one.at("rings") == other.at("rings"));
  CHECK((one.at("members") == other.at("members")));
}

const std::set<std::string> kRingAddresses = {"203.0.113.0", "203.0.113.1", "203.0.113.2", "203.0.113.3"};

}  // namespace

TEST_CASE("sealed: rings, scores and judgements are those of the plain store, and no address is in any file") {
  const World world;
  const Program& program = world.program;
  world.ingest("plain");
  const json plain = world.detect("plain");
  const std::string judged = world.score("plain");
  REQUIRE(plain.at("rings").size() > 3);
  REQUIRE(plain.at("members").size() > 100);
  REQUIRE(!world.traces("plain").empty());  // or the search finds nothing anywhere

  CHECK(violations(world.enable("db"), "rekey") == "");
  world.ingest("db");
  check_same(world.detect("db"), plain);
  CHECK(world.score("db") == judged);
  CHECK(program.must_run({"doctor", "--db", "db"}).status == 0);

  // The same from a store that had them as they came, and from one with a new key.
  CHECK(world.enable("plain").at("values") == world.addresses.size());
  check_same(world.detect("plain"), plain);
  CHECK(world.score("plain") == judged);
  program.write("secret.key", std::string(64, '5') + "\n" + std::string(64, '6') + "\n");
  CHECK(one_json(program.must_run({"keys", "rotate", "--db", "db", "--json"})).at("generation") == 2);
  check_same(world.detect("db"), plain);
  CHECK(world.score("db") == judged);

  program.must_run({"snapshot", "create", "kept", "--db", "db"});
  program.must_run({"backup", "create", "copies", "--db", "db"});
  program.must_run({"backup", "restore", "copies", "--db", "restored"});
  for (const char* store : {"db", "plain", "db/snapshots/kept", "restored"}) {
    CAPTURE(store);
    CHECK(world.traces(store) == std::vector<std::string>());
    CHECK(program.must_run({"doctor", "--db", store == std::string("db/snapshots/kept") ? "db@kept" : store}).status ==
          0);
  }
  for (const auto& file : fs::recursive_directory_iterator(program.path("copies")))
    if (file.is_regular_file()) CHECK(!contains(read_text(file.path().string()), world.last.at("ip")));
}

TEST_CASE("sealed: the digest of a run is that of the plain store, sealed from the start, later and by a new key") {
  const Program program;
  program.write("log.jsonl", joined(world_lines()));
  program.must_run({"keys", "create", program.path("secret.key")});
  const auto enable = [&](const char* store) {
    program.must_run({"keys", "enable", program.path("secret.key"), "--seal", "ip,email", "--db", store});
  };
  const auto digest = [&](const char* store) {
    return one_json(program.must_run({"detect", "--db", store, "--json"})).at("digest").get<std::string>();
  };
  enable("db");
  for (const char* store : {"db", "plain"}) program.must_run({"ingest", "log.jsonl", "--db", store});
  const std::string plain = digest("plain");
  CHECK(digest("db") == plain);
  enable("plain");
  CHECK(digest("plain") == plain);
  program.must_run({"keys", "rotate", "--db", "db"});
  CHECK(digest("db") == plain);
}

TEST_CASE("sealed: an address and a network are found, and are opened as long as the keys of their days are there") {
  const Program program;
  make_sealed(program);
  const auto hits = [&](const std::string& text) {
    return one_json(program.must_run({"search", text, "--db", "db", "--json"})).at("hits");
  };
  CHECK(hits("203.0.113.1").size() == 1);
  CHECK(hits("::ffff:203.0.113.1").size() == 1);
  CHECK(hits("203.0.113.0/24").size() == 4);
  CHECK(hits("203.0.113.2/31").size() == 2);
  CHECK(hits("ip:203.0.113.").size() == 4);
  CHECK(!contains(hits("203.0.113.0/24").dump(), "203.0.113"));
  const std::string token = hits("203.0.113.1").at(0).at("value");
  CHECK(texts_of(reveal(program, {token})) == std::set<std::string>{"203.0.113.1"});
  CHECK(texts_of(reveal(program, {"ip:" + token})) == std::set<std::string>{"203.0.113.1"});
  CHECK(texts_of(reveal(program, {"--account", "ring-0"})).size() > 1);
  for (const std::string& text : texts_of(reveal(program, {"--account", "ring-0"})))
    CHECK(kRingAddresses.contains(text));
  const json ring = json_lines_of(program.must_run({"rings", "--db", "db", "--json"}).out).at(0);
  CHECK(texts_of(reveal(program, {"--ring", ring.at("ring")})) == kRingAddresses);
  CHECK(contains(program.must_run({"reveal", token, "--db", "db"}).out, "203.0.113.1"));
  CHECK(!contains(program.must_run({"ring", ring.at("ring"), "--json", "--db", "db"}).out, "203.0.113"));
  CHECK(contains(program.must_run({"access-report", "ring-0", "--db", "db"}).out, "203.0.113"));

  // It is written down who looked, and what cannot be opened is said.
  CHECK(contains(read_text(program.path("db/audit/log.jsonl")), "cli.reveal"));
  CHECK(!contains(read_text(program.path("db/audit/log.jsonl")), "203.0.113"));
  CHECK(program.run({"reveal", "k" + std::string(32, '0'), "--db", "db"}).status == 1);
  CHECK(program.run({"reveal", "--db", "db"}).status == 2);
  CHECK(program.run({"reveal", token, "--account", "ring-0", "--db", "db"}).status == 2);

  // Without the keys of days nothing that needs them is answered.
  const std::string keys = day_key_file(program);
  fs::permissions(keys, fs::perms::group_read, fs::perm_options::add);
  program.write("more.jsonl", world_lines().front() + "\n");
  for (const Arguments& arguments : std::vector<Arguments>{{"reveal", token},
                                                           {"search", "203.0.113.0/24"},
                                                           {"ingest", "more.jsonl"},
                                                           {"detect"},
                                                           {"keys", "rotate"},
                                                           {"retain", "--days", "3"}}) {
    CAPTURE(arguments.front());
    Arguments all = arguments;
    all.insert(all.end(), {"--db", "db"});
    CHECK(program.run(all).status == 4);
  }
  CHECK(hits("203.0.113.1").size() == 1);  // needs the values' key alone
  fs::permissions(keys, fs::perms::group_read, fs::perm_options::remove);
  fs::rename(keys, keys + ".away");
  CHECK(program.run({"detect", "--db", "db"}).status == 4);
  CHECK(!contains(program.must_run({"access-report", "ring-0", "--db", "db"}).out, "203.0.113"));
  fs::rename(keys + ".away", keys);
  program.must_run({"detect", "--db", "db"});
}

TEST_CASE("sealed: days that are let go are shredded in snapshots and backups, and the rest opens as before") {
  const Program program;
  make_sealed(program);
  program.must_run({"snapshot", "create", "kept", "--db", "db"});
  program.must_run({"backup", "create", "copies", "--db", "db"});
  const auto office = [&](const std::string& store) {
    std::set<std::string> texts;
    for (int i = 0; i < 40; ++i) {
      const Outcome outcome = program.run({"reveal", "--account", fmt::format("user-{}", i), "--json", "--db", store});
      CHECK((outcome.status == 0 || contains(outcome.err, "no account")));  // all its days may be gone
      texts.merge(texts_of(json_lines_of(outcome.out)));
    }
    return texts;
  };
  CHECK(!office("db@kept").contains("shredded"));
  const json let_go = one_json(program.must_run({"retain", "--days", "5", "--db", "db", "--json"}));
  CHECK(violations(let_go, "retain") == "");
  CHECK(let_go.at("day_keys").get<int>() > 3);  // days on which something was seen for the last time
  CHECK(!office("db").contains("shredded"));
  CHECK(office("db").size() > 10);
  CHECK(office("db@kept").contains("shredded"));
  program.must_run({"backup", "restore", "copies", "--db", "restored"});
  CHECK(office("restored").contains("shredded"));
  CHECK(program.must_run({"doctor", "--db", "restored"}).status == 0);
  CHECK(contains(program.must_run({"detect", "--db", "restored"}).err, "cannot be opened any more"));
  CHECK(!contains(program.must_run({"detect", "--db", "db"}).err, "cannot be opened any more"));
  CHECK(program.must_run({"doctor", "--db", "db"}).status == 0);
}

TEST_CASE("sealed: an erased account leaves no address that it alone had, not even where people wrote it") {
  const Program program;
  make_sealed(program);
  const auto own = texts_of(reveal(program, {"--account", "user-7"}));
  REQUIRE(own.contains("198.51.0.7"));
  program.must_run({"verdict", "ring-0", "note", "--by", "ann", "--reason", "198.51.0.7 wrote to us, 203.0.113.1 not",
                    "--db", "db"});
  const json erased = one_json(
      program.must_run({"erase", "user-7", "--by", "ann", "--reason", "asked for it", "--db", "db", "--json"}));
  CHECK(erased.at("proof").at("traces").empty());
  CHECK(find_traces(program.path("db"), {{"an address", "198.51.0.7", true}}).found.empty());
  CHECK(one_json(program.must_run({"search", "198.51.0.7", "--db", "db", "--json"})).at("hits").empty());
  CHECK(one_json(program.must_run({"search", "203.0.113.1", "--db", "db", "--json"})).at("hits").size() == 1);
  CHECK(program.must_run({"doctor", "--db", "db"}).status == 0);
}

TEST_CASE("sealed: what others could not know again is not shared, and what copies a store in the open is refused") {
  const Program program;
  make_sealed(program);
  program.write("sharing.toml", "[guards]\nsharing = \"on\"\n");
  const Outcome shared = program.must_run(
      {"export", "--level", "indicators", "--format", "stix", "--config", "sharing.toml", "--db", "db"});
  CHECK(!contains(shared.out, "-addr:value"));
  CHECK(contains(shared.err, "are not shared"));
  const Outcome rings = program.must_run({"export", "--level", "rings", "--format", "stix", "--db", "db"});
  CHECK(!contains(rings.out, "-addr:value"));
  CHECK(program.run({"calibrate", "--out", program.path("c.json"), "--db", "db"}).status == 4);
  CHECK(program.run({"keys", "enable", program.path("secret.key"), "--seal", "ip", "--db", "db"}).status == 0);
  program.must_run({"keys", "enable", program.path("secret.key"), "--kinds", "email", "--db", "db"});
  CHECK(violations(one_json(program.must_run({"keys", "list", "--db", "db", "--json"})), "keys") == "");
}
