// The analyst's commands: lists a page at a time, search, comparison, completion, the manual.
#include <algorithm>
#include <cstdlib>
#include <set>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "tests/cli/program.h"
#include "tests/cli/world.h"

using namespace ringscope;
using nlohmann::json;

namespace {

// A simulated world with many rings; made once, and only read.
const Program& world() {
  static const Program* const program = [] {
    auto* const made = new Program;
    made->must_run({"simulate", "--out", "w", "--accounts", "4000", "--requests", "60000", "--seed", "5"});
    made->must_run({"ingest", "w/events.jsonl", "--db", "db"});
    made->must_run({"detect", "--db", "db"});
    return made;
  }();
  return *program;
}

std::string said(Arguments arguments) {
  arguments.insert(arguments.end(), {"--db", "db"});
  return world().must_run(arguments).out;
}

std::vector<json> told(Arguments arguments) {
  arguments.insert(arguments.end(), {"--db", "db", "--json"});
  return json_lines_of(world().must_run(arguments).out);
}

std::vector<std::string> ids(const json& items) {
  std::vector<std::string> result;
  for (const json& item : items) result.push_back(item.at("ring"));
  return result;
}

std::string next_of(const json& page) { return page.at("next").is_null() ? "" : page.at("next").get<std::string>(); }

bool shell_there(const std::string& shell) { return std::system(("command -v " + shell + " >/dev/null").c_str()) == 0; }

}  // namespace

TEST_CASE("cli rings: pages by cursor are the list, and facets count what filters keep") {
  const std::vector<std::string> all = ids(told({"rings", "--sort", "size"}));
  REQUIRE(all.size() > 20);
  std::vector<std::string> paged;
  Arguments ask{"rings", "--sort", "size", "--limit", "7", "--page"};
  json page;
  do {
    page = told(ask).at(0);
    for (const std::string& id : ids(page.at("items"))) paged.push_back(id);
    ask = {"rings", "--sort", "size", "--limit", "7", "--page", "--cursor", next_of(page)};
  } while (!page.at("next").is_null());
  CHECK(paged == all);
  CHECK(page.at("total") == all.size());
  for (const auto& [tier, count] : page.at("facets").at("tier").items())
    CHECK(told({"rings", "--tier", tier}).size() == count.get<std::size_t>());
  for (const auto& [kind, count] : page.at("facets").at("kind").items())
    CHECK(told({"rings", "--kind", kind}).size() == count.get<std::size_t>());
  for (const json& line : told({"rings", "--min-size", "5", "--max-size", "9"})) {
    CHECK(line.at("size") >= 5);
    CHECK(line.at("size") <= 9);
  }
  CHECK(told({"rings", "--text", all[0]}).size() == 1);
  CHECK(said({"rings", "--text", "zebra"}) == "Run 1 has no ring that is asked for.\n");
  CHECK(contains(said({"rings", "--facets"}), "tier"));
  CHECK(contains(said({"rings", "--limit", "3"}), "--cursor "));
  const Outcome wrong = world().run({"rings", "--cursor", "x", "--db", "db"});
  CHECK(wrong.status == 2);
  CHECK(contains(wrong.err, "no cursor"));
}

TEST_CASE("cli ring: members a page at a time, without reading the rest") {
  const std::string id = ids(told({"rings", "--sort", "size", "--limit", "1"})).at(0);
  const json whole = told({"ring", id}).at(0);
  std::vector<std::string> paged;
  Arguments ask{"ring", id, "--members", "--limit", "50"};
  json page;
  do {
    page = told(ask).at(0);
    for (const json& member : page.at("items")) paged.push_back(member.at("account"));
    ask = {"ring", id, "--members", "--limit", "50", "--cursor", next_of(page)};
  } while (!page.at("next").is_null());
  CHECK(paged == whole.at("accounts").get<std::vector<std::string>>());
  const json brief = told({"ring", id, "--brief"}).at(0);
  CHECK(brief.at("score") == whole.at("score"));
  CHECK(brief.at("waterfall").at("exact") == true);
  const std::string text = said({"ring", id, "--parts"});
  for (const char* part : {"How the score came to be", "Sub-communities", "Members", "Could it be honest?"})
    CHECK(contains(text, part));
}

TEST_CASE("cli search: equal, beginning, network, and many ids from standard input") {
  const json ring = told({"ring", ids(told({"rings", "--limit", "1"})).at(0)}).at(0);
  const std::string account = ring.at("accounts").at(0), id = ring.at("ring");
  const json exact = told({"search", account}).at(0).at("hits").at(0);
  CHECK(exact.at("exact") == true);
  CHECK(exact.at("rings").at(0).at("ring") == id);
  CHECK(told({"search", id.substr(2)}).at(0).at("hits").at(0).at("value") == id);
  const json begins = told({"search", account.substr(0, account.size() - 1), "--limit", "1000"}).at(0).at("hits");
  CHECK(std::any_of(begins.begin(), begins.end(), [&](const json& hit) { return hit.at("value") == account; }));
  const json network = told({"search", "0.0.0.0/0", "--limit", "3"}).at(0);
  CHECK(network.at("hits").size() == 3);
  CHECK(network.at("more") == true);
  CHECK(contains(said({"search", account}), id));
  CHECK(contains(said({"search", "no such thing"}), "Nothing in the store"));
  const Outcome many = world().must_run({"search", "-", "--db", "db", "--json"}, account + "\nnobody\n\n" + id + "\n");
  const auto answers = json_lines_of(many.out);
  REQUIRE(answers.size() == 3);
  CHECK(answers[1].at("hits").empty());
  CHECK(answers[2].at("hits").at(0).at("type") == "ring");
  const Outcome read = world().must_run({"search", "-", "--db", "db"}, account + "\nnobody\n");
  CHECK(contains(read.out, "1 of 2 ids found."));
  CHECK(contains(read.out, "not found: nobody"));
  CHECK(world().run({"search", "10.0.0.0/40", "--db", "db"}).status == 2);
}

