// The ringscope program: reads the command line, runs one command, turns what is thrown into one line and an exit
// status.
#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <new>
#include <system_error>

#include <fmt/format.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include "base/error.h"
#include "cli/audit_trail.h"
#include "cli/command.h"
#include "cli/profile_report.h"
#include "cli/provenance.h"
#include "cli/terminal.h"
#include "cli/text.h"
#include "engine/profile.h"

namespace ringscope::cli {
namespace {

constexpr int kFailed = 1;
constexpr int kWrongUsage = 2;

struct Program {
  CLI::App app{"ringscope finds rings of coordinated accounts in an activity log and explains them.", "ringscope"};
  Globals globals;
  std::function<int()> run;
};

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

void add_commands(Program& program) {
  for (const Command& command : commands()) {
    CLI::App* const sub = program.app.add_subcommand(command.name, command.summary);
    const std::function<int()> run = command.setup(*sub, program.globals);
    sub->callback([&program, run] { program.run = run; });
  }
}

void start_log(const Globals& globals) {
  const auto log = spdlog::stderr_color_st("ringscope");
  log->set_pattern("ringscope: %^%l%$: %v");
  log->set_level(globals.quiet ? spdlog::level::err : spdlog::level::info);
  spdlog::set_default_logger(log);
}

int print_error(const std::string& message, int status) {
  std::fputs(("ringscope: error: " + escaped(message) + "\n").c_str(), stderr);
  return status;
}

int refuse_usage(const CLI::App& app, const std::string& message) {
  const auto chosen = app.get_subcommands();
  const std::string help = chosen.empty() ? "ringscope --help" : "ringscope " + chosen.front()->get_name() + " --help";
  return print_error(fmt::format("{}; see '{}'", message, help), kWrongUsage);
}

// Results are written once everything fits; a full disk or a closed pipe is a failure like any other.
void flush_output() {
  if (std::fflush(stdout) == 0) return;
  throw Error(ErrorCode::io, "cannot write the result: " + std::generic_category().message(errno), "standard output");
}

int parse_and_run(Program& program, int argc, char** argv) {
  bool print_settings = false;
  program.app.add_flag("--print-config", print_settings, "Print all settings as a TOML file and exit");
  try {
    program.app.parse(argc, argv);
  } catch (const CLI::Success& request) {  // --help, --version
    return program.app.exit(request);
  } catch (const CLI::ParseError& error) {
    return refuse_usage(program.app, error.what());
  }
  if (print_settings) {
    print(print_config(program.globals.config()));
    return 0;
  }
  if (!program.run) return refuse_usage(program.app, "no command was given");
  start_log(program.globals);
  if (program.globals.profile || program.globals.trace) start_profile();
  const Stage stage("command");
  write_audit(program.app, program.globals);
  return program.run();
}

int guarded_main(int argc, char** argv) {
  try {
    Program program;
    program.app.fallthrough();
    program.app.require_subcommand(0, 1);
    program.app.get_formatter()->label("SUBCOMMAND", "COMMAND");
    add_globals(program.app, program.globals);
    add_commands(program);
    const int status = parse_and_run(program, argc, argv);
    flush_output();
    write_provenance(program.globals, {argv + std::min(argc, 1), argv + argc});
    report_profile(program.globals);
    return status;
  } catch (const Error& error) {
    return print_error(error.what(), exit_status(error.code()));
  } catch (const std::bad_alloc&) {
    return print_error("not enough memory; lower --memory or --threads, or take a smaller window", kFailed);
  } catch (const std::exception& error) {
    return print_error(fmt::format("a defect of ringscope: {}", error.what()), kFailed);
  }
}

}  // namespace
}  // namespace ringscope::cli

int main(int argc, char** argv) { return ringscope::cli::guarded_main(argc, argv); }
