#include "algorithms/csr_eigen.h"

#include <Eigen/Dense>
#include <Eigen/IterativeLinearSolvers>
#include <doctest/doctest.h>

#include "tests/algorithms/graphs.h"

using namespace ringscope;

namespace {

Eigen::MatrixXd dense(const CsrGraph& graph) {
  Eigen::MatrixXd matrix = Eigen::MatrixXd::Zero(graph.vertex_count(), graph.vertex_count());
  for (Vertex u = 0; u < graph.vertex_count(); ++u) {
    for (ArcIndex a = graph.arcs_begin(u); a < graph.arcs_end(u); ++a)
      matrix(u, graph.target(a)) = static_cast<double>(graph.weight(a));
  }
  return matrix;
}

Eigen::MatrixXd dense(const BipartiteGraph& graph) {
  Eigen::MatrixXd matrix = Eigen::MatrixXd::Zero(graph.left_count(), graph.right_count());
  for (Vertex l = 0; l < graph.left_count(); ++l) {
    for (const Vertex r : graph.rights_of(l)) matrix(l, r) = 1;
  }
  return matrix;
}

}  // namespace

TEST_CASE("CsrMatrix: products are those of the dense matrix, and the arrays are the graph's own") {
  Random random(4);
  const CsrArrays arrays = build_csr(60, testing::random_edges(random, 60, 300));
  const CsrMatrix weights(arrays.view());
  CHECK(weights.offsets().data() == arrays.offsets.data());
  CHECK(weights.targets().data() == arrays.targets.data());
  CHECK(weights.weights().data() == arrays.weights.data());
  const Eigen::MatrixXd right = Eigen::MatrixXd::Random(60, 3);
  const Eigen::MatrixXd product = weights * right;
  CHECK((product - dense(arrays.view()) * right).norm() < 1e-9);
  const Eigen::VectorXd column = weights * (2 * right.col(1));
  CHECK((column - 2 * product.col(1)).norm() < 1e-9);
}

TEST_CASE("CsrMatrix: of a bipartite graph, and transposed by the arrays of the other side") {
  Random random(8);
  const BipartiteArrays arrays = testing::random_bipartite(random, 40, 25, 0.2);
  const CsrMatrix touches(arrays), back = touches.transpose();
  CHECK(touches.rows() == 40);
  CHECK(touches.cols() == 25);
  CHECK(back.offsets().data() == arrays.right_offsets.data());
  CHECK(back.targets().data() == arrays.right_targets.data());
  CHECK(back.transpose().targets().data() == arrays.left_targets.data());
  const Eigen::MatrixXd right = Eigen::MatrixXd::Random(25, 4), left = Eigen::MatrixXd::Random(40, 4);
  const Eigen::MatrixXd forth = touches * right, reverse = back * left;
  CHECK((forth - dense(arrays.view()) * right).norm() < 1e-9);
  CHECK((reverse - dense(arrays.view()).transpose() * left).norm() < 1e-9);
}

TEST_CASE("CsrMatrix: Eigen's iterative solvers take it") {
  std::vector<WeightedEdge> edges;  // a tridiagonal system without its diagonal: of even size it can be solved
  for (Vertex v = 0; v + 1 < 20; ++v) edges.push_back({v, v + 1, 1.0F});
  const CsrArrays arrays = build_csr(20, edges);
  const CsrMatrix matrix(arrays.view());
  const Eigen::VectorXd wanted = Eigen::VectorXd::LinSpaced(20, -1, 3), right = matrix * wanted;
  Eigen::BiCGSTAB<CsrMatrix, Eigen::IdentityPreconditioner> solver;
  solver.setTolerance(1e-12);
  solver.compute(matrix);
  CHECK((matrix * Eigen::VectorXd(solver.solve(right)) - right).norm() < 1e-6);
}
