// One source of input, from its name to its position in the store.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/ingest/ingest.h"
#include "engine/ingest/pipeline.h"

namespace ringscope {

// What the sources of one ingest() share.
struct IngestJob {
  Store& store;
  const IngestOptions& options;
  IngestProgress& progress;
  Pipeline pipeline;
  std::vector<SourcePosition> positions;  // the stored ones and those of the sources before
};

struct SourceResult {
  SourceReport report;
  std::vector<Reject> first_rejects;
};

// Reads a file on disk; what it brings is committed by the caller. `path` is opened, `label` is shown.
// Throws Error input when it is no log, is damaged, or is compressed and has grown inside compressed data.
SourceResult read_file(IngestJob& job, BatchWriter& writer, const std::string& path, const std::string& label);

// Reads standard input or a pipe and commits batch by batch; `committed` is handed each commit. A compressed stream is
// read to its end first and committed once.
SourceResult read_stream(IngestJob& job, const std::string& label,
                         const std::function<void(const CommitInfo&)>& committed);

}  // namespace ringscope
