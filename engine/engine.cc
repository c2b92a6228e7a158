#include "engine/engine.h"

#include <utility>

#include "engine/ask/read_run.h"
#include "engine/ask/score/ring_index.h"
#include "engine/load/operator_lists.h"
#include "storage/snapshots.h"

namespace ringscope {
namespace {

OpenMode mode_of(Access access) {
  switch (access) {
    case Access::create:
      return OpenMode::create;
    case Access::write:
      return OpenMode::write;
    case Access::read:
      break;
  }
  return OpenMode::read_only;
}

}  // namespace

const char* version() { return RINGSCOPE_VERSION; }

Engine::Engine(std::filesystem::path place, EngineOptions options)
    : place_(std::move(place)),
      options_(std::move(options)),
      store_(open_place(place_, {mode_of(options_.access), options_.config.store_memory()})) {}

Engine Engine::open(const std::filesystem::path& place, EngineOptions options) { return {place, std::move(options)}; }

IngestReport Engine::ingest(std::span<const std::string> files) {
  IngestProgress progress;
  return ringscope::ingest(*store_, files, {.threads = config().threads, .memory_bytes = config().ingest_memory()},
                           progress);
}

Detection Engine::detect(DetectMode mode) {
  DetectProgress progress;
  return ringscope::detect(*store_, config(), progress, mode);
}

Exploration Engine::explore(const Config& config) const {
  DetectProgress progress;
  return ringscope::explore(*store_, config, progress);
}

RunSummary Engine::latest_run() const { return ringscope::latest_run(*store_); }

std::vector<Ring> Engine::rings() const { return read_rings(*store_, latest_run_number(*store_), RingParts::heads); }

Ring Engine::ring(std::string_view id) const { return find_ring(*store_, latest_run_number(*store_), id); }

WhyAnswer Engine::why(std::string_view a, std::string_view b) const { return ringscope::why(*store_, a, b); }

ScoreReport Engine::score(const std::string& file, const std::function<void(std::string_view line)>& answer) const {
  const OperatorLists lists(config().facets, config().detect.asn_table);
  Scorer scorer(std::make_unique<RingIndex>(open_place(place_, {OpenMode::read_only, config().store_memory()}),
                                            config().index_values()),
                lists, {.memory_bytes = config().account_memory()});
  return score_stream(file, scorer, {}, {.answer = answer});
}

RunSummary Engine::asked_run(std::uint64_t run) const {
  return run == 0 ? ringscope::latest_run(*store_) : find_run(*store_, run);
}

RunLinks Engine::links(std::uint64_t run) const {
  return links_of_run(*store_, run == 0 ? latest_run_number(*store_) : run);
}

Snapshot Engine::load(std::uint64_t run) const {
  return ringscope::load(*store_, {.window = asked_run(run).window,
                                   .weights = config().layers,
                                   .threads = config().threads,
                                   .memory_bytes = config().memory_bytes});
}

TemplateMatrix Engine::templates(std::uint64_t run) const {
  return load_templates(*store_, {.window = asked_run(run).window, .memory_bytes = config().memory_bytes});
}

ExportReport Engine::export_to(std::string_view level, std::string_view format, const std::filesystem::path& out,
                               const ExportFilter& filter) const {
  return export_run(*store_, find_export_format(level, format), filter, out);
}

}  // namespace ringscope
