#include "engine/lab/calibration/inject.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "engine/ingest/fold.h"
#include "engine/lab/calibration/disguise.h"
#include "engine/lab/world/planner.h"
#include "engine/lab/world/traffic.h"

namespace ringscope::calibration {
namespace {

using world::Request;

constexpr std::size_t kFoldBytes = std::size_t{128} << 20;
constexpr std::uint64_t kFewestSightings = 3;

// A line of a log as it is made up.
struct Line {
  std::string account;
  Seconds ts = kNoTime;
  bool request = false;
  std::vector<std::pair<std::string_view, std::string>> things = {};  // kind, value
  std::string capability = {}, model = {}, plan = {}, status = {};
  std::optional<KeyHash> templates = {};
  std::uint64_t tokens_in = 0, tokens_out = 0;
  Seconds created = kNoTime;
};

// Lines -> rows, as an ingest would make them.
class Lines {
 public:
  explicit Lines(Store& store) : store_(store), writer_(store.bulk_writer()), fold_(1, kFoldBytes) {}

  void add(const Line& line) {
    CleanEvent event;
    event.account = line.account;
    event.ts = line.ts;
    event.request = line.request;
    for (const auto& [kind, value] : line.things) event.entities[event.entity_count++] = {kind, value};
    event.tokens_in = line.tokens_in;
    event.tokens_out = line.tokens_out;
    event.capability = line.capability;
    event.model = line.model;
    event.template_hash = line.templates;
    event.plan = line.plan;
    event.status = line.status;
    event.created = line.created;
    fold_.shard(0).add(event);
    if (fold_.full()) fold_.flush(store_, *writer_);
  }

  void commit() {
    fold_.flush(store_, *writer_);
    writer_->commit();
  }

 private:
  Store& store_;
  std::unique_ptr<BatchWriter> writer_;
  Fold fold_;
};

// One of them, as often as it was counted.
template <class T>
const T& pick(const std::vector<Counted<T>>& list, Random& random) {
  std::uint64_t total = 0;
  for (const Counted<T>& one : list) total += one.count;
  std::uint64_t at = random.below(std::max<std::uint64_t>(total, 1));
  for (const Counted<T>& one : list) {
    if (at < one.count) return one.value;
    at -= one.count;
  }
  return list.front().value;
}

template <class T>
void count(std::vector<Counted<T>>& list, const T& value, std::uint64_t times) {
  const auto found = std::ranges::find(list, value, &Counted<T>::value);
  if (found != list.end()) {
    found->count += times;
  } else {
    list.push_back({value, times});
  }
}

// What a donor asks for.
struct Wishes {
  std::vector<Counted<std::string>> capabilities, models;
  std::vector<Counted<KeyHash>> templates;
  double templated = 0;  // share of the requests
  double tokens_in = 0, tokens_out = 0;

  Wishes(const Surroundings& real, const Donor& donor, Random& random) {
    const std::uint64_t salt = random();
    absl::flat_hash_map<KeyHash, KeyHash> in_place;
    const auto requests = static_cast<double>(std::max<std::uint64_t>(donor.requests, 1));
    for (const ActivityDay& day : donor.activity) {
      tokens_in += static_cast<double>(day.tokens_in) / requests;
      tokens_out += static_cast<double>(day.tokens_out) / requests;
      templated += static_cast<double>(day.templated) / requests;
      for (const TagCount& tag : day.tags)
        count(real.kind_of_tag(tag.tag) == Tag::model ? models : capabilities, real.tag_name(tag.tag), tag.count);
      for (const TemplateCount& one : day.templates) {
        const auto [mine, is_new] = in_place.try_emplace(one.template_hash);
        if (is_new) mine->second = real.template_in_place_of(one.template_hash, salt, random);
        count(templates, mine->second, one.count);
      }
    }
  }
};

class Injection {
 public:
  Injection(Store& store, const Surroundings& real, const RingPlan& plan)
      : real_(real),
        plan_(plan),
        world_(world_of(plan)),
        planner_(world_, random_word(plan.seed, 0xca1), 1),
        random_(kind_salt(plan), plan.seed),
        lines_(store) {
    planner_.open_individuals();
    world::plan_one_ring(planner_, plan.kind, plan.size);
  }

