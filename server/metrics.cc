#include "server/metrics.h"

#include <algorithm>
#include <fstream>

#include <fmt/format.h>
#include <unistd.h>

namespace ringscope::server {
namespace {

std::string one(const char* name, const char* type, const char* help, std::uint64_t value) {
  return fmt::format("# HELP {0} {1}\n# TYPE {0} {2}\n{0} {3}\n", name, help, type, value);
}

}  // namespace

void Metrics::count_answer(std::string_view name, unsigned status, double seconds) {
  const std::scoped_lock lock(mutex_);
  auto found = routes_.find(name);
  if (found == routes_.end()) found = routes_.emplace(std::string(name), Route{}).first;
  Route& route = found->second;
  ++route.by_status[status];
  ++route.buckets[static_cast<std::size_t>(std::ranges::lower_bound(kBounds, seconds) - kBounds.begin())];
  ++route.count;
  route.seconds += seconds;
}

std::string Metrics::routes_text() const {
  const std::scoped_lock lock(mutex_);
  std::string text =
      "# HELP ringscope_requests_total Answers, by route and status\n# TYPE ringscope_requests_total counter\n";
  for (const auto& [name, route] : routes_) {
    for (const auto& [status, count] : route.by_status)
      text += fmt::format("ringscope_requests_total{{route=\"{}\",status=\"{}\"}} {}\n", name, status, count);
  }
  text += "# HELP ringscope_request_seconds Time to an answer, by route\n# TYPE ringscope_request_seconds histogram\n";
  for (const auto& [name, route] : routes_) {
    std::uint64_t below = 0;
    for (std::size_t b = 0; b < kBounds.size(); ++b) {
      below += route.buckets[b];
      text += fmt::format("ringscope_request_seconds_bucket{{route=\"{}\",le=\"{}\"}} {}\n", name, kBounds[b], below);
    }
    text += fmt::format(
        "ringscope_request_seconds_bucket{{route=\"{0}\",le=\"+Inf\"}} {1}\n"
        "ringscope_request_seconds_sum{{route=\"{0}\"}} {2}\n"
        "ringscope_request_seconds_count{{route=\"{0}\"}} {1}\n",
        name, route.count, route.seconds);
  }
  return text;
}

std::string Metrics::text(const Gauges& now) const {
  return one("ringscope_connections", "gauge", "Open connections", now.connections) +
         one("ringscope_connections_total", "counter", "Connections that were taken", connections_) +
         one("ringscope_connections_refused_total", "counter", "Connections refused or closed for want of room",
             refused_) +
         one("ringscope_streams", "gauge", "Open streams of events", now.streams) +
         one("ringscope_sessions", "gauge", "Sessions of browsers", now.sessions) +
         one("ringscope_requests_waiting", "gauge", "Requests that wait for a thread", now.waiting) +
         one("ringscope_requests_running", "gauge", "Requests that are being answered", now.running) +
         one("ringscope_requests_shed_total", "counter", "Requests refused because too many waited", shed_) +
         one("ringscope_audited_total", "counter", "Reads of personal values that were written down", audited_) +
         one("ringscope_cache_hits_total", "counter", "Answers that were kept from an equal request", hits_) +
         one("ringscope_cache_misses_total", "counter", "Answers that were made anew", misses_) +
         one("ringscope_run", "gauge", "The latest run that is shown", now.run) +
         one("ringscope_rings", "gauge", "Rings of that run", now.rings) +
         one("ringscope_view", "gauge", "How often the store was opened anew", now.view) +
         one("ringscope_store_writer", "gauge", "1 while a process writes to the store", now.writer ? 1 : 0) +
         one("process_resident_memory_bytes", "gauge", "Memory in use", resident_bytes()) + routes_text();
}

std::uint64_t resident_bytes() {
  std::ifstream file("/proc/self/statm");
  std::uint64_t all = 0, resident = 0;
  file >> all >> resident;
  return resident * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

}  // namespace ringscope::server
