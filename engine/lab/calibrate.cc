#include "engine/lab/calibrate.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <memory>
#include <optional>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include <fmt/format.h>

#include "base/disk.h"
#include "base/error.h"
#include "base/random.h"
#include "engine/detect/detect.h"
#include "engine/lab/calibration/copy.h"
#include "engine/lab/calibration/inject.h"
#include "engine/lab/calibration/surroundings.h"
#include "engine/lab/simulate.h"

namespace ringscope {
namespace {

using calibration::Injected;
using calibration::Surroundings;

constexpr Day kMostDays = 366;

// What a detection said of an account.
struct Verdict {
  Tier tier = Tier::watch;
  std::size_t ring = 0;  // the one that gave it the tier
};
using Tiers = absl::flat_hash_map<KeyHash, Verdict>;

void require(bool holds, const std::string& message) {
  if (!holds) throw Error(ErrorCode::usage, message);
}

void check(const CalibrateOptions& options) {
  require(!options.kinds.empty() && !options.hardness.empty(), "give at least one kind and one hardness");
  require(options.seeds >= 1 && options.seeds <= 1000, "--seeds must be 1 to 1000");
  require(options.ring_size >= 2 && options.ring_size <= 100'000, "--ring-size must be 2 to 100000");
  for (const double hardness : options.hardness) require(hardness >= 0 && hardness <= 1, "--hardness must be 0 to 1");
  for (const std::string& kind : options.kinds) {
    std::string names;
    bool known = false;
    for (const SimulatedKind& one : simulated_kinds()) {
      if (!one.is_ring) continue;
      names.append(names.empty() ? "" : ", ").append(one.name);
      known = known || one.name == kind;
    }
    require(known, fmt::format("there is no kind of ring '{}'; kinds are {}", kind, names));
  }
}

Tiers run_detection(Store& store, const Config& config) {
  DetectProgress progress;
  Tiers tiers;
  const std::vector<Ring> rings = detect(store, config, progress, DetectMode::once).rings;
  for (std::size_t r = 0; r < rings.size(); ++r) {
    for (const Member& member : rings[r].members) {
      const auto [verdict, is_new] = tiers.try_emplace(member.account, Verdict{member.tier, r});
      if (!is_new && member.tier > verdict->second.tier) verdict->second = {member.tier, r};
    }
  }
  return tiers;
}

bool reaches(const Tiers& tiers, KeyHash account, Tier least) {
  const auto found = tiers.find(account);
  return found != tiers.end() && found->second.tier >= least;
}

std::vector<KeyHash> accounts_at(const Tiers& tiers, Tier least) {
  std::vector<KeyHash> accounts;
  for (const auto& [account, verdict] : tiers) {
    if (verdict.tier >= least) accounts.push_back(account);
  }
  std::ranges::sort(accounts);
  return accounts;
}

// The days that detection looks at, as far as there is data; of a store without times any days will do.
DayWindow days_looked_at(const Store& store, const DetectConfig& config) {
  DayWindow days = store.day_range().value_or(DayWindow{0, 29});
  if (const auto as_of = parse_time(config.as_of); as_of && store.day_range()) days.last = day_of(*as_of);
  if (config.window_days > 0) days.first = std::max(days.first, days.last - config.window_days + 1);
  days.first = std::min(days.first, days.last);
  return days;
}

// All of them, or a year of them that the seed chooses.
DayWindow days_of_ring(const DayWindow& days, std::uint64_t seed) {
  const Day count = days.last - days.first + 1;
  if (count <= kMostDays) return days;
  const auto at = static_cast<Day>(Random(seed, 0xda7).below(static_cast<std::uint64_t>(count - kMostDays) + 1));
  return {days.first + at, days.first + at + kMostDays - 1};
}

// What one run gave at one cut of the tiers.
struct Outcome {
  std::uint64_t members_flagged = 0, twins_flagged = 0, raised = 0, drawn_in = 0, lowered = 0;
};

Outcome outcome_of(const Injected& injected, const Tiers& before, const Tiers& after, Tier least) {
  Outcome outcome;
  absl::flat_hash_set<KeyHash> invented(injected.twins.begin(), injected.twins.end());
  absl::flat_hash_set<std::size_t> their_rings;
  for (const KeyHash member : injected.members) {
    invented.insert(member);
    if (!reaches(after, member, least)) continue;
    ++outcome.members_flagged;
    their_rings.insert(after.at(member).ring);
  }
  for (const KeyHash twin : injected.twins) outcome.twins_flagged += reaches(after, twin, least) ? 1 : 0;
  for (const auto& [account, verdict] : after) {
    if (verdict.tier < least || reaches(before, account, least) || invented.contains(account)) continue;
    ++outcome.raised;
    outcome.drawn_in += their_rings.contains(verdict.ring) ? 1 : 0;
  }
  for (const KeyHash account : accounts_at(before, least)) outcome.lowered += reaches(after, account, least) ? 0 : 1;
  return outcome;
}

CalibrationCell cell_of(const std::string& kind, double hardness, Tier least, std::uint64_t size,
                        const std::vector<Outcome>& outcomes) {
  CalibrationCell cell{.kind = kind, .hardness = hardness, .tiers = {"ban"}};
  if (least == Tier::review) cell.tiers.emplace_back("review");
  cell.seeds = static_cast<std::uint32_t>(outcomes.size());
  std::vector<calibration::Share> recall, precision, discovery, twins;
  std::vector<std::uint64_t> raised, drawn_in, lowered;
  for (auto* shares : {&recall, &precision, &discovery, &twins}) shares->reserve(outcomes.size());
  for (auto* counts : {&raised, &drawn_in, &lowered}) counts->reserve(outcomes.size());
  for (const Outcome& outcome : outcomes) {
    const std::uint64_t flagged = outcome.members_flagged + outcome.twins_flagged;
    cell.members += size;
    cell.twins += size;
    cell.members_flagged += outcome.members_flagged;
    cell.twins_flagged += outcome.twins_flagged;
    recall.push_back({outcome.members_flagged, size});
    precision.push_back({outcome.members_flagged, flagged});
    discovery.push_back({outcome.twins_flagged, flagged});
    twins.push_back({outcome.twins_flagged, size});
    raised.push_back(outcome.raised);
    drawn_in.push_back(outcome.drawn_in);
    lowered.push_back(outcome.lowered);
  }
  cell.recall = calibration::estimate_share(recall);
  cell.precision = calibration::estimate_share(precision);
  cell.false_discovery = calibration::estimate_share(discovery);
  cell.twin_rate = calibration::estimate_share(twins);
  cell.raised = calibration::estimate_count(raised);
  cell.drawn_in = calibration::estimate_count(drawn_in);
  cell.lowered = calibration::estimate_count(lowered);
  return cell;
}

void describe(const Surroundings& real, Calibration& result) {
  result.accounts = real.snapshot().accounts.size();
  result.activity = real.has_activity();
  for (std::size_t r = 0; r < calibration::kRoleNames.size(); ++r) {
    const std::string role(calibration::kRoleNames[r]);
    const auto layer = real.layer_of(static_cast<calibration::Role>(r));
    if (!layer) {
      result.missing.push_back(role);
      continue;
    }
    const std::string& kind = real.layer(*layer).name;
    std::string& injected = result.injected.emplace_back(role);
    if (kind != role) injected.append(" as ").append(kind);
  }
}

// The copies and what is the same for every ring.
class Bench {
 public:
  Bench(const Store& store, const Config& config, const CalibrateOptions& options)
      : config_(config),
        options_(options),
        scratch_(options.scratch.empty() ? std::filesystem::temp_directory_path() : options.scratch, "calibrate"),
        days_(days_looked_at(store, config.detect)) {
    calibration::copy_store(store, scratch_.path() / "base");
    before_ = run_detection(*open("base", OpenMode::write), config_);
    base_ = open("base", OpenMode::read_only);
    const std::vector<KeyHash> flagged = accounts_at(before_, Tier::review);
    real_.emplace(*base_, flagged, options.roles,
                  LoadOptions{.window = days_, .threads = config.threads, .memory_bytes = config.memory_bytes});
  }

  const Surroundings& real() const { return *real_; }
  const Tiers& before() const { return before_; }

  // What a detection says of the ring of one seed, for ban, and for ban and review.
  std::array<Outcome, 2> try_ring(const std::string& kind, double hardness, std::uint64_t seed) {
    const std::filesystem::path path = scratch_.path() / "trial";
    calibration::link_store(scratch_.path() / "base", path);
    std::array<Outcome, 2> outcomes;
    {
      const auto store = open("trial", OpenMode::write);
      const Injected injected = calibration::inject(*store, *real_,
                                                    {.kind = kind,
                                                     .hardness = hardness,
                                                     .size = options_.ring_size,
                                                     .seed = seed,
                                                     .days = days_of_ring(days_, seed)});
      const Tiers after = run_detection(*store, config_);
      outcomes = {outcome_of(injected, before_, after, Tier::ban), outcome_of(injected, before_, after, Tier::review)};
    }
    std::filesystem::remove_all(path);
    return outcomes;
  }

 private:
  std::unique_ptr<Store> open(const char* name, OpenMode mode) const {
    return Store::open(scratch_.path() / name, {.mode = mode, .memory_bytes = config_.store_memory()});
  }

  Config config_;
  const CalibrateOptions& options_;
  ScratchDirectory scratch_;
  DayWindow days_;
  Tiers before_;
  std::unique_ptr<Store> base_;
  std::optional<Surroundings> real_;
};

}  // namespace

Calibration calibrate(const Store& store, const Config& config, const CalibrateOptions& options,
                      CalibrateProgress& progress) {
  const auto began = std::chrono::steady_clock::now();
  check(options);
  if (const auto keyed = store.keyed(); keyed && !keyed->sealed.empty())
    throw Error(ErrorCode::refused, "a calibration copies the store as it came, and this one keeps values of " +
                                        keyed->sealed.front() + " sealed; calibrate on a log that may lie in the open");
  progress.runs = 1 + options.kinds.size() * options.hardness.size() * options.seeds;
  Bench bench(store, config, options);
  progress.runs_done = 1;
  Calibration result;
  describe(bench.real(), result);
  result.flagged_before = accounts_at(bench.before(), Tier::review).size();
  result.cells.reserve(2 * options.kinds.size() * options.hardness.size());
  for (const std::string& kind : options.kinds) {
    for (const double hardness : options.hardness) {
      std::vector<Outcome> ban, review;
      ban.reserve(options.seeds);
      review.reserve(options.seeds);
      for (std::uint32_t s = 0; s < options.seeds; ++s) {
        const auto outcomes = bench.try_ring(kind, hardness, options.first_seed + s);
        ban.push_back(outcomes[0]);
        review.push_back(outcomes[1]);
        ++progress.runs_done;
      }
      result.cells.push_back(cell_of(kind, hardness, Tier::ban, options.ring_size, ban));
      result.cells.push_back(cell_of(kind, hardness, Tier::review, options.ring_size, review));
    }
  }
  result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  return result;
}

}  // namespace ringscope
