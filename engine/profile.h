// What a command spends where: wall and processor time, bytes read and written, memory, stage by stage.
//
// Off unless start_profile() was called; a Stage then costs one load. Stages nest; they are opened and closed by the
// thread that leads the work, never by workers.
// Source   counts of /proc/self/{io,status} and getrusage; the trace is Chrome's trace event format, which Perfetto and
//          chrome://tracing read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace ringscope {

struct StageRecord {
  const char* name = "";
  std::size_t depth = 0;      // 0: not inside another
  double start = 0;           // seconds since start_profile()
  double seconds = 0;         // wall …
  double cpu_seconds = 0;     // … and processor time of all threads
  std::uint64_t read = 0;     // bytes, of files and pipes
  std::uint64_t written = 0;  // bytes, of files and pipes
  std::uint64_t peak = 0;     // bytes that were resident at most
};

// From now on stages are recorded. Not from several threads.
void start_profile();
// No longer; what was recorded goes. Not while a stage is open.
void stop_profile();

// The stages that are closed, in the order in which they were opened. Empty unless start_profile() was called.
std::vector<StageRecord> profile();

// As one JSON document for a trace viewer; times in microseconds.
std::string trace_json(const std::vector<StageRecord>& records);

// Bytes that the process had resident at most, so far.
std::uint64_t peak_bytes();

// A stage from here to the end of the scope.
class Stage {
 public:
  explicit Stage(const char* name);
  ~Stage();
  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;

 private:
  std::size_t record_;
};

}  // namespace ringscope
