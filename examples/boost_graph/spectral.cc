// spectral DB: linear algebra on a ringscope store with Eigen. Nothing is copied: the arrays of the run's pairs and of
// accounts x things are multiplied where they lie (algorithms/csr_eigen.h), those of accounts x templates are mapped.
//
//   normalised Laplacian   of the pairs of the ring that has the most, and its smallest eigenvalues
//   spectral embedding     of its accounts in the plane, by the eigenvectors of the next two
//   truncated SVD          of accounts x things and of accounts x templates, by randomised subspace iteration
// Source   Chung, Spectral Graph Theory (1997); Belkin, Niyogi, Neural Comput. 15:1373 (2003); Halko, Martinsson,
//          Tropp, SIAM Review 53:217 (2011), algorithm 4.4.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string>
#include <vector>

#include <Eigen/Dense>
#include <Eigen/SparseCore>

#include "algorithms/csr_eigen.h"
#include "base/random.h"
#include "engine/engine.h"

namespace {

using Sparse = Eigen::SparseMatrix<float, Eigen::RowMajor, int>;
using Eigen::MatrixXd;
using Eigen::VectorXd;

// The pairs among the members of the ring that has the most of them.
struct RingPairs {
  std::string id;
  ringscope::RunLinks links;
};

RingPairs most_paired(const ringscope::Engine& engine) {
  const std::uint64_t run = engine.latest_run().run;
  RingPairs best;
  for (const ringscope::Ring& ring : engine.rings()) {
    std::vector<ringscope::KeyHash> members;
    for (const ringscope::Member& member : ring.members) members.push_back(member.account);
    std::ranges::sort(members);
    RingPairs one{ring.id, links_among(engine.store(), run, members)};
    if (one.links.arrays.targets.size() > best.links.arrays.targets.size()) best = std::move(one);
  }
  return best;
}

void embed(const ringscope::Engine& engine) {
  const RingPairs best = most_paired(engine);
  const std::vector<ringscope::KeyHash>& members = best.links.accounts;
  if (members.empty()) return;
  const ringscope::CsrMatrix weights(best.links.view());

  const VectorXd strength = weights * VectorXd::Ones(weights.cols());
  const VectorXd scale = strength.unaryExpr([](double s) { return s > 0 ? 1 / std::sqrt(s) : 0; });
  const VectorXd ones = strength.unaryExpr([](double s) { return s > 0 ? 1.0 : 0.0; });
  const MatrixXd scaled = scale.asDiagonal() * MatrixXd(weights * MatrixXd(scale.asDiagonal()));
  const MatrixXd laplacian = MatrixXd(ones.asDiagonal()) - scaled;
  const Eigen::SelfAdjointEigenSolver<MatrixXd> solved(laplacian);
  std::printf("%s of %zu accounts: smallest eigenvalues", best.id.c_str(), members.size());
  for (Eigen::Index i = 0; i < std::min<Eigen::Index>(5, laplacian.rows()); ++i)
    std::printf(" %.4f", solved.eigenvalues()[i]);
  std::printf("\n");
  for (Eigen::Index i = 0; i < std::min<Eigen::Index>(3, laplacian.rows()) && laplacian.rows() > 2; ++i) {
    const ringscope::VertexKey key{ringscope::kAccountKind, members[static_cast<std::size_t>(i)]};
    std::printf("  account %s lies at (%+.3f, %+.3f)\n", engine.store().name_of(key).value_or("?").c_str(),
                solved.eigenvectors()(i, 1), solved.eigenvectors()(i, 2));
  }
}

MatrixXd orthonormal(const MatrixXd& m) {
  return MatrixXd(Eigen::HouseholderQR<MatrixXd>(m).householderQ() * MatrixXd::Identity(m.rows(), m.cols()));
}

// Of the matrix that `times` and `back`, its transpose, multiply by.
template <class Times, class Back>
void decompose(const char* what, Eigen::Index rows, Eigen::Index columns, const Times& times, const Back& back) {
  const Eigen::Index rank = std::min<Eigen::Index>({5, rows, columns}), width = std::min({rank + 8, rows, columns});
  if (rank == 0) return;
  ringscope::Random random(1);
  MatrixXd block(columns, width);
  for (Eigen::Index i = 0; i < block.size(); ++i) block.data()[i] = random.uniform() - 0.5;
  MatrixXd basis = orthonormal(times(block));
  for (int i = 0; i < 20; ++i) basis = orthonormal(times(orthonormal(back(basis))));
  const Eigen::JacobiSVD<MatrixXd> svd(back(basis).transpose());
  std::printf("%s, %ld x %ld: largest singular values", what, static_cast<long>(rows), static_cast<long>(columns));
  for (Eigen::Index i = 0; i < rank; ++i) std::printf(" %.3f", svd.singularValues()[i]);
  std::printf("\n");
}

void decompose_things(const ringscope::Snapshot& snapshot) {
  const ringscope::CsrMatrix touches(snapshot.arrays), back = touches.transpose();
  decompose(
      "accounts x things", touches.rows(), touches.cols(), [&](const MatrixXd& x) { return MatrixXd(touches * x); },
      [&](const MatrixXd& x) { return MatrixXd(back * x); });
}

void decompose_templates(const ringscope::TemplateMatrix& templates) {
  const Eigen::Map<const Sparse> asked(static_cast<Eigen::Index>(templates.accounts.size()),
                                       static_cast<Eigen::Index>(templates.templates.size()),
                                       static_cast<Eigen::Index>(templates.columns.size()), templates.starts.data(),
                                       templates.columns.data(), templates.counts.data());
  // In single precision, as the counts are: a cast of the matrix would be a copy of it.
  const auto times = [](const auto& matrix, const MatrixXd& x) {
    return MatrixXd(Eigen::MatrixXf(matrix * x.cast<float>().eval()).cast<double>());
  };
  decompose(
      "accounts x templates", asked.rows(), asked.cols(), [&](const MatrixXd& x) { return times(asked, x); },
      [&](const MatrixXd& x) { return times(asked.transpose(), x); });
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc != 2) {
    std::fprintf(stderr, "spectral DB\n");
    return 2;
  }
  const ringscope::Engine engine = ringscope::Engine::open(argv[1]);
  embed(engine);
  decompose_things(engine.load());
  decompose_templates(engine.templates());
  return 0;
} catch (const ringscope::Error& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return ringscope::exit_status(error.code());
}
