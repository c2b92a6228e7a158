// ringscope_spark._core: what workers and driver of the distributed run call.
#include "spark/native/arrays.h"

#include "base/error.h"

NB_MODULE(_core, module) {
  namespace nb = nanobind;
  nb::exception<ringscope::Error>(module, "CoreError", PyExc_RuntimeError);
  ringscope::spark::bind_ingest(module);
  ringscope::spark::bind_store(module);
  ringscope::spark::bind_pairs(module);
}
