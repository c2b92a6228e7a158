// Scoring by the program: answers in order, what is wrong in place of bad lines, streams that go on.
#include <algorithm>

#include <doctest/doctest.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/cli/program.h"
#include "tests/cli/world.h"

using namespace ringscope;
using nlohmann::json;

namespace {

// A request as the ring makes them.
std::string ring_line(const std::string& account) {
  return R"({"ts":1768225600,"account":")" + account +
         R"(","ip":"203.0.113.1","payment":"ring-card-0","fingerprint":"ring-fp-1","capability":"agentic_reasoning","template":"t0"})"
         "\n";
}
std::string honest_line(const std::string& account) {
  return R"({"ts":1768225600,"account":")" + account +
         R"(","ip":"192.0.2.8","payment":"own-card","fingerprint":"own-fp","capability":"chat","template":"own"})"
         "\n";
}

std::vector<json> score(const Program& program, const std::string& input, int status = 0) {
  const Outcome outcome = program.run({"score", "-", "--db", "db"}, input);
  CHECK(outcome.status == status);
  return json_lines_of(outcome.out);
}

}  // namespace

TEST_CASE("score: a stranger with the ring's card, address and prompt is flagged, one with none of them is not") {
  const Program program;
  make_store(program);
  const auto answers = score(program, ring_line("fresh") + honest_line("other"));
  REQUIRE(answers.size() == 2);
  const json ring = json_lines_of(program.must_run({"rings", "--db", "db", "--json"}).out).at(0);
  CHECK(answers[0].at("account") == "fresh");
  CHECK(answers[0].at("known") == false);
  CHECK(answers[0].at("ring") == ring.at("ring"));
  CHECK(answers[0].at("tier") == ring.at("tier"));
  CHECK(answers[0].at("probability") > 0.5);
  CHECK(answers[0].at("reasons").size() >= 3);
  CHECK(answers[1].at("ring").is_null());
  CHECK(answers[1].at("tier").is_null());
  CHECK(answers[1].at("probability") == 0);
}

TEST_CASE("score: a member has the run's answer, be it from its name alone") {
  const Program program;
  make_store(program);
  const auto answers = score(program, "{\"account\":\"ring-0\"}\n{\"account\":\"user-0\"}\n" + honest_line("ring-1"));
  REQUIRE(answers.size() == 3);
  const json page = json_lines_of(program.must_run({"account", "ring-0", "--db", "db", "--json"}).out).at(0);
  CHECK(answers[0].at("member") == true);
  CHECK(answers[0].at("ring") == page.at("ring").at("ring"));
  CHECK(answers[0].at("tier") == page.at("ring").at("tier"));
  CHECK(answers[1].at("known") == true);
  CHECK(answers[1].at("ring").is_null());
  CHECK(answers[2].at("member") == true);
}

TEST_CASE("score: evidence of an account adds up over its lines, whatever stands between them") {
  const Program program;
  make_store(program);
  const std::string card = R"({"ts":1768225600,"account":"slow","payment":"ring-card-0"})"
                           "\n";
  const std::string address = R"({"ts":1768225601,"account":"slow","ip":"203.0.113.1","fingerprint":"ring-fp-1"})"
                              "\n";
  const auto answers = score(program, card + honest_line("other") + address);
  REQUIRE(answers.size() == 3);
  CHECK(answers[0].at("tier") == "watch");  // one kind of thing
  CHECK(answers[2].at("lines") == 2);
  CHECK(answers[2].at("tier") != "watch");
  CHECK(answers[2].at("bits") > answers[0].at("bits"));
}

TEST_CASE("score: long lines, CSV and sign-ups are read as ingest reads them") {
  const Program program;
  make_store(program);
  const auto wide = score(program, R"({"account":"x","payment":"ring-card-0","ip":"::ffff:203.0.113.1"})"
                                   "\n");
  const auto lines = score(program,
                           "{\"account\":\"x\",\"kind\":\"payment\",\"value\":\" ring-card-0\"}\n"
                           "{\"account\":\"x\",\"kind\":\"ip\",\"value\":\"203.0.113.1\"}\n");
  const auto table = score(program, "account,payment,ip\nx,ring-card-0,203.0.113.1\n");
  REQUIRE(wide.size() == 1);
  REQUIRE(lines.size() == 2);
  REQUIRE(table.size() == 1);
  CHECK(wide[0].at("tier") == "review");
  for (const char* key : {"ring", "probability", "tier", "bits", "kinds"}) {
    CHECK(lines[1].at(key) == wide[0].at(key));
    CHECK(table[0].at(key) == wide[0].at(key));
  }
}

