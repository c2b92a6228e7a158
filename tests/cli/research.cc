// What researchers ask of the program: cuts, methods side by side, graphs in and out, releases, artefacts made again.
#include <algorithm>
#include <filesystem>
#include <fstream>

#include <doctest/doctest.h>

#include "tests/cli/program.h"
#include "tests/cli/schema_check.h"
#include "tests/cli/world.h"

using namespace ringscope;
using nlohmann::json;

namespace {

json first_json(const Outcome& outcome) { return json_lines_of(outcome.out).at(0); }

}  // namespace

TEST_CASE("rings --cut: the accounts that strong links hold together, and a picture of all cuts") {
  const Program program;
  make_store(program);
  const auto groups = json_lines_of(program.must_run({"rings", "--cut", "8", "--db", "db", "--json"}).out);
  REQUIRE(!groups.empty());
  for (const json& group : groups) CHECK(violations(group, "cut-group") == "");
  CHECK(groups[0].at("size").get<int>() >= 10);
  CHECK(groups[0].at("ring_share") == 1.0);
  CHECK(program.must_run({"rings", "--cut", "4000", "--db", "db", "--json"}).out.empty());
  const json chart = first_json(program.must_run({"rings", "--cuts", "--db", "db", "--json"}));
  CHECK(violations(chart, "cuts") == "");
  CHECK(contains(program.must_run({"rings", "--cuts", "--db", "db"}).out, "cut, bits"));
  program.must_run({"rings", "--cuts", "--svg", "cuts.svg", "--db", "db"});
  CHECK(contains(read_text(program.path("cuts.svg")), "</svg>"));
  CHECK(program.run({"rings", "--cut", "8", "--svg", "x.svg", "--db", "db"}).status == 2);
  CHECK(program.run({"rings", "--cut", "8", "--run", "9", "--db", "db"}).status == 1);
}

TEST_CASE("compare-methods: a row a method, agreement of each with each, and with the truth") {
  const Program program;
  make_store(program);
  std::string truth = "account,ring\n";
  for (int i = 0; i < 12; ++i) truth += "ring-" + std::to_string(i) + ",planted\n";
  program.write("truth.csv", truth + "not-there,planted\n");
  const json found = first_json(program.must_run({"compare-methods", "--truth", "truth.csv", "--db", "db", "--json"}));
  CHECK(violations(found, "methods") == "");
  CHECK(found.at("methods").size() == 11);
  CHECK(found.at("agreement").size() == 110);
  CHECK(found.at("truth_unknown") == 1);
  for (const json& method : found.at("methods")) {
    const std::string name = method.at("method");
    CAPTURE(name);
    if (name == "rings" || name == "components" || name == "leiden-cpm" || name == "louvain")
      CHECK(method.at("truth").at("b3").at("r").get<double>() > 0.9);
  }
  const std::string text = program.must_run({"compare-methods", "--measure", "nmi", "--db", "db"}).out;
  CHECK(contains(text, "dense-blocks"));
  CHECK(contains(text, "normalised mutual information"));
  CHECK(program.run({"compare-methods", "--truth", "nowhere.csv", "--db", "db"}).status == 1);
}

TEST_CASE("export --level graph: what it writes is ingested again and gives the same ring") {
  const Program program;
  make_store(program);
  for (const auto& [format, reads] : {std::pair("graphml", "graphml"), std::pair("gexf", "gexf"),
                                      std::pair("mtx", "mtx"), std::pair("edges", "edgelist")}) {
    CAPTURE(format);
    const std::string file = std::string("g.") + format;
    program.must_run({"export", "--level", "graph", "--format", format, "--out", file, "--db", "db"});
    const std::string store = std::string("db-") + format;
    program.must_run({"ingest", "--format", reads, file, "--db", store});
    program.must_run({"detect", "--db", store});
    const auto rings = json_lines_of(program.must_run({"rings", "--db", store, "--json"}).out);
    REQUIRE(!rings.empty());
    CHECK(rings[0].at("size") == 12);
  }
  const Outcome standard = program.must_run({"export", "--level", "graph", "--account", "ring-0", "--db", "db"});
  CHECK(contains(standard.out, "<graphml"));
  CHECK(program.run({"export", "--level", "graph", "--format", "dot", "--db", "db"}).status == 2);
  CHECK(program.run({"export", "--level", "graph", "--dir", "d", "--db", "db"}).status == 2);
  CHECK(program.run({"export", "--level", "rings", "--account", "ring-0", "--db", "db"}).status == 2);
  program.write("bad.txt", "a b\nc\n");
  const Outcome bad = program.run({"ingest", "--format", "edgelist", "bad.txt", "--db", "new"});
  CHECK(bad.status == 1);
  CHECK(contains(bad.err, "bad.txt:2: target: is missing"));
}

