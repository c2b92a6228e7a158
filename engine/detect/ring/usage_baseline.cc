#include "engine/detect/ring/usage_baseline.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <optional>
#include <span>

#include "base/parallel.h"

namespace ringscope {
namespace {

constexpr std::size_t kParts = 64;
constexpr std::uint32_t kLeastAccounts = 3;   // on the first day of a model
constexpr double kLeastAdoption = 0.005;      // share of the day after, for a model to be the public's
constexpr Day kDaysBefore = 2;                // without the model
constexpr std::size_t kMostModels = 8;        // kept
constexpr std::uint64_t kEnoughRequests = 5;  // for an account's ratio of tokens

// Counts in bins of equal width; adding up bins is exact, so the order of parts never shows.
class Histogram {
 public:
  Histogram(double low, double width) : low_(low), width_(width) {}

  void add(double value) {
    const double bin = std::clamp((value - low_) / width_, 0.0, static_cast<double>(counts_.size() - 1));
    ++counts_[static_cast<std::size_t>(bin)];
    ++total_;
  }

  void merge(const Histogram& other) {
    for (std::size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
    total_ += other.total_;
  }

  // Middle of the bin that holds the quantile; 0 of nothing.
  double quantile(double share) const {
    if (total_ == 0) return 0;
    const double target = share * static_cast<double>(total_);
    std::size_t bin = 0;
    for (double passed = static_cast<double>(counts_[0]); passed < target && bin + 1 < counts_.size();)
      passed += static_cast<double>(counts_[++bin]);
    return low_ + (static_cast<double>(bin) + 0.5) * width_;
  }

 private:
  double low_, width_;
  std::array<std::uint64_t, 256> counts_{};
  std::uint64_t total_ = 0;
};

struct DayUse {
  double share = 0;  // summed over the accounts of the day
  std::uint32_t accounts = 0;
};

double scale_of(double requests) { return requests > kMostOfOne ? kMostOfOne / requests : 1.0; }

// Sums over the accounts of one part.
class Sums {
 public:
  Sums(std::optional<KindId> capability, std::optional<KindId> model) : capability_(capability), model_(model) {}

  void add(std::span<const ActivityDay> days) {
    std::uint64_t requests = 0, in = 0, out = 0, dated = 0, active = 0;
    for (const ActivityDay& day : days) {
      requests += day.requests;
      in += day.tokens_in;
      out += day.tokens_out;
      if (day.day == kNoDay || day.requests == 0) continue;
      dated += day.requests;
      ++active;
      first_ = std::min(first_, day.day);
      last_ = std::max(last_, day.day);
      add_models(day);
    }
    if (requests == 0) return;
    ++accounts_;
    if (active > 0) rates_.add(std::log2(static_cast<double>(dated) / static_cast<double>(active)));
    if (requests >= kEnoughRequests && in > 0 && out > 0)
      outputs_.add(std::log2(static_cast<double>(out) / static_cast<double>(in)));
    add_capabilities(days);
  }

  void merge(const Sums& other) {
    accounts_ += other.accounts_;
    rates_.merge(other.rates_);
    outputs_.merge(other.outputs_);
    for (const auto& [key, requests] : other.capabilities_) capabilities_[key] += requests;
    for (const auto& [day, accounts] : other.days_) days_[day] += accounts;
    first_ = std::min(first_, other.first_);
    last_ = std::max(last_, other.last_);
    for (const auto& [at, use] : other.models_) {
      DayUse& mine = models_[at];
      mine.share += use.share;
      mine.accounts += use.accounts;
    }
  }

  UsageBaseline finish(const Store& store) const {
    UsageBaseline baseline;
    baseline.accounts = accounts_;
    baseline.days = first_ <= last_ ? static_cast<std::uint32_t>(last_ - first_ + 1) : 0;
    baseline.daily_requests = accounts_ > 0 ? std::exp2(rates_.quantile(0.5)) : 0.0;
    baseline.output = outputs_.quantile(0.5);
    baseline.output_high = outputs_.quantile(0.9);
    double total = 0;
    for (const auto& [key, requests] : capabilities_) total += requests;
    baseline.capabilities.reserve(capabilities_.size());
    for (const auto& [key, requests] : capabilities_) {
      baseline.capabilities.push_back({key, store.name_of(key).value_or("?"), requests / total});
    }
    baseline.new_models = new_models(store);
    return baseline;
  }

