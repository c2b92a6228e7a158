#include <memory>

#include "arrays.h"
#include "arrow_abi.h"
#include "bind.h"
#include <nanobind/nanobind.h>
#include <nanobind/stl/shared_ptr.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

namespace ringscope::python {
namespace {

// Lets go of what a structure of Arrow's holds, and of itself.
struct Release {
  template <class Structure>
  void operator()(Structure* structure) const {
    if (structure->release != nullptr) structure->release(structure);
    delete structure;
  }
};
template <class Structure>
using Owned = std::unique_ptr<Structure, Release>;

// `kName` is a literal: the capsule does not copy it.
template <class Structure, auto& kName>
nb::object capsule_of(Owned<Structure> owned) {
  PyObject* capsule = PyCapsule_New(
      owned.get(), kName, [](PyObject* one) { Release()(static_cast<Structure*>(PyCapsule_GetPointer(one, kName))); });
  if (capsule == nullptr) throw nb::python_error();
  (void)owned.release();  // the capsule has it now
  return nb::steal(capsule);
}

constexpr char kStreamName[] = "arrow_array_stream";
constexpr char kSchemaName[] = "arrow_schema";

// What a Table is to Python; the columns are shared with whoever took them.
struct PyTable {
  SharedTable table;
};

nb::object stream_of(const PyTable& self, const nb::object&) {
  Owned<ArrowArrayStream> stream(new ArrowArrayStream{});
  export_stream(self.table, stream.get());
  return capsule_of<ArrowArrayStream, kStreamName>(std::move(stream));
}

nb::object schema_of(const PyTable& self) {
  Owned<ArrowSchema> schema(new ArrowSchema{});
  export_schema(*self.table, schema.get());
  return capsule_of<ArrowSchema, kSchemaName>(std::move(schema));
}

const Column& column_of(const PyTable& self, const std::string& name) {
  for (const Column& column : self.table->columns) {
    if (column.name == name) return column;
  }
  std::string known;
  for (const Column& column : self.table->columns) known += (known.empty() ? "" : ", ") + column.name;
  throw nb::key_error(("there is no column \"" + name + "\"; there are: " + known).c_str());
}

template <class T>
nb::object plain_values(const Column& column, std::size_t buffer, nb::handle owner) {
  const auto* data = static_cast<const T*>(column.buffers[buffer].data);
  return nb::cast(ConstArray<T>(data, {static_cast<std::size_t>(column.length)}, owner));
}

nb::list texts_of(const Column& column) {
  const auto* offsets = static_cast<const std::int64_t*>(column.buffers[1].data);
  const auto* bytes = static_cast<const char*>(column.buffers[2].data);
  nb::list result;
  for (std::int64_t i = 0; i < column.length; ++i) {
    PyObject* text =
        PyUnicode_DecodeUTF8(bytes + offsets[i], static_cast<Py_ssize_t>(offsets[i + 1] - offsets[i]), "replace");
    if (text == nullptr) throw nb::python_error();
    result.append(nb::steal(text));
  }
  return result;
}

nb::object values_of(nb::handle_t<PyTable> handle, const std::string& name) {
  const Column& column = column_of(nb::cast<const PyTable&>(handle), name);
  switch (column.format[0]) {
    case 'I':
      return plain_values<std::uint32_t>(column, 1, handle);
    case 'i':
      return plain_values<std::int32_t>(column, 1, handle);
    case 'L':
      return plain_values<std::uint64_t>(column, 1, handle);
    case 'l':
      return plain_values<std::int64_t>(column, 1, handle);
    case 'f':
      return plain_values<float>(column, 1, handle);
    case 'g':
      return plain_values<double>(column, 1, handle);
    case 't':
      return column.format == "tdD" ? plain_values<std::int32_t>(column, 1, handle)
                                    : plain_values<std::int64_t>(column, 1, handle);
    case 'U':
      return texts_of(column);
    default:
      break;
  }
  const auto* offsets = static_cast<const std::int64_t*>(column.buffers[1].data);  // a list of texts
  const nb::list texts = texts_of(column.children.front());
  nb::list result;
  for (std::int64_t i = 0; i < column.length; ++i) {
    result.append(nb::steal(
        PyList_GetSlice(texts.ptr(), static_cast<Py_ssize_t>(offsets[i]), static_cast<Py_ssize_t>(offsets[i + 1]))));
  }
  return result;
}

nb::object dictionary_of(const PyTable& self, const std::string& name) {
  const Column& column = column_of(self, name);
  return column.dictionary ? nb::object(texts_of(*column.dictionary)) : nb::none();
}

}  // namespace

nb::object to_python(SharedTable table) { return nb::cast(PyTable{std::move(table)}); }

void bind_tables(nb::module_& m) {
  nb::class_<PyTable>(m, "Table", "Columns in Arrow's format.")
      .def("__arrow_c_stream__", &stream_of, nb::arg("requested_schema") = nb::none(),
           "Arrow C stream of one batch, in a PyCapsule; nothing is copied.")
      .def("__arrow_c_schema__", &schema_of, "Arrow C schema in a PyCapsule.")
      .def("__len__", [](const PyTable& self) { return static_cast<std::size_t>(self.table->rows); })
      .def_prop_ro("column_names",
                   [](const PyTable& self) {
                     std::vector<std::string> names;
                     for (const Column& column : self.table->columns) names.push_back(column.name);
                     return names;
                   })
      .def(
          "format", [](const PyTable& self, const std::string& name) { return column_of(self, name).format; },
          nb::arg("name"), "Of a column, as the Arrow C data interface writes it.")
      .def(
          "null_count", [](const PyTable& self, const std::string& name) { return column_of(self, name).null_count; },
          nb::arg("name"))
      .def("values", &values_of, nb::arg("name"),
           "Numbers as a read-only array that shares the column's memory; texts as a list. Of a column with a "
           "dictionary the codes.")
      .def("dictionary", &dictionary_of, nb::arg("name"), "What the codes of a column stand for; None without codes.");
}

}  // namespace ringscope::python
