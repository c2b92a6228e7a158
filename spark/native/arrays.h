// Columns between C++ and NumPy: vectors are handed over, spans are read where they lie.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>

#include "algorithms/csr_graph.h"

namespace ringscope::spark {

namespace nb = nanobind;

template <class T>
using Column = nb::ndarray<const T, nb::ndim<1>, nb::c_contig, nb::device::cpu>;
template <class T>
std::span<const T> view(const Column<T>& column) {
  return {column.data(), column.size()};
}

// The vector becomes the array's memory.
template <class T>
nb::object array_of(std::vector<T> values) {
  auto kept = std::make_unique<std::vector<T>>(std::move(values));
  T* const data = kept->data();
  const std::size_t size = kept->size();
  nb::capsule owner(kept.release(), [](void* p) noexcept { delete static_cast<std::vector<T>*>(p); });
  return nb::cast(nb::ndarray<nb::numpy, T, nb::ndim<1>>(data, {size}, owner));
}

// Texts one after the other, as Arrow keeps them.
class Texts {
 public:
  void add(std::string_view text) {
    bytes_.insert(bytes_.end(), text.begin(), text.end());
    offsets_.push_back(static_cast<std::int64_t>(bytes_.size()));
  }
  // (offsets, bytes); the offsets are one more than the texts.
  nb::object take() { return nb::make_tuple(array_of(std::move(offsets_)), array_of(std::move(bytes_))); }

 private:
  std::vector<std::int64_t> offsets_{0};
  std::vector<std::uint8_t> bytes_;
};

// Texts that lie so.
class TextView {
 public:
  TextView(const Column<std::int64_t>& offsets, const Column<std::uint8_t>& bytes)
      : offsets_(view(offsets)), bytes_(view(bytes)) {}
  std::size_t size() const { return offsets_.empty() ? 0 : offsets_.size() - 1; }
  std::string_view operator[](std::size_t i) const {
    return {reinterpret_cast<const char*>(bytes_.data()) + offsets_[i],
            static_cast<std::size_t>(offsets_[i + 1] - offsets_[i])};
  }

 private:
  std::span<const std::int64_t> offsets_;
  std::span<const std::uint8_t> bytes_;
};

// As three columns: u, v, weight.
inline nb::dict edge_columns(const std::vector<WeightedEdge>& edges) {
  std::vector<Vertex> u, v;
  std::vector<float> weight;
  for (const WeightedEdge& edge : edges) {
    u.push_back(edge.u);
    v.push_back(edge.v);
    weight.push_back(edge.weight);
  }
  nb::dict columns;
  columns["u"] = array_of(std::move(u));
  columns["v"] = array_of(std::move(v));
  columns["weight"] = array_of(std::move(weight));
  return columns;
}

void bind_ingest(nb::module_& module);
void bind_store(nb::module_& module);
void bind_pairs(nb::module_& module);

}  // namespace ringscope::spark
