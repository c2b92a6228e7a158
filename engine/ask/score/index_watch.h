// Looks for newer runs of a store while its index is in use.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

#include "engine/ask/score/ring_index.h"

namespace ringscope {

// A reader of a store sees it as it was when it was opened, so a thread opens it anew whenever its files have changed,
// and keeps the index when there is another run. A store that cannot be opened at the moment is tried again.
class IndexWatch {
 public:
  // `open` opens the store for reading; it is called on the watch's thread.
  IndexWatch(std::function<std::unique_ptr<RingIndex>()> open, std::filesystem::path store, std::uint64_t run,
             std::chrono::milliseconds every);
  ~IndexWatch();
  IndexWatch(const IndexWatch&) = delete;
  IndexWatch& operator=(const IndexWatch&) = delete;

  // The index of a run newer than any handed out; null: there is none. Cheap.
  std::unique_ptr<RingIndex> newer();

 private:
  void watch();

  std::function<std::unique_ptr<RingIndex>()> open_;
  std::filesystem::path store_;
  std::uint64_t run_;
  std::chrono::milliseconds every_;
  std::mutex mutex_;
  std::condition_variable stopping_;
  bool stop_ = false;
  std::atomic<bool> has_newer_{false};
  std::unique_ptr<RingIndex> newer_;
  std::thread thread_;
};

}  // namespace ringscope