TEST_CASE("cli compare: two rings side by side") {
  const auto rings = ids(told({"rings", "--limit", "2"}));
  const json one = told({"compare", rings.at(0), rings.at(1)}).at(0);
  CHECK(one.at("a").at("ring") == rings[0]);
  CHECK(!one.at("reasons").empty());
  const std::string text = said({"compare", rings[0], rings[1]});
  for (const std::string& part : {rings[0], rings[1], std::string("Side by side"), std::string("asked for")})
    CHECK(contains(text, part));
  CHECK(world().run({"compare", rings[0], rings[0], "--db", "db"}).status == 2);
}

TEST_CASE("cli why: what would break the link, and other ways") {
  const json ring = told({"ring", ids(told({"rings", "--limit", "1"})).at(0)}).at(0);
  const json why = told({"why", ring.at("accounts").at(0), ring.at("accounts").at(1)}).at(0);
  if (why.at("link_bits").get<double>() > 0) {
    CHECK(why.at("path").size() == 1);
    CHECK(!why.at("breaks").is_null());
  }
}

TEST_CASE("cli terminal: the analyst's pages fit 80 columns, and a sign stands beside each colour") {
  const auto rings = ids(told({"rings", "--limit", "2"}));
  for (const Arguments& arguments : {Arguments{"rings", "--tier", "ban"},
                                     {"ring", rings[0]},
                                     {"search", "0.0.0.0/0"},
                                     {"compare", rings[0], rings[1]}}) {
    Arguments with_db = arguments;
    with_db.insert(with_db.end(), {"--db", "db"});
    const std::string out = world().run_on_terminal(with_db).out;
    for (const std::string& line : lines_of(out)) {
      std::size_t columns = 0;
      for (std::size_t i = 0; i < line.size(); ++i) {
        if (line[i] == '\x1b') {
          while (i < line.size() && (std::isalpha(static_cast<unsigned char>(line[i])) == 0)) ++i;
        } else if (line[i] != '\r' && (line[i] & '\xc0') != '\x80') {
          ++columns;
        }
      }
      CAPTURE(line);
      CHECK(columns <= 80);
    }
  }
  CHECK(contains(said({"rings", "--tier", "ban"}), "● ban"));
}

TEST_CASE("cli completion: every command and option is there, and bash completes") {
  for (const std::string shell : {"bash", "zsh", "fish"}) {
    CAPTURE(shell);
    const std::string script = world().must_run({"completion", shell}).out;
    for (const char* word : {"rings", "compare", "verdicts", "import", "changed-since", "two_persons"}) {
      CAPTURE(word);
      CHECK(contains(script, word) == (std::string(word) != "two_persons"));
    }
    world().write("completion." + shell, script);
    if (shell_there(shell)) {
      const std::string check = shell + " -n '" + world().path("completion." + shell) + "'";
      CHECK(std::system(check.c_str()) == 0);
    }
  }
  const auto completed = [&](const std::string& words, int at) {
    const std::string out = world().path("completed");
    const std::string command =
        fmt::format("bash -c 'source {}; COMP_WORDS=({}); COMP_CWORD={}; _ringscope; echo \"${{COMPREPLY[@]}}\"' > {}",
                    world().path("completion.bash"), words, at, out);
    CHECK(std::system(command.c_str()) == 0);
    return read_text(out);
  };
  CHECK(completed("ringscope comp", 1) == "compare compare-methods completion\n");
  CHECK(completed("ringscope rings --tier r", 3) == "review\n");
  CHECK(contains(completed("ringscope rings --ch", 2), "--changed-since"));
  CHECK(contains(completed("ringscope verdicts i", 2), "import"));
  CHECK(contains(completed("ringscope --json rings --sort last", 4), "last-seen"));
}

TEST_CASE("cli man: the page has every command, and no line that roff takes for something else") {
  const std::string page = world().must_run({"man"}).out;
  CHECK(page.starts_with(".TH RINGSCOPE 1"));
  const std::string help = world().must_run({"--help"}).out;
  for (const std::string command : {"rings", "compare", "search", "verdicts import", "completion"}) {
    CAPTURE(command);
    CHECK(contains(page, "\n.SS " + command + "\n"));
  }
  const std::set<std::string> known{".TH", ".SH", ".SS", ".TP", ".PP", ".B", ".I"};
  for (const std::string& line : lines_of(page)) {
    CAPTURE(line);
    if (line.starts_with('.')) CHECK(known.contains(line.substr(0, line.find(' '))));
    CHECK(!line.starts_with('\''));
  }
  if (shell_there("groff")) {
    world().write("ringscope.1", page);
    CHECK(std::system(
              ("groff -man -Tutf8 -ww -z '" + world().path("ringscope.1") + "' 2> '" + world().path("roff.err") + "'")
                  .c_str()) == 0);
    CHECK(read_text(world().path("roff.err")).empty());
  }
}
