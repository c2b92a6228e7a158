// Pieces of a body on their way from the thread that makes them to the one that sends them.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace ringscope::server {

class BodyPipe {
 public:
  // -- the maker
  // Waits while more than a megabyte is on its way. Throws Gone.
  void push(std::string_view piece);
  void finish(bool complete);

  // -- the sender
  // `on_change` is called, on the maker's thread or now, when there may be something to take.
  void listen(std::function<void()> on_change);
  // All that there is; nothing when there is nothing yet.
  std::optional<std::string> take();
  bool is_finished() const;  // and nothing is left to take
  bool is_complete() const;
  void abandon();  // the maker gets Gone

 private:
  void tell();

  mutable std::mutex mutex_;
  std::function<void()> on_change_;
  std::condition_variable room_;
  std::string held_;
  bool finished_ = false, complete_ = false, abandoned_ = false;
};

}  // namespace ringscope::server
