// A command of the program: one file each, one line in the table of commands.cc.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include <CLI/CLI.hpp>

#include "engine/config.h"
#include "storage/store.h"

namespace ringscope::cli {

// Options that stand before or after any command.
struct Globals {
  std::filesystem::path db = "ringscope.db";  // or $RINGSCOPE_DB
  std::filesystem::path config_file;
  std::optional<unsigned> threads;
  std::string memory;
  bool json = false;
  bool quiet = false;
  bool profile = false;                        // a table of stages after the command
  std::optional<std::filesystem::path> trace;  // a file of stages for a viewer

  Config config() const;  // the file, then the options above
};

// The store or snapshot (DB@NAME) of --db, with a share of the memory bound. Throws as Store::open does, and Error
// refused for writing to a snapshot.
std::unique_ptr<Store> open_store(const Globals& globals, OpenMode mode);
// The same for reading, where a few rows are the answer: opens faster, and each further row costs more.
std::unique_ptr<Store> open_briefly(const Globals& globals);

// Adds the command's options to `app` and returns what runs it; the return value is the exit status.
using Setup = std::function<int()> (*)(CLI::App& app, const Globals& globals);

// Whether the audit has a line for the command (cli/audit_trail.h): it shows values of accounts or changes something.
// Then also what its first argument names: nobody, an account, two accounts, a text that may be anybody's, or a ring or
// an account; or every argument such a text, and --account and --ring who they say.
enum class Audited : std::uint8_t { unsaid, no, yes, account, accounts, text, target, values };

struct Command {
  const char* name;
  const char* summary;
  Setup setup;
  Audited audited;
};

// All of them, in the order of the help.
std::span<const Command> commands();

}  // namespace ringscope::cli
