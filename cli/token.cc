#include <ctime>

#include <fmt/format.h>

#include "base/error.h"
#include "cli/commands.h"
#include "cli/terminal.h"
#include "cli/text.h"
#include "cli/verbs.h"
#include "engine/json.h"
#include "server/tokens.h"
#include "storage/snapshots.h"

namespace ringscope::cli {
namespace {

struct Options {
  std::string name, role = "analyst", expires;
};

std::filesystem::path store_of(const Globals& globals) {
  std::filesystem::path store = parse_place(globals.db).store;
  if (!std::filesystem::exists(store / "CURRENT"))
    throw Error(ErrorCode::not_found, "there is no store here; 'ringscope ingest FILE' makes one", store.string());
  return store;
}

std::string expiry_text(Seconds expires) { return expires == 0 ? "never" : format_time(expires); }

Json token_json(const server::Token& token) {
  return {{"schema", "ringscope.token/1"},
          {"name", token.name},
          {"role", to_string(token.role)},
          {"created", token.created},
          {"expires", token.expires == 0 ? Json(nullptr) : Json(token.expires)}};
}

int add(const Globals& globals, const Options& options) {
  const Seconds now = std::time(nullptr);
  Seconds expires = 0;
  if (!options.expires.empty()) {
    const auto span = parse_duration(options.expires);
    if (!span || *span <= 0)
      throw Error(ErrorCode::usage, "--expires is a span of time, as 90d or 12h", options.expires);
    expires = now + *span;
  }
  const std::filesystem::path store = store_of(globals);
  const std::string word = server::add_token(store, options.name, *server::parse_role(options.role), now, expires);
  if (globals.json) {
    Json json = token_json({options.name, *server::parse_role(options.role), "", now, expires});
    json["token"] = word;
    print_line(json.dump());
  } else {
    print_line(word);
    print_line(
        styled(fmt::format("Shown this once. {}, {}, expires: {}.", options.name, options.role, expiry_text(expires)),
               Style::dim));
  }
  return 0;
}

int list(const Globals& globals, const Options&) {
  const std::vector<server::Token> tokens = server::read_tokens(store_of(globals));
  if (globals.json) {
    for (const server::Token& token : tokens) print_line(token_json(token).dump());
    return 0;
  }
  if (tokens.empty()) {
    print_line("No tokens. 'ringscope token add NAME --role ROLE' makes one.");
    return 0;
  }
  Table table({{"name", Align::left, 8}, {"role"}, {"made"}, {"expires"}});
  for (const server::Token& token : tokens)
    table.add({{token.name, Style::bold},
               {to_string(token.role)},
               {format_time(token.created)},
               {expiry_text(token.expires)}});
  table.print();
  return 0;
}

int remove(const Globals& globals, const Options& options) {
  server::remove_token(store_of(globals), options.name);
  if (globals.json) {
    print_line(Json{{"schema", "ringscope.token-remove/1"}, {"name", options.name}}.dump());
  } else {
    print_line(fmt::format("The token of {} is gone; so are the sessions that it began.", escaped(options.name)));
  }
  return 0;
}

}  // namespace

std::function<int()> setup_token(CLI::App& app, const Globals& globals) {
  const Verbs<Options> options(app);
  CLI::App* const adds = options.add("add", "Make a token and print it, this once", add);
  adds->add_option("NAME", options->name, "Of the person or program that will hold it")->required();
  adds->add_option("--role", options->role,
                   "viewer: values masked; analyst: decides; approver: is the second person; "
                   "exporter: takes exports; admin: all")
      ->check(CLI::IsMember(server::role_names()))
      ->capture_default_str();
  adds->add_option("--expires", options->expires, "After this time, as 90d; default: never");
  options.add("list", "Print whose tokens there are", list);
  options.add("remove", "Make a token worthless at once", remove)
      ->add_option("NAME", options->name, "Whose")
      ->required();
  return options.runner(globals);
}

}  // namespace ringscope::cli
