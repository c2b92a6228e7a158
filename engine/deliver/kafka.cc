#include "engine/deliver/kafka.h"

#include "base/error.h"

#ifdef RINGSCOPE_KAFKA

#include <array>
#include <memory>

#include <fmt/format.h>
#include <librdkafka/rdkafka.h>

#include "engine/detect/ring/json_parts.h"
#include "engine/export/feed.h"

namespace ringscope {
namespace {

constexpr std::string_view kKey = "ringscope";

struct Outcome {
  std::uint64_t taken = 0;
  std::string error;
};

void on_delivery(rd_kafka_t*, const rd_kafka_message_t* message, void* opaque) {
  auto& outcome = *static_cast<Outcome*>(opaque);
  if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
    ++outcome.taken;
  } else if (outcome.error.empty()) {
    outcome.error = rd_kafka_err2str(message->err);
  }
}

struct Destroy {
  void operator()(rd_kafka_t* producer) const { rd_kafka_destroy(producer); }
};
using Producer = std::unique_ptr<rd_kafka_t, Destroy>;

Producer connect(const KafkaOptions& options, Outcome& outcome) {
  std::array<char, 512> text{};
  rd_kafka_conf_t* const conf = rd_kafka_conf_new();
  for (const auto& [name, value] : {std::pair<const char*, std::string>{"bootstrap.servers", options.brokers},
                                    {"enable.idempotence", "true"},
                                    {"acks", "all"},
                                    {"message.timeout.ms", std::to_string(options.timeout_ms)}}) {
    if (rd_kafka_conf_set(conf, name, value.c_str(), text.data(), text.size()) != RD_KAFKA_CONF_OK)
      throw Error(ErrorCode::usage, text.data(), name);
  }
  rd_kafka_conf_set_dr_msg_cb(conf, on_delivery);
  rd_kafka_conf_set_opaque(conf, &outcome);
  Producer producer(rd_kafka_new(RD_KAFKA_PRODUCER, conf, text.data(), text.size()));
  if (!producer) throw Error(ErrorCode::io, text.data(), options.brokers);
  return producer;
}

void send(rd_kafka_t* producer, const std::string& topic, std::string_view line) {
  const std::string id = Json::parse(line).at("event_id");
  for (;;) {
    const rd_kafka_resp_err_t error = rd_kafka_producev(
        producer, RD_KAFKA_V_TOPIC(topic.c_str()), RD_KAFKA_V_KEY(kKey.data(), kKey.size()),
        RD_KAFKA_V_VALUE(const_cast<char*>(line.data()), line.size()),
        RD_KAFKA_V_HEADER("event_id", id.data(), id.size()), RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_END);
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return;
    if (error != RD_KAFKA_RESP_ERR__QUEUE_FULL) throw Error(ErrorCode::io, rd_kafka_err2str(error), topic);
    rd_kafka_poll(producer, 100);
  }
}

}  // namespace

KafkaReport deliver_to_kafka(const Store& store, const KafkaOptions& options) {
  Outcome outcome;
  const Producer producer = connect(options, outcome);
  const FeedPage page = read_feed(store, {options.after, options.limit, {}, false}, [&](std::string_view line) {
    send(producer.get(), options.topic, line);
    rd_kafka_poll(producer.get(), 0);
  });
  rd_kafka_flush(producer.get(), options.timeout_ms);
  if (outcome.taken != page.events)
    throw Error(ErrorCode::io,
                fmt::format("{} of {} events were acknowledged{}{}; they are sent again next time", outcome.taken,
                            page.events, outcome.error.empty() ? "" : ": ", outcome.error),
                options.topic);
  return {page.next, page.more, page.events};
}

}  // namespace ringscope

#else

namespace ringscope {

KafkaReport deliver_to_kafka(const Store&, const KafkaOptions&) {
  throw Error(ErrorCode::usage, "this program was built without Kafka: build it with -DRINGSCOPE_KAFKA=ON");
}

}  // namespace ringscope

#endif