TEST_CASE("export --level links: files of a run's links, of a ring's and around an account, made again and read back") {
  const Program program;
  make_store(program);
  program.must_run({"export", "--level", "links", "--format", "mtx", "--out", "l.mtx", "--db", "db"});
  CHECK(contains(read_text(program.path("l.mtx")), "real symmetric"));
  CHECK(contains(read_text(program.path("l.rows.txt")), "ring-0"));
  CHECK(!std::filesystem::exists(program.path("l.columns.txt")));
  CHECK(first_json(program.must_run({"reproduce", "l.mtx", "--json"})).at("files") == 2);
  program.must_run({"ingest", "--format", "mtx", "--ends", "accounts", "l.mtx", "--db", "db-mtx"});
  program.must_run({"export", "--level", "links", "--format", "graphml", "--out", "l.graphml", "--db", "db"});
  program.must_run({"ingest", "--format", "graphml", "l.graphml", "--db", "db-graphml"});

  const auto lines = [&](Arguments more) {
    Arguments arguments = {"export", "--level", "links", "--format", "edges", "--db", "db"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const std::string out = program.must_run(arguments).out;
    CHECK(out.starts_with("source,target,weight\n"));
    return std::count(out.begin(), out.end(), '\n') - 1;
  };
  const auto rings = json_lines_of(program.must_run({"rings", "--db", "db", "--json"}).out);
  REQUIRE(rings.at(0).at("size") == 12);
  CHECK(lines({"--ring", rings[0].at("ring").get<std::string>()}) == 12 * 11 / 2);
  CHECK(lines({"--account", "ring-0", "--depth", "1"}) >= 12 * 11 / 2);
  CHECK(lines({}) >= lines({"--account", "ring-0"}));
  CHECK(program.run({"export", "--level", "links", "--format", "csv", "--db", "db"}).status == 2);
  CHECK(program.run({"export", "--level", "links", "--dir", "d", "--db", "db"}).status == 2);
}

TEST_CASE("snapshot export: a release under a key, its report, and refusals") {
  const Program program;
  make_store(program);
  program.must_run({"snapshot", "create", "first", "--db", "db"});
  program.write("key", std::string(64, 'a') + "\n");
  program.write("short", "abc\n");
  const Arguments release = {"snapshot", "export", "first", "--pseudonymous", "--out", "out", "--db", "db", "--json"};
  Arguments keyed = release;
  keyed.insert(keyed.end(), {"--key", "key", "--least", "3"});
  const json made = first_json(program.must_run(keyed));
  CHECK(violations(made, "share") == "");
  CHECK(violations(json::parse(read_text(program.path("out/risk.json"))), "share-risk") == "");
  CHECK(contains(read_text(program.path("out/README.md")), "same log with names"));
  CHECK(!contains(read_text(program.path("out/edges.csv")), "ring-card"));
  CHECK(!contains(read_text(program.path("out/accounts.csv")), "ring-0"));
  program.must_run({"ingest", "out/edges.csv", "--db", "theirs"});
  CHECK(program.run(release).status == 2);
  Arguments weak = release;
  weak.insert(weak.end(), {"--key", "short"});
  CHECK(program.run(weak).status == 2);
  program.must_run({"snapshot", "export", "first", "--format", "gexf", "--out", "first.gexf", "--db", "db"});
  CHECK(contains(read_text(program.path("first.gexf")), "<gexf"));
}

TEST_CASE("reproduce: the same bytes from the provenance, and what differs when something was changed") {
  const Program program;
  make_store(program);
  program.must_run({"export", "--level", "graph", "--format", "gexf", "--out", "g.gexf", "--db", "db"});
  const json provenance = json::parse(read_text(program.path("g.gexf.provenance.json")));
  CHECK(violations(provenance, "provenance") == "");
  CHECK(provenance.at("run") == 1);
  CHECK(provenance.at("seed") == 1);
  const json same = first_json(program.must_run({"reproduce", "g.gexf", "--json"}));
  CHECK(violations(same, "reproduce") == "");
  CHECK(same.at("same") == true);
  CHECK(same.at("files") == 1);
  program.must_run({"export", "--level", "accounts,rings", "--dir", "set", "--db", "db"});
  CHECK(first_json(program.must_run({"reproduce", "set", "--json"})).at("files") == 4);
  program.must_run({"simulate", "--out", "world", "--accounts", "300", "--requests", "3000", "--seed", "4"});
  CHECK(first_json(program.must_run({"reproduce", "world", "--json"})).at("same") == true);
  program.must_run({"verdict", "ring-0", "note", "--by", "ann", "--reason", "seen", "--db", "db"});
  program.must_run({"verdicts", "export", "--out", "said.jsonl", "--db", "db"});
  CHECK(first_json(program.must_run({"reproduce", "said.jsonl", "--json"})).at("same") == true);

  json changed = provenance;
  changed["files"][0]["sha256"] = std::string(64, '0');
  program.write("g.gexf.provenance.json", changed.dump());
  CHECK(program.run({"reproduce", "g.gexf"}).status == 1);
  program.write("more.jsonl", "{\"ts\":1767225600,\"account\":\"new\",\"payment\":\"ring-card-0\"}\n");
  program.must_run({"ingest", "more.jsonl", "--db", "db"});
  program.must_run({"detect", "--db", "db"});
  program.write("g.gexf.provenance.json", provenance.dump());
  const Outcome moved = program.run({"reproduce", "g.gexf", "--json"});
  CHECK(moved.status == 1);
  CHECK(first_json(moved).at("notes").size() == 2);  // the run and its digest
  CHECK(contains(moved.out, "g.gexf: SHA-256"));
  CHECK(program.run({"reproduce", "more.jsonl"}).status == 1);
}

TEST_CASE("reproduce: a provenance that names another command, or more than one output, is refused before it runs") {
  const Program program;
  make_store(program);
  program.must_run({"snapshot", "create", "first", "--db", "db"});
  program.must_run({"export", "--level", "graph", "--format", "gexf", "--out", "g.gexf", "--db", "db"});
  json provenance = json::parse(read_text(program.path("g.gexf.provenance.json")));
  const std::string db = program.path("db"), victim = program.write("victim.json", "mine\n");
  const json harmless = provenance;
  for (const Arguments& hostile :
       std::vector<Arguments>{{"erase", "ring-0", "--reason", "export"},
                              {"verdict", "ring-0", "clear", "--by", "export"},
                              {"retain", "--days", "1"},
                              {"snapshot", "drop", "first"},
                              {"snapshot", "create", "export"},
                              {"verdicts", "import", "victim.json"},
                              {"ingest", "victim.json"},
                              {"serve"},
                              {"reproduce", "g.gexf"},
                              {"export", "--level", "accounts"},  // no output: it could go on for ever
                              {"export", "--out", "x", "--print-config"},
                              {"export", "--out", "x", "--no-such-option"},
                              {"--help"},
                              {}}) {
    CAPTURE(json(hostile).dump());
    provenance["arguments"] = hostile;
    program.write("hostile.provenance.json", provenance.dump());
    const Outcome refused = program.run({"reproduce", "hostile.provenance.json"});
    CHECK(refused.status == 2);
    CHECK(contains(refused.err, "snapshot export"));  // what may be made again
  }
  // What names a file of its own loses it.
  provenance["arguments"] = {"export", "--level", "graph", "--format", "gexf", "--out",
                             victim,   "--trace", victim,  "--config", victim};
  program.write("hostile.provenance.json", provenance.dump());
  program.must_run({"reproduce", "hostile.provenance.json"});
  CHECK(read_text(victim) == "mine\n");
  for (const std::string output : {"/tmp/..", "/", ""}) {
    provenance = harmless;
    provenance["output"] = output;
    program.write("hostile.provenance.json", provenance.dump());
    CHECK(program.run({"reproduce", "hostile.provenance.json"}).status == 2);
  }
  program.must_run({"account", "ring-0", "--db", db});
  CHECK(lines_of(program.must_run({"snapshot", "list", "--db", db, "--json"}).out).size() == 1);
}

TEST_CASE("provenance: says what store, snapshot and files there were, and only of commands that read a store") {
  const Program program;
  make_store(program);
  const auto provenance_of = [&](const std::string& file) {
    const json provenance = json::parse(read_text(program.path(file)));
    CHECK(violations(provenance, "provenance") == "");
    return provenance;
  };
  const auto names_of = [](const json& provenance) {
    std::vector<std::string> names;
    for (const json& file : provenance.at("files")) names.push_back(file.at("name"));
    return names;
  };
  program.must_run({"simulate", "--out", "world", "--accounts", "300", "--requests", "3000", "--db", "db"});
  const json simulated = provenance_of("world/provenance.json");
  CHECK(simulated.at("store") == "");
  CHECK(simulated.at("run") == 0);

  const json manifest = first_json(program.must_run({"snapshot", "create", "first", "--db", "db", "--json"}));
  program.write("more.jsonl", "{\"ts\":1767225600,\"account\":\"new\",\"payment\":\"ring-card-0\"}\n");
  program.must_run({"ingest", "more.jsonl", "--db", "db"});
  program.must_run({"detect", "--db", "db"});
  program.write("g.rows.txt", "of another graph\n");
  program.write("g.nodes.old", "of another graph\n");
  program.must_run({"snapshot", "export", "first", "--format", "mtx", "--out", "g.mtx.gz", "--db", "db"});
  const json of_snapshot = provenance_of("g.mtx.gz.provenance.json");
  CHECK(of_snapshot.at("snapshot") == "first");
  CHECK(of_snapshot.at("snapshot_sha256") == manifest.at("sha256"));
  CHECK(of_snapshot.at("run") == 1);
  CHECK(names_of(of_snapshot) == std::vector<std::string>{"g.columns.txt.gz", "g.mtx.gz", "g.rows.txt.gz"});
  const json same = first_json(program.must_run({"reproduce", "g.mtx.gz", "--json"}));
  CHECK(same.at("files") == 3);
  CHECK(same.at("notes").empty());
  program.must_run({"export", "--level", "rings", "--out", "r.jsonl", "--db", "db@first"});
  CHECK(provenance_of("r.jsonl.provenance.json").at("snapshot_sha256") == of_snapshot.at("snapshot_sha256"));
  program.must_run({"reproduce", "r.jsonl"});
  program.must_run({"export", "--level", "rings", "--out", "now.jsonl", "--db", "db"});
  const json live = provenance_of("now.jsonl.provenance.json");
  CHECK(live.at("snapshot") == "");
  CHECK(live.at("snapshot_sha256") == "");
  CHECK(live.at("run") == 2);

  program.must_run({"export", "--level", "accounts", "--dir", "set", "--db", "db"});
  program.write("set/foreign.txt", "not of the set\n");
  program.must_run({"export", "--level", "accounts", "--dir", "set", "--db", "db"});
  CHECK(names_of(provenance_of("set/provenance.json")) ==
        std::vector<std::string>{"accounts.csv", "manifest.json", "manifest.json.sha256"});
}

TEST_CASE("a packed matrix keeps the names of its rows and columns when it is ingested") {
  const Program program;
  make_store(program);
  program.must_run({"export", "--level", "graph", "--format", "mtx", "--out", "g.mtx.gz", "--db", "db"});
  program.must_run({"ingest", "--format", "mtx", "g.mtx.gz", "--db", "again"});
  program.must_run({"account", "ring-0", "--db", "again"});
}
