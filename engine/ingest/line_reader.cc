#include "engine/ingest/line_reader.h"

#include "engine/ingest/csv_record.h"
#include "engine/ingest/normalize.h"

namespace ringscope {
namespace {

constexpr std::string_view kContinues = "continues a line that an earlier ingest has read as whole";

}  // namespace

BlockOutcome LineReader::read(const Block& block, const Layout& layout) {
  intake_.begin(block, layout);
  const std::string_view line = without_newline(block.text);
  if (block.kind == BlockKind::overlong)
    intake_.reject(block.first_line, {"", kLongLine}, line);
  else if (block.kind == BlockKind::continuation && !trim(line).empty())
    intake_.reject(block.first_line, {"", kContinues}, line);
  else if (layout.notation == Notation::csv)
    csv_.read(block, layout, intake_);
  else
    json_.read(block, intake_);
  return intake_.finish();
}

}  // namespace ringscope
