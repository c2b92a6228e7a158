// A store of a few JSON Lines, for tests that write their events themselves.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/detect/detect.h"
#include "engine/ingest/ingest.h"
#include "tests/engine/lab/scratch.h"

namespace ringscope {

class Log {
 public:
  explicit Log(const std::string& text) : store_(Store::open(scratch_.path("db"), {.mode = OpenMode::create})) {
    IngestProgress progress;
    ingest(*store_, std::vector<std::string>{scratch_.write("log.jsonl", text)}, {}, progress);
  }
  Store& store() { return *store_; }
  // A file beside the store.
  std::string write(const std::string& name, const std::string& text) const { return scratch_.write(name, text); }
  std::vector<Ring> rings(const Config& config = {}) {
    DetectProgress progress;
    return detect(*store_, config, progress).rings;
  }

 private:
  Scratch scratch_{"log"};
  std::unique_ptr<Store> store_;
};

}  // namespace ringscope
