// Parquet files, where the program is built with it: a damaged one is told, whatever is wrong with it.
#include "tests/fuzz/targets.h"

#ifndef RINGSCOPE_FUZZ_STORE
namespace ringscope::fuzz {
void run_parquet(std::string_view) {}  // needs a store, which the small build of scripts/fuzz has not
}  // namespace ringscope::fuzz
#else
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <unistd.h>

#include "base/error.h"
#include "engine/ingest/ingest.h"
#include "storage/store.h"

namespace ringscope::fuzz {

void run_parquet(std::string_view bytes) {
  const auto directory =
      std::filesystem::temp_directory_path() / ("ringscope-fuzz-parquet-" + std::to_string(::getpid()));
  std::filesystem::remove_all(directory);
  std::filesystem::create_directories(directory);
  const std::string file = (directory / "log.parquet").string();
  std::ofstream(file, std::ios::binary) << bytes;
  try {
    const auto store = Store::open(directory / "db", {OpenMode::create, std::size_t{16} << 20});
    IngestProgress progress;
    const std::vector<std::string> files = {file};
    (void)ingest(*store, files, {.threads = 1, .memory_bytes = std::size_t{16} << 20}, progress);
  } catch (const Error&) {
  }
  std::filesystem::remove_all(directory);
}

}  // namespace ringscope::fuzz
#endif
