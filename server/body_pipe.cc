#include "server/body_pipe.h"

#include <utility>

#include "server/http.h"

namespace ringscope::server {
namespace {

constexpr std::size_t kMostHeld = std::size_t{1} << 20;
constexpr std::size_t kWorthSending = std::size_t{64} << 10;

}  // namespace

void BodyPipe::push(std::string_view piece) {
  bool worth = false;
  {
    std::unique_lock lock(mutex_);
    room_.wait(lock, [&] { return abandoned_ || held_.size() < kMostHeld; });
    if (abandoned_) throw Gone{};
    const std::size_t before = held_.size();
    held_ += piece;
    worth = before < kWorthSending && held_.size() >= kWorthSending;
  }
  if (worth) tell();
}

void BodyPipe::finish(bool complete) {
  {
    const std::scoped_lock lock(mutex_);
    finished_ = true;
    complete_ = complete;
  }
  tell();
}

void BodyPipe::listen(std::function<void()> on_change) {
  {
    const std::scoped_lock lock(mutex_);
    on_change_ = std::move(on_change);
  }
  tell();
}

void BodyPipe::tell() {
  std::function<void()> on_change;
  {
    const std::scoped_lock lock(mutex_);
    on_change = on_change_;
  }
  if (on_change) on_change();
}

std::optional<std::string> BodyPipe::take() {
  std::optional<std::string> piece;
  {
    const std::scoped_lock lock(mutex_);
    if (held_.empty() || (held_.size() < kWorthSending && !finished_)) return std::nullopt;
    piece = std::exchange(held_, {});
  }
  room_.notify_all();
  return piece;
}

bool BodyPipe::is_finished() const {
  const std::scoped_lock lock(mutex_);
  return finished_ && held_.empty();
}

bool BodyPipe::is_complete() const {
  const std::scoped_lock lock(mutex_);
  return complete_;
}

void BodyPipe::abandon() {
  {
    const std::scoped_lock lock(mutex_);
    abandoned_ = true;
  }
  room_.notify_all();
}

}  // namespace ringscope::server
