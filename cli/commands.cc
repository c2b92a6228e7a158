#include "cli/commands.h"

#include <algorithm>
#include <array>

#include "cli/backup.h"
#include "cli/import_run.h"
#include "cli/research.h"

namespace ringscope::cli {
namespace {

constexpr std::array kCommands = std::to_array<Command>({
    {"ingest", "Read log files into the store", setup_ingest, Audited::yes},
    {"import-run", "Take in what a distributed run on Spark found", setup_import_run, Audited::yes},
    {"plan", "Show what a detection would look at and cost, before it runs", setup_plan, Audited::no},
    {"detect", "Find rings of coordinated accounts in the store", setup_detect, Audited::yes},
    {"rings", "List the rings of a detection, or how they changed", setup_rings, Audited::yes},
    {"ring", "Show one ring: evidence, behaviour, members, history", setup_ring, Audited::target},
    {"account", "Show all that is known of one account", setup_account, Audited::account},
    {"why", "Show what two accounts have in common, and what it is worth", setup_why, Audited::accounts},
    {"search", "Find accounts, things, rings and campaigns by a text", setup_search, Audited::text},
    {"compare", "Show two rings side by side, and whether they are one operator's", setup_compare, Audited::target},
    {"verdict", "Decide about a ring, an account or a thing: it outranks every detection", setup_verdict,
     Audited::target},
    {"verdicts", "List, undo, export or import what people decided", setup_verdicts, Audited::yes},
    {"release", "Look at or commit what machines are told to ban and unban", setup_release, Audited::yes},
    {"guard", "Spare somebody, stop everything, or see who released what", setup_guard, Audited::target},
    {"retract", "Take back what machines were told of a ring or an account", setup_retract, Audited::target},
    {"overturned", "List the bans that people took back, and check that they stay so", setup_overturned, Audited::yes},
    {"export", "Write accounts, rings, the feed or bans for other programs", setup_export, Audited::yes},
    {"webhooks", "Tell others when there is news in the feed", setup_webhooks, Audited::yes},
    {"kafka", "Send the feed into a topic of Kafka", setup_kafka, Audited::yes},
    {"successions", "Show waves of bans, and which rings and accounts took over", setup_successions, Audited::yes},
    {"indicators", "Import, list or remove what is known of campaigns", setup_indicators, Audited::yes},
    {"simulate", "Write a simulated log with planted rings, and the truth about it", setup_simulate, Audited::no},
    {"evaluate", "Compare an export with the truth", setup_evaluate, Audited::no},
    {"compare-methods", "Run other ways to find communities on the store, and see how far they agree",
     setup_compare_methods, Audited::no},
    {"calibrate", "Hide invented rings in a copy of the store and see which are found", setup_calibrate, Audited::no},
    {"reproduce", "Make again what a command wrote, and compare", setup_reproduce, Audited::yes},
    {"score", "Judge accounts, sign-ups or requests as they come, against the rings found", setup_score, Audited::yes},
    {"serve", "Serve rings, reasons and verdicts over HTTP, and the analysts' pages", setup_serve, Audited::yes},
    {"token", "Make, list or remove the tokens that 'serve' knows people and programs by", setup_token, Audited::yes},
    {"snapshot", "Keep the store as it is, list, compare or drop what was kept", setup_snapshot, Audited::yes},
    {"backup", "Keep copies of the store in another directory, check and restore them", setup_backup, Audited::yes},
    {"retain", "Drop what was seen before the last days", setup_retain, Audited::yes},
    {"doctor", "Read the whole store and check it for damage; save what is whole", setup_doctor, Audited::no},
    {"erase", "Erase an account, and prove that nothing of it is left", setup_erase, Audited::account},
    {"access-report", "Print everything that the store holds on one account", setup_access_report, Audited::account},
    {"reveal", "Open values of sealed kinds, while the keys of their days are there", setup_reveal, Audited::values},
    {"keys", "Make, rotate or look at the secret keys of the kinds that are stored keyed", setup_keys, Audited::yes},
    {"audit", "List or check who looked at what and who changed what", setup_audit, Audited::no},
    {"completion", "Print what makes a shell complete commands and options", setup_completion, Audited::no},
    {"man", "Print the manual page", setup_man, Audited::no},
});

static_assert(std::ranges::none_of(kCommands, [](const Command& one) { return one.audited == Audited::unsaid; }),
              "every command says whether the audit has a line for it");

}  // namespace

std::span<const Command> commands() { return kCommands; }

}  // namespace ringscope::cli
