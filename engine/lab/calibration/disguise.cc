#include "engine/lab/calibration/disguise.h"

#include <algorithm>

#include "engine/lab/world/traffic.h"

namespace ringscope::calibration {
namespace {

using world::Word;

// Where among the issuers, the public's favourites first, the simulator has those that sell cards by the hundred.
constexpr double kFirstVirtual = 0.15;
constexpr double kLastVirtual = 0.25;
constexpr double kHomeInUse = 0.5;  // of the proxies in homes: somebody of the store lives there

template <class Map, class Value>
void enumerate(const world::World& world, world::PoolId pool, Map& map, const Value& value) {
  for (std::uint32_t e = 0; e < world.pools[pool].size; ++e) map.try_emplace(value_of(world, pool, e), value(e));
}

std::string_view name_among(std::span<const Counted<std::string>> names, std::string_view wanted, std::size_t index) {
  if (names.empty()) return {};
  const auto same = std::ranges::find(names, wanted, &Counted<std::string>::value);
  return same != names.end() ? same->value : names[index % names.size()].value;
}

}  // namespace

Disguise::Disguise(const Surroundings& real, const world::World& world, const world::Landscape& land,
                   std::uint64_t seed)
    : real_(real), world_(world), seed_(seed) {
  std::uint32_t hubs = 0;
  for (const auto* kind : {&land.carriers, &land.vpns, &land.public_proxies}) {
    for (const world::PoolId pool : *kind)
      enumerate(world, pool, places_, [&](std::uint32_t) { return Known{Place::hub, hubs++}; });
  }
  for (const world::PoolId pool : world.home_networks)
    enumerate(world, pool, places_, [](std::uint32_t e) { return Known{Place::home, e}; });
  enumerate(world, land.popular_devices, popular_devices_, [](std::uint32_t e) { return e; });
  enumerate(world, world.popular_templates, popular_templates_, [](std::uint32_t e) { return e; });
}

const std::string& Disguise::address(Word word) {
  const auto [value, is_new] = addresses_.try_emplace(word);
  if (is_new) value->second = new_address(word);
  return value->second;
}

std::string Disguise::new_address(Word word) const {
  const std::size_t layer = *real_.layer_of(Role::address);
  const auto known = places_.find(word);
  const auto hubs = real_.popular(Role::address);
  if (known != places_.end() && known->second.place == Place::hub && !hubs.empty()) {
    return real_.name(hubs[known->second.rank % hubs.size()]);
  }
  Random random(seed_ ^ 0xadd, word);
  if (known != places_.end()) {
    const std::string home = real_.rare(layer, random);
    return random.chance(kHomeInUse) ? home : real_.fresh_like(layer, home, random);
  }
  if (real_.layer(layer).name != kRoleNames[0]) return new_opaque(Role::address, word);
  std::string text;
  world::append_address(text, word);
  return real_.exists(layer, text) ? real_.fresh_like(layer, text, random) : text;
}

const std::string& Disguise::payment(Word word) {
  const auto [value, is_new] = payments_.try_emplace(word);
  if (is_new) value->second = new_payment(word);
  return value->second;
}

std::string Disguise::new_payment(Word word) const {
  const auto issuers = real_.issuers();
  if (issuers.empty()) return new_opaque(Role::payment, word);
  const auto count = static_cast<double>(issuers.size());
  Random random(seed_ ^ 0x155, word >> 40);  // cards of one issuer stay together
  const double at = count * (kFirstVirtual + (kLastVirtual - kFirstVirtual) * random.uniform());
  std::string text = issuers[static_cast<std::size_t>(at)].value + "-";
  world::append_opaque(text, word);
  return text;
}

const std::string& Disguise::device(Word word) {
  const auto [value, is_new] = devices_.try_emplace(word);
  if (!is_new) return value->second;
  const auto popular = popular_devices_.find(word);
  const auto real = real_.popular(Role::device);
  value->second = popular == popular_devices_.end() || real.empty() ? new_opaque(Role::device, word)
                                                                    : real_.name(real[popular->second % real.size()]);
  return value->second;
}

std::string Disguise::new_opaque(Role role, Word word) const {
  std::string text = role == Role::device && real_.layer(*real_.layer_of(role)).name == "fingerprint" ? "fp_" : "";
  world::append_opaque(text, word);
  return text;
}

std::string Disguise::mail(const world::Account& account) const {
  std::string text;
  world::append_mail(text, account.id, account.mail_domain);
  const auto domains = real_.domains();
  if (account.mail_domain >= world::kMailProviders || domains.empty()) return text;
  text.resize(text.find('@') + 1);
  return text + domains[account.mail_domain % domains.size()].value;
}

KeyHash Disguise::templates(Word word) const {
  const auto popular = popular_templates_.find(word);
  const auto real = real_.templates();
  if (popular != popular_templates_.end() && !real.empty()) return real[popular->second % real.size()].value;
  std::string text = "t_";
  world::append_opaque(text, word);
  return hash_value(text);
}

std::string Disguise::capability(std::uint8_t index) const {
  return std::string(name_among(real_.capabilities(), world::kCapabilityNames[index], index));
}

std::string Disguise::model(std::uint8_t index) const {
  return std::string(name_among(real_.models(), world::kModelNames[index], index));
}

}  // namespace ringscope::calibration
