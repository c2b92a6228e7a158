#include "server/pool.h"

#include <utility>

namespace ringscope::server {

Pool::Pool(std::size_t threads, std::size_t most_waiting) : most_waiting_(most_waiting) {
  for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { work(); });
}

Pool::~Pool() {
  {
    const std::scoped_lock lock(mutex_);
    stop_ = true;
    jobs_.clear();
  }
  there_is_work_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

bool Pool::post(std::function<void()> job) {
  {
    const std::scoped_lock lock(mutex_);
    if (stop_ || jobs_.size() >= most_waiting_) return false;
    jobs_.push_back(std::move(job));
  }
  there_is_work_.notify_one();
  return true;
}

std::size_t Pool::waiting() const {
  const std::scoped_lock lock(mutex_);
  return jobs_.size();
}

std::size_t Pool::running() const {
  const std::scoped_lock lock(mutex_);
  return running_;
}

void Pool::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    there_is_work_.wait(lock, [&] { return stop_ || !jobs_.empty(); });
    if (stop_) return;
    std::function<void()> job = std::move(jobs_.front());
    jobs_.pop_front();
    ++running_;
    lock.unlock();
    job();
    job = nullptr;  // what it holds ends here, not under the lock
    lock.lock();
    --running_;
  }
}

}  // namespace ringscope::server
