// Threads that do one kind of work, and how much of it may wait.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace ringscope::server {

class Pool {
 public:
  // At most `most_waiting` jobs wait for a thread.
  Pool(std::size_t threads, std::size_t most_waiting);
  ~Pool();  // what waits is dropped, what runs is waited for
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  // False when too many wait already: the caller sheds the work. Jobs do not throw.
  bool post(std::function<void()> job);
  std::size_t waiting() const;
  std::size_t running() const;

 private:
  void work();

  std::size_t most_waiting_;
  mutable std::mutex mutex_;
  std::condition_variable there_is_work_;
  std::deque<std::function<void()>> jobs_;
  std::size_t running_ = 0;
  bool stop_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace ringscope::server
