// Bearer tokens: words that programs and people show instead of a password. Only their SHA-256 is kept, in one file
// that nobody but its owner may read: DB/server/tokens.jsonl, one token a line.
#pragma once

#include <cstdint>
#include <filesystem>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "server/roles.h"

namespace ringscope::server {

struct Token {
  std::string name;  // of who holds it
  Role role = Role::viewer;
  std::string sha256;
  Seconds created = 0;
  Seconds expires = 0;  // 0: never
};

// Where the server keeps what is its own beside the data of the store.
std::filesystem::path server_directory(const std::filesystem::path& store);

// All of a store, in the order in which they were made. Throws Error corrupt, io; refused when others than the owner
// may read the file.
std::vector<Token> read_tokens(const std::filesystem::path& store);
// Makes one and returns the word, which is kept nowhere. Durable on return. Throws Error usage for a name that is there
// already or has other than 1 to 64 letters, digits, "@", ".", "_" and "-"; as read_tokens() else.
std::string add_token(const std::filesystem::path& store, const std::string& name, Role role, Seconds now,
                      Seconds expires);
// Throws Error not_found when there is none of this name.
void remove_token(const std::filesystem::path& store, const std::string& name);

// The tokens of a store for a server that runs: read anew when the file has changed.
class TokenList {
 public:
  explicit TokenList(std::filesystem::path store) : store_(std::move(store)) {}
  // Whose word it is, if it is anybody's and has not expired. One look at the file's time.
  std::optional<Token> find(std::string_view word, Seconds now);
  // Whether a token of this hash is still there and has not expired.
  bool holds(const std::string& sha256, Seconds now);
  bool empty();

 private:
  void refresh();

  std::filesystem::path store_;
  std::mutex mutex_;
  struct Seen {  // which file, and when it was written
    std::uint64_t inode = 0;
    std::int64_t seconds = 0, nanoseconds = 0;
    friend bool operator==(const Seen&, const Seen&) = default;
  } seen_;
  std::vector<Token> tokens_;
};

}  // namespace ringscope::server
