#include "server/store_writer.h"

#include <chrono>
#include <thread>

#include "server/api_error.h"

namespace ringscope::server {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kPatience{600};  // that others are waited for: a snapshot or another verdict is done by then
constexpr unsigned kSoon = 5;           // seconds

[[noreturn]] void refuse() {
  throw ApiError(503, "locked", "another process is writing to the store (an ingest or a detection); try again later",
                 {}, kSoon);
}

}  // namespace

void StoreWriter::write(const std::function<void(Store& store)>& step) {
  const std::unique_lock lock(mutex_, 4 * kPatience);
  if (!lock.owns_lock()) refuse();
  const auto end = std::chrono::steady_clock::now() + kPatience;
  std::unique_ptr<Store> store;
  while (!store) {
    try {
      store = open_();
    } catch (const Error& error) {
      if (error.code() != ErrorCode::locked) throw;
      if (std::chrono::steady_clock::now() >= end) refuse();
      std::this_thread::sleep_for(milliseconds(50));
    }
  }
  step(*store);
  store.reset();
  written_();
}

}  // namespace ringscope::server
