// Every file under tests/fuzz/corpus goes through its target: seeds and what fuzzing found, as tests of every build.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/fuzz/targets.h"

using namespace ringscope;
namespace fs = std::filesystem;

namespace {

std::string read_all(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

}  // namespace

TEST_CASE("fuzz: every seed and every case that was found goes through its target") {
  std::size_t files = 0;
  for (const fuzz::FuzzTarget& target : fuzz::targets()) {
    const fs::path folder = fs::path(RINGSCOPE_SOURCE_DIR) / "tests" / "fuzz" / "corpus" / target.name;
    CAPTURE(folder.string());
    REQUIRE(fs::is_directory(folder));
    std::vector<fs::path> corpus;
    for (const auto& entry : fs::directory_iterator(folder)) corpus.push_back(entry.path());
    std::ranges::sort(corpus);
    CHECK(!corpus.empty());
    for (const fs::path& file : corpus) {
      CAPTURE(file.string());
      const std::string bytes = read_all(file);
      target.run(bytes);
      // What is cut short at any byte is met as well.
      for (std::size_t cut = 0; cut < std::min<std::size_t>(bytes.size(), 64); ++cut)
        target.run(std::string_view(bytes).substr(0, cut));
      ++files;
    }
  }
  CHECK(files >= fuzz::targets().size());
}
