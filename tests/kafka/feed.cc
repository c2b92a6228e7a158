// The feed into a topic, on the mock cluster of librdkafka.
#include <doctest/doctest.h>
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "engine/deliver/kafka.h"
#include "tests/engine/lab/scratch.h"
#include "tests/engine/release/histories.h"

using namespace ringscope;

namespace {

class Cluster {
 public:
  Cluster() {
    char text[256];
    owner_ = rd_kafka_new(RD_KAFKA_PRODUCER, rd_kafka_conf_new(), text, sizeof text);
    cluster_ = rd_kafka_mock_cluster_new(owner_, 1);
  }
  ~Cluster() {
    rd_kafka_mock_cluster_destroy(cluster_);
    rd_kafka_destroy(owner_);
  }
  Cluster(const Cluster&) = delete;
  Cluster& operator=(const Cluster&) = delete;
  std::string brokers() const { return rd_kafka_mock_cluster_bootstraps(cluster_); }

  std::vector<std::string> read(const std::string& topic, std::size_t count) const {
    char text[256];
    rd_kafka_conf_t* const conf = rd_kafka_conf_new();
    rd_kafka_conf_set(conf, "bootstrap.servers", brokers().c_str(), text, sizeof text);
    rd_kafka_conf_set(conf, "group.id", "test", text, sizeof text);
    rd_kafka_conf_set(conf, "auto.offset.reset", "earliest", text, sizeof text);
    rd_kafka_t* const consumer = rd_kafka_new(RD_KAFKA_CONSUMER, conf, text, sizeof text);
    rd_kafka_topic_partition_list_t* const topics = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(topics, topic.c_str(), RD_KAFKA_PARTITION_UA);
    rd_kafka_subscribe(consumer, topics);
    std::vector<std::string> lines;
    for (int tries = 0; tries < 200 && lines.size() < count; ++tries) {
      rd_kafka_message_t* const message = rd_kafka_consumer_poll(consumer, 100);
      if (message == nullptr) continue;
      if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR)
        lines.emplace_back(static_cast<const char*>(message->payload), message->len);
      rd_kafka_message_destroy(message);
    }
    rd_kafka_topic_partition_list_destroy(topics);
    rd_kafka_consumer_close(consumer);
    rd_kafka_destroy(consumer);
    return lines;
  }

 private:
  rd_kafka_t* owner_;
  rd_kafka_mock_cluster_t* cluster_;
};

}  // namespace

TEST_CASE("kafka: every event of the feed is in the topic once and in order, page by page") {
  const Scratch scratch("kafka");
  const auto store = Store::open(scratch.path("db"), {.mode = OpenMode::create});
  begin_history(*store);
  Random random(5);
  for (int step = 0; step < 30; ++step) take_step(*store, random, 1'800'000'000);
  Cluster cluster;
  KafkaOptions options{.brokers = cluster.brokers(), .topic = "feed", .limit = 7, .timeout_ms = 10'000};
  for (bool more = true; more;) {
    const KafkaReport report = deliver_to_kafka(*store, options);
    options.after = report.next;
    more = report.more;
  }
  CHECK(options.after == store->last_event());
  const std::vector<std::string> lines = cluster.read("feed", store->last_event());
  REQUIRE(lines.size() == store->last_event());
  for (std::size_t i = 0; i < lines.size(); ++i) CHECK(nlohmann::json::parse(lines[i]).at("seq") == i + 1);
}

TEST_CASE("kafka: where nobody acknowledges, the cursor does not move") {
  const Scratch scratch("kafka");
  const auto store = Store::open(scratch.path("db"), {.mode = OpenMode::create});
  begin_history(*store);
  Random random(5);
  for (int step = 0; step < 10; ++step) take_step(*store, random, 1'800'000'000);
  CHECK_THROWS_WITH_AS(deliver_to_kafka(*store, {.brokers = "127.0.0.1:1", .topic = "feed", .timeout_ms = 1'000}),
                       doctest::Contains("events were acknowledged"), Error);
}
