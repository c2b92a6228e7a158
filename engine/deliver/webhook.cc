#include "engine/deliver/webhook.h"

#include <algorithm>
#include <array>
#include <map>
#include <random>

#include "base/random.h"
#include "engine/detect/ring/json_parts.h"
#include "engine/export/digest.h"

namespace ringscope {
namespace {

constexpr std::string_view kSecretPrefix = "whsec_";
constexpr std::size_t kLeastSecret = 24, kMostSecret = 64;
// Of the standard's recommendation: at once, then in growing steps over some two days.
constexpr auto kDelays = std::to_array<Seconds>({5, 300, 1800, 7200, 18'000, 36'000, 50'400, 72'000, 86'400});

}  // namespace

std::optional<WebhookMessage> next_message(const Store& store, std::uint64_t after, std::uint64_t limit, Seconds now) {
  std::map<std::string, std::uint64_t> counts;
  WebhookMessage message;
  const FeedPage page = read_feed(store, {after, limit, {}, false}, [&](std::string_view line) {
    const Json event = Json::parse(line);
    ++counts[event.at("type").get<std::string>()];
    message.id = event.at("event_id");
  });
  if (page.events == 0) return std::nullopt;
  Json by_type = Json::object();
  for (const auto& [type, count] : counts) by_type[type] = count;
  message.next = page.next;
  message.body = dump({{"type", "ringscope.feed"},
                       {"timestamp", format_time(now)},
                       {"data",
                        {{"event_id", message.id},
                         {"after", after},
                         {"next", page.next},
                         {"high_water", page.high_water},
                         {"halted", page.halted},
                         {"events", std::move(by_type)}}}});
  return message;
}

WebhookMessage gap_message(const FeedGap& gap, Seconds now) {
  WebhookMessage message;
  message.id = fmt::format("G-{:016x}", hash_value(fmt::format("gap {} {} {}", gap.after, gap.first, gap.high_water)));
  message.next = gap.high_water;
  message.body = dump({{"type", "ringscope.feed-gap"},
                       {"timestamp", format_time(now)},
                       {"data",
                        {{"after", gap.after},
                         {"first", gap.first},
                         {"high_water", gap.high_water},
                         {"snapshot", "ringscope export --level state"},
                         {"message", gap.message}}}});
  return message;
}

std::string secret_bytes(std::string_view secret) {
  if (!secret.starts_with(kSecretPrefix))
    throw Error(ErrorCode::usage, "a secret begins with whsec_, and base64 follows", "the webhook's secret");
  std::string bytes = from_base64(secret.substr(kSecretPrefix.size()));
  if (bytes.size() < kLeastSecret || bytes.size() > kMostSecret)
    throw Error(ErrorCode::usage, fmt::format("a secret has {} to {} bytes", kLeastSecret, kMostSecret),
                "the webhook's secret");
  return bytes;
}

std::string new_secret() {
  std::random_device device;
  std::string bytes;
  for (std::size_t i = 0; i < 32; ++i) bytes += static_cast<char>(device() & 0xFF);
  return std::string(kSecretPrefix) + base64(bytes);
}

std::string webhook_signature(std::string_view secret, std::string_view id, Seconds timestamp, std::string_view body) {
  return "v1," + base64(hmac_sha256(secret_bytes(secret), fmt::format("{}.{}.{}", id, timestamp, body)));
}

std::optional<Seconds> retry_delay(std::string_view id, std::uint32_t failures) {
  if (failures == 0) return 0;
  if (failures > kDelays.size()) return std::nullopt;
  const Seconds base = kDelays[failures - 1];
  const double jitter = static_cast<double>(random_word(hash_value(id), failures) >> 11) * 0x1.0p-53 - 0.5;
  return std::max<Seconds>(1, base + static_cast<Seconds>(0.4 * jitter * static_cast<double>(base)));
}

}  // namespace ringscope
