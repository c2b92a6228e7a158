#include <algorithm>
#include <chrono>
#include <ctime>
#include <thread>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "base/error.h"
#include "cli/commands.h"
#include "cli/terminal.h"
#include "cli/text.h"
#include "cli/verbs.h"
#include "engine/deliver/deliver.h"
#include "engine/deliver/webhook.h"
#include "engine/ingest/bytes.h"
#include "engine/ingest/normalize.h"

namespace ringscope::cli {
namespace {

struct Options {
  std::string name, url, secret_file, ca_file;
  std::uint64_t after = 0;
  std::uint64_t limit = 1000;
  bool from_now = false, follow = false, private_too = false;
  double every = 1;
};

Endpoint& find(std::vector<Endpoint>& endpoints, const std::string& name) {
  const auto found = std::ranges::find(endpoints, name, &Endpoint::name);
  if (found == endpoints.end())
    throw Error(ErrorCode::not_found, "there is no such webhook; 'ringscope webhooks list' names them", name);
  return *found;
}

std::string state_of(const Endpoint& one) {
  if (!one.disabled.empty()) return "disabled: " + one.disabled;
  if (one.failures > 0) return fmt::format("failed {} times, again at {}", one.failures, format_time(one.next_try));
  return "told";
}

int list(const Globals& globals, const Options&) {
  const auto store = open_store(globals, OpenMode::read_only);
  const std::vector<Endpoint> endpoints = read_endpoints(*store);
  if (globals.json) {
    for (const Endpoint& one : endpoints) print_line(endpoint_to_json(one));
    return 0;
  }
  if (endpoints.empty()) {
    print_line("No webhooks. 'ringscope webhooks add NAME URL' adds one.");
    return 0;
  }
  Table table({{"name", Align::left, 8},
               {"to", Align::left, 16},
               {"up to", Align::right},
               {"state"},
               {"last error", Align::left, 12}});
  for (const Endpoint& one : endpoints)
    table.add({{one.name}, {one.url}, {std::to_string(one.cursor)}, {state_of(one)}, {one.last_error}});
  table.print();
  return 0;
}

int add(const Globals& globals, const Options& options) {
  const auto store = open_store(globals, OpenMode::read_only);
  const EndpointLock lock(*store);
  (void)parse_url(options.url);
  std::vector<Endpoint> endpoints = read_endpoints(*store);
  if (std::ranges::find(endpoints, options.name, &Endpoint::name) != endpoints.end())
    throw Error(ErrorCode::usage, "there is a webhook of this name already", options.name);
  Endpoint endpoint;
  endpoint.name = options.name;
  endpoint.url = options.url;
  endpoint.secret = options.secret_file.empty() ? new_secret() : std::string(trim(read_file(options.secret_file)));
  (void)secret_bytes(endpoint.secret);
  endpoint.cursor = options.from_now ? store->last_event() : options.after;
  endpoints.push_back(endpoint);
  write_endpoints(*store, endpoints);
  if (globals.json) {
    print_line(endpoint_to_json(endpoint));
  } else {
    print_line(fmt::format("{} is told of events after {}.", escaped(endpoint.name), endpoint.cursor));
  }
  if (options.secret_file.empty()) print_line("Its secret, shown this once: " + endpoint.secret);
  return 0;
}

// Changes one and writes all.
template <class Change>
int change(const Globals& globals, const Options& options, const char* done, const Change& what) {
  const auto store = open_store(globals, OpenMode::read_only);
  const EndpointLock lock(*store);
  std::vector<Endpoint> endpoints = read_endpoints(*store);
  what(find(endpoints, options.name), endpoints);
  write_endpoints(*store, endpoints);
  print_line(fmt::format("{} {}.", escaped(options.name), done));
  return 0;
}

int remove(const Globals& globals, const Options& options) {
  return change(globals, options, "is removed", [&](Endpoint&, std::vector<Endpoint>& all) {
    std::erase_if(all, [&](const Endpoint& one) { return one.name == options.name; });
  });
}

void reset(Endpoint& endpoint) {
  endpoint.disabled.clear();
  endpoint.failures = 0;
  endpoint.next_try = kNoTime;
}

int enable(const Globals& globals, const Options& options) {
  return change(globals, options, "is told again", [](Endpoint& one, std::vector<Endpoint>&) { reset(one); });
}

int replay(const Globals& globals, const Options& options) {
  return change(globals, options, fmt::format("is told again of all after {}", options.after).c_str(),
                [&](Endpoint& one, std::vector<Endpoint>&) {
                  reset(one);
                  one.cursor = options.after;
                  one.pending_id.clear();
                });
}

DeliverReport deliver_once(const Globals& globals, const Options& options) {
  const auto store = open_store(globals, OpenMode::read_only);
  std::vector<Endpoint> endpoints = read_endpoints(*store);
  return deliver(*store, endpoints, {options.limit, 15, options.private_too, std::time(nullptr), options.ca_file}, post,
                 [&] { write_endpoints(*store, endpoints); });
}

int deliver_all(const Globals& globals, const Options& options) {
  const auto store = open_store(globals, OpenMode::read_only);
  const EndpointLock lock(*store);
  for (;;) {
    const DeliverReport report = deliver_once(globals, options);
    if (!options.follow || report.sent + report.failed > 0)
      spdlog::info("{} taken, {} failed, {} disabled", count_of(report.sent, "message", "messages"), report.failed,
                   report.disabled);
    if (!options.follow) return report.failed > 0 ? 1 : 0;
    std::this_thread::sleep_for(std::chrono::duration<double>(options.every));
  }
}

}  // namespace

std::function<int()> setup_webhooks(CLI::App& app, const Globals& globals) {
  const Verbs<Options> options(app);
  const auto of_one = [&](const char* name, const char* summary, Verbs<Options>::Action what) {
    CLI::App* const added = options.add(name, summary, what);
    added->add_option("NAME", options->name, "Of the webhook")->required();
    return added;
  };
  options.add("list", "Print who is told, how far, and what went wrong", list);
  CLI::App* const adds = of_one("add", "Tell somebody when there is news in the feed", add);
  adds->add_option("URL", options->url, "https://HOST/PATH")->required();
  adds->add_option("--secret-file", options->secret_file, "File with whsec_…; else one is made and shown once");
  CLI::Option* const after = adds->add_option("--after", options->after, "Of events with a greater number");
  adds->add_flag("--from-now", options->from_now, "Of events from now on")->excludes(after);
  of_one("remove", "Tell it no more", remove);
  of_one("enable", "Try again after it was disabled", enable);
  of_one("replay", "Tell it again what it was told", replay)
      ->add_option("--after", options->after, "Of events with a greater number")
      ->required();
  CLI::App* const delivers = options.add("deliver", "Send what is due; exit status 1 if something failed", deliver_all);
  delivers->add_flag("--follow", options->follow, "Go on until stopped");
  delivers->add_option("--every", options->every, "Seconds between two looks")
      ->check(CLI::Range(0.01, 3600.0))
      ->capture_default_str();
  delivers->add_option("--limit", options->limit, "Events that one message tells of, at most")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
  delivers->add_option("--ca", options->ca_file, "Authorities of one's own (PEM), trusted besides the system's")
      ->check(CLI::ExistingFile);
  delivers->add_flag("--private", options->private_too, "Also to this machine, to private networks, and by http");
  return options.runner(globals);
}

}  // namespace ringscope::cli
