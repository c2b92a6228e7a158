// The store's lock, taken for one short step at a time.
#pragma once

#include <functional>
#include <memory>
#include <mutex>

#include "storage/store.h"

namespace ringscope::server {

class StoreWriter {
 public:
  // `open` opens the store for writing; `written` is called after each step, with the store closed again.
  StoreWriter(std::function<std::unique_ptr<Store>()> open, std::function<void()> written)
      : open_(std::move(open)), written_(std::move(written)) {}

  // Does the step under the store's lock. Throws ApiError 503 when another process holds it for longer than a moment
  // (an ingest, a detection), and whatever the step throws.
  void write(const std::function<void(Store& store)>& step);

 private:
  std::function<std::unique_ptr<Store>()> open_;
  std::function<void()> written_;
  std::timed_mutex mutex_;
};

}  // namespace ringscope::server
