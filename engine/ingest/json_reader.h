// JSON Lines -> events.
#pragma once

#include <memory>
#include <string_view>

#include "engine/ingest/block.h"
#include "engine/ingest/intake.h"

namespace ringscope {

// Reads each line by itself, so that a bad one costs only itself. Of duplicate keys the last wins; nested values of
// fields that are not ours are passed over. Keeps a parser, so one a thread.
class JsonReader {
 public:
  JsonReader();
  ~JsonReader();
  JsonReader(const JsonReader&) = delete;
  JsonReader& operator=(const JsonReader&) = delete;

  // Hands the lines of a block to `sink`. Does not throw on any text.
  void read(const Block& block, LineSink& sink);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// Whether a line with both a kind and a value is among the lines of a text: then lines with only one of them are
// damaged.
bool json_is_long(std::string_view text);

}  // namespace ringscope
