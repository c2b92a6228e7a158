#include "tests/server/served.h"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <thread>

#include <doctest/doctest.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/cli/world.h"

namespace ringscope::testing {
namespace {

const std::string& made_store() {
  static const Program maker;
  static const std::string path = [] {
    maker.write("log.jsonl", joined(world_lines()));
    maker.must_run({"ingest", "log.jsonl", "--db", "db"});
    maker.must_run({"detect", "--db", "db"});
    return maker.path("db");
  }();
  return path;
}

std::vector<std::string> serve_arguments(const Arguments& more) {
  std::vector<std::string> words = {"ringscope", "serve", "--json", "--listen", "127.0.0.1:0"};
  words.insert(words.end(), more.begin(), more.end());
  if (std::ranges::find(words, "--db") == words.end()) words.insert(words.end(), {"--db", "db"});
  return words;
}

}  // namespace

Served::Served(const Arguments& more, const std::map<std::string, std::string>& files) {
  for (const auto& [name, text] : files) program_.write(name, text);
  std::filesystem::copy(made_store(), program_.path("db"), std::filesystem::copy_options::recursive);
  std::vector<std::string> words = serve_arguments(more);
  process_ = fork();
  if (process_ == 0) {
    if (chdir(program_.path("").c_str()) != 0) _exit(120);
    dup2(open("out", O_WRONLY | O_CREAT | O_TRUNC, 0600), STDOUT_FILENO);
    dup2(open("err", O_WRONLY | O_CREAT | O_TRUNC, 0600), STDERR_FILENO);
    std::vector<char*> argv;
    for (std::string& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    execv(RINGSCOPE_PROGRAM, argv.data());
    _exit(121);
  }
  for (int tries = 0; tries < 400 && port_ == 0; ++tries) {
    std::this_thread::sleep_for(std::chrono::milliseconds(25));
    const auto lines = lines_of(read_text(program_.path("out")));
    if (lines.empty()) continue;
    const auto json = nlohmann::json::parse(lines.front(), nullptr, false);
    if (!json.is_object()) continue;
    const std::string address = json.at("address");
    port_ = static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1)));
    if (json.at("login").is_string()) login_ = json.at("login").get<std::string>().substr(address.size());
  }
  INFO(read_text(program_.path("err")));
  REQUIRE(port_ != 0);
}

Served::~Served() {
  if (process_ > 0) (void)stop();
}

int Served::stop() {
  kill(process_, SIGTERM);
  int status = 0;
  waitpid(process_, &status, 0);
  process_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

Client Served::as(const std::string& role, const std::string& name) {
  const std::string whose = name.empty() ? fmt::format("{}-{}", role, next_name_++) : name;
  const std::string out = program_.must_run({"token", "add", whose, "--role", role, "--db", "db", "--json"}).out;
  return anybody().bearer(nlohmann::json::parse(out).at("token"));
}

Client Served::owner() {
  if (owner_.empty()) {
    const std::string cookie = anybody().get(login_).header("set-cookie");
    REQUIRE(!cookie.empty());
    owner_.emplace_back("Cookie", cookie.substr(0, cookie.find(';')));
    const Client reader = anybody().with(owner_[0].first, owner_[0].second);
    owner_.emplace_back("X-CSRF-Token", reader.get("/api/v1/session").json().at("csrf"));
  }
  return anybody().with(owner_[0].first, owner_[0].second).with(owner_[1].first, owner_[1].second);
}

std::string Served::ring() const {
  return json_lines_of(program_.must_run({"rings", "--db", "db", "--json"}).out).at(0).at("ring");
}

std::size_t Served::resident_bytes() const {
  std::ifstream file(fmt::format("/proc/{}/statm", process_));
  std::size_t all = 0, resident = 0;
  file >> all >> resident;
  return resident * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

}  // namespace ringscope::testing
