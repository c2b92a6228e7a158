// What is fuzzed: functions that take any bytes. Each may refuse them by Error or ApiError; anything else that it
// throws, a read out of bounds, an undefined operation or a promise that does not hold is a finding.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace ringscope::fuzz {

// A promise that did not hold: prints it and aborts, so that libFuzzer keeps the input.
void require(bool holds, const char* promise);

struct FuzzTarget {
  std::string_view name;  // of its folder under tests/fuzz/corpus
  void (*run)(std::string_view bytes);
};
std::span<const FuzzTarget> targets();

// Texts of a log in any notation and compression.
void run_log(std::string_view bytes);
void run_csv(std::string_view bytes);
void run_decompress(std::string_view bytes);
void run_graph(std::string_view bytes);
void run_parquet(std::string_view bytes);
// Values as the store has them: the first byte says of which kind.
void run_codec(std::string_view bytes);
void run_roll(std::string_view bytes);
void run_index(std::string_view bytes);
// Documents of rings, runs, events, verdicts and the journal.
void run_record(std::string_view bytes);
void run_address(std::string_view bytes);
void run_card(std::string_view bytes);
void run_config(std::string_view bytes);
void run_indicators(std::string_view bytes);
void run_stix(std::string_view bytes);
void run_cursor(std::string_view bytes);
void run_vault(std::string_view bytes);
void run_manifest(std::string_view bytes);
void run_audit(std::string_view bytes);
void run_http_target(std::string_view bytes);
void run_http_arguments(std::string_view bytes);
void run_http_body(std::string_view bytes);

}  // namespace ringscope::fuzz
