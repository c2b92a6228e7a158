#include "tests/fuzz/targets.h"

#include <array>
#include <cstdio>
#include <cstdlib>

namespace ringscope::fuzz {

void require(bool holds, const char* promise) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", promise);
  std::abort();
}

std::span<const FuzzTarget> targets() {
  static constexpr std::array kTargets = std::to_array<FuzzTarget>({
      {"log", run_log},
      {"csv", run_csv},
      {"decompress", run_decompress},
      {"graph", run_graph},
      {"parquet", run_parquet},
      {"codec", run_codec},
      {"roll", run_roll},
      {"index", run_index},
      {"record", run_record},
      {"address", run_address},
      {"card", run_card},
      {"config", run_config},
      {"indicators", run_indicators},
      {"stix", run_stix},
      {"cursor", run_cursor},
      {"vault", run_vault},
      {"manifest", run_manifest},
      {"audit", run_audit},
      {"http-target", run_http_target},
      {"http-arguments", run_http_arguments},
      {"http-body", run_http_body},
  });
  return kTargets;
}

}  // namespace ringscope::fuzz
