#include "engine/deliver/kafka.h"

#include <doctest/doctest.h>

#include "base/error.h"
#include "tests/engine/lab/scratch.h"

using namespace ringscope;

// Programs with it are tested in tests/kafka.
#ifndef RINGSCOPE_KAFKA

TEST_CASE("kafka: a program that was built without it says so") {
  const Scratch scratch("kafka");
  const auto store = Store::open(scratch.path("db"), {.mode = OpenMode::create});
  CHECK_THROWS_WITH_AS(deliver_to_kafka(*store, {.brokers = "127.0.0.1:1", .topic = "feed"}),
                       doctest::Contains("RINGSCOPE_KAFKA"), Error);
}

#endif
