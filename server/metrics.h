// What the server counts, in the text format that Prometheus reads.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

namespace ringscope::server {

// What stands at a moment, beside what was counted.
struct Gauges {
  std::uint64_t connections = 0, streams = 0, sessions = 0, waiting = 0, running = 0;
  std::uint64_t run = 0, rings = 0, view = 0;
  bool writer = false;  // another process writes
};

class Metrics {
 public:
  // An answer that went out, and how long it took from the last byte of the request's headers.
  void count_answer(std::string_view route, unsigned status, double seconds);
  void count_connection() { ++connections_; }
  void count_refused_connection() { ++refused_; }  // for want of room
  void count_shed() { ++shed_; }                   // requests answered with 503 because too many waited
  void count_audit() { ++audited_; }
  void count_cache(bool hit) { ++(hit ? hits_ : misses_); }

  std::string text(const Gauges& gauges) const;

 private:
  // Upper bounds of the buckets, seconds; the last has none.
  static constexpr std::array<double, 10> kBounds{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 10};
  struct Route {
    std::map<unsigned, std::uint64_t> by_status;
    std::array<std::uint64_t, kBounds.size() + 1> buckets{};
    std::uint64_t count = 0;
    double seconds = 0;
  };
  std::string routes_text() const;

  mutable std::mutex mutex_;
  std::map<std::string, Route, std::less<>> routes_;
  std::atomic<std::uint64_t> connections_{0}, refused_{0}, shed_{0}, audited_{0}, hits_{0}, misses_{0};
};

// Bytes of memory that this process has in use.
std::uint64_t resident_bytes();

}  // namespace ringscope::server
