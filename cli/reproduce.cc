// Makes an artefact again from its provenance, and compares.
#include <fstream>
#include <map>

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/disk.h"
#include "base/error.h"
#include "cli/output_file.h"
#include "cli/provenance.h"
#include "cli/research.h"
#include "cli/terminal.h"
#include "cli/text.h"
#include "engine/ask/run_view.h"
#include "engine/ingest/bytes.h"
#include "engine/json.h"

extern char** environ;

namespace ringscope::cli {
namespace {

namespace fs = std::filesystem;

constexpr int kDiffers = 1;

struct Options {
  std::string file;
  bool keep = false;
};

// The artefact itself, its directory or its provenance: all name the provenance.
fs::path find_provenance(const std::string& file) {
  fs::path path(file);
  if (!path.has_filename()) path = path.parent_path();  // "out/"
  if (!fs::exists(path)) throw Error(ErrorCode::not_found, "there is no such file", file);
  if (path.filename().string().ends_with("provenance.json")) return path;
  const fs::path beside = provenance_path(path, ProvenancePlace::beside);
  for (const fs::path& place : {provenance_path(path), beside}) {
    if (fs::exists(place)) return place;
  }
  throw Error(ErrorCode::not_found, fmt::format("nothing tells where it comes from: there is no {}", beside.string()),
              file);
}

// The arguments with this output, these settings and this store in the place of what they name.
std::vector<std::string> arguments_for(const Provenance& provenance, const fs::path& output, const fs::path& config,
                                       const std::string& store) {
  static const std::map<std::string, int> kReplaced = {{"--out", 1},    {"--dir", 1}, {"--svg", 1},
                                                       {"--config", 0}, {"--db", 0},  {"--trace", 0}};
  std::vector<std::string> arguments;
  for (std::size_t i = 0; i < provenance.arguments.size(); ++i) {
    const std::string& one = provenance.arguments[i];
    const std::string name = one.substr(0, one.find('='));
    const auto replaced = kReplaced.find(name);
    if (replaced == kReplaced.end()) {
      arguments.push_back(one);
      continue;
    }
    if (name == one) ++i;  // its value is the next
    if (replaced->second != 0) arguments.insert(arguments.end(), {name, output.string()});
  }
  arguments.insert(arguments.end(), {"--config", config.string()});
  if (!store.empty()) arguments.insert(arguments.end(), {"--db", store});
  return arguments;
}

[[noreturn]] void refuse(const std::string& why) {
  std::string names;
  for (const RecordedCommand& command : recorded_commands())
    names += fmt::format("{}{}", names.empty() ? "" : ", ", command.name);
  throw Error(ErrorCode::usage, fmt::format("{}; made again is what these write: {}", why, names), "provenance");
}

// Reads the arguments as the program will. A provenance comes from anybody: what would do more than read a store and
// write this output is refused before anything runs.
void parse_safely(CommandLine& line, const std::vector<std::string>& arguments, const fs::path& output,
                  const fs::path& config, const std::string& store) {
  std::vector<const char*> words{"ringscope"};
  for (const std::string& one : arguments) words.push_back(one.c_str());
  try {
    line.app.parse(static_cast<int>(words.size()), words.data());
  } catch (const CLI::ParseError& error) {
    refuse(fmt::format("its arguments are no command of this program ({})", error.what()));
  }
  if (recorded_command(line) == nullptr)
    refuse(fmt::format("it names the command \"{}\"", chosen_command(line.app).name));
  const bool replaced = line.globals.config_file == config && (store.empty() || line.globals.db == fs::path(store));
  if (output_of(line) != output.string() || !replaced || line.globals.trace || line.print_settings)
    refuse("its command does not write one output and nothing else");
}

int run_again(const std::vector<std::string>& arguments, const std::string& directory, const fs::path& log) {
  std::vector<std::string> words{"ringscope"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  argv.reserve(words.size() + 1);
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, log.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  ::posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
  if (fs::is_directory(directory)) ::posix_spawn_file_actions_addchdir_np(&actions, directory.c_str());
  pid_t child = 0;
  const int failed = ::posix_spawn(&child, "/proc/self/exe", &actions, nullptr, argv.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) throw Error(ErrorCode::io, "cannot start the program again");
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

// What is otherwise in a file, in a few words: of JSON the first key, of text the first line.
std::string first_difference(const fs::path& before, const fs::path& after) {
  if (!fs::exists(before)) return "the recorded file is not there any more to look at";
  std::ifstream a(before, std::ios::binary), b(after, std::ios::binary);
  std::string one, other;
  for (std::uint64_t line = 1;; ++line) {
    const bool more_a = static_cast<bool>(std::getline(a, one)), more_b = static_cast<bool>(std::getline(b, other));
    if (!more_a && !more_b) return "";
    if (more_a != more_b) return fmt::format("{} ends at line {}", more_a ? "the new one" : "the recorded one", line);
    if (one == other) continue;
    try {
      const Json diff = Json::diff(Json::parse(one), Json::parse(other));
      return fmt::format("line {}: {}", line, diff.at(0).at("path").get<std::string>());
    } catch (const Json::exception&) {
      return fmt::format("line {}", line);
    }
  }
}

struct Comparison {
  std::vector<std::string> notes;        // what is otherwise than it was: the program, the store
  std::vector<std::string> differences;  // of what was made
  std::uint64_t files = 0;
};

void compare_circumstances(const Globals& globals, const Provenance& provenance, Comparison& result) {
  const auto note = [&](const char* what, const std::string& before, const std::string& now) {
    if (before != now)
      result.notes.push_back(
          fmt::format("{} was {}, is {}", what, before.empty() ? "none" : before, now.empty() ? "none" : now));
  };
  note("program", provenance.program, RINGSCOPE_VERSION);
  note("commit", provenance.commit, source_commit());
  if (provenance.store.empty()) return;
  Globals of = globals;
  of.db = place_read(provenance);
  const RunSummary run = asked_run(*open_store(of, OpenMode::read_only));
  note("latest run", fmt::format("{}", provenance.run), fmt::format("{}", run.run));
  note("digest of the run", provenance.run_digest, run.digest);
}

void compare_files(const Provenance& provenance, const CommandLine& line, const fs::path& made, Comparison& result) {
  std::map<std::string, ProducedFile> now;
  const bool single = !fs::is_directory(made);
  for (ProducedFile& file : produced_files(line, made)) now.emplace(file.name, std::move(file));
  const fs::path before = single ? fs::path(provenance.output).parent_path() : fs::path(provenance.output);
  const fs::path after = single ? made.parent_path() : made;
  for (const ProducedFile& file : provenance.files) {
    ++result.files;
    const auto at = now.find(file.name);
    if (at == now.end()) {
      result.differences.push_back(fmt::format("{}: was not made", file.name));
    } else if (at->second.sha256 != file.sha256) {
      const std::string where = first_difference(before / file.name, after / file.name);
      result.differences.push_back(fmt::format("{}: SHA-256 {}, recorded {}{}", file.name,
                                               at->second.sha256.substr(0, 12), file.sha256.substr(0, 12),
                                               where.empty() ? "" : "; " + where));
    }
    if (at != now.end()) now.erase(at);
  }
  for (const auto& [name, file] : now) result.differences.push_back(fmt::format("{}: was not recorded", name));
}

int run(const Globals& globals, const Options& options) {
  const Provenance provenance = provenance_from_json(read_file(find_provenance(options.file).string()));
  ScratchDirectory scratch(fs::temp_directory_path(), "ringscope-reproduce");
  const fs::path name = fs::path(provenance.output).filename();
  if (name.empty() || name == "." || name == "..") refuse("it names no output");
  const fs::path output = scratch.path() / "out" / name, settings = scratch.path() / "settings.toml";
  const auto arguments = arguments_for(provenance, output, settings, provenance.store);
  CommandLine line;
  parse_safely(line, arguments, output, settings, provenance.store);
  Comparison result;
  compare_circumstances(globals, provenance, result);
  fs::create_directories(output.parent_path());
  write_file(settings, provenance.config);
  const int status = run_again(arguments, provenance.directory, scratch.path() / "log");
  if (status != 0)
    throw Error(ErrorCode::internal, fmt::format("the command ended with status {}: {}", status,
                                                 read_file((scratch.path() / "log").string()).substr(0, 500)));
  compare_files(provenance, line, output, result);
  if (options.keep) scratch.keep();
  if (globals.json) {
    const Json json = {{"schema", "ringscope.reproduce/1"},
                       {"same", result.differences.empty()},
                       {"files", result.files},
                       {"differences", result.differences},
                       {"notes", result.notes},
                       {"kept", options.keep ? Json(scratch.path().string()) : Json(nullptr)}};
    print_line(json.dump());
  } else {
    for (const std::string& note : result.notes) print_line(styled("note: " + escaped(note), Style::yellow));
    for (const std::string& one : result.differences) print_line("differs: " + escaped(one));
    if (result.differences.empty())
      print_line(styled(fmt::format("The same: {} made again, byte for byte.", count_of(result.files, "file", "files")),
                        Style::green));
    if (options.keep) print_line("Kept in " + escaped(scratch.path().string()));
  }
  return result.differences.empty() ? 0 : kDiffers;
}

}  // namespace

std::function<int()> setup_reproduce(CLI::App& app, const Globals& globals) {
  const auto options = std::make_shared<Options>();
  app.add_option("FILE", options->file, "What a command wrote, or its provenance")->required()->type_name("FILE");
  app.add_flag("--keep", options->keep, "Keep what was made again");
  app.footer("Exit status 0: the same bytes; 1: something differs, which is printed.");
  return [options, &globals] { return run(globals, *options); };
}

}  // namespace ringscope::cli
