#include "cli/commands.h"

#include <array>

namespace ringscope::cli {
namespace {

constexpr std::array kCommands = std::to_array<Command>({
    {"ingest", "Read log files into the store", setup_ingest},
    {"detect", "Find rings of coordinated accounts in the store", setup_detect},
    {"rings", "List the rings of the latest detection", setup_rings},
    {"ring", "Show one ring: evidence, behaviour, members", setup_ring},
    {"account", "Show all that is known of one account", setup_account},
    {"why", "Show what two accounts have in common, and what it is worth", setup_why},
    {"successions", "Show waves of bans, and which rings and accounts took over", setup_successions},
    {"export", "Write accounts or rings for other programs", setup_export},
    {"indicators", "Import, list or remove what is known of campaigns", setup_indicators},
    {"simulate", "Write a simulated log with planted rings, and the truth about it", setup_simulate},
    {"evaluate", "Compare an export with the truth", setup_evaluate},
    {"calibrate", "Hide invented rings in a copy of the store and see which are found", setup_calibrate},
    {"doctor", "Read the whole store and check it for damage", setup_doctor},
});

}  // namespace

std::span<const Command> commands() { return kCommands; }

}  // namespace ringscope::cli
