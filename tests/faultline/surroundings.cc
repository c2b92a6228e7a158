// Memory and the clock; and the library's beginning and end.
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "machine.h"
#include <sys/time.h>
#include <time.h>

using namespace faultline;

namespace {

std::atomic<unsigned long long> allocations{0};

// Read once, before anything allocates.
struct AllocationFault {
  unsigned long long nth = 0;
  bool ever = false;
};
AllocationFault allocation_fault;

__attribute__((constructor)) void start() {
  if (const char* const text = std::getenv("FAULT_ALLOC")) {
    char* end = nullptr;
    allocation_fault.nth = std::strtoull(text, &end, 10);
    allocation_fault.ever = std::strcmp(end, ":ever") == 0;
  }
  (void)machine();
}

__attribute__((destructor)) void stop() {
  machine().write_counts();
  machine().ended();
}

bool allocation_fails() {
  if (allocation_fault.nth == 0) return false;
  const unsigned long long now = ++allocations;
  if (allocation_fault.ever ? now < allocation_fault.nth : now != allocation_fault.nth) return false;
  if (now == allocation_fault.nth) note_fault();
  errno = ENOMEM;
  return true;
}

std::atomic<long long> clock_looks{0};

// Seconds that the clock is off by now.
time_t clock_off() {
  static const char* const text = std::getenv("FAULT_CLOCK");
  if (text == nullptr) return 0;
  long long off = 0, jump = 0, after = 0;
  const int parts = std::sscanf(text, "%lld:%lld:%lld", &off, &jump, &after);
  const long long look = ++clock_looks;
  if (look == (parts == 3 ? after + 1 : 1)) note_fault();
  return static_cast<time_t>(parts == 3 && look > after ? off + jump : off);
}

}  // namespace

extern "C" {

void* __libc_malloc(size_t size);
void* __libc_calloc(size_t count, size_t size);
void* __libc_realloc(void* old, size_t size);
void* __libc_memalign(size_t alignment, size_t size);

void* malloc(size_t size) { return allocation_fails() ? nullptr : __libc_malloc(size); }
void* calloc(size_t count, size_t size) { return allocation_fails() ? nullptr : __libc_calloc(count, size); }
void* realloc(void* old, size_t size) { return allocation_fails() ? nullptr : __libc_realloc(old, size); }
void* aligned_alloc(size_t alignment, size_t size) {
  return allocation_fails() ? nullptr : __libc_memalign(alignment, size);
}
int posix_memalign(void** out, size_t alignment, size_t size) {
  if (allocation_fails()) return ENOMEM;
  *out = __libc_memalign(alignment, size);
  return *out == nullptr ? ENOMEM : 0;
}

int clock_gettime(clockid_t clock, struct timespec* now) {
  static const auto next = real<int (*)(clockid_t, struct timespec*)>("clock_gettime");
  const int result = next(clock, now);
  if (result == 0 && clock == CLOCK_REALTIME) now->tv_sec += clock_off();
  return result;
}

int gettimeofday(struct timeval* __restrict now, void* __restrict zone) {
  static const auto next = real<int (*)(struct timeval*, void*)>("gettimeofday");
  const int result = next(now, zone);
  if (result == 0) now->tv_sec += clock_off();
  return result;
}

time_t time(time_t* out) {
  struct timespec now {};
  clock_gettime(CLOCK_REALTIME, &now);
  if (out != nullptr) *out = now.tv_sec;
  return now.tv_sec;
}

}  // extern "C"
