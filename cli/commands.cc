#include "cli/commands.h"

#include <array>

#include "cli/backup.h"
#include "cli/research.h"

namespace ringscope::cli {
namespace {

constexpr std::array kCommands = std::to_array<Command>({
    {"ingest", "Read log files into the store", setup_ingest},
    {"plan", "Show what a detection would look at and cost, before it runs", setup_plan},
    {"detect", "Find rings of coordinated accounts in the store", setup_detect},
    {"rings", "List the rings of a detection, or how they changed", setup_rings},
    {"ring", "Show one ring: evidence, behaviour, members, history", setup_ring},
    {"account", "Show all that is known of one account", setup_account},
    {"why", "Show what two accounts have in common, and what it is worth", setup_why},
    {"search", "Find accounts, things, rings and campaigns by a text", setup_search},
    {"compare", "Show two rings side by side, and whether they are one operator's", setup_compare},
    {"verdict", "Decide about a ring, an account or a thing: it outranks every detection", setup_verdict},
    {"verdicts", "List, undo, export or import what people decided", setup_verdicts},
    {"release", "Look at or commit what machines are told to ban and unban", setup_release},
    {"guard", "Spare somebody, stop everything, or see who released what", setup_guard},
    {"retract", "Take back what machines were told of a ring or an account", setup_retract},
    {"overturned", "List the bans that people took back, and check that they stay so", setup_overturned},
    {"export", "Write accounts, rings, the feed or bans for other programs", setup_export},
    {"webhooks", "Tell others when there is news in the feed", setup_webhooks},
    {"kafka", "Send the feed into a topic of Kafka", setup_kafka},
    {"successions", "Show waves of bans, and which rings and accounts took over", setup_successions},
    {"indicators", "Import, list or remove what is known of campaigns", setup_indicators},
    {"simulate", "Write a simulated log with planted rings, and the truth about it", setup_simulate},
    {"evaluate", "Compare an export with the truth", setup_evaluate},
    {"compare-methods", "Run other ways to find communities on the store, and see how far they agree",
     setup_compare_methods},
    {"calibrate", "Hide invented rings in a copy of the store and see which are found", setup_calibrate},
    {"reproduce", "Make again what a command wrote, and compare", setup_reproduce},
    {"score", "Judge accounts, sign-ups or requests as they come, against the rings found", setup_score},
    {"serve", "Serve rings, reasons and verdicts over HTTP, and the analysts' pages", setup_serve},
    {"token", "Make, list or remove the tokens that 'serve' knows people and programs by", setup_token},
    {"snapshot", "Keep the store as it is, list, compare or drop what was kept", setup_snapshot},
    {"backup", "Keep copies of the store in another directory, check and restore them", setup_backup},
    {"retain", "Drop what was seen before the last days", setup_retain},
    {"doctor", "Read the whole store and check it for damage; save what is whole", setup_doctor},
    {"erase", "Erase an account, and prove that nothing of it is left", setup_erase},
    {"access-report", "Print everything that the store holds on one account", setup_access_report},
    {"keys", "Make, rotate or look at the secret keys of the kinds that are stored keyed", setup_keys},
    {"audit", "List or check who looked at what and who changed what", setup_audit},
    {"completion", "Print what makes a shell complete commands and options", setup_completion},
    {"man", "Print the manual page", setup_man},
});

}  // namespace

std::span<const Command> commands() { return kCommands; }

}  // namespace ringscope::cli
