// How what takes long is ended early.
#pragma once

#include <functional>
#include <memory>
#include <mutex>

namespace ringscope {

// Called now and then while an answer is made; ends it by throwing. Empty: nothing ends it.
using Checkpoint = std::function<void()>;

inline void pass(const Checkpoint& check) {
  if (check) check();
}

// The same for several threads, of which one at a time asks.
inline Checkpoint one_at_a_time(const Checkpoint& check) {
  if (!check) return {};
  return [check, mutex = std::make_shared<std::mutex>()] {
    const std::scoped_lock lock(*mutex);
    check();
  };
}

}  // namespace ringscope
