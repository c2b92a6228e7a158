#include "algorithms/null_model.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numeric>
#include <string>
#include <utility>

#include <Eigen/Dense>

#include "base/error.h"

namespace ringscope {
namespace {

constexpr int kMaxIterations = 200;
constexpr double kGoal = 1e-9;       // relative error of a degree at which the fit stops
constexpr double kTolerated = 1e-6;  // above it the fit has failed
constexpr double kRounding = 1e-12;  // relative, of the log-likelihood, which is below 0
constexpr double kDamping = 1e-8;    // fitnesses are free up to a factor; this keeps the equations regular

[[noreturn]] void refuse(const std::string& why) {
  throw Error(ErrorCode::input, "no bipartite graph has these degrees; check that both sides come from the same edges",
              why);
}

std::vector<DegreeClass> classes_of(std::span<const Vertex> degrees) {
  std::vector<Vertex> count(degrees.empty() ? 0 : std::size_t{*std::ranges::max_element(degrees)} + 1, 0);
  for (const Vertex degree : degrees) ++count[degree];
  std::vector<DegreeClass> classes;
  for (std::size_t degree = 0; degree < count.size(); ++degree) {
    if (count[degree] > 0) classes.push_back({.degree = static_cast<Vertex>(degree), .count = count[degree]});
  }
  return classes;
}

// Appends the mean of classes as two classes of whole degrees, with as many vertices and edges.
void append_mean(std::span<const DegreeClass> near, std::vector<DegreeClass>& coarse) {
  std::uint64_t vertices = 0, edges = 0;
  for (const DegreeClass& c : near) {
    vertices += c.count;
    edges += std::uint64_t{c.degree} * c.count;
  }
  const auto least = static_cast<Vertex>(edges / vertices);
  const auto above = static_cast<Vertex>(edges % vertices);
  coarse.push_back({.degree = least, .count = static_cast<Vertex>(vertices) - above});
  if (above > 0) coarse.push_back({.degree = least + 1, .count = above});
}

std::vector<DegreeClass> coarsen(std::span<const DegreeClass> classes) {
  constexpr double kBinsPerOctave = 8;
  const auto bin_of = [](const DegreeClass& c) {
    return std::floor(kBinsPerOctave * std::log2(std::max<double>(c.degree, 0.5)));
  };
  std::vector<DegreeClass> coarse;
  for (std::size_t i = 0, j = 0; i < classes.size(); i = j) {
    while (j < classes.size() && bin_of(classes[j]) == bin_of(classes[i])) ++j;
    append_mean(classes.subspan(i, j - i), coarse);
  }
  return coarse;
}

std::uint64_t edges_of(std::span<const DegreeClass> classes) {
  std::uint64_t edges = 0;
  for (const DegreeClass& c : classes) edges += std::uint64_t{c.degree} * c.count;
  return edges;
}

std::uint64_t vertices_of(std::span<const DegreeClass> classes) {
  std::uint64_t vertices = 0;
  for (const DegreeClass& c : classes) vertices += c.count;
  return vertices;
}

// One side while forced edges are taken out: how many vertices are still free, and how many were settled as joined to
// all.
struct Side {
  std::vector<DegreeClass>& classes;
  std::uint64_t free = 0;
  std::uint64_t joined = 0;
};

// What is left of a free class' degree for the other side's free vertices.
std::uint64_t rest_of(const DegreeClass& c, const Side& other) {
  if (c.degree < other.joined || c.degree - other.joined > other.free) {
    refuse("degree " + std::to_string(c.degree));
  }
  return c.degree - other.joined;
}

// Settles the classes of `side` whose remaining degree is none or all. Returns whether there were any.
bool settle(Side& side, const Side& other, std::uint32_t step) {
  bool any = false;
  for (DegreeClass& c : side.classes) {
    if (c.settled_at != DegreeClass::kFree) continue;
    const std::uint64_t rest = rest_of(c, other);
    if (rest != 0 && rest != other.free) continue;
    c.settled_at = step;
    c.joined_to_all = rest != 0;
    side.free -= c.count;
    if (c.joined_to_all) side.joined += c.count;
    any = true;
  }
  return any;
}

// The free classes as vectors, and the Newton iteration on the logarithms of their fitnesses.
class Fit {
 public:
  Fit(Side& left, Side& right) : left_(free_classes(left)), right_(free_classes(right)) {
    read(left_, right, left_count_, left_rest_);
    read(right_, left, right_count_, right_rest_);
    const double edges = (left_count_ * left_rest_).sum();
    left_log_ = (left_rest_ / std::sqrt(edges)).log();
    right_log_ = (right_rest_ / std::sqrt(edges)).log();
  }

