#include "server/tokens.h"

#include <algorithm>
#include <fstream>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/atomic_file.h"
#include "base/error.h"
#include "engine/detect/ring/checked_json.h"
#include "engine/json.h"
#include "server/secrets.h"

namespace ringscope::server {
namespace {

constexpr std::string_view kPrefix = "rs_";  // so that a scanner of secrets knows one when it sees it

std::filesystem::path file_of(const std::filesystem::path& store) { return server_directory(store) / "tokens.jsonl"; }

std::string line_of(const Token& token) {
  Json json = {{"name", token.name},
               {"role", to_string(token.role)},
               {"sha256", token.sha256},
               {"created", token.created},
               {"expires", token.expires}};
  add_check(json);
  return json.dump() + "\n";
}

Token token_of(const std::string& line, const std::filesystem::path& file) {
  try {
    const Json json = Json::parse(line);
    if (!is_as_written(json))
      throw Error(ErrorCode::corrupt, "a token is not as it was written; remove it and add it again", file.string());
    const auto role = parse_role(json.at("role").get<std::string>());
    if (!role) throw Error(ErrorCode::corrupt, "a token has a role that there is none of", file.string());
    return {json.at("name"), *role, json.at("sha256"), json.at("created"), json.at("expires")};
  } catch (const Json::exception& error) {
    throw Error(ErrorCode::corrupt, fmt::format("a line is no token: {}", error.what()), file.string());
  }
}

void write_tokens(const std::filesystem::path& store, const std::vector<Token>& tokens) {
  AtomicFile file(file_of(store), FileMode::owner_only);
  for (const Token& token : tokens) file.write(line_of(token));
  file.commit();
}

// Two who change the list at once do so one after the other.
class ListLock {
 public:
  explicit ListLock(const std::filesystem::path& store) {
    const std::filesystem::path directory = server_directory(store);
    if (!std::filesystem::is_directory(store))
      throw Error(ErrorCode::not_found, "there is no store here; 'ringscope ingest FILE' makes one", store.string());
    std::filesystem::create_directories(directory);
    file_ = open((directory / "tokens.lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file_ < 0 || flock(file_, LOCK_EX) != 0)
      throw Error(ErrorCode::io, "cannot lock the list of tokens", directory.string());
  }
  ~ListLock() { close(file_); }
  ListLock(const ListLock&) = delete;
  ListLock& operator=(const ListLock&) = delete;

 private:
  int file_ = -1;
};

void check_name(const std::string& name) {
  const bool good = !name.empty() && name.size() <= 64 && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("@._-").find(c) != std::string_view::npos;
  });
  if (!good)
    throw Error(ErrorCode::usage, "a token's name has 1 to 64 letters, digits, \"@\", \".\", \"_\" and \"-\"", name);
}

bool is_valid(const Token& token, Seconds now) { return token.expires == 0 || now < token.expires; }

}  // namespace

std::filesystem::path server_directory(const std::filesystem::path& store) { return store / "server"; }

std::vector<Token> read_tokens(const std::filesystem::path& store) {
  const std::filesystem::path path = file_of(store);
  struct stat status {};
  if (stat(path.c_str(), &status) != 0) return {};
  if ((status.st_mode & 077U) != 0)
    throw Error(ErrorCode::refused, "others may read the list of tokens; 'chmod 600' it", path.string());
  std::ifstream file(path);
  if (!file) throw Error(ErrorCode::io, "cannot read the list of tokens", path.string());
  std::vector<Token> tokens;
  for (std::string line; std::getline(file, line);) {
    if (!line.empty()) tokens.push_back(token_of(line, path));
  }
  return tokens;
}

std::string add_token(const std::filesystem::path& store, const std::string& name, Role role, Seconds now,
                      Seconds expires) {
  check_name(name);
  const ListLock lock(store);
  std::vector<Token> tokens = read_tokens(store);
  if (std::ranges::any_of(tokens, [&](const Token& token) { return token.name == name; }))
    throw Error(ErrorCode::usage, "there is a token of this name; remove it first, or take another name", name);
  std::string word = std::string(kPrefix) + random_word();
  tokens.push_back({name, role, sha256_hex(word), now, expires});
  write_tokens(store, tokens);
  return word;
}

void remove_token(const std::filesystem::path& store, const std::string& name) {
  const ListLock lock(store);
  std::vector<Token> tokens = read_tokens(store);
  if (std::erase_if(tokens, [&](const Token& token) { return token.name == name; }) == 0)
    throw Error(ErrorCode::not_found, "there is no token of this name; 'ringscope token list' shows them", name);
  write_tokens(store, tokens);
}

std::optional<Token> TokenList::find(std::string_view word, Seconds now) {
  if (!word.starts_with(kPrefix)) return std::nullopt;
  const std::string hash = sha256_hex(word);
  const std::scoped_lock lock(mutex_);
  refresh();
  for (const Token& token : tokens_) {
    if (same_secret(token.sha256, hash) && is_valid(token, now)) return token;
  }
  return std::nullopt;
}

bool TokenList::holds(const std::string& sha256, Seconds now) {
  const std::scoped_lock lock(mutex_);
  refresh();
  return std::ranges::any_of(tokens_,
                             [&](const Token& token) { return token.sha256 == sha256 && is_valid(token, now); });
}

bool TokenList::empty() {
  const std::scoped_lock lock(mutex_);
  refresh();
  return tokens_.empty();
}

void TokenList::refresh() {
  struct stat status {};
  if (stat(file_of(store_).c_str(), &status) != 0) {
    tokens_.clear();
    seen_ = {};
    return;
  }
  const Seen now{status.st_ino, status.st_mtim.tv_sec, status.st_mtim.tv_nsec};
  if (now == seen_) return;
  tokens_ = read_tokens(store_);
  seen_ = now;
}

}  // namespace ringscope::server
