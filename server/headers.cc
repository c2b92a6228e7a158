#include "server/headers_internal.h"

namespace ringscope::server {
namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;

std::string text(beast::string_view view) { return {view.data(), view.size()}; }

Method method_of(http::verb verb) {
  if (verb == http::verb::get) return Method::get;
  if (verb == http::verb::head) return Method::head;
  return verb == http::verb::post ? Method::post : Method::other;
}

}  // namespace

Head head_of(const http::request_header<>& fields, const std::string& peer, bool secure) {
  Head head;
  head.method = method_of(fields.method());
  head.target = text(fields.target());
  head.host = text(fields[http::field::host]);
  head.origin = text(fields[http::field::origin]);
  head.authorization = text(fields[http::field::authorization]);
  head.cookie = text(fields[http::field::cookie]);
  head.csrf = text(fields["X-CSRF-Token"]);
  head.if_none_match = text(fields[http::field::if_none_match]);
  head.content_type = text(fields[http::field::content_type]);
  head.accept_encoding = text(fields[http::field::accept_encoding]);
  head.fetch_site = text(fields["Sec-Fetch-Site"]);
  head.hosts = fields.count(http::field::host);
  head.peer = peer;
  head.secure = secure;
  return head;
}

void put_standing_headers(http::fields& fields, bool secure) {
  fields.set(http::field::server, "ringscope");
  fields.set("Content-Security-Policy",
             "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
             "connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'");
  fields.set("X-Content-Type-Options", "nosniff");
  fields.set("X-Frame-Options", "DENY");
  fields.set("Referrer-Policy", "no-referrer");
  fields.set("Cross-Origin-Opener-Policy", "same-origin");
  fields.set("Cross-Origin-Resource-Policy", "same-origin");
  fields.set("Permissions-Policy", "camera=(), geolocation=(), microphone=()");
  if (secure) fields.set("Strict-Transport-Security", "max-age=31536000");
}

}  // namespace ringscope::server
