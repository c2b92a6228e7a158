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
#include <sys/resource.h>

#include "base/error.h"
#include "cli/audit_trail.h"
#include "cli/command_line.h"
#include "cli/private_memory.h"
#include "cli/profile_report.h"
#include "cli/provenance.h"
#include "cli/terminal.h"
#include "cli/text.h"
#include "engine/profile.h"

namespace ringscope::cli {
namespace {

constexpr int kFailed = 1;
constexpr int kWrongUsage = 2;

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

// A reader holds the tables of a store open, and a shell allows 1,024 files where the system allows many more.
void allow_all_open_files() {
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) != 0) return;
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);  // as it was, where that is refused
}

// Results are written once everything fits; a full disk or a closed pipe is a failure like any other.
void flush_output() {
  if (std::fflush(stdout) == 0) return;
  throw Error(ErrorCode::io, "cannot write the result: " + std::generic_category().message(errno), "standard output");
}

int parse_and_run(CommandLine& line, int argc, char** argv) {
  try {
    line.app.parse(argc, argv);
  } catch (const CLI::Success& request) {  // --help, --version
    return line.app.exit(request);
  } catch (const CLI::ParseError& error) {
    return refuse_usage(line.app, error.what());
  }
  if (line.print_settings) {
    print(print_config(line.globals.config()));
    return 0;
  }
  if (!line.run) return refuse_usage(line.app, "no command was given");
  start_log(line.globals);
  if (line.globals.profile || line.globals.trace) start_profile();
  keep_memory_private();  // after the profile has opened its files, which are then root's
  int status = 0;
  {
    const Stage stage("command");
    write_audit(line.app, line.globals);
    status = line.run();
  }
  flush_output();
  write_provenance(line, {argv + std::min(argc, 1), argv + argc});
  return status;
}

int guarded_main(int argc, char** argv) {
  try {
    allow_all_open_files();
    CommandLine line;
    const int status = parse_and_run(line, argc, argv);
    flush_output();
    report_profile(line.globals);
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
