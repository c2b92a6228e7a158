#include "engine/detect/judge/profile.h"

#include <algorithm>
#include <limits>

#include "base/parallel.h"
#include "engine/detect/judge/starts.h"

namespace ringscope {
namespace {

constexpr std::size_t kParts = 64;

bool is_weekend(Day day) {
  const int weekday = ((day % 7) + 7 + 4) % 7;  // 1970-01-01 was a Thursday; 0 = Sunday
  return weekday == 0 || weekday == 6;
}

void add_tags(std::vector<TagCount>& into, const std::vector<TagCount>& tags) {
  for (const TagCount& tag : tags) {
    const auto at = std::lower_bound(into.begin(), into.end(), tag.tag,
                                     [](const TagCount& a, const VertexKey& key) { return a.tag < key; });
    if (at != into.end() && at->tag == tag.tag) {
      at->count += tag.count;
    } else {
      into.insert(at, tag);
    }
  }
}

void add_templates(std::vector<TemplateCount>& into, const std::vector<TemplateCount>& templates) {
  for (const TemplateCount& entry : templates) {
    const auto at = std::lower_bound(into.begin(), into.end(), entry.template_hash,
                                     [](const TemplateCount& a, KeyHash hash) { return a.template_hash < hash; });
    if (at != into.end() && at->template_hash == entry.template_hash) {
      at->count += entry.count;
    } else {
      into.insert(at, entry);
    }
  }
  if (into.size() > kTemplateSketchSize) into.resize(kTemplateSketchSize);
}

void add_hours(Profile& profile, const ActivityDay& day) {
  constexpr std::size_t kMost = std::numeric_limits<std::uint16_t>::max();
  const std::size_t begin = profile.days.size() * day.hours.size();
  if (day.day == kNoDay || begin + day.hours.size() > kMost) return;
  for (std::size_t h = 0; h < day.hours.size(); ++h) {
    if (day.hours[h] == 0) continue;
    profile.by_hour.push_back({static_cast<std::uint16_t>(begin + h),
                               static_cast<std::uint16_t>(std::min<std::size_t>(day.hours[h], kMost))});
  }
}

ModelMove move_to(const NewModel& model, std::span<const ActivityDay> days) {
  ModelMove move;
  for (const ActivityDay& day : days) {
    if (day.day == kNoDay) continue;
    if (day.day < model.first) move.before += day.requests;
    if (day.day != model.first + 1) continue;
    for (const TagCount& tag : day.tags) {
      if (tag.tag.kind == model.model.kind) move.after += tag.count;
      if (tag.tag == model.model) move.moved += tag.count;
    }
  }
  return move;
}

struct Part {
  Population population;
  std::vector<std::pair<std::size_t, Profile>> profiles;
};

Part read_part(const Store& store, const Snapshot& snapshot, std::span<const Vertex> accounts,
               std::span<const NewModel> models, std::size_t part) {
  Part result;
  const auto add = [&](KeyHash account, std::span<const ActivityDay> days) {
    ++result.population.accounts;
    for (const ActivityDay& day : days) {
      result.population.requests += day.requests;
      add_tags(result.population.tags, day.tags);
    }
    const auto vertex = std::lower_bound(snapshot.accounts.begin(), snapshot.accounts.end(), account);
    if (vertex == snapshot.accounts.end() || *vertex != account) return;
    const auto number = static_cast<Vertex>(vertex - snapshot.accounts.begin());
    const auto at = std::lower_bound(accounts.begin(), accounts.end(), number);
    if (at == accounts.end() || *at != number) return;
    Profile profile = profile_of(days, models);
    snapshot.prompts.merge(profile.templates);
    profile.prompts = prompts_by_use(snapshot.prompts, days);
    result.profiles.emplace_back(static_cast<std::size_t>(at - accounts.begin()), std::move(profile));
  };
  scan_activity(store, snapshot.window, snapshot.unread(), part, kParts, add);
  return result;
}

std::vector<TemplateCount> templates_used(const std::vector<Profile>& profiles) {
  std::vector<TemplateCount> used;
  for (const Profile& profile : profiles) {
    for (const TemplateCount& entry : profile.prompts) used.push_back({entry.template_hash, 0});
  }
  std::sort(used.begin(), used.end());
  used.erase(std::unique(used.begin(), used.end()), used.end());
  return used;
}

// How many accounts of the window use each template of `used`.
void count_template_users(const Store& store, const Snapshot& snapshot, std::vector<TemplateCount>& used,
                          unsigned threads) {
  if (used.empty()) return;
  auto counts = parallel_map_chunks<std::vector<std::uint32_t>>(kParts, 1, threads, [&](const Chunk& chunk, unsigned) {
    std::vector<std::uint32_t> count(used.size(), 0);
    std::vector<std::size_t> mine;
    store.scan_activity(snapshot.window, chunk.index, kParts, [&](KeyHash, std::span<const ActivityDay> days) {
      mine.clear();
      for (const ActivityDay& day : days) {
        for (const TemplateCount& entry : day.templates) {
          const KeyHash hash = snapshot.prompts.leader_of(entry.template_hash);
          const auto at = std::lower_bound(used.begin(), used.end(), TemplateCount{hash, 0});
          if (at != used.end() && at->template_hash == hash)
            mine.push_back(static_cast<std::size_t>(at - used.begin()));
        }
      }
      std::sort(mine.begin(), mine.end());
      mine.erase(std::unique(mine.begin(), mine.end()), mine.end());
      for (const std::size_t i : mine) ++count[i];
    });
    return count;
  });
  for (const auto& count : counts) {
    for (std::size_t i = 0; i < count.size(); ++i) used[i].count += count[i];
  }
}

void read_facts(const Store& store, const Snapshot& snapshot, Profiles& profiles) {
  const std::vector<Vertex>& accounts = profiles.accounts;
  std::size_t banned = 0;  // of all others
  scan_facts(store, snapshot.window, snapshot.unread(), [&](KeyHash account, const AccountFacts& facts) {
    const auto vertex = std::lower_bound(snapshot.accounts.begin(), snapshot.accounts.end(), account);
    if (vertex == snapshot.accounts.end() || *vertex != account) return;
    const auto number = static_cast<Vertex>(vertex - snapshot.accounts.begin());
    const auto at = std::lower_bound(accounts.begin(), accounts.end(), number);
    if (at != accounts.end() && *at == number) {
      profiles.of[static_cast<std::size_t>(at - accounts.begin())].facts = facts;
    } else if (facts.status.value() == "banned") {
      ++banned;
    }
  });
  const auto others = static_cast<double>(snapshot.accounts.size() - accounts.size());
  profiles.population.banned = (static_cast<double>(banned) + 0.5) / (others + 100);
}

}  // namespace

Profile profile_of(std::span<const ActivityDay> days, std::span<const NewModel> models) {
  Profile profile;
  profile.days.reserve(days.size());
  for (const ActivityDay& day : days) {
    profile.requests += day.requests;
    profile.tokens_in += day.tokens_in;
    profile.tokens_out += day.tokens_out;
    profile.templated += day.templated;
    for (std::size_t h = 0; h < day.hours.size(); ++h) profile.hours[h] += day.hours[h];
    if (is_weekend(day.day)) profile.weekend += day.requests;
    add_hours(profile, day);
    profile.days.emplace_back(day.day, day.requests);
    add_tags(profile.tags, day.tags);
    add_templates(profile.templates, day.templates);
  }
  profile.by_hour.shrink_to_fit();  // there are as many profiles as members of all groups
  profile.tags.shrink_to_fit();
  profile.templates.shrink_to_fit();
  profile.moves.reserve(models.size());
  for (const NewModel& model : models) profile.moves.push_back(move_to(model, days));
  return profile;
}

Profiles read_profiles(const Store& store, const Snapshot& snapshot, std::span<const Vertex> accounts, unsigned threads,
                       std::span<const NewModel> models) {
  Profiles result;
  result.accounts.assign(accounts.begin(), accounts.end());
  result.of.resize(accounts.size());
  if (accounts.empty()) return result;
  auto parts = parallel_map_chunks<Part>(kParts, 1, threads, [&](const Chunk& chunk, unsigned) {
    return read_part(store, snapshot, accounts, models, chunk.index);
  });
  for (Part& part : parts) {
    result.population.accounts += part.population.accounts;
    result.population.requests += part.population.requests;
    add_tags(result.population.tags, part.population.tags);
    for (auto& [index, profile] : part.profiles) result.of[index] = std::move(profile);
  }
  read_facts(store, snapshot, result);
  result.population.usual_start = usual_start(result.of);
  result.population.templates = templates_used(result.of);
  count_template_users(store, snapshot, result.population.templates, threads);
  return result;
}

Profiles visit_requests(const Store& store, const Snapshot& snapshot, std::span<const Vertex> accounts) {
  Profiles result;
  result.accounts.assign(accounts.begin(), accounts.end());
  result.of.resize(accounts.size());
  std::vector<KeyHash> keys;
  for (const Vertex account : accounts) keys.push_back(snapshot.accounts[account]);
  std::size_t at = 0;
  visit_activity(store, snapshot.window, snapshot.unread(), keys, [&](KeyHash, std::span<const ActivityDay> days) {
    for (const ActivityDay& day : days) result.of[at].requests += day.requests;
    ++at;
  });
  at = 0;
  visit_facts(store, snapshot.window, snapshot.unread(), keys,
              [&](KeyHash, const AccountFacts& facts) { result.of[at++].facts = facts; });
  return result;
}

Profiles visit_profiles(const Store& store, const Snapshot& snapshot, std::span<const Vertex> accounts,
                        std::span<const NewModel> models) {
  Profiles result;
  result.accounts.assign(accounts.begin(), accounts.end());
  std::vector<KeyHash> keys;
  for (const Vertex account : accounts) keys.push_back(snapshot.accounts[account]);
  visit_activity(store, snapshot.window, snapshot.unread(), keys, [&](KeyHash, std::span<const ActivityDay> days) {
    result.of.push_back(days.empty() ? Profile{} : profile_of(days, models));
    snapshot.prompts.merge(result.of.back().templates);
    result.of.back().prompts = prompts_by_use(snapshot.prompts, days);
  });
  std::size_t at = 0;
  visit_facts(store, snapshot.window, snapshot.unread(), keys,
              [&](KeyHash, const AccountFacts& facts) { result.of[at++].facts = facts; });
  return result;
}

}  // namespace ringscope
