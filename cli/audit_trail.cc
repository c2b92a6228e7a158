#include "cli/audit_trail.h"

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <fstream>

#include <fmt/format.h>
#include <pwd.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include "base/error.h"
#include "cli/command_line.h"
#include "storage/rows.h"
#include "storage/snapshots.h"

namespace ringscope::cli {
namespace {

std::string user_name() {
  const passwd* const user = getpwuid(getuid());
  return user != nullptr ? std::string(user->pw_name) : std::to_string(getuid());
}

std::string search_subject(const AuditLog& log, const std::string& text) {
  return "search " + log.mark(fmt::format("{:016x}", hash_value(text)));
}

// Values of the positional arguments, in order.
std::vector<std::string> positionals(const CLI::App& command) {
  std::vector<std::string> values;
  for (const CLI::Option* option : command.get_options([](const CLI::Option* one) { return one->get_positional(); })) {
    for (const std::string& value : option->results()) values.push_back(value);
  }
  return values;
}

std::vector<std::string> subjects_of(const AuditLog& log, const CLI::App& command, Audited about) {
  std::vector<std::string> subjects;
  if (about == Audited::yes) return subjects;
  if (about == Audited::values) {
    for (const std::string& value : positionals(command)) subjects.push_back(search_subject(log, value));
    if (const std::string name = option_text(command, "--account"); !name.empty())
      subjects.push_back(log.account_subject(name));
    if (const std::string ring = option_text(command, "--ring"); !ring.empty()) subjects.push_back("ring " + ring);
    return subjects;
  }
  for (const std::string& value : positionals(command)) {
    if (about == Audited::text) {
      subjects.push_back(search_subject(log, value));
    } else if (about == Audited::target && value.starts_with("R-")) {
      subjects.push_back("ring " + value);
    } else {
      subjects.push_back(log.account_subject(value));
    }
    if (about != Audited::accounts) break;  // what follows is a word
  }
  return subjects;
}

// What people write may name accounts, and the audit cannot forget: reasons stand in the log of verdicts and the
// journal. That of an erasure has no other place, so it is kept here, without the account's name.
std::string reason_of_erasure(const CLI::App& command) {
  std::string reason = option_text(command, "--reason");
  for (const std::string& name : positionals(command)) {
    for (std::size_t at = 0; !name.empty() && (at = reason.find(name, at)) != std::string::npos;)
      reason.replace(at, name.size(), "…");
  }
  return reason;
}

// Tells when the settings are not those of the last time.
void write_settings(AuditLog& log, const std::filesystem::path& store, AuditEntry entry, const std::string& hash) {
  const auto file = store / "audit" / "config";
  std::string before;
  std::ifstream(file) >> before;
  if (before == hash) return;
  entry.what = "config.changed";
  entry.subjects = {"config " + hash};
  entry.reason.clear();
  log.write(entry);
  log.sync();
  std::ofstream(file) << hash << '\n';
}

}  // namespace

void write_audit(const CLI::App& app, const Globals& globals) {
  const auto [command, name] = chosen_command(app);
  if (command == nullptr) return;
  const auto row = std::ranges::find(commands(), name.substr(0, name.find(' ')), &Command::name);
  const StorePlace place = parse_place(globals.db);
  if (row == commands().end() || row->audited == Audited::no) return;
  if (!std::filesystem::exists(place.store / "CURRENT")) return;
  if (access(place.store.c_str(), W_OK) != 0) {
    spdlog::warn("this is not written into the audit: the directory of the store may not be written to");
    return;
  }
  AuditLog log(place.store);
  AuditEntry entry;
  entry.at = std::time(nullptr);
  entry.who = user_name();
  entry.role = "cli";
  entry.from = option_text(*command, "--by");
  entry.what = "cli." + name;
  std::ranges::replace(entry.what, ' ', '.');
  if (name == "erase") entry.reason = reason_of_erasure(*command);
  write_settings(log, place.store, entry, config_hash(globals.config()));
  entry.subjects = subjects_of(log, *command, row->audited);
  if (!place.snapshot.empty()) entry.subjects.push_back("snapshot " + place.snapshot);
  log.write(std::move(entry));
  log.sync();
}

}  // namespace ringscope::cli
