#include "base/parallel.h"

#include <atomic>
#include <cmath>
#include <numeric>
#include <stdexcept>
#include <string>
#include <vector>

#include <doctest/doctest.h>

using namespace ringscope;

TEST_CASE("parallel: each index is visited once, whatever the grain and the threads") {
  for (const std::size_t n : {0U, 1U, 7U, 1000U})
    for (const std::size_t grain : {0U, 1U, 3U, 1000U, 5000U})
      for (const unsigned threads : {0U, 1U, 2U, 8U}) {
        std::vector<std::atomic<int>> visits(n);
        parallel_chunks(n, grain, threads, [&](const Chunk& chunk, unsigned worker) {
          CHECK(worker < std::max(threads, hardware_threads()));
          for (std::size_t i = chunk.begin; i < chunk.end; ++i) ++visits[i];
        });
        for (const auto& count : visits) CHECK(count == 1);
      }
}

TEST_CASE("parallel: sums of chunks in order are the same bits at any number of threads") {
  std::vector<double> values(100'000);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = std::sin(static_cast<double>(i)) / 3;
  const auto sum = [&](unsigned threads) {
    const auto parts = parallel_map_chunks<double>(values.size(), 999, threads, [&](const Chunk& chunk, unsigned) {
      double part = 0;
      for (std::size_t i = chunk.begin; i < chunk.end; ++i) part += values[i];
      return part;
    });
    CHECK(parts.size() == 101);
    return std::accumulate(parts.begin(), parts.end(), 0.0);
  };
  CHECK(sum(1) == sum(2));
  CHECK(sum(1) == sum(5));
}

TEST_CASE("parallel: an exception of a body reaches the caller") {
  for (const unsigned threads : {1U, 4U}) {
    CHECK_THROWS_WITH_AS(parallel_for(
                             1000, threads,
                             [](std::size_t i) {
                               if (i == 500) throw std::runtime_error("at 500");
                             },
                             10),
                         "at 500", std::runtime_error);
  }
}

TEST_CASE("parallel: of several exceptions the one of the lowest chunk is rethrown") {
  for (int round = 0; round < 50; ++round) {
    std::atomic<int> arrived{0};
    CHECK_THROWS_WITH_AS(parallel_chunks(2, 1, 2,
                                         [&](const Chunk& chunk, unsigned) {
                                           ++arrived;
                                           while (arrived < 2) {
                                           }
                                           throw std::runtime_error(std::to_string(chunk.index));
                                         }),
                         "0", std::runtime_error);
  }
}

TEST_CASE("parallel: what is made on any number of threads is taken in order, and never more than asked for waits") {
  for (const unsigned threads : {1U, 2U, 5U}) {
    for (const std::size_t ahead : {std::size_t{1}, std::size_t{3}, std::size_t{200}}) {
      std::atomic<std::size_t> made = 0, most = 0;
      std::size_t taken = 0;
      std::vector<std::size_t> values(100), seen;
      parallel_in_order(
          100, ahead, threads,
          [&](std::size_t i) {
            values[i] = i * i;
            const std::size_t now = ++made;
            for (std::size_t before = most; before < now && !most.compare_exchange_weak(before, now);) {
            }
          },
          [&](std::size_t i) {
            CHECK(i == taken++);
            seen.push_back(values[i]);
            --made;
          });
      REQUIRE(seen.size() == 100);
      CHECK(seen[99] == 99 * 99);
      CHECK(most <= ahead);
    }
  }
  parallel_in_order(
      0, 4, 0, [](std::size_t) { FAIL("nothing is to be made"); }, [](std::size_t) {});
}

TEST_CASE("parallel: an error in what is made comes after all that stands before it, and one of the taker ends it") {
  for (const unsigned threads : {1U, 4U}) {
    std::size_t taken = 0;
    CHECK_THROWS_WITH_AS(parallel_in_order(
                             1000, 8, threads,
                             [](std::size_t i) {
                               if (i >= 50) throw std::runtime_error(std::to_string(i));
                             },
                             [&](std::size_t) { ++taken; }),
                         "50", std::runtime_error);
    CHECK(taken == 50);
    CHECK_THROWS_WITH_AS(parallel_in_order(
                             1000, 8, threads, [](std::size_t) {},
                             [](std::size_t i) {
                               if (i == 7) throw std::runtime_error("enough");
                             }),
                         "enough", std::runtime_error);
  }
}
