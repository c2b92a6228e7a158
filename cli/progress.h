// A line on standard error that says how far the work is. Only on a terminal.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "cli/command.h"
#include "engine/detect/detect.h"
#include "engine/ingest/ingest.h"
#include "engine/lab/calibrate.h"

namespace ringscope::cli {

// Shows line(seconds since the start) five times a second from a thread of its own, until it is destroyed, and then
// clears it. Does nothing when standard error is no terminal or --quiet was given.
class Progress {
 public:
  using Line = std::function<std::string(double seconds)>;
  Progress(const Globals& globals, Line line);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

 private:
  void show();

  Line line_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  std::mutex mutex_;
  std::condition_variable stop_;
  bool stopped_ = false;
  std::thread thread_;
};

// "[=====>    ] 42%  1,234,567 events  310,000/s  12 s left"
std::string progress_line(const IngestProgress& progress, double seconds);
// "[==>       ] project  3.1 s"
std::string progress_line(const DetectProgress& progress, double seconds);
// "[=====>    ] 12 of 91 runs  40 s left"
std::string progress_line(const CalibrateProgress& progress, double seconds);

}  // namespace ringscope::cli
