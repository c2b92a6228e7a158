// Compressed sparse rows as a matrix of Eigen that is never made: products read the arrays where they lie.
//
//   const CsrMatrix weights(graph);                                     // V x V
//   const CsrMatrix touches(snapshot.arrays), back = touches.transpose();  // left x right, and right x left
//   Eigen::VectorXd strength = weights * Eigen::VectorXd::Ones(weights.cols());
//   Eigen::ConjugateGradient<CsrMatrix, Eigen::Lower | Eigen::Upper, Eigen::IdentityPreconditioner> solver;
//
// Eigen::Map of a SparseMatrix wants row starts of the type of the column numbers; ours have 64 and 32 bits, so a map
// would need them copied. This does not: it is what Eigen calls a matrix-free operator, good for products and for
// every iterative solver.
//
// Input    CsrGraph or BipartiteArrays; what is looked at must outlive the matrix.
// Output   products with dense vectors and matrices of double, summed in the order of the rows.
// Cost     O(entries) a column; no memory of its own.
// Source   Eigen's documentation, "Matrix-free solvers".
#pragma once

#include <span>

#include <Eigen/Core>
#include <Eigen/SparseCore>

#include "algorithms/bipartite_graph.h"
#include "algorithms/csr_graph.h"

namespace ringscope {
class CsrMatrix;
}

namespace Eigen::internal {
template <>
struct traits<ringscope::CsrMatrix> : traits<SparseMatrix<double>> {};
}  // namespace Eigen::internal

namespace ringscope {

class CsrMatrix : public Eigen::EigenBase<CsrMatrix> {
 public:
  // What Eigen asks of a matrix.
  using Scalar = double;
  using RealScalar = double;
  using StorageIndex = int;
  enum { ColsAtCompileTime = Eigen::Dynamic, MaxColsAtCompileTime = Eigen::Dynamic, IsRowMajor = true };

  explicit CsrMatrix(const CsrGraph& graph)
      : rows_{graph.offsets(), graph.targets(), graph.weights()}, columns_(rows_), count_(graph.vertex_count()) {}
  // Entries are 1.
  explicit CsrMatrix(const BipartiteArrays& arrays)
      : rows_{arrays.left_offsets, arrays.left_targets, {}},
        columns_{arrays.right_offsets, arrays.right_targets, {}},
        count_(arrays.view().right_count()) {}

  Eigen::Index rows() const { return rows_.offsets.empty() ? 0 : static_cast<Eigen::Index>(rows_.offsets.size()) - 1; }
  Eigen::Index cols() const { return static_cast<Eigen::Index>(count_); }
  CsrMatrix transpose() const { return {columns_, rows_, static_cast<std::size_t>(rows())}; }

  // Where the arrays lie: those of the graph.
  std::span<const ArcIndex> offsets() const { return rows_.offsets; }
  std::span<const Vertex> targets() const { return rows_.targets; }
  std::span<const float> weights() const { return rows_.weights; }

  template <class Right>
  Eigen::Product<CsrMatrix, Right, Eigen::AliasFreeProduct> operator*(const Eigen::MatrixBase<Right>& right) const {
    return {*this, right.derived()};
  }

  // to += alpha * (*this) * right
  template <class To, class Right>
  void add_product(To& to, const Right& right, double alpha) const {
    for (Eigen::Index row = 0; row < rows(); ++row) {
      const auto begin = rows_.offsets[static_cast<std::size_t>(row)];
      const auto end = rows_.offsets[static_cast<std::size_t>(row) + 1];
      for (ArcIndex entry = begin; entry < end; ++entry) {
        const double weight = rows_.weights.empty() ? 1.0 : static_cast<double>(rows_.weights[entry]);
        to.row(row) += alpha * weight * right.row(static_cast<Eigen::Index>(rows_.targets[entry]));
      }
    }
  }

 private:
  struct Rows {
    std::span<const ArcIndex> offsets;
    std::span<const Vertex> targets;
    std::span<const float> weights;  // empty: 1 each
  };
  CsrMatrix(const Rows& rows, const Rows& columns, std::size_t count) : rows_(rows), columns_(columns), count_(count) {}

  Rows rows_, columns_;  // and those of the transpose
  std::size_t count_;    // columns
};

}  // namespace ringscope

namespace Eigen::internal {
template <class Right, int Kind>
struct generic_product_impl<ringscope::CsrMatrix, Right, SparseShape, DenseShape, Kind>
    : generic_product_impl_base<ringscope::CsrMatrix, Right,
                                generic_product_impl<ringscope::CsrMatrix, Right, SparseShape, DenseShape, Kind>> {
  template <class To>
  static void scaleAndAddTo(To& to, const ringscope::CsrMatrix& left, const Right& right, const double& alpha) {
    const typename nested_eval<Right, Dynamic>::type evaluated(right);
    left.add_product(to, evaluated, alpha);
  }
};
}  // namespace Eigen::internal
