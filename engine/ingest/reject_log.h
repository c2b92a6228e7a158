// Rejected lines of one source: every one in a JSON Lines file, the first ones in the store's index.
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <vector>

#include "engine/ingest/intake.h"
#include "storage/store.h"

namespace ringscope {

inline constexpr std::uint64_t kMaxIndexedRejects = 10'000;  // a source
inline constexpr std::size_t kFirstRejects = 20;             // kept for the report

// The file is DIRECTORY/SOURCE.jsonl: {"line":…,"file":…,"field":…,"reason":…,"raw":…,"check":…}, ascending by line. It
// is written before the commit; what an ingest that never committed has left in it is cut off by the next.
class RejectLog {
 public:
  // `position` is where the source is read on from. Throws Error io.
  RejectLog(const std::filesystem::path& directory, const SourcePosition& position);

  // The writer to which the index goes from now on.
  void use(BatchWriter& writer) { writer_ = &writer; }

  // Takes the outcome of a block, in any order and from any thread.
  void add(BlockOutcome outcome);

  // Hands the file to the operating system. Throws Error io or no_space.
  void flush();

  std::uint64_t events() const { return events_; }
  std::uint64_t rejected() const { return rejected_; }
  bool truncated() const { return truncated_; }  // the last line has been cut short: it is among the rejected
  const std::vector<Reject>& first() const { return first_; }

 private:
  void write(const BlockOutcome& outcome);
  void write_line(const RejectedLine& line);

  std::filesystem::path path_;
  SourcePosition position_;
  BatchWriter* writer_ = nullptr;
  std::mutex mutex_;
  std::map<std::uint64_t, BlockOutcome> waiting_;  // outcomes of later blocks
  std::uint64_t next_number_ = 0;
  std::ofstream file_;
  std::uint64_t events_ = 0;
  std::uint64_t rejected_ = 0;
  std::uint64_t indexed_;
  bool truncated_ = false;
  std::vector<Reject> first_;
};

}  // namespace ringscope
