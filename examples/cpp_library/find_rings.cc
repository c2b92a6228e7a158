// find_rings DB LOG: reads a log into a store, finds rings, says why the first two members of the best one belong
// together, judges the log's accounts as if they came in now, and writes the answer for a ban pipeline.
#include <cstdio>
#include <string>
#include <vector>

#include "engine/engine.h"

int main(int argc, char** argv) try {
  if (argc != 3) {
    std::fprintf(stderr, "find_rings DB LOG\n");
    return 2;
  }
  const std::filesystem::path db = argv[1];
  ringscope::Engine engine = ringscope::Engine::open(db, {.access = ringscope::Access::create});

  const ringscope::IngestReport read = engine.ingest(std::vector<std::string>{argv[2]});
  std::printf("ringscope %s: %llu events\n", ringscope::version(), static_cast<unsigned long long>(read.events));

  const ringscope::Exploration looked = engine.explore();  // nothing is written yet
  const ringscope::Detection found = engine.detect();
  std::printf("run %llu: %llu rings, digest %s, %s\n", static_cast<unsigned long long>(found.summary.run),
              static_cast<unsigned long long>(found.summary.rings), found.summary.digest.c_str(),
              looked.detection.summary.digest == found.summary.digest ? "as explored" : "NOT as explored");

  const std::vector<ringscope::Ring> rings = engine.rings();
  if (!rings.empty()) {
    const ringscope::Ring best = engine.ring(rings.front().id);
    std::printf("%s %s %.3f: %s\n", best.id.c_str(), to_string(best.tier), best.score, best.summary.c_str());
    const ringscope::WhyAnswer why = engine.why(best.members[0].name, best.members[1].name);
    std::printf("%s\n", why.meaning.c_str());
  }

  std::size_t answers = 0;
  const ringscope::ScoreReport scored = engine.score(argv[2], [&](std::string_view) { ++answers; });
  std::printf("%zu answers, %llu of them ban\n", answers, static_cast<unsigned long long>(scored.ban));

  const auto out = db.parent_path() / "accounts.csv";
  const ringscope::ExportReport written = engine.export_to("accounts", "csv", out);
  std::printf("%llu accounts in %s\n", static_cast<unsigned long long>(written.rows), out.c_str());
  return 0;
} catch (const ringscope::Error& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return ringscope::exit_status(error.code());
}
