#include "arrow_table.h"

#include <cerrno>
#include <new>

#include "arrow_abi.h"

namespace ringscope::python {
namespace {

// One bit a row, the first in the lowest; nothing when all are there.
template <class T, class Missing>
std::pair<Buffer, std::int64_t> validity_of(const std::vector<T>& values, const Missing& missing) {
  std::int64_t nulls = 0;
  for (const T& value : values) nulls += missing(value) ? 1 : 0;
  if (nulls == 0) return {{}, 0};
  std::vector<std::uint8_t> bits((values.size() + 7) / 8, 0);
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!missing(values[i])) bits[i / 8] = static_cast<std::uint8_t>(bits[i / 8] | (1U << (i % 8)));
  }
  return {buffer_of(std::move(bits)), nulls};
}

template <class Structure>
void release_part(Structure& part) {
  if (part.release != nullptr) part.release(&part);
}

// An exported structure holds its children, so that others may move them out of it.
template <class Structure>
struct Parts {
  Parts() = default;
  Parts(const Parts&) = delete;
  Parts& operator=(const Parts&) = delete;
  ~Parts() {
    for (Structure& child : children) release_part(child);
    if (dictionary) release_part(*dictionary);
  }
  void point_to_children() {
    for (Structure& child : children) pointers.push_back(&child);
  }

  std::vector<Structure> children;
  std::vector<Structure*> pointers;
  std::optional<Structure> dictionary;
};

struct SchemaParts : Parts<ArrowSchema> {
  std::string format, name;
};

void release_schema(ArrowSchema* schema) {
  delete static_cast<SchemaParts*>(schema->private_data);
  schema->release = nullptr;
}

// `parts` with its children in place becomes what `out` points to.
void fill_schema(std::unique_ptr<SchemaParts> parts, ArrowSchema* out) {
  parts->point_to_children();
  *out = {parts->format.c_str(),
          parts->name.c_str(),
          nullptr,
          kArrowFlagNullable,
          static_cast<std::int64_t>(parts->children.size()),
          parts->pointers.data(),
          parts->dictionary ? &*parts->dictionary : nullptr,
          release_schema,
          parts.get()};
  (void)parts.release();  // out has it now
}

void export_column_schema(const Column& column, ArrowSchema* out) {
  auto parts = std::make_unique<SchemaParts>();
  parts->format = column.format;
  parts->name = column.name;
  parts->children.resize(column.children.size());
  for (std::size_t i = 0; i < column.children.size(); ++i)
    export_column_schema(column.children[i], &parts->children[i]);
  if (column.dictionary) export_column_schema(*column.dictionary, &parts->dictionary.emplace());
  fill_schema(std::move(parts), out);
}

struct ArrayParts : Parts<ArrowArray> {
  std::shared_ptr<const Table> table;
  std::vector<const void*> buffers;
};

void release_array(ArrowArray* array) {
  delete static_cast<ArrayParts*>(array->private_data);
  array->release = nullptr;
}

void fill_array(std::unique_ptr<ArrayParts> parts, std::int64_t length, std::int64_t null_count, ArrowArray* out) {
  parts->point_to_children();
  *out = {length,
          null_count,
          0,
          static_cast<std::int64_t>(parts->buffers.size()),
          static_cast<std::int64_t>(parts->children.size()),
          parts->buffers.data(),
          parts->pointers.data(),
          parts->dictionary ? &*parts->dictionary : nullptr,
          release_array,
          parts.get()};
  (void)parts.release();
}

void export_column(const std::shared_ptr<const Table>& table, const Column& column, ArrowArray* out) {
  auto parts = std::make_unique<ArrayParts>();
  parts->table = table;
  parts->children.resize(column.children.size());
  for (const Buffer& buffer : column.buffers) parts->buffers.push_back(buffer.data);
  for (std::size_t i = 0; i < column.children.size(); ++i)
    export_column(table, column.children[i], &parts->children[i]);
  if (column.dictionary) export_column(table, *column.dictionary, &parts->dictionary.emplace());
  fill_array(std::move(parts), column.length, column.null_count, out);
}

