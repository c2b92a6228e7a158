#include "engine/lab/world/traffic.h"

#include <algorithm>
#include <cmath>

namespace ringscope::world {

const std::array<std::string_view, kCapabilities> kCapabilityNames = {
    "chat", "coding", "tool_use", "agentic_reasoning", "writing", "translation", "extraction", "vision"};
const std::array<std::string_view, kModels> kModelNames = {"swift-2", "sage-3", "sage-4"};

namespace {

using Hours = std::array<std::uint8_t, 64>;  // 64 equally likely hours

constexpr Hours spread_hours(const std::array<int, 24>& weights) {
  Hours hours{};
  int total = 0;
  for (const int w : weights) total += w;
  int hour = 0;
  int passed = weights[0];
  for (int i = 0; i < 64; ++i) {
    while (passed * 64 <= i * total) passed += weights[static_cast<std::size_t>(++hour)];
    hours[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(hour);
  }
  return hours;
}

constexpr std::array<int, 24> kFlat = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
constexpr Hours kHuman = spread_hours({2, 1, 0, 0, 0, 0, 1, 2, 4, 5, 5, 5, 4, 5, 5, 5, 5, 5, 6, 7, 8, 8, 6, 4});
constexpr Hours kOffice = spread_hours({0, 0, 0, 0, 0, 0, 0, 1, 4, 9, 10, 9, 5, 8, 10, 9, 8, 5, 2, 1, 0, 0, 0, 0});
constexpr Hours kStudent = spread_hours({6, 4, 2, 1, 0, 0, 0, 0, 1, 3, 4, 5, 4, 5, 5, 5, 5, 5, 5, 6, 7, 8, 8, 7});
constexpr Hours kClock = spread_hours(kFlat);

const Hours& hours_of(Schedule schedule) {
  switch (schedule) {
    case Schedule::human:
      return kHuman;
    case Schedule::office:
      return kOffice;
    case Schedule::student:
      return kStudent;
    default:
      return kClock;
  }
}

using Shares = std::array<std::uint8_t, 32>;  // 32 equally likely capabilities

constexpr Shares spread_shares(const std::array<int, kCapabilities>& of_32) {
  Shares shares{};
  std::size_t at = 0;
  for (std::size_t c = 0; c < kCapabilities; ++c) {
    for (int i = 0; i < of_32[c]; ++i) shares[at++] = static_cast<std::uint8_t>(c);
  }
  return shares;
}

//                                               chat coding tools agentic write transl extract vision
constexpr Shares kEveryday = spread_shares({13, 3, 1, 1, 7, 3, 2, 2});
constexpr Shares kDeveloper = spread_shares({5, 16, 4, 3, 2, 0, 1, 1});
constexpr Shares kPupil = spread_shares({4, 22, 1, 1, 3, 1, 0, 0});
constexpr Shares kBatch = spread_shares({1, 2, 4, 1, 2, 6, 14, 2});
constexpr Shares kExtraction = spread_shares({1, 11, 7, 12, 0, 0, 1, 0});
constexpr Shares kExtractionTools = spread_shares({2, 7, 13, 9, 0, 0, 1, 0});
constexpr Shares kContent = spread_shares({5, 0, 0, 0, 20, 6, 1, 0});
constexpr Shares kEven = spread_shares({4, 4, 4, 4, 4, 4, 4, 4});

const Shares& shares_of(Profile profile) {
  switch (profile) {
    case Profile::everyday:
      return kEveryday;
    case Profile::developer:
      return kDeveloper;
    case Profile::pupil:
      return kPupil;
    case Profile::batch:
      return kBatch;
    case Profile::extraction:
      return kExtraction;
    case Profile::extraction_tools:
      return kExtractionTools;
    case Profile::content:
      return kContent;
    case Profile::even:
      return kEven;
  }
  return kEveryday;
}

// Share of a usual day's traffic on this day of the week.
double day_factor(const World& world, Schedule schedule, int day) {
  const bool weekend = (world.start / kDaySeconds + day + 3) % 7 >= 5;
  if (!weekend) return 1;
  if (schedule == Schedule::office) return 0.02;
  return schedule == Schedule::human ? 0.8 : 1;
}

struct Span {
  Offset from, to;
  double share() const { return static_cast<double>(to - from) / static_cast<double>(kDaySeconds); }
};

// The part of the day in which the account lives.
Span awake(const Account& account, int day) {
  const Offset from = std::max(account.begin, day * kDaySeconds);
  const Offset to = std::min(account.end, (day + 1) * kDaySeconds);
  return {from, std::max(from, to)};
}

// A day may be cut by sign-up or ban; people then do what they came for in the rest of it, pools only what time allows.
double overlap(const Context& context, const Span& span) {
  const bool machine = context.schedule == Schedule::clock || context.schedule == Schedule::dispatcher ||
                       context.schedule == Schedule::queue;
  return machine ? span.share() : 1.0;
}

bool takes_turns(Schedule schedule) { return schedule == Schedule::dispatcher || schedule == Schedule::queue; }

bool is_first_day(const Account& account, int day) { return account.begin / kDaySeconds == day; }

double daily_mean(const World& world, const Context& context, const Span& span, int day) {
  if (span.from >= span.to || day < context.first_day || day > context.last_day) return 0;
  return static_cast<double>(context.rate) * day_factor(world, context.schedule, day) * overlap(context, span);
}

// Draws the moments and things of requests of one account on one day.
class DayDrawer {
 public:
  DayDrawer(const World& world, std::uint32_t index, int day, std::vector<Request>& requests)
      : world_(world),
        account_(world.accounts[index]),
        index_(index),
        day_(day),
        span_(awake(account_, day)),
        first_day_(is_first_day(account_, day)),
        random_(random_word(world.options.seed, 0x7ea), (std::uint64_t{index} << 12) | static_cast<std::uint64_t>(day)),
        requests_(requests),
        before_(requests.size()) {}

  void run() {
    if (span_.from >= span_.to) return;
    for (std::uint32_t c = 0; c < account_.contexts; ++c) {
      const Context& context = world_.contexts[account_.first_context + c];
      const std::uint64_t least = first_day_ && c == 0 ? account_.least : 0;
      const std::uint64_t count = std::max(least, count_of(context, c == 0));
      for (std::uint64_t i = 0; i < count; ++i) {
        const Offset at = moment(context, i, count);
        const bool lives = at >= span_.from && at < span_.to;
        if (!lives && takes_turns(context.schedule) && i >= least) continue;  // another member's turn
        add(context, lives ? at : any_moment(), first_day_ ? static_cast<int>(i) : -1);
      }
    }
    if (first_day_) mark_first();
    if (account_.banned && account_.end / kDaySeconds == day_) add_ban();
  }

 private:
  std::uint64_t count_of(const Context& context, bool main) {
    const double mean = daily_mean(world_, context, span_, day_);
    if (mean <= 0) return 0;
    if (takes_turns(context.schedule)) {  // a whole day's turns, as many as every other member has
      const double fraction = Random(context.address.pool, static_cast<std::uint64_t>(day_)).uniform();
      return static_cast<std::uint64_t>(static_cast<double>(context.rate) + fraction);
    }
    const bool on = random_.chance(static_cast<double>(context.on)) || (first_day_ && main);
    return on ? random_.poisson(mean) : 0;
  }

  Offset moment(const Context& context, std::uint64_t i, std::uint64_t count) {
    const Offset midnight = day_ * kDaySeconds;
    Offset at = 0;
    if (context.schedule == Schedule::dispatcher) {  // strict turns: member `slot` has every slots-th place
      const double step = static_cast<double>(kDaySeconds) / static_cast<double>(count);
      const double place = static_cast<double>(i) + (context.slot + 0.2 * random_.uniform()) / context.slots;
      at = midnight + static_cast<Offset>(step * place);
    } else if (context.schedule == Schedule::queue) {  // steady ticks over all, their order drawn anew each day
      const double step = static_cast<double>(kDaySeconds) / static_cast<double>(count);
      const std::uint64_t turn =
          (context.slot * 1000003ULL + random_word(context.address.pool, static_cast<std::uint64_t>(day_))) %
          context.slots;
      at = midnight + static_cast<Offset>(step * (static_cast<double>(i) + static_cast<double>(turn) / context.slots));
    } else if (context.schedule == Schedule::lesson) {
      const Offset from = std::max(span_.from, midnight + context.hour * kHourSeconds);  // latecomers miss the start
      at = from + static_cast<Offset>(random_.below(3600));
    } else {
      const int local = hours_of(context.schedule)[random_.below(64)] - account_.zone;
      at = midnight + ((local + 24) % 24) * kHourSeconds + static_cast<Offset>(random_.below(3600));
    }
    return at;
  }

  Offset any_moment() {
    return span_.from + static_cast<Offset>(random_.below(static_cast<std::uint64_t>(span_.to - span_.from)));
  }

  void add(const Context& context, Offset at, int nth) {
    Request request;
    request.at = at;
    request.id = account_.id;
    request.account = index_;
    request.address = static_cast<std::uint32_t>(draw(world_, context.address, day_, nth, random_));
    request.payment = draw(world_, account_.payment, day_, nth, random_);
    request.device = draw(world_, context.device, day_, -1, random_);
    const double kind = random_.uniform();
    const auto own = static_cast<double>(context.template_chance);
    if (kind < own) {
      request.templates = draw(world_, context.templates, day_, -1, random_);
    } else if (kind < own + 0.5 * (1 - own)) {
      const Source ordinary{.pool = world_.popular_templates, .span = world_.pools[world_.popular_templates].size};
      request.templates = draw(world_, ordinary, day_, -1, random_);
    }
    request.capability = shares_of(context.profile)[random_.below(32)];
    request.model = model(context, at);
    request.tokens = size_in_tokens(6);
    request.tokens_out = static_cast<std::uint32_t>(context.output * static_cast<float>(size_in_tokens(5)));
    requests_.push_back(request);
  }

  std::uint8_t model(const Context& context, Offset at) {
    const double since = (static_cast<double>(at) - kRelease * static_cast<double>(world_.length)) / 86400;
    const auto keen = static_cast<double>(context.keen);
    const double moved = since < 0 ? 0 : keen * std::min(1.0, since) + 0.02 * since;
    if (random_.chance(moved)) return 2;
    return random_.chance(0.5) ? 1 : 0;
  }

  std::uint32_t size_in_tokens(int doublings) {
    const double u = random_.uniform() + random_.uniform();  // a triangle in the logarithm
    return static_cast<std::uint32_t>(24 * std::exp2(u * doublings * 0.7));
  }

  void mark_first() {
    const auto mine = requests_.begin() + static_cast<std::ptrdiff_t>(before_);
    const auto first =
        std::min_element(mine, requests_.end(), [](const Request& a, const Request& b) { return a.at < b.at; });
    if (first == requests_.end()) return;
    first->mark = Mark::first;
    std::iter_swap(mine, first);  // of several in one second, the marked one is written first
  }

  void add_ban() {
    Request request;
    request.at = account_.end;
    request.id = account_.id;
    request.account = index_;
    request.mark = Mark::banned;
    requests_.push_back(request);
  }

  const World& world_;
  const Account& account_;
  std::uint32_t index_;
  int day_;
  Span span_;
  bool first_day_;
  Random random_;
  std::vector<Request>& requests_;
  std::size_t before_;
};

}  // namespace

double expected_requests(const World& world, const Account& account, const Context& context, int day) {
  return daily_mean(world, context, awake(account, day), day);
}

void draw_day(const World& world, std::uint32_t account, int day, std::vector<Request>& requests) {
  DayDrawer(world, account, day, requests).run();
}

}  // namespace ringscope::world
