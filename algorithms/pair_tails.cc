#include "algorithms/pair_tails.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/error.h"
#include "base/parallel.h"

namespace ringscope {
namespace {

// Jumps of one size whose number is Poisson.
struct Rate {
  std::size_t cells;
  double rate;
};

// The sum of jumps, in two parts: rare ones by rate, frequent ones each by itself.
struct Compound {
  std::vector<Rate> rates;     // ascending in cells
  std::vector<Jump> frequent;  // each is added by itself
};

// Whether a Poisson would be too loose: always for likely jumps, and for likelier ones of which there are few, where it
// would count one jump twice.
bool is_frequent(const Jump& jump) {
  return jump.probability > 0.05 || (jump.probability > 0.005 && jump.count <= 100);
}

// A Bernoulli(q) is dominated by a Poisson of rate -log(1 - q), which is 0 as often. Jumps beyond the last cell end
// there: what is asked of the sum is only whether it reaches a cell.
Compound compound_of(std::span<const Jump> jumps, std::size_t cells) {
  std::vector<double> rate(cells, 0);
  Compound compound;
  for (const Jump& jump : jumps) {
    const std::size_t size = std::min(jump.cells, cells - 1);
    if (size == 0 || jump.probability <= 0 || jump.count == 0) continue;
    if (is_frequent(jump)) {
      compound.frequent.push_back({size, std::min(1.0, jump.probability), jump.count});
    } else {
      rate[size] -= std::log1p(-jump.probability) * jump.count;
    }
  }
  for (std::size_t size = 1; size < cells; ++size) {
    if (rate[size] > 0) compound.rates.push_back({size, rate[size]});
  }
  return compound;
}

// P(S = s) of the Poisson part for s < cells - 1, by Panjer's recursion. Scaled on the way, lest exp(-rate) underflow.
std::vector<double> poisson_part(std::span<const Rate> rates, std::size_t cells) {
  constexpr double kLarge = 1e250;
  double log_scale = 0;
  for (const Rate& r : rates) log_scale -= r.rate;
  std::vector<double> mass(cells - 1, 0);
  if (!mass.empty()) mass[0] = 1;
  for (std::size_t s = 1; s < mass.size(); ++s) {
    double sum = 0;
    for (const Rate& r : rates) {
      if (r.cells > s) break;
      sum += static_cast<double>(r.cells) * r.rate * mass[s - r.cells];
    }
    mass[s] = sum / static_cast<double>(s);
    if (mass[s] < kLarge) continue;
    for (std::size_t i = 0; i <= s; ++i) mass[i] /= kLarge;
    log_scale += std::log(kLarge);
  }
  // Twice half the scale: the product of a huge mass and a tiny scale is neither 0 nor infinite before its time.
  const double half = std::exp(log_scale / 2);
  for (double& m : mass) m = m * half * half;
  return mass;
}

void add_frequent(std::span<const Jump> frequent, std::vector<double>& mass) {
  for (const Jump& jump : frequent) {
    for (Vertex i = 0; i < jump.count; ++i) {
      for (std::size_t s = mass.size(); s-- > 0;) {
        const double from_below = s >= jump.cells ? jump.probability * mass[s - jump.cells] : 0;
        mass[s] = (1 - jump.probability) * mass[s] + from_below;
      }
    }
  }
}

// Derivative of log E[exp(tS)], or its value.
struct Moment {
  double value = 0;
  double slope = 0;
};
Moment log_moment(const Compound& compound, double t) {
  Moment m;
  for (const Rate& r : compound.rates) {
    const auto size = static_cast<double>(r.cells);
    m.value += r.rate * std::expm1(t * size);
    m.slope += r.rate * size * std::exp(t * size);
  }
  for (const Jump& jump : compound.frequent) {
    const auto size = static_cast<double>(jump.cells);
    const double q = jump.probability;
    m.value += jump.count * (t * size + std::log(q + (1 - q) * std::exp(-t * size)));
    m.slope += jump.count * size * q / (q + (1 - q) * std::exp(-t * size));
  }
  return m;
}

// min over t of E[exp(t S)] exp(-t s) >= P(S >= s). Any t gives a bound, so that the search may be coarse.
double chernoff(const Compound& compound, double s) {
  if (log_moment(compound, 0).slope >= s) return 1;
  double low = 0;
  double high = 1 / s;
  while (high < 1e3 && log_moment(compound, high).slope < s) high *= 2;
  for (int i = 0; i < 30; ++i) {
    const double middle = (low + high) / 2;
    (log_moment(compound, middle).slope < s ? low : high) = middle;
  }
  return std::min(1.0, std::exp(log_moment(compound, low).value - low * s));
}

// The largest degree of each bucket: buckets start at a degree and reach to `ratio` times it.
std::vector<Vertex> bucket_tops(std::span<const DegreeClass> classes, double ratio) {
  std::vector<Vertex> tops;
  double first = 0;
  for (const DegreeClass& c : classes) {
    if (!tops.empty() && c.degree <= ratio * first) {
      tops.back() = c.degree;
    } else {
      tops.push_back(c.degree);
      first = c.degree;
    }
  }
  return tops;
}

std::vector<Vertex> few_bucket_tops(std::span<const DegreeClass> classes, const PairTailOptions& options) {
  double ratio = std::max(1.0, options.bucket_ratio);
  std::vector<Vertex> tops = bucket_tops(classes, ratio);
  while (tops.size() > std::max<std::size_t>(2, options.most_buckets)) {
    ratio *= 1.05;
    tops = bucket_tops(classes, ratio);
  }
  return tops;
}

// By degree; the smallest bucket whose top is not below.
std::vector<std::uint32_t> buckets_by_degree(std::span<const Vertex> tops) {
  std::vector<std::uint32_t> bucket;
  for (std::size_t b = 0; b < tops.size(); ++b) bucket.resize(std::size_t{tops[b]} + 1, static_cast<std::uint32_t>(b));
  return bucket;
}

void check(std::span<const OverlapClass> classes, const PairTailOptions& options) {
  const bool weights_fit = std::ranges::all_of(classes, [](const OverlapClass& c) { return c.weight >= 0; });
  if (weights_fit && options.grid > 0 && options.maximum > 0) return;
  throw Error(ErrorCode::usage, "pair tails need weights of at least 0, and a grid and a maximum above 0");
}

}  // namespace

std::vector<double> jump_tails(std::span<const Jump> jumps, std::size_t cells) {
  cells = std::max<std::size_t>(2, cells);
  const Compound compound = compound_of(jumps, cells);
  std::vector<double> mass = poisson_part(compound.rates, cells);
  add_frequent(compound.frequent, mass);
  std::vector<double> tails(cells);
  tails[cells - 1] = chernoff(compound, static_cast<double>(cells - 1));
  for (std::size_t s = cells - 1; s-- > 0;) tails[s] = std::min(1.0, tails[s + 1] + mass[s]);
  tails[0] = 1;
  return tails;
}

double PairTails::operator()(Vertex left_degree, Vertex other_degree, double overlap) const {
  if (left_degree > other_degree) std::swap(left_degree, other_degree);
  if (other_degree >= bucket_of_degree_.size() || !(overlap > 0)) return 1;
  const std::size_t a = bucket_of_degree_[left_degree];
  const std::size_t b = bucket_of_degree_[other_degree];
  const double cell = std::min(overlap / grid_, static_cast<double>(cells_ - 1));
  return tails_[(b * (b + 1) / 2 + a) * cells_ + static_cast<std::size_t>(cell)];
}

PairTails build_pair_tails(const BicmModel& model, std::span<const OverlapClass> classes,
                           const PairTailOptions& options) {
  check(classes, options);
  const std::vector<Vertex> tops = few_bucket_tops(model.left_classes(), options);
  const auto cells = static_cast<std::size_t>(std::ceil(options.maximum / options.grid)) + 1;

  std::vector<std::vector<double>> probability(tops.size());
  for (std::size_t b = 0; b < tops.size(); ++b) {
    for (const OverlapClass& c : classes) probability[b].push_back(model.probability(tops[b], c.degree));
  }
  std::vector<std::pair<std::size_t, std::size_t>> pairs;
  for (std::size_t b = 0; b < tops.size(); ++b) {
    for (std::size_t a = 0; a <= b; ++a) pairs.emplace_back(a, b);
  }
  std::vector<double> tails(pairs.size() * cells);
  parallel_for(
      pairs.size(), options.threads,
      [&](std::size_t i) {
        const auto [a, b] = pairs[i];
        std::vector<Jump> jumps;
        for (std::size_t c = 0; c < classes.size(); ++c) {
          const auto size =
              static_cast<std::size_t>(std::ceil(std::min(classes[c].weight, options.maximum) / options.grid));
          jumps.push_back({size, probability[a][c] * probability[b][c], classes[c].count});
        }
        const std::vector<double> table = jump_tails(jumps, cells);
        std::ranges::copy(table, tails.begin() + static_cast<std::ptrdiff_t>(i * cells));
      },
      1);
  return {buckets_by_degree(tops), cells, options.grid, std::move(tails)};
}

}  // namespace ringscope
