#include <algorithm>

#include <fmt/format.h>

#include "cli/output_file.h"
#include "cli/ring_changes.h"
#include "cli/terminal.h"
#include "cli/text.h"
#include "engine/ask/life/flow.h"

namespace ringscope::cli {
namespace {

constexpr std::size_t kMostColumns = 40;  // of the picture

// One character a run, or several runs a character when there are many.
class Columns {
 public:
  explicit Columns(const Flow& flow)
      : first_(flow.first_run),
        runs_(flow.last_run - flow.first_run + 1),
        columns_(std::min<std::size_t>(runs_, std::min(kMostColumns, room()))) {}
  std::size_t count() const { return columns_; }
  std::size_t of(std::uint64_t run) const { return static_cast<std::size_t>((run - first_) * columns_ / runs_); }

  // "1 … 30" above the picture.
  std::string scale(std::uint64_t last) const {
    std::string text = std::to_string(first_);
    const std::string to = std::to_string(last);
    if (columns_ > text.size() + to.size()) text += std::string(columns_ - text.size() - to.size(), ' ') + to;
    return text;
  }

 private:
  static std::size_t room() {
    constexpr std::size_t kBeside = 57;  // ring, tier, accounts and what happened
    const std::size_t columns = terminal_columns();
    return columns > kBeside + 8 ? columns - kBeside : 8;
  }
  std::uint64_t first_, runs_;
  std::size_t columns_;
};

const char* sign_of(const FlowLane::Mark& mark) {
  switch (mark.change) {
    case RingChange::born:
    case RingChange::returned:
      return "●";
    case RingChange::retired:
      return "✕";
    case RingChange::merged:
      return "┻";
    case RingChange::split:
      return "┳";
    case RingChange::moved:
    case RingChange::grown:
    case RingChange::shrunk:
    case RingChange::regraded:
      break;
  }
  return "━";
}

std::string picture_of(const FlowLane& lane, const Columns& columns) {
  std::vector<std::string> signs(columns.count(), " ");
  for (std::size_t m = 0; m < lane.marks.size(); ++m) {
    const FlowLane::Mark& mark = lane.marks[m];
    const std::size_t begin = columns.of(mark.run);
    const std::size_t end = m + 1 < lane.marks.size() ? columns.of(lane.marks[m + 1].run) : columns.count();
    // Of several marks in one column the most telling stays.
    if (std::string_view(sign_of(mark)) != "━" || signs[begin] == " ") signs[begin] = sign_of(mark);
    for (std::size_t c = begin + 1; c < end; ++c) signs[c] = mark.size > 0 ? "━" : " ";
  }
  if (lane.live && signs.back() == "━") signs.back() = "▶";
  std::string text;
  for (const std::string& sign : signs) text += sign;
  return text;
}

// The first that the ring has to do with others, and how many times it does after that.
std::string links_text(const Flow& flow, std::size_t lane) {
  std::string text;
  std::size_t more = 0;
  for (const FlowLink& link : flow.links) {
    if (link.to != lane) continue;
    if (text.empty()) {
      text = fmt::format("{} {}", words_of(link.kind), flow.lanes[link.from].ring);
    } else {
      ++more;
    }
  }
  return more == 0 ? text : fmt::format("{}, +{}", text, more);
}

void print_picture(const Flow& flow) {
  const Columns columns(flow);
  Table table({{"ring"}, {"tier"}, {"accounts", Align::right}, {columns.scale(flow.last_run)}, {"", Align::left, 18}});
  std::size_t family = 0;
  for (std::size_t l = 0; l < flow.lanes.size(); ++l) {
    const bool begins = family < flow.heads.size() && flow.heads[family] == l;
    if (begins && family++ > 0) table.add({{}, {}, {}, {}, {}});
    const FlowLane& lane = flow.lanes[l];
    const FlowLane::Mark& last = lane.marks.back();
    table.add({{lane.ring, Style::bold},
               lane.live ? tier_cell(last.tier) : TableCell{"-"},
               {thousands(last.size)},
               {picture_of(lane, columns), style_of(last.tier)},
               {links_text(flow, l)}});
  }
  table.print();
}

}  // namespace

int print_flow(const Globals& globals, const Store& store, const std::filesystem::path& svg) {
  const Flow flow = build_flow(store);
  if (!svg.empty()) write_file(svg, flow_to_svg(flow));
  if (globals.json) {
    for (const FlowLink& link : flow.links) print_line(link_to_json(flow, link));
    return 0;
  }
  if (!svg.empty()) return 0;
  if (!flow.lanes.empty()) print_picture(flow);
  print_line(styled(fmt::format("{} had to do with no other. ● born or back, ┳ gave a part away, ┻ took a ring in, ✕ "
                                "retired, ▶ lives.",
                                count_of(flow.alone, "ring", "rings")),
                    Style::dim));
  return 0;
}

}  // namespace ringscope::cli