 private:
  void add_models(const ActivityDay& day) {
    if (!model_) return;
    double named = 0;
    for (const TagCount& tag : day.tags) named += tag.tag.kind == *model_ ? static_cast<double>(tag.count) : 0.0;
    if (named == 0) return;
    days_[day.day] += 1;
    for (const TagCount& tag : day.tags) {
      if (tag.tag.kind != *model_) continue;
      DayUse& use = models_[{tag.tag, day.day}];
      use.share += static_cast<double>(tag.count) / named;
      ++use.accounts;
    }
  }

  void add_capabilities(std::span<const ActivityDay> days) {
    if (!capability_) return;
    double total = 0;
    const auto each = [&](const auto& visit) {
      for (const ActivityDay& day : days) {
        for (const TagCount& tag : day.tags) {
          if (tag.tag.kind == *capability_) visit(tag.tag, static_cast<double>(tag.count));
        }
      }
    };
    each([&](VertexKey, double count) { total += count; });
    each([&](VertexKey key, double count) { capabilities_[key] += scale_of(total) * count; });
  }

  std::vector<NewModel> new_models(const Store& store) const {
    std::vector<NewModel> found;
    if (days_.empty()) return found;
    for (auto at = models_.begin(); at != models_.end();) {
      const VertexKey model = at->first.first;
      auto first = at;
      while (at != models_.end() && at->first.first == model) ++at;
      while (first != at && first->second.accounts < kLeastAccounts) ++first;
      if (first == at) continue;
      const Day day = first->first.second;
      const auto after = models_.find({model, day + 1});
      const auto everything = days_.find(day + 1);
      if (day < days_.begin()->first + kDaysBefore || after == models_.end() || everything == days_.end()) continue;
      const double share = after->second.share / everything->second;
      if (share >= kLeastAdoption) found.push_back({model, store.name_of(model).value_or("?"), day, share});
    }
    std::stable_sort(found.begin(), found.end(),
                     [](const NewModel& a, const NewModel& b) { return a.share > b.share; });
    if (found.size() > kMostModels) found.resize(kMostModels);
    return found;
  }

  std::optional<KindId> capability_, model_;
  std::uint64_t accounts_ = 0;
  Histogram rates_{-0.125, 0.25};  // bins around 1, 1.2, 1.4, 1.7, 2, … requests
  Histogram outputs_{-16, 0.125};
  std::map<VertexKey, double> capabilities_;
  std::map<std::pair<VertexKey, Day>, DayUse> models_;
  std::map<Day, double> days_;  // accounts that name a model
  Day first_ = std::numeric_limits<Day>::max(), last_ = std::numeric_limits<Day>::min();
};

}  // namespace

UsageBaseline read_usage_baseline(const Store& store, const DayWindow& window, const Unread& unread, unsigned threads) {
  const std::optional<KindId> capability = store.find_kind("capability");
  const std::optional<KindId> model = store.find_kind("model");
  auto parts = parallel_map_chunks<std::optional<Sums>>(kParts, 1, threads, [&](const Chunk& chunk, unsigned) {
    Sums sums(capability, model);
    scan_activity(store, window, unread, chunk.index, kParts,
                  [&](KeyHash, std::span<const ActivityDay> days) { sums.add(days); });
    return std::optional<Sums>(std::move(sums));
  });
  Sums all(capability, model);
  for (const std::optional<Sums>& part : parts) all.merge(*part);
  return all.finish(store);
}

void find_kinds(const Store& store, UsageBaseline& baseline) {
  const KindId capability = store.find_kind("capability").value_or(KindId{});
  const KindId model = store.find_kind("model").value_or(KindId{});
  for (CapabilityShare& one : baseline.capabilities) one.capability.kind = capability;
  for (NewModel& one : baseline.new_models) one.model.kind = model;
  std::sort(baseline.capabilities.begin(), baseline.capabilities.end(),
            [](const CapabilityShare& a, const CapabilityShare& b) { return a.capability < b.capability; });
}

}  // namespace ringscope
