#include <ctime>

#include <fmt/format.h>

#include "base/error.h"
#include "cli/commands.h"
#include "cli/people.h"
#include "cli/terminal.h"
#include "cli/text.h"
#include "cli/verbs.h"
#include "engine/release/release.h"

namespace ringscope::cli {
namespace {

struct Options {
  GuardRequest request;
  std::string target, owner, until;
  std::uint64_t number = 0, keep = 0;
};

std::string subject_of(const JournalEntry& entry) {
  switch (entry.type) {
    case EntryType::allow:
      return fmt::format("{} until {} (owner {})", subject_text(entry.subject), format_time(entry.until), entry.owner);
    case EntryType::disallow:
      return fmt::format("entry {}", entry.of);
    case EntryType::trim:
      return fmt::format("events up to {}", entry.of);
    case EntryType::halt:
    case EntryType::resume:
      return "";
    default:
      return fmt::format("run {}: {} to ban, {} to unban{}{}", entry.run, entry.bans, entry.unbans,
                         entry.proposed_by.empty() ? "" : ", proposed by " + entry.proposed_by,
                         entry.overridden.empty() ? "" : ", over " + entry.overridden.front());
  }
}

std::string state_of(const Journal& journal, const JournalEntry& entry, Seconds now) {
  if (entry.type != EntryType::allow) return "";
  for (const JournalEntry* one : journal.allowed(now)) {
    if (one->number == entry.number) return "spares";
  }
  for (const JournalEntry* one : journal.lapsed(now)) {
    if (one->number == entry.number) return "ended";
  }
  return "taken back";
}

int list(const Globals& globals, const Options&) {
  const auto store = open_briefly(globals);
  const Journal journal = read_journal(*store);
  if (globals.json) {
    for (const JournalEntry& entry : journal.entries()) print_line(journal_entry_to_json(entry));
    return 0;
  }
  if (const JournalEntry* halt = journal.halt())
    print_line(fmt::format("The kill switch is on since {} by {}: {}", format_time(halt->at), escaped(halt->by),
                           escaped(halt->reason)));
  if (journal.entries().empty()) {
    print_line("Nothing was released, spared or stopped yet.");
    return 0;
  }
  Table table({{"", Align::right},
               {"when"},
               {"by"},
               {"what"},
               {"on", Align::left, 16},
               {"state"},
               {"reason", Align::left, 12}});
  for (const JournalEntry& entry : journal.entries())
    table.add({{std::to_string(entry.number)},
               {format_time(entry.at)},
               {entry.by},
               {to_string(entry.type), Style::bold},
               {subject_of(entry)},
               {state_of(journal, entry, std::time(nullptr))},
               {entry.reason}});
  table.print();
  return 0;
}

int done(const Globals& globals, const JournalEntry& entry, const std::string& text) {
  print_line(globals.json ? journal_entry_to_json(entry) : fmt::format("Entry {}: {}", entry.number, text));
  return 0;
}

GuardRequest now_of(const Options& options) {
  GuardRequest request = options.request;
  request.now = std::time(nullptr);
  return request;
}

int allow_one(const Globals& globals, const Options& options) {
  const auto until = parse_time(options.until);
  if (!until) throw Error(ErrorCode::usage, "it must be a day or a time, as 2027-01-31", "--until " + options.until);
  const auto store = open_store(globals, OpenMode::write);
  const JournalEntry entry = allow(*store, now_of(options), options.target, options.owner, *until);
  return done(globals, entry,
              fmt::format("{} is spared until {}.", escaped(subject_text(entry.subject)), format_time(entry.until)));
}

int disallow_one(const Globals& globals, const Options& options) {
  const auto store = open_store(globals, OpenMode::write);
  const JournalEntry entry = disallow(*store, now_of(options), options.number);
  return done(globals, entry, fmt::format("entry {} is taken back.", entry.of));
}

int halt_all(const Globals& globals, const Options& options) {
  const auto store = open_store(globals, OpenMode::write);
  return done(globals, halt(*store, now_of(options)), "the kill switch is on. Nothing is released, the feed says so.");
}

int resume_all(const Globals& globals, const Options& options) {
  const auto store = open_store(globals, OpenMode::write);
  return done(globals, resume(*store, now_of(options)), "the kill switch is off.");
}

int trim_events(const Globals& globals, const Options& options) {
  const auto store = open_store(globals, OpenMode::write);
  const JournalEntry entry = trim_feed(*store, now_of(options), options.keep);
  return done(globals, entry, fmt::format("events up to {} are not served any more.", entry.of));
}

}  // namespace

std::function<int()> setup_guard(CLI::App& app, const Globals& globals) {
  const Verbs<Options> options(app);
  const auto verb = [&](const char* name, const char* summary, Verbs<Options>::Action what) {
    CLI::App* const added = options.add(name, summary, what);
    if (what != list) add_person_options(*added, options->request.by, options->request.reason);
    return added;
  };
  verb("list", "Print the journal: releases, the allow-list, the kill switch", list);
  CLI::App* const allows =
      verb("allow", "Never ban an account, whoever touches a thing, or who comes from a system", allow_one);
  allows->add_option("TARGET", options->target, "An account, KIND:VALUE of a thing, or AS64500")->required();
  allows->add_option("--owner", options->owner, "Whom to ask about it")->required();
  allows->add_option("--until", options->until, "Day or time from which it counts for nothing")->required();
  verb("disallow", "Take an entry of the allow-list back", disallow_one)
      ->add_option("NUMBER", options->number, "Of the entry, as 'list' prints it")
      ->required();
  verb("halt", "Turn the kill switch on: nothing is released, consumers ban nobody", halt_all);
  verb("resume", "Turn the kill switch off", resume_all);
  verb("trim", "Serve no more than the last events of the feed", trim_events)
      ->add_option("--keep", options->keep, "How many")
      ->required();
  return options.runner(globals);
}

}  // namespace ringscope::cli
