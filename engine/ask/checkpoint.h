// How what takes long is ended early.
#pragma once

#include <functional>

namespace ringscope {

// Called now and then while an answer is made; ends it by throwing. Empty: nothing ends it.
using Checkpoint = std::function<void()>;

inline void pass(const Checkpoint& check) {
  if (check) check();
}

}  // namespace ringscope
