// Parquet files, where the program is built with it: a damaged one is told, whatever is wrong with it.
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <unistd.h>

#include "base/error.h"
#include "engine/ingest/parquet_source.h"
#include "tests/fuzz/sink.h"
#include "tests/fuzz/targets.h"
#ifdef RINGSCOPE_FUZZ_STORE
#include "engine/ingest/ingest.h"
#include "storage/store.h"
#endif

namespace ringscope::fuzz {
namespace {

namespace fs = std::filesystem;

void check_told(const Error& error) {
  require(error.code() == ErrorCode::input || error.code() == ErrorCode::usage, "a damaged file is told as such");
}

void read_rows(const std::string& file) {
  Sink sink;
  try {
    read_parquet_rows(file, "fuzz", [&](const Layout&) -> LineSink& { return sink; });
  } catch (const Error& error) {
    check_told(error);
  }
}

// The whole way into a store, which the small build of scripts/fuzz has not.
void ingest_rows([[maybe_unused]] const fs::path& directory, [[maybe_unused]] const std::string& file) {
#ifdef RINGSCOPE_FUZZ_STORE
  try {
    const auto store = Store::open(directory / "db", {OpenMode::create, std::size_t{16} << 20});
    IngestProgress progress;
    const std::vector<std::string> files = {file};
    (void)ingest(*store, files, {.threads = 1, .memory_bytes = std::size_t{16} << 20}, progress);
  } catch (const Error& error) {
    check_told(error);
  }
  fs::remove_all(directory / "db");
#endif
}

// In memory where there is room for it; gone at the end.
const fs::path& scratch() {
  struct Directory {
    fs::path path = (fs::is_directory("/dev/shm") ? fs::path("/dev/shm") : fs::temp_directory_path()) /
                    ("ringscope-fuzz-parquet-" + std::to_string(::getpid()));
    Directory() { fs::create_directories(path); }
    ~Directory() {
      std::error_code ignored;
      fs::remove_all(path, ignored);
    }
  };
  static const Directory directory;
  return directory.path;
}

}  // namespace

void run_parquet(std::string_view bytes) {
  const std::string file = scratch() / "log.parquet";
  std::ofstream(file, std::ios::binary | std::ios::trunc) << bytes;
  read_rows(file);
  if (bytes.starts_with("PAR1") && bytes.ends_with("PAR1")) ingest_rows(scratch(), file);
}

}  // namespace ringscope::fuzz