void export_rows(const std::shared_ptr<const Table>& table, ArrowArray* out) {
  auto parts = std::make_unique<ArrayParts>();
  parts->table = table;
  parts->buffers = {nullptr};
  parts->children.resize(table->columns.size());
  for (std::size_t i = 0; i < table->columns.size(); ++i) export_column(table, table->columns[i], &parts->children[i]);
  fill_array(std::move(parts), table->rows, 0, out);
}

// The table is one batch.
struct StreamParts {
  std::shared_ptr<const Table> table;
  bool given = false;
  const char* error = nullptr;  // of the last call
};

// What C calls: nothing may be thrown through it.
template <class Work>
int without_throwing(ArrowArrayStream* stream, const Work& work) noexcept {
  auto* parts = static_cast<StreamParts*>(stream->private_data);
  parts->error = nullptr;
  try {
    work(*parts);
    return 0;
  } catch (const std::bad_alloc&) {
    parts->error = "there is not enough memory to describe the table";
    return ENOMEM;
  } catch (...) {
    parts->error = "the table could not be described";
    return EIO;
  }
}

int stream_schema(ArrowArrayStream* stream, ArrowSchema* out) {
  *out = {};
  return without_throwing(stream, [&](const StreamParts& parts) { export_schema(*parts.table, out); });
}

int stream_next(ArrowArrayStream* stream, ArrowArray* out) {
  *out = {};
  return without_throwing(stream, [&](StreamParts& parts) {
    if (!parts.given) export_rows(parts.table, out);
    parts.given = true;
  });
}

const char* stream_error(ArrowArrayStream* stream) { return static_cast<StreamParts*>(stream->private_data)->error; }

void release_stream(ArrowArrayStream* stream) {
  delete static_cast<StreamParts*>(stream->private_data);
  stream->release = nullptr;
}

}  // namespace

Column optional_numbers(std::string name, const std::vector<std::optional<double>>& values) {
  auto [validity, nulls] = validity_of(values, [](const auto& value) { return !value; });
  std::vector<double> plain(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) plain[i] = values[i].value_or(0);
  const auto length = static_cast<std::int64_t>(values.size());
  return {std::move(name), "g", length, nulls, {std::move(validity), buffer_of(std::move(plain))}};
}

Column times(std::string name, std::vector<Seconds>&& values) {
  auto [validity, nulls] = validity_of(values, [](Seconds value) { return value == kNoTime; });
  const auto length = static_cast<std::int64_t>(values.size());
  return {std::move(name), "tss:UTC", length, nulls, {std::move(validity), buffer_of(std::move(values))}};
}

Column days(std::string name, std::vector<Day>&& values) {
  auto [validity, nulls] = validity_of(values, [](Day value) { return value == kNoDay; });
  const auto length = static_cast<std::int64_t>(values.size());
  return {std::move(name), "tdD", length, nulls, {std::move(validity), buffer_of(std::move(values))}};
}

Column TextColumn::finish(std::string name) && {
  const auto length = static_cast<std::int64_t>(size());
  return {std::move(name), "U", length, 0, {{}, buffer_of(std::move(offsets_)), buffer_of(std::move(bytes_))}};
}

Column TextListColumn::finish(std::string name) && {
  const auto length = static_cast<std::int64_t>(offsets_.size() - 1);
  std::vector<Column> values;
  values.push_back(std::move(texts_).finish("item"));
  return {std::move(name), "+L", length, 0, {{}, buffer_of(std::move(offsets_))}, std::move(values)};
}

Column coded(std::string name, std::vector<std::int32_t>&& codes, std::shared_ptr<const Column> dictionary) {
  Column column = numbers(std::move(name), std::move(codes));
  column.dictionary = std::move(dictionary);
  return column;
}

Table table_of(std::vector<Column> columns) {
  const std::int64_t rows = columns.empty() ? 0 : columns.front().length;
  return {std::move(columns), rows};
}

void export_schema(const Table& table, ArrowSchema* out) {
  auto parts = std::make_unique<SchemaParts>();
  parts->format = "+s";
  parts->children.resize(table.columns.size());
  for (std::size_t i = 0; i < table.columns.size(); ++i) export_column_schema(table.columns[i], &parts->children[i]);
  fill_schema(std::move(parts), out);
}

void export_stream(std::shared_ptr<const Table> table, ArrowArrayStream* out) {
  *out = {stream_schema, stream_next, stream_error, release_stream, new StreamParts{std::move(table)}};
}

}  // namespace ringscope::python
