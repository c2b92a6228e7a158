#include "base/parallel.h"

#include <algorithm>
#include <atomic>
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

}  // namespace ringscope
