#include "server/sessions.h"

#include <algorithm>

#include "server/secrets.h"

namespace ringscope::server {

std::string Sessions::one_time_word(const std::string& name, Role role, Seconds now) {
  std::string word = random_word();
  const std::scoped_lock lock(mutex_);
  words_[sha256_hex(word)] = {name, role, now + options_.login};
  return word;
}

std::optional<std::string> Sessions::begin_by_word(std::string_view word, Seconds now) {
  const std::scoped_lock lock(mutex_);
  const auto found = words_.find(sha256_hex(word));
  if (found == words_.end()) return std::nullopt;
  const Word used = found->second;
  words_.erase(found);
  if (now >= used.until) return std::nullopt;
  Session session;
  session.principal.name = used.name;
  session.principal.role = used.role;
  session.principal.by_owner = true;
  return begin(std::move(session), now);
}

std::string Sessions::begin_by_token(const Token& token, Seconds now) {
  const std::scoped_lock lock(mutex_);
  Session session;
  session.principal.name = token.name;
  session.principal.role = token.role;
  session.token = token.sha256;
  return begin(std::move(session), now);
}

std::string Sessions::begin(Session session, Seconds now) {
  if (sessions_.size() >= options_.most) {
    sessions_.erase(std::ranges::min_element(
        sessions_, [](const auto& a, const auto& b) { return a.second.used < b.second.used; }));
  }
  session.principal.by_cookie = true;
  session.principal.csrf = random_word();
  session.principal.expires = now + options_.lifetime;
  session.used = now;
  std::string cookie = random_word();
  sessions_[sha256_hex(cookie)] = std::move(session);
  return cookie;
}

std::optional<Principal> Sessions::find(std::string_view cookie, Seconds now, TokenList& tokens) {
  const std::scoped_lock lock(mutex_);
  const auto found = sessions_.find(sha256_hex(cookie));
  if (found == sessions_.end()) return std::nullopt;
  Session& session = found->second;
  const bool over = now >= session.principal.expires || now >= session.used + options_.idle;
  if (over || (!session.token.empty() && !tokens.holds(session.token, now))) {
    sessions_.erase(found);
    return std::nullopt;
  }
  session.used = now;
  return session.principal;
}

void Sessions::end(std::string_view cookie) {
  const std::scoped_lock lock(mutex_);
  sessions_.erase(sha256_hex(cookie));
}

std::size_t Sessions::size() {
  const std::scoped_lock lock(mutex_);
  return sessions_.size();
}

}  // namespace ringscope::server
