// Arrays handed to NumPy without a copy.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>

namespace ringscope::python {

namespace nb = nanobind;

template <class T>
using Array = nb::ndarray<nb::numpy, T, nb::ndim<1>, nb::c_contig>;
template <class T>
using ConstArray = nb::ndarray<nb::numpy, const T, nb::ndim<1>>;
template <class T>
using InArray = nb::ndarray<const T, nb::ndim<1>, nb::c_contig, nb::device::cpu>;

// The vector lives as long as the array.
template <class Result, class T>
Result holding(std::vector<T>&& values) {
  auto kept = std::make_unique<std::vector<T>>(std::move(values));
  const nb::capsule owner(kept.get(), [](void* one) noexcept { delete static_cast<std::vector<T>*>(one); });
  std::vector<T>& shared = *kept.release();  // the capsule has it now
  return Result(shared.data(), {shared.size()}, owner);
}
template <class T>
Array<T> owning(std::vector<T>&& values) {
  return holding<Array<T>>(std::move(values));
}
template <class T>
ConstArray<T> frozen(std::vector<T>&& values) {
  return holding<ConstArray<T>>(std::move(values));
}

// A view of what `owner` holds; read only, since others look at the same.
template <class T>
ConstArray<T> viewing(const std::vector<T>& values, nb::handle owner) {
  return ConstArray<T>(values.data(), {values.size()}, owner);
}

// One field of a vector of structures: every stride-th T from `first`.
template <class T>
ConstArray<T> viewing_field(const T* first, std::size_t count, std::size_t structure, nb::handle owner) {
  return ConstArray<T>(first, {count}, owner, {static_cast<std::int64_t>(structure / sizeof(T))});
}

template <class T>
std::span<const T> span_of(const InArray<T>& array) {
  return {array.data(), array.shape(0)};
}

}  // namespace ringscope::python
