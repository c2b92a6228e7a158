// Parallel loops whose result cannot depend on the number of threads: the borders of the chunks follow from n alone,
// and what a chunk returns is combined in the order of the chunks.
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

namespace ringscope {

struct Chunk {
  std::size_t index;  // 0, 1, 2, … in order
  std::size_t begin;
  std::size_t end;
};

// Number of threads the machine offers, at least 1.
unsigned hardware_threads();

// Cuts [0, n) into chunks of `grain` (the last may be shorter) and calls body(chunk, worker) once for each, on up to
// `threads` threads, in no order; worker in [0, threads) names the thread, for scratch memory. The first exception of
// the lowest chunk is rethrown after all threads have stopped. threads = 0 means hardware_threads().
void parallel_chunks(std::size_t n, std::size_t grain, unsigned threads,
                     const std::function<void(const Chunk& chunk, unsigned worker)>& body);

// As above, and gives each chunk's value, in the order of the chunks.
template <class Value, class Body>
std::vector<Value> parallel_map_chunks(std::size_t n, std::size_t grain, unsigned threads, const Body& body) {
  std::vector<Value> values(n == 0 ? 0 : (n - 1) / grain + 1);
  parallel_chunks(n, grain, threads,
                  [&](const Chunk& chunk, unsigned worker) { values[chunk.index] = body(chunk, worker); });
  return values;
}

// Calls body(i) for each i in [0, n); the bodies must not touch each other's data.
template <class Body>
void parallel_for(std::size_t n, unsigned threads, const Body& body, std::size_t grain = 1024) {
  parallel_chunks(n, grain, threads, [&](const Chunk& chunk, unsigned) {
    for (std::size_t i = chunk.begin; i < chunk.end; ++i) body(i);
  });
}

// Calls make(i) for each i in [0, n) on up to `threads` threads, and after it take(i) on the calling thread, in order.
// At most `ahead` (at least 1) are made and not yet taken. The calling thread makes some while it has nothing to take.
// The first exception in the order of i, or one of take(), is rethrown after all threads have stopped; threads = 0
// means hardware_threads().
void parallel_in_order(std::size_t n, std::size_t ahead, unsigned threads, const std::function<void(std::size_t)>& make,
                       const std::function<void(std::size_t)>& take);

}  // namespace ringscope
