// Documents that people hand over: settings, indicators, patterns, manifests, heads of the audit.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

#include <unistd.h>

#include "base/error.h"
#include "engine/ask/snapshots.h"
#include "engine/config.h"
#include "engine/ledger/audit.h"
#include "engine/ledger/indicators.h"
#include "engine/ledger/stix_pattern.h"
#include "tests/fuzz/targets.h"

namespace ringscope::fuzz {
namespace {

// Settings are read from a file; this one is in memory where there is such a place.
std::filesystem::path written(std::string_view bytes) {
  static const std::filesystem::path path = [] {
    const std::filesystem::path memory = "/dev/shm";
    const auto directory = std::filesystem::is_directory(memory) ? memory : std::filesystem::temp_directory_path();
    return directory / ("ringscope-fuzz-" + std::to_string(::getpid()) + ".toml");
  }();
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
  return path;
}

}  // namespace

void run_config(std::string_view bytes) {
  const auto path = written(bytes);
  try {
    const Config config = read_config(path);
    const std::string printed = print_config(config);
    require(print_config(read_config(written(printed))) == printed, "printed settings read again are the same");
  } catch (const Error& error) {
    require(error.code() == ErrorCode::config, "wrong settings are told as such");
  }
  std::filesystem::remove(path);
}

void run_indicators(std::string_view bytes) {
  try {
    const IndicatorReading reading = parse_indicators(bytes, "fuzz", "campaign");
    for (const StoredIndicator& one : reading.indicators)
      require(!one.kind.empty() && !one.value.empty() && !one.campaign.empty(), "an indicator has all three");
  } catch (const Error& error) {
    require(error.code() == ErrorCode::input, "what is no indicators is told as such");
  }
}

void run_stix(std::string_view bytes) {
  const StixPattern pattern = parse_stix_pattern(bytes);
  for (const StixComparison& one : pattern.comparisons) require(!one.kind.empty(), "a comparison is of a kind");
}

void run_manifest(std::string_view bytes) {
  try {
    const SnapshotManifest manifest = manifest_from_json(bytes);
    const std::string text = manifest_to_json(manifest);
    require(manifest_to_json(manifest_from_json(text)) == text, "a manifest read again is the same");
  } catch (const Error& error) {
    require(error.code() == ErrorCode::corrupt, "a damaged manifest is told as such");
  }
}

void run_audit(std::string_view bytes) {
  try {
    const AuditHead head = head_from_json(bytes);
    require(head_from_json(head_to_json(head)).hash == head.hash, "a head read again is the same");
  } catch (const Error& error) {
    require(error.code() == ErrorCode::input, "what is no head is told as such");
  }
}

}  // namespace ringscope::fuzz