TEST_CASE("score: a bad line is answered in its place with line, field and reason, and the exit status is 3") {
  const Program program;
  make_store(program);
  const auto answers = score(program,
                             honest_line("a") + "nonsense\n\n" +
                                 R"({"account":"b","ip":"no address"})"
                                 "\n" +
                                 R"({"ip":"192.0.2.1"})"
                                 "\n" +
                                 honest_line("c"),
                             3);
  REQUIRE(answers.size() == 5);
  CHECK(answers[0].at("account") == "a");
  CHECK(answers[1].at("line") == 2);
  CHECK(answers[1].at("error").at("field") == "");
  CHECK(answers[2].at("line") == 4);
  CHECK(answers[2].at("error") == json{{"field", "ip"}, {"reason", "not an IP address"}});
  CHECK(answers[3].at("error").at("field") == "account");
  CHECK(answers[4].at("account") == "c");
  CHECK(answers[4].at("line") == 6);
}

TEST_CASE("score: without a detection it says what to do; an empty input has no answer") {
  const Program program;
  program.write("log.jsonl", joined(world_lines()));
  program.must_run({"ingest", "log.jsonl", "--db", "db"});
  const Outcome outcome = program.run({"score", "-", "--db", "db"}, honest_line("a"));
  CHECK(outcome.status == 1);
  CHECK(contains(outcome.err, "ringscope detect"));
  program.must_run({"detect", "--db", "db"});
  CHECK(score(program, "").empty());
}

TEST_CASE("score: the same lines have the same answers at any number of threads, and from a snapshot") {
  const Program program;
  make_store(program);
  program.must_run({"snapshot", "create", "s", "--db", "db"});
  std::string input;
  for (int i = 0; i < 50; ++i)
    input += ring_line("r" + std::to_string(i % 7)) + honest_line("h" + std::to_string(i % 11));
  program.write("fresh.jsonl", input);
  const std::string one = program.must_run({"score", "fresh.jsonl", "--db", "db", "--threads", "1"}).out;
  CHECK(one == program.must_run({"score", "fresh.jsonl", "--db", "db", "--threads", "8"}).out);
  CHECK(one == program.must_run({"score", "fresh.jsonl", "--db", "db@s"}).out);
  CHECK(lines_of(one).size() == 100);
}

TEST_CASE("score: in little memory accounts are forgotten, the longest unseen first, and the rest is right") {
  const Program program;
  make_store(program);
  std::string input;
  for (int i = 0; i < 4000; ++i) input += honest_line("h" + std::to_string(i));
  const std::string card = R"({"account":"split","payment":"ring-card-0"})"
                           "\n";
  const std::string address = R"({"account":"split","ip":"203.0.113.1"})"
                              "\n";
  const Outcome outcome =
      program.must_run({"score", "-", "--db", "db", "--memory", "1M"}, card + input + address + card);
  const auto answers = json_lines_of(outcome.out);
  REQUIRE(answers.size() == 4003);
  CHECK(contains(outcome.err, "forgotten"));
  CHECK(answers[4001].at("lines") == 1);
  CHECK(answers[4002].at("lines") == 2);
}

TEST_CASE("score --follow: each line is answered before the next is there, and a newer run is picked up") {
  const Program program;
  make_store(program);
  int in[2], out[2];
  REQUIRE(pipe(in) == 0);
  REQUIRE(pipe(out) == 0);
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    dup2(in[0], STDIN_FILENO);
    dup2(out[1], STDOUT_FILENO);
    for (const int end : {in[0], in[1], out[0], out[1]}) close(end);
    execl(RINGSCOPE_PROGRAM, "ringscope", "score", "--follow", "-q", "--db", program.path("db").c_str(), nullptr);
    _exit(121);
  }
  close(in[0]);
  close(out[1]);
  const auto ask = [&](const std::string& line) {
    REQUIRE(write(in[1], line.data(), line.size()) == static_cast<ssize_t>(line.size()));
    std::string answer;
    char c = 0;
    pollfd waiting{.fd = out[0], .events = POLLIN, .revents = 0};
    while (poll(&waiting, 1, 20'000) > 0 && read(out[0], &c, 1) == 1 && c != '\n') answer += c;
    return json::parse(answer);
  };
  CHECK(ask(ring_line("one")).at("run") == 1);
  CHECK(ask(honest_line("two")).at("line") == 2);
  program.must_run({"detect", "--db", "db"});
  json answer;
  for (int i = 0; i < 100 && (answer.empty() || answer.at("run") == 1); ++i) {
    usleep(100'000);
    answer = ask(ring_line("one"));
  }
  CHECK(answer.at("run") == 2);
  CHECK(answer.at("lines") > 1);
  CHECK(answer.at("tier") != "watch");
  close(in[1]);
  int status = 0;
  waitpid(child, &status, 0);
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
  close(out[0]);
}
