#include <algorithm>
#include <numeric>
#include <set>

#include "base/time.h"
#include "engine/json.h"
#include "engine/lab/world/output.h"
#include "engine/lab/world/values.h"
#include "engine/lab/world/writer.h"

namespace ringscope::world {
namespace {

constexpr std::uint32_t kCampaignSize = 100;  // smaller rings have no published indicators
constexpr std::size_t kIndicatorsEach = 6;

std::string account_name(const Account& account) {
  std::string name;
  append_account(name, account.id);
  return name;
}

void write_accounts(const World& world, const std::filesystem::path& file) {
  std::vector<std::string> lines;
  lines.reserve(world.accounts.size());
  for (const Account& account : world.accounts) {
    const Group& group = world.groups[account.group];
    lines.push_back(account_name(account) + ',' + (group.is_ring ? group.name + ',' : ',' + group.name) + '\n');
  }
  std::ranges::sort(lines);  // so that the order tells nothing
  Output output(file);
  output.write("account,ring,group\n");
  for (const std::string& line : lines) output.write(line);
  output.close();
}

void write_successions(const World& world, const std::filesystem::path& file) {
  Output output(file);
  output.write("account,successor\n");
  for (const auto& [banned, successor] : world.successions) {
    output.write(account_name(world.accounts[banned]) + ',' + account_name(world.accounts[successor]) + '\n');
  }
  output.close();
}

void write_pool_successions(const World& world, const std::filesystem::path& file) {
  Output output(file);
  output.write("ring,successor,exact\n");
  for (const auto& [banned, successor, exact] : world.pool_successions) {
    output.write(world.groups[banned].name + ',' + world.groups[successor].name + (exact ? ",1\n" : ",0\n"));
  }
  output.close();
}

template <class Append>
std::string text_of(Word word, const Append& append) {
  std::string text;
  append(text, word);
  return text;
}

// What one account of a ring surely showed on its first day: its card and an address.
void add_indicators(const World& world, const Account& account, Json& indicators) {
  const auto add = [&](const char* kind, const std::string& value) {
    const Json indicator = {{"kind", kind}, {"value", value}};
    if (std::ranges::find(indicators, indicator) == indicators.end()) indicators.push_back(indicator);
  };
  Random random(account.id);
  const Context& context = world.contexts[account.first_context];
  add("ip", text_of(draw(world, context.address, 0, 0, random), append_address));
  add("payment", text_of(draw(world, account.payment, 0, 0, random), append_payment));
}

void write_indicators(const World& world, const std::filesystem::path& file) {
  std::vector<Json> by_group(world.groups.size(), Json::array());
  for (const Account& account : world.accounts) {
    const Group& group = world.groups[account.group];
    Json& indicators = by_group[account.group];
    if (group.is_ring && group.size >= kCampaignSize && indicators.size() < kIndicatorsEach) {
      add_indicators(world, account, indicators);
    }
  }
  Json campaigns = Json::array();
  for (std::size_t g = 0; g < by_group.size(); ++g) {
    if (!by_group[g].empty()) campaigns.push_back({{"campaign", world.groups[g].name}, {"indicators", by_group[g]}});
  }
  Output output(file);
  output.write(campaigns.dump(1) + "\n");
  output.close();
}

Json options_json(const SimulateOptions& options) {
  return {{"seed", options.seed},
          {"accounts", options.accounts},
          {"requests", options.requests},
          {"ring_share", options.ring_share},
          {"ring_requests", options.ring_requests},
          {"hardness", options.hardness},
          {"kind_hardness", options.kind_hardness},
          {"other_purpose", options.other_purpose},
          {"failovers", options.failovers},
          {"days", options.days},
          {"start", options.start},
          {"rings", options.rings},
          {"format", options.format}};
}

Json group_json(const Group& group) {
  Json json = {{"name", group.name}, {"kind", group.kind}, {"size", group.size}, {"hardness", group.hardness}};
  for (const auto& [knob, value] : group.knobs) json["knobs"][knob] = value;
  return json;
}

void write_world(const World& world, const std::filesystem::path& file, const Written& written) {
  Json rings = Json::array();
  Json groups = Json::array();
  std::uint64_t ring_accounts = 0;
  for (const Group& group : world.groups) {
    (group.is_ring ? rings : groups).push_back(group_json(group));
    ring_accounts += group.is_ring ? group.size : 0;
  }
  const Json counts = {{"accounts", world.accounts.size()},
                       {"ring_accounts", ring_accounts},
                       {"requests", written.requests},
                       {"bytes", written.bytes},
                       {"rings", rings.size()},
                       {"honest_groups", groups.size() - 1}};
  const Json json = {
      {"options", options_json(world.options)}, {"counts", counts}, {"rings", rings}, {"groups", groups}};
  Output output(file);
  output.write(json.dump(1) + "\n");
  output.close();
}

}  // namespace

void write_truth(const World& world, const std::filesystem::path& directory, const Written& written) {
  write_accounts(world, directory / "truth.csv");
  write_successions(world, directory / "successions.csv");
  if (world.options.failovers > 0) write_pool_successions(world, directory / "pool_successions.csv");
  write_indicators(world, directory / "indicators.json");
  write_world(world, directory / "world.json", written);
}

}  // namespace ringscope::world
