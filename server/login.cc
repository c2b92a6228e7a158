#include "server/login.h"

#include <fmt/format.h>

#include "server/target.h"

namespace ringscope::server {

Answer login_page(unsigned status) {
  const std::string_view wrong =
      status == 200 ? ""
                    : "<p role=\"alert\"><strong>That word is not known here.</strong> An address that the server "
                      "printed works once, and for an hour.</p>";
  std::string html = fmt::format(
      "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>ringscope: log in</title>"
      "<meta name=\"viewport\" content=\"width=device-width\"></head><body><main><h1>ringscope</h1>{}"
      "<form method=\"post\" action=\"/login\"><p><label for=\"token\">Token</label> "
      "<input id=\"token\" name=\"token\" type=\"password\" autocomplete=\"current-password\" required autofocus> "
      "<button>Log in</button></p></form>"
      "<p>'ringscope token add NAME --role analyst' makes a token; the address that 'ringscope serve' prints needs "
      "none.</p></main></body></html>\n",
      wrong);
  return answer_of(status, "text/html; charset=utf-8", std::move(html)).with("Cache-Control", "no-store");
}

std::string form_value(std::string_view body, std::string_view name) {
  const Target form = parse_target("/?" + std::string(body));
  for (const auto& [key, value] : form.parameters) {
    if (key == name) return value;
  }
  return "";
}

}  // namespace ringscope::server