  Injected run() {
    Disguise disguise(real_, world_, planner_.land(), plan_.seed);
    Injected injected;
    injected.members.reserve(plan_.size);
    injected.twins.reserve(plan_.size);
    for (std::uint32_t a = 0; a < world_.accounts.size(); ++a) {
      const world::Account& account = world_.accounts[a];
      if (!world_.groups[account.group].is_ring) continue;  // a ring's honest buyers stay away
      std::vector<Request> requests = requests_of(a);
      const Donor donor = real_.donor(random_);
      if (!real_.has_activity()) thin_out(requests, donor);
      const std::string member = account_name(account.id);
      const std::string twin = account_name(mix64(account.id ^ 0x7717));
      add_member(disguise, account, member, donor, requests);
      add_twin(twin, donor, requests);
      injected.members.push_back(hash_value(member));
      injected.twins.push_back(hash_value(twin));
    }
    lines_.commit();
    return injected;
  }

 private:
  static std::uint64_t kind_salt(const RingPlan& plan) { return hash_value(plan.kind); }

  static world::World world_of(const RingPlan& plan) {
    world::World world;
    world.options.seed = plan.seed;
    world.options.hardness = plan.hardness;
    world.options.days = plan.days.last - plan.days.first + 1;
    world.start = start_of_day(plan.days.first);
    world.length = world.options.days * world::kDaySeconds;
    return world;
  }

  static std::string account_name(std::uint64_t id) {
    std::string text;
    world::append_account(text, id);
    return text;
  }

  std::vector<Request> requests_of(std::uint32_t account) const {
    std::vector<Request> requests;
    for (int day = 0; day < world_.options.days; ++day) draw_day(world_, account, day, requests);
    std::erase_if(requests, [](const Request& request) { return request.mark == world::Mark::banned; });
    std::ranges::stable_sort(requests, {}, &Request::at);
    return requests;
  }

  // Where only sightings are known, a member is seen as often as its donor has things.
  void thin_out(std::vector<Request>& requests, const Donor& donor) {
    const std::uint64_t things = real_.snapshot().graph().left_degree(donor.account);
    const std::size_t keep = std::min<std::size_t>(requests.size(), std::max(things, kFewestSightings));
    for (std::size_t i = 0; i < keep; ++i) std::swap(requests[i], requests[i + random_.below(requests.size() - i)]);
    requests.resize(keep);
    std::ranges::stable_sort(requests, {}, &Request::at);
  }

  Seconds time_of(const Request& request) const { return real_.days() ? world_.start + request.at : kNoTime; }

  std::string_view kind_of(Role role) const { return real_.layer(*real_.layer_of(role)).name; }

  void add_member(Disguise& disguise, const world::Account& account, const std::string& name, const Donor& donor,
                  const std::vector<Request>& requests) {
    for (const Request& request : requests) {
      const bool first = &request == &requests.front();
      Line line{.account = name, .ts = time_of(request), .request = real_.has_activity()};
      if (real_.layer_of(Role::address))
        line.things.emplace_back(kind_of(Role::address), disguise.address(request.address));
      if (real_.layer_of(Role::payment) && request.payment != 0)
        line.things.emplace_back(kind_of(Role::payment), disguise.payment(request.payment));
      if (real_.layer_of(Role::device))
        line.things.emplace_back(kind_of(Role::device), disguise.device(request.device));
      if (real_.layer_of(Role::mail) && first) line.things.emplace_back(kind_of(Role::mail), disguise.mail(account));
      if (line.request) ask_as_ring(disguise, request, line);
      if (first) {
        line.plan = donor.facts.plan.value();
        if (real_.has_created()) line.created = world_.start + account.created;
      }
      lines_.add(line);
    }
    if (account.banned && real_.has_status())
      lines_.add({.account = name, .ts = world_.start + account.end, .status = "banned"});
    add_other_things(name, donor, requests);
  }

  void ask_as_ring(const Disguise& disguise, const Request& request, Line& line) const {
    line.capability = disguise.capability(request.capability);
    line.model = disguise.model(request.model);
    if (request.templates != 0 && !real_.templates().empty()) line.templates = disguise.templates(request.templates);
    if (!real_.has_tokens()) return;
    line.tokens_in = request.tokens;
    line.tokens_out = request.tokens_out;
  }

