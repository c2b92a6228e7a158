#include "cli/backup.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "base/error.h"
#include "cli/terminal.h"
#include "cli/text.h"
#include "cli/verbs.h"
#include "engine/care/erase_again.h"
#include "engine/care/health.h"
#include "engine/json.h"
#include "storage/backup.h"

namespace ringscope::cli {
namespace {

struct Options {
  std::filesystem::path directory;
  std::uint32_t number = 0;  // 0: the newest
  std::uint32_t keep = 0;
  std::filesystem::path erased_in;  // empty: no store to ask
};

Json backup_json(const Backup& backup, const char* state) {
  return {{"schema", "ringscope.backup/1"}, {"number", backup.number}, {"made", backup.made},
          {"bytes", backup.bytes},          {"files", backup.files},   {"state", state}};
}

std::string text_of(const Backup& backup) {
  return fmt::format("Backup {} of {}: {}, {}", backup.number, format_time(backup.made), bytes_text(backup.bytes),
                     count_of(backup.files, "file", "files"));
}

void print_backup(const Globals& globals, const Backup& backup, const char* state, const std::string& more) {
  if (globals.json) {
    print_line(backup_json(backup, state).dump());
  } else {
    print_line(text_of(backup) + more);
  }
}

Backup chosen(const Options& options) {
  const std::vector<Backup> backups = list_backups(options.directory);
  for (const Backup& backup : backups)
    if (backup.number == options.number) return backup;
  if (options.number == 0 && !backups.empty()) return backups.back();
  throw Error(ErrorCode::not_found, "there is no such backup here; 'ringscope backup list DIR' names them",
              options.directory.string());
}

int create(const Globals& globals, const Options& options) {
  print_backup(globals, create_backup(globals.db, options.directory), "made", ".");
  return 0;
}

int list(const Globals& globals, const Options& options) {
  for (const Backup& backup : list_backups(options.directory)) print_backup(globals, backup, "there", "");
  return 0;
}

int verify(const Globals& globals, const Options& options) {
  std::vector<Backup> backups;
  if (options.number == 0) {
    backups = list_backups(options.directory);
  } else {
    backups.push_back(chosen(options));
  }
  for (const Backup& backup : backups) {
    verify_backup(options.directory, backup.number);
    print_backup(globals, backup, "whole", ": every file was read, its checksum is right.");
  }
  return 0;
}

int restore(const Globals& globals, const Options& options) {
  const Backup backup = chosen(options);
  std::uint64_t erased = 0;
  restore_backup(options.directory, backup.number, globals.db, [&](const std::filesystem::path& made) {
    if (!options.erased_in.empty()) erased = erase_again(made, options.erased_in, backup.made);
  });
  const Health health = examine(globals.db, {});
  if (!health.damage.empty())
    throw Error(ErrorCode::corrupt, "what was restored is not sound; see 'ringscope doctor', take another backup",
                globals.db.string());
  if (globals.json) {
    Json json = backup_json(backup, "restored");
    json["erased_again"] = options.erased_in.empty() ? Json(nullptr) : Json(erased);
    print_line(json.dump());
  } else {
    print_line(fmt::format("{} is restored to {}, and sound.", text_of(backup), escaped(globals.db.string())));
    if (!options.erased_in.empty())
      print_line(fmt::format("Erased again: {}.", count_of(erased, "account", "accounts")));
  }
  if (options.erased_in.empty())
    spdlog::warn(
        "who was erased after {} is in it again: erase them anew, or restore with --erased-in and the store that knows "
        "of it",
        format_time(backup.made));
  return 0;
}

int prune(const Globals& globals, const Options& options) {
  const std::uint64_t dropped = prune_backups(options.directory, options.keep);
  if (globals.json) {
    print_line(Json({{"schema", "ringscope.backup-prune/1"}, {"dropped", dropped}}).dump());
  } else {
    print_line(fmt::format("Dropped {}.", count_of(dropped, "backup", "backups")));
  }
  return 0;
}

}  // namespace

std::function<int()> setup_backup(CLI::App& app, const Globals& globals) {
  const Verbs<Options> verbs(app);
  const auto add = [&](const char* name, const char* summary, Verbs<Options>::Action action, bool numbered) {
    CLI::App* const verb = verbs.add(name, summary, action);
    verb->add_option("DIR", verbs->directory, "Directory of backups")->required();
    if (numbered) verb->add_option("--number", verbs->number, "Which one; default: the newest, for verify all");
    return verb;
  };
  add("create", "Copy what changed since the last backup", create, false);
  add("list", "Print all backups", list, false);
  add("verify", "Read every file and compare its checksum", verify, true);
  add("restore", "Write a backup to --db, which must not exist, and examine it", restore, true)
      ->add_option("--erased-in", verbs->erased_in,
                   "A store that is still there: who was erased from it since is erased from what is restored");
  add("prune", "Drop all but the newest", prune, false)
      ->add_option("--keep", verbs->keep, "How many stay")
      ->required()
      ->check(CLI::Range(1, 1'000'000));
  app.footer(
      "A backup has what the database holds, and the key under which erased accounts are known. Snapshots, rejects and "
      "the server's tokens and audit lie beside it and are not in it.");
  return verbs.runner(globals);
}

}  // namespace ringscope::cli
