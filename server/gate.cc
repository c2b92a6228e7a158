#include "server/gate.h"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "server/api_error.h"
#include "server/secrets.h"

namespace ringscope::server {
namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

bool writes(Method method) { return method != Method::get && method != Method::head; }

}  // namespace

Gate::Gate(GateOptions options, TokenList& tokens, Sessions& sessions)
    : options_(std::move(options)), tokens_(tokens), sessions_(sessions) {}

void Gate::check_origin(const Head& head) const {
  if (head.hosts != 1) throw ApiError(400, "host", "a request has exactly one Host header");
  const std::string host = lower(head.host);
  if (std::ranges::find(options_.hosts, host) == options_.hosts.end())
    throw ApiError(403, "host", "this server does not go by that name; --allow-host adds names");
  if (!head.origin.empty() && lower(head.origin) != (options_.secure ? "https://" : "http://") + host)
    throw ApiError(403, "origin", "the request comes from another site");
  // A link from elsewhere may lead to a page, but nothing else may be asked from there.
  const bool elsewhere = head.fetch_site == "cross-site" || head.fetch_site == "same-site";
  if (elsewhere && (writes(head.method) || head.target.starts_with("/api/")))
    throw ApiError(403, "origin", "the request comes from another site");
}

Principal Gate::identify(const Head& head, Seconds now) const {
  if (!head.authorization.empty()) {
    constexpr std::string_view kScheme = "bearer ";
    if (lower(std::string_view(head.authorization).substr(0, kScheme.size())) == kScheme) {
      const auto word = trimmed(std::string_view(head.authorization).substr(kScheme.size()));
      if (const auto token = tokens_.find(word, now))
        return {.name = token->name, .role = token->role, .by_cookie = false, .csrf = {}, .expires = token->expires};
    }
    throw ApiError(401, "token", "the token is not known here, or has expired");
  }
  const std::string cookie = cookie_of(head);
  const auto principal = cookie.empty() ? std::nullopt : sessions_.find(cookie, now, tokens_);
  if (!principal) throw ApiError(401, "login", "log in at /login, or show a token: Authorization: Bearer rs_…");
  if (writes(head.method) && !same_secret(head.csrf, principal->csrf))
    throw ApiError(403, "csrf", "a request that writes has the header X-CSRF-Token with the word of /api/v1/session");
  return *principal;
}

// Chromium and Firefox keep a name with this prefix to cookies that are Secure, have Path=/ and no Domain.
static const char* cookie_name(bool secure) { return secure ? "__Host-ringscope" : "ringscope"; }

std::string Gate::cookie_header(std::string_view value, Seconds lifetime) const {
  return fmt::format("{}={}; Path=/; Max-Age={}; HttpOnly; SameSite=Strict{}", cookie_name(options_.secure), value,
                     lifetime, options_.secure ? "; Secure" : "");
}

std::string Gate::cookie_of(const Head& head) const {
  std::string_view rest = head.cookie;
  while (!rest.empty()) {
    const std::string_view pair = trimmed(rest.substr(0, rest.find(';')));
    rest.remove_prefix(std::min(rest.find(';'), rest.size() - 1) + 1);
    const std::size_t equals = pair.find('=');
    if (equals != std::string_view::npos && pair.substr(0, equals) == cookie_name(options_.secure))
      return std::string(pair.substr(equals + 1));
  }
  return "";
}

}  // namespace ringscope::server
