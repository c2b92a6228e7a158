// spectral DB: linear algebra on a ringscope store with Eigen. The arrays of targets and weights are mapped where they
// are; Eigen wants row starts of the type of the targets, so those (4 bytes a row) are converted.
//
//   normalised Laplacian   of the pairs of the ring that has the most, and its smallest eigenvalues
//   spectral embedding     of its accounts in the plane, by the eigenvectors of the next two
//   truncated SVD          of accounts x entities, by randomised subspace iteration
// Source   Chung, Spectral Graph Theory (1997); Belkin, Niyogi, Neural Comput. 15:1373 (2003); Halko, Martinsson,
//          Tropp, SIAM Review 53:217 (2011), algorithm 4.4.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string>
#include <vector>

#include <Eigen/Dense>
#include <Eigen/SparseCore>

#include "base/random.h"
#include "engine/engine.h"

namespace {

using Sparse = Eigen::SparseMatrix<float, Eigen::RowMajor, int>;
using Eigen::MatrixXd;
using Eigen::VectorXd;

// Starts of rows as Eigen wants them.
std::vector<int> starts_of(std::span<const ringscope::ArcIndex> offsets) { return {offsets.begin(), offsets.end()}; }

// A view: rows and values lie where they were. `starts` must outlive it.
Eigen::Map<const Sparse> view_of(const std::vector<int>& starts, std::span<const ringscope::Vertex> targets,
                                 std::span<const float> values, Eigen::Index columns) {
  return {static_cast<Eigen::Index>(starts.size()) - 1,
          columns,
          static_cast<Eigen::Index>(targets.size()),
          starts.data(),
          reinterpret_cast<const int*>(targets.data()),  // the same bits: vertices are below 2^31
          values.data()};
}

// The pairs among the members of the ring that has the most of them.
struct RingPairs {
  std::string id;
  std::vector<ringscope::Vertex> members;
  ringscope::CsrArrays pairs;
};

RingPairs most_paired(const ringscope::Exploration& found) {
  const auto all =
      ringscope::build_csr(static_cast<ringscope::Vertex>(found.snapshot.accounts.size()), found.similarity.core);
  RingPairs best;
  for (const ringscope::Ring& ring : found.detection.rings) {
    RingPairs one{ring.id, {}, {}};
    for (const ringscope::Member& member : ring.members) {
      if (const auto v = found.snapshot.vertex_of(member.account)) one.members.push_back(*v);
    }
    std::ranges::sort(one.members);
    one.pairs = ringscope::induced_subgraph(all.view(), one.members);
    if (one.pairs.targets.size() > best.pairs.targets.size()) best = std::move(one);
  }
  return best;
}

void embed(const ringscope::Exploration& found) {
  const RingPairs best = most_paired(found);
  if (best.members.empty()) return;
  const ringscope::CsrArrays& ring = best.pairs;
  const std::vector<ringscope::Vertex>& members = best.members;
  const std::vector<int> starts = starts_of(ring.offsets);
  const auto weights = view_of(starts, ring.targets, ring.weights, static_cast<Eigen::Index>(members.size()));

  const VectorXd strength = weights.cast<double>() * VectorXd::Ones(weights.cols());
  const VectorXd scale = strength.unaryExpr([](double s) { return s > 0 ? 1 / std::sqrt(s) : 0; });
  const VectorXd ones = strength.unaryExpr([](double s) { return s > 0 ? 1.0 : 0.0; });
  const MatrixXd scaled = scale.asDiagonal() * MatrixXd(weights.cast<double>()) * scale.asDiagonal();
  const MatrixXd laplacian = MatrixXd(ones.asDiagonal()) - scaled;
  const Eigen::SelfAdjointEigenSolver<MatrixXd> solved(laplacian);
  std::printf("%s of %zu accounts: smallest eigenvalues", best.id.c_str(), members.size());
  for (Eigen::Index i = 0; i < std::min<Eigen::Index>(5, laplacian.rows()); ++i)
    std::printf(" %.4f", solved.eigenvalues()[i]);
  std::printf("\n");
  for (Eigen::Index i = 0; i < std::min<Eigen::Index>(3, laplacian.rows()) && laplacian.rows() > 2; ++i)
    std::printf("  account %u lies at (%+.3f, %+.3f)\n", members[static_cast<std::size_t>(i)],
                solved.eigenvectors()(i, 1), solved.eigenvectors()(i, 2));
}

void decompose(const ringscope::Snapshot& snapshot, int rank) {
  const std::vector<int> starts = starts_of(snapshot.arrays.left_offsets);
  const std::vector<float> ones(snapshot.arrays.left_targets.size(), 1.0F);
  const auto matrix =
      view_of(starts, snapshot.arrays.left_targets, ones, static_cast<Eigen::Index>(snapshot.entities.size()));
  const auto a = matrix.cast<double>();
  ringscope::Random random(1);
  MatrixXd block(matrix.cols(), rank + 8);
  for (Eigen::Index i = 0; i < block.size(); ++i) block.data()[i] = random.uniform() - 0.5;
  const auto orthonormal = [](const MatrixXd& m) {
    return MatrixXd(Eigen::HouseholderQR<MatrixXd>(m).householderQ() * MatrixXd::Identity(m.rows(), m.cols()));
  };
  MatrixXd basis = orthonormal(a * block);
  for (int i = 0; i < 20; ++i) basis = orthonormal(a * orthonormal(a.transpose() * basis));
  const MatrixXd small = (a.transpose() * basis).transpose();
  const Eigen::JacobiSVD<MatrixXd> svd(small);
  std::printf("accounts x entities, %ld x %ld: largest singular values", static_cast<long>(matrix.rows()),
              static_cast<long>(matrix.cols()));
  for (int i = 0; i < rank; ++i) std::printf(" %.3f", svd.singularValues()[i]);
  std::printf("\n");
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc != 2) {
    std::fprintf(stderr, "spectral DB\n");
    return 2;
  }
  const ringscope::Engine engine = ringscope::Engine::open(argv[1]);
  const ringscope::Exploration found = engine.explore();
  embed(found);
  decompose(found.snapshot, 5);
  return 0;
} catch (const ringscope::Error& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return ringscope::exit_status(error.code());
}
