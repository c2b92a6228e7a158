// What sets up each command; each lives in the file of its name.
#pragma once

#include "cli/command.h"

namespace ringscope::cli {

std::function<int()> setup_ingest(CLI::App& app, const Globals& globals);
std::function<int()> setup_detect(CLI::App& app, const Globals& globals);
std::function<int()> setup_rings(CLI::App& app, const Globals& globals);
std::function<int()> setup_ring(CLI::App& app, const Globals& globals);
std::function<int()> setup_account(CLI::App& app, const Globals& globals);
std::function<int()> setup_why(CLI::App& app, const Globals& globals);
std::function<int()> setup_verdict(CLI::App& app, const Globals& globals);
std::function<int()> setup_verdicts(CLI::App& app, const Globals& globals);
std::function<int()> setup_release(CLI::App& app, const Globals& globals);
std::function<int()> setup_guard(CLI::App& app, const Globals& globals);
std::function<int()> setup_retract(CLI::App& app, const Globals& globals);
std::function<int()> setup_overturned(CLI::App& app, const Globals& globals);
std::function<int()> setup_webhooks(CLI::App& app, const Globals& globals);
std::function<int()> setup_kafka(CLI::App& app, const Globals& globals);
std::function<int()> setup_successions(CLI::App& app, const Globals& globals);
std::function<int()> setup_export(CLI::App& app, const Globals& globals);
std::function<int()> setup_indicators(CLI::App& app, const Globals& globals);
std::function<int()> setup_simulate(CLI::App& app, const Globals& globals);
std::function<int()> setup_evaluate(CLI::App& app, const Globals& globals);
std::function<int()> setup_calibrate(CLI::App& app, const Globals& globals);
std::function<int()> setup_search(CLI::App& app, const Globals& globals);
std::function<int()> setup_compare(CLI::App& app, const Globals& globals);
std::function<int()> setup_score(CLI::App& app, const Globals& globals);
std::function<int()> setup_serve(CLI::App& app, const Globals& globals);
std::function<int()> setup_token(CLI::App& app, const Globals& globals);
std::function<int()> setup_snapshot(CLI::App& app, const Globals& globals);
std::function<int()> setup_plan(CLI::App& app, const Globals& globals);
std::function<int()> setup_retain(CLI::App& app, const Globals& globals);
std::function<int()> setup_erase(CLI::App& app, const Globals& globals);
std::function<int()> setup_access_report(CLI::App& app, const Globals& globals);
std::function<int()> setup_reveal(CLI::App& app, const Globals& globals);
std::function<int()> setup_keys(CLI::App& app, const Globals& globals);
std::function<int()> setup_audit(CLI::App& app, const Globals& globals);
std::function<int()> setup_doctor(CLI::App& app, const Globals& globals);
std::function<int()> setup_completion(CLI::App& app, const Globals& globals);
std::function<int()> setup_man(CLI::App& app, const Globals& globals);

}  // namespace ringscope::cli
