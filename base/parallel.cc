#include "base/parallel.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <exception>
#include <limits>
#include <mutex>
#include <thread>

namespace ringscope {
namespace {

// The error to rethrow: that of the lowest chunk, so that the message does not depend on the scheduler.
class FirstError {
 public:
  void keep(std::size_t chunk, std::exception_ptr error) {
    const std::scoped_lock lock(mutex_);
    if (chunk >= chunk_) return;
    chunk_ = chunk;
    error_ = std::move(error);
  }
  void rethrow() const {
    if (error_) std::rethrow_exception(error_);
  }

 private:
  std::mutex mutex_;
  std::size_t chunk_ = std::numeric_limits<std::size_t>::max();
  std::exception_ptr error_;
};

// What parallel_in_order() has made and not taken.
class OrderedWork {
 public:
  OrderedWork(std::size_t n, std::size_t ahead, const std::function<void(std::size_t)>& make)
      : n_(n), slots_(std::max<std::size_t>(1, ahead)), make_(make) {}

  // Of a helper: until nothing is left.
  void make_all() {
    std::unique_lock lock(mutex_);
    for (;;) {
      room_.wait(lock, [&] { return stopped_ || next_ == n_ || has_room(); });
      if (stopped_ || next_ == n_) return;
      make_next(lock);
    }
  }

  // Returns when `taken_` is made, and makes others meanwhile.
  void await_next() {
    std::unique_lock lock(mutex_);
    const Slot& slot = slots_[taken_ % slots_.size()];
    while (!slot.made) {
      if (next_ < n_ && has_room()) {
        make_next(lock);
      } else {
        made_.wait(lock);
      }
    }
    if (slot.error) std::rethrow_exception(slot.error);
  }

  void release() {
    const std::scoped_lock lock(mutex_);
    slots_[taken_ % slots_.size()].made = false;
    ++taken_;
    room_.notify_one();
  }

  void stop() {
    const std::scoped_lock lock(mutex_);
    stopped_ = true;
    room_.notify_all();
  }

 private:
  struct Slot {
    bool made = false;
    std::exception_ptr error;
  };

  bool has_room() const { return next_ < taken_ + slots_.size(); }

  void make_next(std::unique_lock<std::mutex>& lock) {
    const std::size_t i = next_++;
    Slot& slot = slots_[i % slots_.size()];
    lock.unlock();
    try {
      make_(i);
    } catch (...) {
      slot.error = std::current_exception();
    }
    lock.lock();
    slot.made = true;
    if (i == taken_) made_.notify_one();
  }

  std::size_t n_;
  std::vector<Slot> slots_;
  const std::function<void(std::size_t)>& make_;
  std::mutex mutex_;
  std::condition_variable room_, made_;
  std::size_t next_ = 0, taken_ = 0;  // the first that nobody makes, and that is not taken
  bool stopped_ = false;
};

}  // namespace

unsigned hardware_threads() { return std::max(1U, std::thread::hardware_concurrency()); }

void parallel_chunks(std::size_t n, std::size_t grain, unsigned threads,
                     const std::function<void(const Chunk&, unsigned)>& body) {
  if (n == 0) return;
  grain = std::max<std::size_t>(1, grain);
  const std::size_t chunks = (n - 1) / grain + 1;
  if (threads == 0) threads = hardware_threads();
  const auto workers = static_cast<unsigned>(std::min<std::size_t>(threads, chunks));

  std::atomic<std::size_t> next{0};
  FirstError first_error;
  const auto work = [&](unsigned worker) {
    for (std::size_t c = next++; c < chunks; c = next++) {
      try {
        body({c, c * grain, std::min(n, (c + 1) * grain)}, worker);
      } catch (...) {
        first_error.keep(c, std::current_exception());
        next = chunks;
      }
    }
  };
  std::vector<std::jthread> helpers;
  for (unsigned worker = 1; worker < workers; ++worker) helpers.emplace_back(work, worker);
  work(0);
  helpers.clear();  // joins
  first_error.rethrow();
}

void parallel_in_order(std::size_t n, std::size_t ahead, unsigned threads, const std::function<void(std::size_t)>& make,
                       const std::function<void(std::size_t)>& take) {
  if (threads == 0) threads = hardware_threads();
  OrderedWork work(n, ahead, make);
  struct Helpers {
    OrderedWork& work;
    std::vector<std::jthread> threads;
    ~Helpers() { work.stop(); }  // then they are joined
  } helpers{work, {}};
  for (std::size_t helper = 1; helper < std::min<std::size_t>(threads, n); ++helper)
    helpers.threads.emplace_back([&work] { work.make_all(); });
  for (std::size_t i = 0; i < n; ++i) {
    work.await_next();
    take(i);
    work.release();
  }
}

}  // namespace ringscope
