#include "server/lists.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/error.h"
#include "engine/ask/cursor.h"
#include "server/view.h"

namespace ringscope::server {

Slice slice_of(const Call& call, std::string_view order, std::size_t total, std::uint64_t version) {
  Slice slice;
  slice.total = total;
  const std::string cursor = call.arguments.text("cursor");
  const std::uint64_t run = call.view->run();
  if (!cursor.empty()) {
    const Cursor at = require_cursor(cursor, run, order);
    if (at.keys[1] != static_cast<double>(version))
      throw Error(ErrorCode::usage, "the list has changed since the page before; begin at the first page", cursor);
    slice.begin =
        at.keys[0] >= 0 && at.keys[0] <= static_cast<double>(total) ? static_cast<std::size_t>(at.keys[0]) : total;
  }
  slice.end = std::min<std::size_t>(total, slice.begin + call.arguments.number("limit").value_or(100));
  if (slice.end < total) {
    slice.next = encode_cursor({.run = run,
                                .order = std::string(order),
                                .keys = {static_cast<double>(slice.end), static_cast<double>(version), 0},
                                .last = "-"});
  }
  return slice;
}

Answer list_answer(const Call& call, const Slice& slice, const std::function<std::string(std::size_t)>& item) {
  std::string json = fmt::format("{{\"run\":{},\"items\":[", call.view->run());
  for (std::size_t i = slice.begin; i < slice.end; ++i) {
    call.budget.check();
    if (i > slice.begin) json += ',';
    json += item(i);
  }
  json += fmt::format("],\"total\":{},\"next\":{}}}", slice.total,
                      slice.next.empty() ? "null" : fmt::format("\"{}\"", slice.next));
  return json_answer(std::move(json));
}

}  // namespace ringscope::server
