#include "engine/deliver/kafka.h"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "base/atomic_file.h"
#include "base/error.h"
#include "cli/commands.h"
#include "cli/terminal.h"
#include "cli/text.h"
#include "engine/deliver/endpoints.h"

namespace ringscope::cli {
namespace {

struct Options {
  KafkaOptions kafka;
  std::optional<std::uint64_t> after;
  bool follow = false;
  double every = 1;
};

// Beside the webhooks: how far a topic has been told.
std::filesystem::path cursor_file(const Store& store, const std::string& topic) {
  return store.path() / "delivery" / fmt::format("kafka-{:016x}", hash_value(topic));
}

std::uint64_t read_cursor(const std::filesystem::path& file) {
  std::uint64_t cursor = 0;
  std::ifstream(file) >> cursor;
  return cursor;
}

int run(const Globals& globals, const Options& options) {
  for (bool first = true;; first = false) {
    const auto store = open_store(globals, OpenMode::read_only);
    const EndpointLock lock(*store);
    const std::filesystem::path file = cursor_file(*store, options.kafka.topic);
    KafkaOptions kafka = options.kafka;
    kafka.after = first && options.after ? *options.after : read_cursor(file);
    const KafkaReport report = deliver_to_kafka(*store, kafka);
    AtomicFile cursor(file, FileMode::owner_only);
    cursor.write(std::to_string(report.next));
    cursor.commit();
    if (report.events > 0 || !options.follow)
      spdlog::info("{} into {}, up to {}", count_of(report.events, "event", "events"), escaped(kafka.topic),
                   report.next);
    if (report.more) continue;
    if (!options.follow) return 0;
    std::this_thread::sleep_for(std::chrono::duration<double>(options.every));
  }
}

}  // namespace

std::function<int()> setup_kafka(CLI::App& app, const Globals& globals) {
  const auto options = std::make_shared<Options>();
  app.add_option("--brokers", options->kafka.brokers, "HOST:PORT, several comma-separated")->required();
  app.add_option("--topic", options->kafka.topic, "Where the feed's lines go")->required();
  app.add_option("--after", options->after, "Events with a greater number; default: where it stopped");
  app.add_option("--limit", options->kafka.limit, "Events between two marks of how far it is")->capture_default_str();
  app.add_flag("--follow", options->follow, "Go on until stopped");
  app.add_option("--every", options->every, "Seconds between two looks")
      ->check(CLI::Range(0.01, 3600.0))
      ->capture_default_str();
  app.footer("At least once and in order; needs a program that was built with -DRINGSCOPE_KAFKA=ON.");
  return [options, &globals] { return run(globals, *options); };
}

}  // namespace ringscope::cli
