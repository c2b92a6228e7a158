#include "engine/ask/life/successions.h"

#include <algorithm>
#include <tuple>

#include "engine/ask/read_run.h"
#include "engine/detect/ring/succession_json.h"
#include "engine/json.h"

namespace ringscope {
namespace {

std::string dump(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

bool same_wave(const Succession& a, const Succession& b) {
  return a.ring == b.ring && a.wave.first == b.wave.first && a.wave.last == b.wave.last;
}

bool earlier(const Succession& a, const Succession& b) {
  const auto gained = [](const Succession& one) { return one.handover ? one.handover->gained_daily : 0; };
  return std::tuple(a.wave.first, a.ring, -gained(a), a.successor) <
         std::tuple(b.wave.first, b.ring, -gained(b), b.successor);
}

}  // namespace

std::vector<Succession> successions(const Store& store) {
  std::vector<Succession> all;
  const std::vector<Ring> rings = read_rings(store, latest_run(store).run, RingParts::heads);
  for (const Ring& ring : rings) {
    for (const Handover& one : ring.succeeds) all.push_back({one.ring, one.wave, ring.id, one});
  }
  const std::size_t found = all.size();
  for (const Ring& ring : rings) {
    for (const BanWave& wave : ring.ban_waves) {
      const Succession alone{ring.id, wave, "", std::nullopt};
      const auto end = all.begin() + static_cast<std::ptrdiff_t>(found);
      if (std::none_of(all.begin(), end, [&](const Succession& one) { return same_wave(one, alone); }))
        all.push_back(alone);
    }
  }
  std::sort(all.begin(), all.end(), earlier);
  return all;
}

std::vector<ReplacedAccount> replaced_accounts(const Store& store) {
  std::vector<ReplacedAccount> all;
  for (const Ring& ring : read_rings(store, latest_run(store).run, RingParts::members)) {
    for (const Member& member : ring.members) {
      if (member.replaces) all.push_back({member.name, ring.id, *member.replaces});
    }
  }
  std::sort(all.begin(), all.end(), [](const ReplacedAccount& a, const ReplacedAccount& b) {
    return std::tie(a.replaces.banned, a.account) < std::tie(b.replaces.banned, b.account);
  });
  return all;
}

std::string succession_to_json(const Succession& succession) {
  Json json = {{"schema", "ringscope.succession/1"}, {"ring", succession.ring}};
  json["wave"] = wave_to_json(succession.wave);
  json["successor"] = succession.handover ? Json(succession.successor) : Json(nullptr);
  json["handover"] = succession.handover ? handover_to_json(*succession.handover) : Json(nullptr);
  return dump(json);
}

std::string succession_to_json(const ReplacedAccount& replaced) {
  return dump({{"schema", "ringscope.replacement/1"},
               {"account", replaced.account},
               {"ring", replaced.ring},
               {"replaces", replacement_to_json(replaced.replaces)}});
}

}  // namespace ringscope
