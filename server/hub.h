// Server-sent events: what happened is told to every open stream.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

namespace ringscope::server {

class Hub {
 public:
  using Frame = std::shared_ptr<const std::string>;
  using Take = std::function<void(Frame frame)>;  // called on any thread; must not block

  // Whoever subscribes gets first what the last event of each name said, so that it misses nothing that still matters.
  // The number is for unsubscribe().
  std::uint64_t subscribe(Take take);
  void unsubscribe(std::uint64_t number);
  // `data` is one line of JSON. Values of accounts have no place in it: streams are open to every role.
  void tell(const std::string& event, const std::string& data);
  std::size_t size() const;

 private:
  mutable std::mutex mutex_;
  std::uint64_t next_subscriber_ = 1;
  std::uint64_t next_event_ = 1;
  std::map<std::uint64_t, Take> takers_;
  std::map<std::string, Frame> last_;  // by name
};

}  // namespace ringscope::server
