// The public face of ringscope as a library: open a store, read logs into it, find rings, ask about them, export them.
//
//   #include <engine/engine.h>
//
//   ringscope::Engine engine = ringscope::Engine::open("fraud.db", {.access = ringscope::Access::create});
//   engine.ingest(std::vector<std::string>{"events.jsonl"});
//   engine.detect();
//   for (const ringscope::Ring& ring : engine.rings()) std::puts(ring.summary.c_str());
//
// Everything here is thin: what it returns are the types of the headers below, which say more. Link ringscope::engine
// of find_package(ringscope); docs/library.md.
//
// Errors   everything throws ringscope::Error (base/error.h) with a code, what was wrong, where, and what to do.
// Threads  an Engine may be read from many threads; ingest() and detect() are for one at a time.
// Same     equal events and settings give equal rings, at any number of threads; RunSummary::digest tells.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "engine/ask/run_links.h"
#include "engine/ask/score/score_stream.h"
#include "engine/ask/why.h"
#include "engine/config.h"
#include "engine/detect/detect.h"
#include "engine/detect/explore.h"
#include "engine/detect/ring/ring.h"
#include "engine/export/export.h"
#include "engine/ingest/ingest.h"
#include "engine/load/templates.h"
#include "storage/store.h"

namespace ringscope {

// "0.1.0": of this library.
const char* version();

enum class Access {
  read,    // must exist; may be open while another process writes, and then shows the state at opening
  write,   // must exist; one at a time
  create,  // as write; made when it does not exist
};

struct EngineOptions {
  Access access = Access::read;
  Config config{};  // threads, memory, and what detection is to look for (engine/config.h)
};

class Engine {
 public:
  // A store, or "DB@NAME" for a snapshot, which can only be read. Throws Error not_found, locked, version, corrupt, io;
  // refused for writing to a snapshot.
  static Engine open(const std::filesystem::path& place, EngineOptions options = {});

  // -- in
  // Reads files ("-" is standard input) in any mixture of formats. Durable on return; what was read before changes
  // nothing. Bad lines are in the report, the rest goes in. Throws Error input, io, no_space. O(bytes).
  IngestReport ingest(std::span<const std::string> files);

  // -- find
  // Loads the window, finds and judges rings, and publishes them as the latest run in one durable step. Throws Error
  // usage, config, memory, io.
  Detection detect(DetectMode mode = DetectMode::once);
  // The same without writing anything: rings of these settings, and the graphs they were made of.
  Exploration explore() const { return explore(config()); }
  Exploration explore(const Config& config) const;

  // -- ask
  // Of the latest run. Throws Error not_found when there is none.
  RunSummary latest_run() const;
  // Of the latest run, by tier, score and size, descending; members have their keys only. O(rings).
  std::vector<Ring> rings() const;
  // One with its members, by its id or an unambiguous beginning of it. Throws Error not_found, usage.
  Ring ring(std::string_view id) const;
  // Why two accounts belong together, or that they do not. Throws Error not_found, usage.
  WhyAnswer why(std::string_view a, std::string_view b) const;
  // Judges accounts by what a log (a file, or "-") shows of them, against the latest run's rings, without storing
  // anything: one JSON document (docs/schema/score.schema.json) a line of input, in order. Throws Error not_found,
  // input.
  ScoreReport score(const std::string& file, const std::function<void(std::string_view line)>& answer) const;

  // -- graphs, without detecting anything
  // The pairs that a run (0: the latest) kept, in compressed sparse rows: links().view() is a CsrGraph. Throws Error
  // not_found: no such run, or its links were dropped; the latest two keep theirs. O(links).
  RunLinks links(std::uint64_t run = 0) const;
  // Accounts and what they touch in the window of a run (0: the latest), with the configuration's layers. Throws Error
  // not_found, memory. O(rows).
  Snapshot load(std::uint64_t run = 0) const;
  // Accounts x prompt templates of the same window, for linear algebra. Throws Error not_found, memory.
  TemplateMatrix templates(std::uint64_t run = 0) const;

  // -- out
  // The latest run as a file that appears in full or not at all: export_to("accounts", "csv", "accounts.csv"). Throws
  // Error usage, naming the levels and formats that there are; not_found, io, no_space.
  ExportReport export_to(std::string_view level, std::string_view format, const std::filesystem::path& out,
                         const ExportFilter& filter = {}) const;

  // -- for everything else
  const std::filesystem::path& place() const { return place_; }
  const Config& config() const { return options_.config; }
  const Store& store() const { return *store_; }

 private:
  Engine(std::filesystem::path place, EngineOptions options);

  RunSummary asked_run(std::uint64_t run) const;

  std::filesystem::path place_;
  EngineOptions options_;
  std::unique_ptr<Store> store_;
};

}  // namespace ringscope