  void run() {
    if (left_.empty() || right_.empty()) return;
    double error = measure();
    for (int i = 0; i < kMaxIterations && error > kGoal; ++i) {
      step();
      error = measure();
    }
    if (!(error < kTolerated)) refuse("the fit stays off by a share of " + std::to_string(error));
    for (std::size_t i = 0; i < left_.size(); ++i) left_[i]->log_fitness = left_log_[static_cast<Eigen::Index>(i)];
    for (std::size_t j = 0; j < right_.size(); ++j) right_[j]->log_fitness = right_log_[static_cast<Eigen::Index>(j)];
  }

 private:
  using Array = Eigen::ArrayXd;

  static std::vector<DegreeClass*> free_classes(Side& side) {
    std::vector<DegreeClass*> result;
    for (DegreeClass& c : side.classes) {
      if (c.settled_at == DegreeClass::kFree) result.push_back(&c);
    }
    return result;
  }

  static void read(const std::vector<DegreeClass*>& classes, const Side& other, Array& count, Array& rest) {
    count.resize(static_cast<Eigen::Index>(classes.size()));
    rest.resize(count.size());
    for (std::size_t i = 0; i < classes.size(); ++i) {
      count[static_cast<Eigen::Index>(i)] = static_cast<double>(classes[i]->count);
      rest[static_cast<Eigen::Index>(i)] = static_cast<double>(rest_of(*classes[i], other));
    }
  }

  static Eigen::ArrayXXd sums(const Array& left, const Array& right) {
    return left.replicate(1, right.size()).rowwise() + right.transpose();
  }

  // Fills p_ and what the degrees lack; gives the largest relative lack.
  double measure() {
    p_ = 1.0 / (1.0 + (-sums(left_log_, right_log_)).exp());
    left_lack_ = left_rest_ - (p_.matrix() * right_count_.matrix()).array();
    right_lack_ = right_rest_ - (p_.matrix().transpose() * left_count_.matrix()).array();
    return std::max((left_lack_ / left_rest_).abs().maxCoeff(), (right_lack_ / right_rest_).abs().maxCoeff());
  }

  double log_likelihood(const Array& left, const Array& right) const {
    const Eigen::ArrayXXd s = sums(left, right);
    const Eigen::ArrayXXd softplus = s.max(0.0) + ((-s.abs()).exp() + 1.0).log();
    return (left_count_ * left_rest_ * left).sum() + (right_count_ * right_rest_ * right).sum() -
           left_count_.matrix().dot(softplus.matrix() * right_count_.matrix());
  }

  // One damped Newton step; the equations are reduced to the side with fewer classes.
  void step() {
    const Eigen::MatrixXd cross = ((p_ * (1.0 - p_)).colwise() * left_count_).rowwise() * right_count_.transpose();
    const Array left_pull = left_count_ * left_lack_;
    const Array right_pull = right_count_ * right_lack_;
    const auto damped = [](const Array& diagonal) -> Array { return diagonal * (1.0 + kDamping) + 1e-300; };
    const Array left_diagonal = damped(cross.rowwise().sum().array());
    const Array right_diagonal = damped(cross.colwise().sum().transpose().array());
    Array left_step;
    Array right_step;
    if (left_.size() < right_.size()) {
      solve(cross, left_diagonal, right_diagonal, left_pull, right_pull, left_step, right_step);
    } else {
      solve(cross.transpose(), right_diagonal, left_diagonal, right_pull, left_pull, right_step, left_step);
    }
    // Near the maximum a step gains less than the rounding of the likelihood; it must not be refused for that.
    const double now = log_likelihood(left_log_, right_log_) * (1 + kRounding);
    double share = 1;
    for (int halvings = 0; halvings < 40; ++halvings, share /= 2) {
      if (log_likelihood(left_log_ + share * left_step, right_log_ + share * right_step) >= now) break;
    }
    left_log_ += share * left_step;
    right_log_ += share * right_step;
  }

  // [A B; B' C] [x; y] = [a; b] with diagonal A and C, by the Schur complement of C.
  static void solve(const Eigen::MatrixXd& cross, const Array& a_diagonal, const Array& c_diagonal, const Array& a,
                    const Array& b, Array& x, Array& y) {
    const Eigen::MatrixXd scaled = cross.array().rowwise() / c_diagonal.transpose();
    Eigen::MatrixXd schur = -scaled * cross.transpose();
    schur.diagonal() += a_diagonal.matrix();
    x = schur.ldlt().solve((a - (scaled * b.matrix()).array()).matrix()).array();
    y = (b - (cross.transpose() * x.matrix()).array()) / c_diagonal;
  }

