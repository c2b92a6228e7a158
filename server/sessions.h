// Browsers that have shown a one-time word or a token, and bear a cookie since.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"
#include "server/principal.h"
#include "server/tokens.h"

namespace ringscope::server {

struct SessionOptions {
  Seconds lifetime = Seconds{12} * 3600;  // from its beginning
  Seconds idle = Seconds{4} * 3600;       // without a request
  Seconds login = 3600;                   // that the one-time word is good for
  std::size_t most = 1000;                // the longest unused makes room
};

class Sessions {
 public:
  explicit Sessions(const SessionOptions& options) : options_(options) {}

  // A word that begins one session of this principal, within SessionOptions::login.
  std::string one_time_word(const std::string& name, Role role, Seconds now);
  // Begins a session and returns its cookie's value; nothing when the word is none, was used or is too old.
  std::optional<std::string> begin_by_word(std::string_view word, Seconds now);
  // Of somebody who has shown a token; it ends with the token.
  std::string begin_by_token(const Token& token, Seconds now);
  // Whose cookie it is. The session is used by this.
  std::optional<Principal> find(std::string_view cookie, Seconds now, TokenList& tokens);
  void end(std::string_view cookie);
  std::size_t size();

 private:
  struct Session {
    Principal principal;
    std::string token;  // SHA-256 of it; empty: of a one-time word
    Seconds used = 0;
  };
  struct Word {
    std::string name;
    Role role = Role::viewer;
    Seconds until = 0;
  };
  std::string begin(Session session, Seconds now);

  SessionOptions options_;
  std::mutex mutex_;
  std::map<std::string, Session, std::less<>> sessions_;  // by SHA-256 of the cookie
  std::map<std::string, Word, std::less<>> words_;        // by SHA-256
};

}  // namespace ringscope::server
