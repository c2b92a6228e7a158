#include "cli/command_line.h"

namespace ringscope::cli {
namespace {

void add_globals(CLI::App& app, Globals& globals) {
  app.add_option("--db", globals.db, "Directory of the store, or DB@NAME: a snapshot of it")
      ->envname("RINGSCOPE_DB")
      ->capture_default_str();
  app.add_option("--config", globals.config_file, "TOML file with settings; see --print-config");
  app.add_option("--threads", globals.threads, "Threads to use; 0: as many as the machine has")
      ->check(CLI::Range(0, 4096));
  app.add_option("--memory", globals.memory, "Bound for every stage, as 512M or 8GiB");
  app.add_flag("--json", globals.json, "Print JSON, one document a line");
  app.add_flag("-q,--quiet", globals.quiet, "No progress, no log");
  app.add_flag("--profile", globals.profile, "Say at the end where time and memory went, on standard error");
  app.add_option("--trace", globals.trace, "Write where time went to a file for a trace viewer (Perfetto)");
  app.set_version_flag("--version", "ringscope " RINGSCOPE_VERSION);
}

}  // namespace

CommandLine::CommandLine() {
  app.fallthrough();
  app.require_subcommand(0, 1);
  app.get_formatter()->label("SUBCOMMAND", "COMMAND");
  add_globals(app, globals);
  for (const Command& command : commands()) {
    CLI::App* const sub = app.add_subcommand(command.name, command.summary);
    sub->callback([this, chosen = command.setup(*sub, globals)] { run = chosen; });
  }
  app.add_flag("--print-config", print_settings, "Print all settings as a TOML file and exit");
}

ChosenCommand chosen_command(const CLI::App& app) {
  ChosenCommand chosen;
  for (auto next = app.get_subcommands(); !next.empty(); next = chosen.app->get_subcommands()) {
    chosen.app = next.front();
    chosen.name += (chosen.name.empty() ? "" : " ") + chosen.app->get_name();
  }
  return chosen;
}

std::string option_text(const CLI::App& command, const std::string& name) {
  const CLI::Option* const option = command.get_option_no_throw(name);
  return option == nullptr || option->results().empty() ? std::string() : option->results().front();
}

}  // namespace ringscope::cli