  // Kinds of things that rings of the simulator do not know of: the like of the donor's.
  void add_other_things(const std::string& name, const Donor& donor, const std::vector<Request>& requests) {
    std::size_t next = 0;
    for (const Vertex thing : real_.snapshot().graph().rights_of(donor.account)) {
      const std::size_t layer = real_.layer_index(thing);
      if (real_.is_role(layer)) continue;
      Line line{.account = name, .ts = time_of(requests[next++ % requests.size()])};
      line.things.emplace_back(real_.layer(layer).name, real_.in_place_of(thing, random_));
      lines_.add(line);
    }
  }

  void add_twin(const std::string& name, const Donor& donor, const std::vector<Request>& requests) {
    if (real_.has_activity()) {
      add_requests(name, donor, requests);
      add_other_things(name, donor, requests);
      return;
    }
    std::size_t next = 0;
    for (const Vertex thing : real_.snapshot().graph().rights_of(donor.account)) {
      Line line{.account = name, .ts = time_of(requests[next++ % requests.size()])};
      line.things.emplace_back(real_.layer(real_.layer_index(thing)).name, real_.in_place_of(thing, random_));
      if (next == 1) state_facts(donor, line);
      lines_.add(line);
    }
  }

  // As many requests in the same hours as the member's, with the donor's things and wishes.
  void add_requests(const std::string& name, const Donor& donor, const std::vector<Request>& requests) {
    std::array<std::vector<Counted<std::string>>, kRoleNames.size()> wardrobe = wardrobe_of(donor);
    const Wishes wishes(real_, donor, random_);
    for (std::size_t i = 0; i < requests.size(); ++i) {
      const Seconds hour = time_of(requests[i]) / 3600 * 3600;
      Line line{.account = name, .ts = hour + static_cast<Seconds>(random_.below(3600)), .request = true};
      for (std::size_t role = 0; role < wardrobe.size(); ++role) {
        const auto& things = wardrobe[role];
        if (things.empty() || (static_cast<Role>(role) == Role::mail && i > 0)) continue;
        line.things.emplace_back(kind_of(static_cast<Role>(role)),
                                 i < things.size() ? things[i].value : pick(things, random_));
      }
      ask_as_donor(wishes, line);
      if (i == 0) state_facts(donor, line);
      lines_.add(line);
    }
  }

  std::array<std::vector<Counted<std::string>>, kRoleNames.size()> wardrobe_of(const Donor& donor) {
    std::array<std::vector<Counted<std::string>>, kRoleNames.size()> wardrobe;
    const BipartiteGraph graph = real_.snapshot().graph();
    const auto things = graph.rights_of(donor.account);
    for (std::size_t i = 0; i < things.size(); ++i) {
      const std::size_t layer = real_.layer_index(things[i]);
      for (std::size_t role = 0; role < wardrobe.size(); ++role) {
        if (real_.layer_of(static_cast<Role>(role)) != layer) continue;
        const Sighting& sighting = real_.snapshot().sightings[graph.left_begin(donor.account) + i];
        wardrobe[role].push_back({real_.in_place_of(things[i], random_), sighting.count});
      }
    }
    return wardrobe;
  }

  void ask_as_donor(const Wishes& wishes, Line& line) {
    if (!wishes.capabilities.empty()) line.capability = pick(wishes.capabilities, random_);
    if (!wishes.models.empty()) line.model = pick(wishes.models, random_);
    if (!wishes.templates.empty() && random_.chance(wishes.templated)) line.templates = pick(wishes.templates, random_);
    const double size = 0.5 + random_.uniform();
    line.tokens_in = static_cast<std::uint64_t>(wishes.tokens_in * size);
    line.tokens_out = static_cast<std::uint64_t>(wishes.tokens_out * size);
  }

  // As old at its first request as the donor was.
  void state_facts(const Donor& donor, Line& line) const {
    line.plan = donor.facts.plan.value();
    if (donor.facts.status.value() != "banned") line.status = donor.facts.status.value();
    if (donor.facts.created == kNoTime || line.ts == kNoTime) return;
    const Seconds age = donor.first == kNoTime ? 0 : std::max<Seconds>(0, donor.first - donor.facts.created);
    line.created = line.ts - age;
  }

  const Surroundings& real_;
  RingPlan plan_;
  world::World world_;
  world::Planner planner_;
  Random random_;
  Lines lines_;
};

}  // namespace

Injected inject(Store& store, const Surroundings& real, const RingPlan& plan) {
  return Injection(store, real, plan).run();
}

}  // namespace ringscope::calibration