  std::vector<DegreeClass*> left_, right_;
  Array left_count_, right_count_;  // vertices
  Array left_rest_, right_rest_;    // degrees to be explained
  Array left_log_, right_log_;      // logarithms of the fitnesses
  Array left_lack_, right_lack_;    // degree minus expected degree
  Eigen::ArrayXXd p_;
};

const DegreeClass& find_class(std::span<const DegreeClass> classes, Vertex degree) {
  const auto it = std::ranges::lower_bound(classes, degree, {}, &DegreeClass::degree);
  assert(it != classes.end() && it->degree == degree);
  return *it;
}

double probability_of(const DegreeClass& left, const DegreeClass& right) {
  if (left.settled_at < right.settled_at) return left.joined_to_all ? 1 : 0;
  if (right.settled_at < left.settled_at) return right.joined_to_all ? 1 : 0;
  return 1 / (1 + std::exp(-left.log_fitness - right.log_fitness));
}

}  // namespace

BicmModel::BicmModel(std::vector<DegreeClass> left, std::vector<DegreeClass> right)
    : left_(std::move(left)), right_(std::move(right)) {}

double BicmModel::probability(Vertex left_degree, Vertex right_degree) const {
  return probability_of(find_class(left_, left_degree), find_class(right_, right_degree));
}

double BicmModel::degree_error() const {
  std::vector<double> left(left_.size(), 0);
  std::vector<double> right(right_.size(), 0);
  for (std::size_t i = 0; i < left_.size(); ++i) {
    for (std::size_t j = 0; j < right_.size(); ++j) {
      const double p = probability_of(left_[i], right_[j]);
      left[i] += p * right_[j].count;
      right[j] += p * left_[i].count;
    }
  }
  double worst = 0;
  const auto compare = [&worst](std::span<const DegreeClass> classes, std::span<const double> expected) {
    for (std::size_t i = 0; i < classes.size(); ++i) {
      worst = std::max(worst, std::abs(classes[i].degree - expected[i]) / std::max<double>(1, classes[i].degree));
    }
  };
  compare(left_, left);
  compare(right_, right);
  return worst;
}

namespace {

BicmModel fit_classes(std::vector<DegreeClass> left_classes, std::vector<DegreeClass> right_classes) {
  if (edges_of(left_classes) != edges_of(right_classes)) refuse("the sums of the two sides differ");
  Side left{left_classes, vertices_of(left_classes)};
  Side right{right_classes, vertices_of(right_classes)};
  std::uint32_t step = 0;
  for (bool any = true; any;) {
    any = settle(left, right, step);
    any = settle(right, left, step + 1) || any;
    step += 2;
  }
  Fit(left, right).run();
  return {std::move(left_classes), std::move(right_classes)};
}

// What to add to the logarithms of the left fitnesses, so that the least free class has its degree.
double left_log_scale(std::span<const DegreeClass> left) {
  for (const DegreeClass& c : left) {
    if (c.settled_at == DegreeClass::kFree) return std::log(c.degree) - c.log_fitness;
  }
  return 0;
}

}  // namespace

BicmModel fit_bicm(std::span<const Vertex> left_degrees, std::span<const Vertex> right_degrees) {
  return fit_classes(classes_of(left_degrees), classes_of(right_degrees));
}

SeparableBound::SeparableBound(const BicmModel& model) {
  const double log_scale = left_log_scale(model.left_classes());
  const auto edges = static_cast<double>(edges_of(model.left_classes()));
  for (const DegreeClass& c : model.left_classes()) {
    const double degree = c.degree;
    left_.push_back({degree, c.settled_at == DegreeClass::kFree ? std::exp(c.log_fitness + log_scale) : degree});
  }
  for (const DegreeClass& c : model.right_classes()) {
    const double degree = c.degree;
    right_.push_back(
        {degree, c.settled_at == DegreeClass::kFree ? std::exp(c.log_fitness - log_scale) : degree / edges});
  }
}

// Between two classes in proportion to the one above: fitnesses rise faster than degrees, so this is still a bound.
double SeparableBound::fitness(std::span<const Class> classes, Vertex degree) {
  if (degree == 0 || classes.empty()) return 0;
  auto at = std::ranges::lower_bound(classes, static_cast<double>(degree), {}, &Class::degree);
  if (at == classes.end()) --at;
  return at->fitness * degree / at->degree;
}

SeparableBound fit_separable_bound(std::span<const Vertex> left_degrees, std::span<const Vertex> right_degrees) {
  return SeparableBound(fit_classes(coarsen(classes_of(left_degrees)), coarsen(classes_of(right_degrees))));
}

}  // namespace ringscope
