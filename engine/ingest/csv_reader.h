// CSV -> events.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/ingest/block.h"
#include "engine/ingest/event.h"
#include "engine/ingest/intake.h"

namespace ringscope {

// Reads records by the columns of a layout. Keeps scratch memory, so one a thread.
class CsvReader {
 public:
  // Hands the records of a block to `sink`. Does not throw on any text.
  void read(const Block& block, const Layout& layout, LineSink& sink);

 private:
  void read_record(std::uint64_t line, std::string_view record, const Layout& layout, LineSink& sink);

  std::vector<std::string_view> fields_;
  std::string scratch_;
  Event event_;
  bool sound_ = false;  // the block is sound UTF-8 without NUL bytes
};

}  // namespace ringscope
