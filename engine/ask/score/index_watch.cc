#include "engine/ask/score/index_watch.h"

#include "base/error.h"
#include "storage/writer.h"

namespace ringscope {

IndexWatch::IndexWatch(std::function<std::unique_ptr<RingIndex>()> open, std::filesystem::path store, std::uint64_t run,
                       std::chrono::milliseconds every)
    : open_(std::move(open)), store_(std::move(store)), run_(run), every_(every), thread_([this] { watch(); }) {}

IndexWatch::~IndexWatch() {
  {
    const std::scoped_lock lock(mutex_);
    stop_ = true;
  }
  stopping_.notify_all();
  thread_.join();
}

std::unique_ptr<RingIndex> IndexWatch::newer() {
  if (!has_newer_) return nullptr;
  const std::scoped_lock lock(mutex_);
  has_newer_ = false;
  return std::move(newer_);
}

void IndexWatch::watch() {
  StoreMark seen;
  std::unique_lock lock(mutex_);
  while (!stopping_.wait_for(lock, every_, [&] { return stop_; })) {
    lock.unlock();
    auto now = store_mark(store_);
    std::unique_ptr<RingIndex> found;
    if (now != seen) {
      try {
        found = open_();
        seen = std::move(now);
      } catch (const Error&) {  // a file went while it was being opened: the next look sees the new state
      }
    }
    lock.lock();
    if (!found || found->run() <= run_) continue;
    run_ = found->run();
    newer_ = std::move(found);
    has_newer_ = true;
  }
}

}  // namespace ringscope
