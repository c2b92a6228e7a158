// Folding a part of a log in a worker.
#include "spark/native/arrays.h"
#include <nanobind/stl/string.h>
#include <nanobind/stl/string_view.h>
#include <nanobind/stl/vector.h>

#include "engine/ingest/identity.h"
#include "engine/ingest/part.h"
#include "storage/codec.h"

namespace ringscope::spark {
namespace {

std::int64_t bits_of(KeyHash hash) { return static_cast<std::int64_t>(hash); }

nb::dict cells_of(const std::vector<AccountRow>& rows) {
  std::vector<std::int64_t> account, entity, count, first, last;
  std::vector<std::uint8_t> kind;
  std::vector<std::int32_t> day;
  for (const AccountRow& row : rows) {
    for (const Cell& cell : row.cells) {
      account.push_back(bits_of(row.account));
      kind.push_back(static_cast<std::uint8_t>(cell.entity.kind));
      entity.push_back(bits_of(cell.entity.hash));
      day.push_back(cell.day);
      count.push_back(cell.count);
      first.push_back(cell.first);
      last.push_back(cell.last);
    }
  }
  nb::dict cells;
  cells["account"] = array_of(std::move(account));
  cells["kind"] = array_of(std::move(kind));
  cells["entity"] = array_of(std::move(entity));
  cells["day"] = array_of(std::move(day));
  cells["count"] = array_of(std::move(count));
  cells["first"] = array_of(std::move(first));
  cells["last"] = array_of(std::move(last));
  return cells;
}

// Of the rows that have something to pack.
template <class Has, class Pack>
nb::dict packed_of(const std::vector<AccountRow>& rows, const Has& has, const Pack& pack) {
  std::vector<std::int64_t> account;
  Texts packed;
  for (const AccountRow& row : rows) {
    if (!has(row)) continue;
    account.push_back(bits_of(row.account));
    packed.add(pack(row));
  }
  nb::dict result;
  result["account"] = array_of(std::move(account));
  result["packed"] = packed.take();
  return result;
}

nb::dict names_of(const std::vector<Name>& names) {
  std::vector<std::uint8_t> kind;
  std::vector<std::int64_t> key;
  Texts values;
  for (const Name& name : names) {
    kind.push_back(static_cast<std::uint8_t>(name.key.kind));
    key.push_back(bits_of(name.key.hash));
    values.add(name.value);
  }
  nb::dict result;
  result["kind"] = array_of(std::move(kind));
  result["key"] = array_of(std::move(key));
  result["value"] = values.take();
  return result;
}

nb::list rejects_of(const std::vector<RejectedLine>& rejects) {
  nb::list result;
  for (const RejectedLine& reject : rejects)
    result.append(nb::make_tuple(reject.line, std::string(reject.fault.field), std::string(reject.fault.reason),
                                 nb::bytes(reject.raw.data(), reject.raw.size())));
  return result;
}

nb::dict take(PartFold& fold) {
  const FoldedPart part = [&] {
    const nb::gil_scoped_release released;
    return fold.take();
  }();
  nb::dict result;
  result["kinds"] = nb::cast(part.kinds);
  result["cells"] = cells_of(part.rows);
  result["activity"] = packed_of(
      part.rows, [](const AccountRow& row) { return !row.activity.empty(); },
      [](const AccountRow& row) { return encode_activity(row.activity); });
  result["facts"] = packed_of(
      part.rows, [](const AccountRow& row) { return !row.facts.empty(); },
      [](const AccountRow& row) { return encode_facts(row.facts); });
  result["names"] = names_of(part.names);
  result["rejects"] = rejects_of(part.rejects);
  result["events"] = part.events;
  nb::dict ignored;
  for (const auto& [name, lines] : part.ignored) ignored[nb::cast(name)] = lines;
  result["ignored"] = ignored;
  return result;
}

// Lines without their newlines, as a column of texts has them.
void add_lines(PartFold& fold, const Column<std::int64_t>& offsets, const Column<std::uint8_t>& bytes,
               std::uint64_t first_line, bool long_form) {
  const TextView lines(offsets, bytes);
  const nb::gil_scoped_release released;
  std::string text;
  text.reserve(bytes.size() + lines.size() + kPadding);
  for (std::size_t i = 0; i < lines.size(); ++i) text.append(lines[i]).push_back('\n');
  const std::size_t size = text.size();
  text.append(kPadding, ' ');
  fold.read_lines(std::string_view(text).substr(0, size), first_line, long_form);
}

std::uint64_t add_text(PartFold& fold, const nb::bytes& text, const std::string& label, bool may_grow) {
  const std::string_view bytes(text.c_str(), text.size());
  const nb::gil_scoped_release released;
  return fold.read_text(bytes, label, may_grow ? BlockKind::tail : BlockKind::records);
}

void add_batch(PartFold& fold, std::uintptr_t schema, std::uintptr_t array, std::uint64_t first_line,
               const std::string& label) {
  const nb::gil_scoped_release released;
  fold.read_batch(reinterpret_cast<ArrowSchema*>(schema), reinterpret_cast<ArrowArray*>(array), first_line, label);
}

nb::dict layout_of(const nb::bytes& head, const std::string& label) {
  const Layout layout = detect_layout({head.c_str(), head.size()}, label);
  nb::dict result;
  result["notation"] = layout.notation == Notation::csv          ? "csv"
                       : layout.notation == Notation::json_lines ? "jsonl"
                                                                 : "nothing";
  result["long_form"] = layout.long_form;
  return result;
}

template <class Merge>
nb::bytes merged(const std::vector<nb::bytes>& parts, const Merge& merge) {
  std::vector<std::string_view> views;
  for (const nb::bytes& part : parts) views.emplace_back(part.c_str(), part.size());
  const std::string bytes = merge(views);
  return nb::bytes(bytes.data(), bytes.size());
}

}  // namespace

void bind_ingest(nb::module_& module) {
  nb::class_<PartFold>(module, "Fold", "Folds a part of a log into cells, without a store. Starts no threads.")
      .def(nb::init<std::size_t>(), nb::arg("memory_bytes"))
      .def("add_lines", &add_lines, nb::arg("offsets"), nb::arg("bytes"), nb::arg("first_line"), nb::arg("long_form"))
      .def("add_text", &add_text, nb::arg("text"), nb::arg("label"), nb::arg("may_grow"))
      .def("add_batch", &add_batch, nb::arg("schema"), nb::arg("array"), nb::arg("first_line"), nb::arg("label"))
      .def("bytes", &PartFold::bytes)
      .def("take", &take);
  module.attr("HEAD_BYTES") = kHeadBytes;
  module.def("layout_of", &layout_of, nb::arg("head"), nb::arg("label"));
  module.def(
      "hash_value",
      [](const nb::bytes& value) {
        return bits_of(hash_value({value.c_str(), value.size()}));
      },
      "The content key of a value: the bits of its 64-bit XXH3.");
  module.def("merge_activity",
             [](const std::vector<nb::bytes>& parts) { return merged(parts, merge_packed_activity); });
  module.def("merge_facts", [](const std::vector<nb::bytes>& parts) { return merged(parts, merge_packed_facts); });
}

}  // namespace ringscope::spark
