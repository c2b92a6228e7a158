#include "server/hub.h"

#include <fmt/format.h>

namespace ringscope::server {

std::uint64_t Hub::subscribe(Take take) {
  const std::scoped_lock lock(mutex_);
  for (const auto& [event, frame] : last_) take(frame);
  takers_.emplace(next_subscriber_, std::move(take));
  return next_subscriber_++;
}

void Hub::unsubscribe(std::uint64_t number) {
  const std::scoped_lock lock(mutex_);
  takers_.erase(number);
}

void Hub::tell(const std::string& event, const std::string& data) {
  const std::scoped_lock lock(mutex_);
  const Frame frame =
      std::make_shared<const std::string>(fmt::format("id: {}\nevent: {}\ndata: {}\n\n", next_event_++, event, data));
  last_[event] = frame;
  for (const auto& [number, take] : takers_) take(frame);
}

std::size_t Hub::size() const {
  const std::scoped_lock lock(mutex_);
  return takers_.size();
}

}  // namespace ringscope::server
