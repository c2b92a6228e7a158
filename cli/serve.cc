#include <cstdlib>

#include <fmt/format.h>
#include <pwd.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include "base/error.h"
#include "cli/commands.h"
#include "cli/terminal.h"
#include "cli/text.h"
#include "engine/json.h"
#include "server/server.h"
#include "storage/snapshots.h"

namespace ringscope::cli {
namespace {

struct Options {
  std::string listen = "127.0.0.1:7080";
  std::filesystem::path pages;
  std::string as;
  bool no_login = false;
  server::ServerOptions server;
};

// "127.0.0.1:7080", "[::1]:7080", ":7080" or "7080".
void put_listen(const std::string& text, server::ServerOptions& options) {
  const std::size_t colon = text.rfind(':');
  std::string address = colon == std::string::npos ? "" : text.substr(0, colon);
  if (address.size() > 2 && address.front() == '[' && address.back() == ']')
    address = address.substr(1, address.size() - 2);
  if (!address.empty()) options.address = address == "localhost" ? "127.0.0.1" : address;
  const std::string port = colon == std::string::npos ? text : text.substr(colon + 1);
  char* end = nullptr;
  const unsigned long number = std::strtoul(port.c_str(), &end, 10);
  if (port.empty() || *end != '\0' || number > 65535)
    throw Error(ErrorCode::usage, "--listen is ADDRESS:PORT, as 127.0.0.1:7080 or [::1]:7080", text);
  options.port = static_cast<std::uint16_t>(number);
}

// Beside the program, as 'scripts/build' and an installation lay them.
std::filesystem::path installed_pages() {
  std::error_code unknown;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", unknown);
  return unknown ? std::filesystem::path() : program.parent_path().parent_path() / "share/ringscope/web";
}

std::string user_name() {
  const passwd* const user = getpwuid(getuid());
  return user != nullptr ? user->pw_name : "local";
}

void print_address(const Globals& globals, const server::Server& server, const std::string& login) {
  if (globals.json) {
    const Json json = {{"schema", "ringscope.serve/1"},
                       {"address", server.address()},
                       {"login", login.empty() ? Json(nullptr) : Json(login)},
                       {"pid", getpid()}};
    print_line(json.dump());
  } else {
    print_line(fmt::format("ringscope serves {} at {}", escaped(globals.db.string()), server.address()));
    if (!login.empty()) print_line(fmt::format("Open in a browser, once and within the hour: {}", login));
  }
  (void)std::fflush(stdout);
}

int run(const Globals& globals, const Options& options) {
  server::ServerOptions given = options.server;
  put_listen(options.listen, given);
  const StorePlace place = parse_place(globals.db);
  given.app.store = place.store;
  given.app.open_read = [globals] { return open_store(globals, OpenMode::read_only); };
  if (place.snapshot.empty()) given.app.open_write = [globals] { return open_store(globals, OpenMode::write); };
  given.app.open_snapshot = [globals, store = place.store](const std::string& name) {
    (void)snapshot_manifest(store, name);  // says so when there is none
    Globals of = globals;
    of.db = snapshot_path(store, name);
    return open_store(of, OpenMode::read_only);
  };
  given.app.pages = options.pages.empty() ? installed_pages() : options.pages;
  if (!options.pages.empty() && !std::filesystem::is_directory(options.pages))
    throw Error(ErrorCode::usage, "--pages names no directory", options.pages.string());
  given.app.config = globals.config();
  given.app.version = RINGSCOPE_VERSION;
  server::Server server(std::move(given));
  server.stop_at_signals();
  std::string login;
  if (!options.no_login) {
    const std::string word =
        server.app().login_word(options.as.empty() ? user_name() : options.as, server::Role::admin);
    login = fmt::format("{}/login?token={}", server.address(), word);
  }
  print_address(globals, server, login);
  server.run();
  spdlog::info("stopped");
  return 0;
}

}  // namespace

std::function<int()> setup_serve(CLI::App& app, const Globals& globals) {
  const auto options = std::make_shared<Options>();
  server::ServerOptions& server = options->server;
  app.add_option("--listen", options->listen, "Address and port; port 0: any that is free")->capture_default_str();
  app.add_option("--pages", options->pages, "Directory of the pages, instead of those that were installed");
  app.add_option("--as", options->as, "Name of whoever logs in by the printed address; default: the user's");
  app.add_flag("--no-login", options->no_login, "Print no address to log in by: tokens only");
  app.add_option("--allow-host", server.allow_hosts, "Another name that the server goes by, as rings.example.org");
  CLI::Option* const cert =
      app.add_option("--tls-cert", server.tls_certificate, "Certificate and its chain, PEM")->check(CLI::ExistingFile);
  CLI::Option* const key =
      app.add_option("--tls-key", server.tls_key, "Its private key, PEM")->check(CLI::ExistingFile);
  cert->needs(key);
  key->needs(cert);
  app.add_option("--workers", server.app.threads, "Threads that answer")
      ->check(CLI::Range(1, 256))
      ->capture_default_str();
  app.add_option("--max-connections", server.limits.connections, "Open at once; more take the place of idle ones")
      ->check(CLI::Range(1, 100000))
      ->capture_default_str();
  app.footer(
      "SIGTERM or SIGINT ends it after what is being answered. docs/server.md: roles, limits, running it safely.");
  return [options, &globals] { return run(globals, *options); };
}

}  // namespace ringscope::cli
