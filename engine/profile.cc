#include "engine/profile.h"

#include <algorithm>
#include <chrono>
#include <fstream>
#include <limits>

#include <sys/resource.h>

#include "engine/json.h"

namespace ringscope {
namespace {

constexpr std::size_t kOff = std::numeric_limits<std::size_t>::max();

// The number after `field` in a file of "field: number" lines, read anew; 0 when there is none.
std::uint64_t number_of(std::ifstream& in, const std::string& field) {
  in.clear();
  in.seekg(0);
  std::string word;
  std::uint64_t number = 0;
  while (in >> word) {
    if (word == field && in >> number) return number;
  }
  return 0;
}

std::uint64_t resident_at_most() {
  std::ifstream status("/proc/self/status");
  return number_of(status, "VmHWM:") * 1024;
}

double cpu_now() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

class Recorder {
 public:
  void start() {
    on_ = true;
    io_.open("/proc/self/io");
    peaks_.open("/proc/self/clear_refs");
    begin_ = std::chrono::steady_clock::now();
  }

  void stop() {
    on_ = false;
    io_.close();
    peaks_.close();
    records_.clear();
  }

  std::size_t open(const char* name) {
    if (!on_) return kOff;
    note_peak();
    StageRecord record{.name = name, .depth = open_.size(), .start = now(), .cpu_seconds = -cpu_now()};
    record.read = number_of(io_, "rchar:");
    record.written = number_of(io_, "wchar:");
    open_.push_back(records_.size());
    records_.push_back(record);
    return open_.back();
  }

  void close(std::size_t at) {
    if (at == kOff) return;
    note_peak();
    StageRecord& record = records_[at];
    record.seconds = now() - record.start;
    record.cpu_seconds += cpu_now();
    record.read = number_of(io_, "rchar:") - record.read;
    record.written = number_of(io_, "wchar:") - record.written;
    open_.pop_back();
  }

  std::vector<StageRecord> closed() const {
    std::vector<StageRecord> records;
    for (std::size_t at = 0; at < records_.size(); ++at) {
      if (std::find(open_.begin(), open_.end(), at) == open_.end()) records.push_back(records_[at]);
    }
    return records;
  }

  std::uint64_t peak() const { return std::max(peak_, resident_at_most()); }

 private:
  double now() const { return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin_).count(); }

  // What was resident at most since the last call counts for every open stage; the system is told to count anew.
  void note_peak() {
    const std::uint64_t peak = resident_at_most();
    peak_ = std::max(peak_, peak);
    for (const std::size_t at : open_) records_[at].peak = std::max(records_[at].peak, peak);
    peaks_ << "5" << std::flush;
  }

  bool on_ = false;
  // Held open: a process whose memory is private may not open them again unless it is root.
  std::ifstream io_;
  std::ofstream peaks_;
  std::chrono::steady_clock::time_point begin_;
  std::vector<StageRecord> records_;
  std::vector<std::size_t> open_;  // in records_, the outermost first
  std::uint64_t peak_ = 0;
};

Recorder& recorder() {
  static Recorder the;
  return the;
}

}  // namespace

void start_profile() { recorder().start(); }
void stop_profile() { recorder().stop(); }
std::vector<StageRecord> profile() { return recorder().closed(); }
std::uint64_t peak_bytes() { return recorder().peak(); }

std::string trace_json(const std::vector<StageRecord>& records) {
  constexpr double kMicroseconds = 1e6;
  Json events = Json::array();
  for (const StageRecord& record : records) {
    events.push_back({{"name", record.name},
                      {"ph", "X"},
                      {"pid", 1},
                      {"tid", 1},
                      {"ts", record.start * kMicroseconds},
                      {"dur", record.seconds * kMicroseconds},
                      {"args",
                       {{"cpu_seconds", record.cpu_seconds},
                        {"read_bytes", record.read},
                        {"written_bytes", record.written},
                        {"peak_bytes", record.peak}}}});
  }
  return Json{{"displayTimeUnit", "ms"}, {"traceEvents", std::move(events)}}.dump();
}

Stage::Stage(const char* name) : record_(recorder().open(name)) {}
Stage::~Stage() { recorder().close(record_); }

}  // namespace ringscope
