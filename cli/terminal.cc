#include "cli/terminal.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <system_error>

#include <sys/ioctl.h>
#include <unistd.h>

#include "base/error.h"
#include "cli/text.h"

namespace ringscope::cli {
namespace {

constexpr std::size_t kUnlimited = std::size_t{1} << 20;
constexpr std::string_view kGap = "  ";

const char* sequence_of(Style style) {
  switch (style) {
    case Style::bold:
      return "\x1b[1m";
    case Style::dim:
      return "\x1b[2m";
    case Style::red:
      return "\x1b[1;31m";
    case Style::yellow:
      return "\x1b[33m";
    case Style::green:
      return "\x1b[32m";
    case Style::plain:
      break;
  }
  return "";
}

bool colors_wanted() {
  const char* const no_color = std::getenv("NO_COLOR");
  const char* const term = std::getenv("TERM");
  const bool dumb = term != nullptr && std::string_view(term) == "dumb";
  return on_terminal() && (no_color == nullptr || *no_color == '\0') && !dumb;
}

}  // namespace

Style style_of(Tier tier) {
  switch (tier) {
    case Tier::ban:
      return Style::red;
    case Tier::review:
      return Style::yellow;
    case Tier::watch:
      break;
  }
  return Style::dim;
}

std::string tier_text(Tier tier) {
  switch (tier) {
    case Tier::ban:
      return "● ban";
    case Tier::review:
      return "◐ review";
    case Tier::watch:
      break;
  }
  return "○ watch";
}

TableCell tier_cell(Tier tier) { return {tier_text(tier), style_of(tier)}; }

bool on_terminal() { return isatty(STDOUT_FILENO) == 1; }

std::string styled(std::string_view text, Style style) {
  if (style == Style::plain || !colors_wanted()) return std::string(text);
  return sequence_of(style) + std::string(text) + "\x1b[0m";
}

std::size_t terminal_columns() {
  if (!on_terminal()) return kUnlimited;
  if (const char* const columns = std::getenv("COLUMNS")) {
    const long value = std::strtol(columns, nullptr, 10);
    if (value >= 20 && value < 100'000) return static_cast<std::size_t>(value);
  }
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= 20) return size.ws_col;
  return 80;
}

std::size_t text_columns() { return std::min<std::size_t>(terminal_columns(), 100); }

void print(std::string_view text) {
  errno = 0;
  const bool written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
  if (!written) {
    throw Error(ErrorCode::io, "cannot write the result: " + std::generic_category().message(errno), "standard output");
  }
}

void print_line(std::string_view text) {
  print(text);
  print("\n");
}

void print_heading(std::string_view text) {
  print("\n");
  print_line(styled(text, Style::bold));
}

void Table::add(std::vector<TableCell> row) {
  for (TableCell& cell : row) cell.text = escaped(cell.text);
  rows_.push_back(std::move(row));
}

// The natural widths; the columns that may be cut give way, the widest first, until the row fits.
std::vector<std::size_t> Table::widths(std::size_t limit) const {
  std::vector<std::size_t> widths;
  for (std::size_t c = 0; c < columns_.size(); ++c) {
    std::size_t width = columns_of(columns_[c].title);
    for (const auto& row : rows_) width = std::max(width, columns_of(row[c].text));
    widths.push_back(width);
  }
  std::size_t total = kGap.size() * (columns_.size() - 1);
  for (const std::size_t width : widths) total += width;
  while (total > limit) {
    std::size_t widest = columns_.size();
    for (std::size_t c = 0; c < columns_.size(); ++c) {
      const bool may_shrink = columns_[c].least > 0 && widths[c] > columns_[c].least;
      if (may_shrink && (widest == columns_.size() || widths[c] > widths[widest])) widest = c;
    }
    if (widest == columns_.size()) break;
    --widths[widest];
    --total;
  }
  return widths;
}

void Table::append_row(std::string& out, const std::vector<TableCell>& row,
                       const std::vector<std::size_t>& widths) const {
  std::string line;
  for (std::size_t c = 0; c < row.size(); ++c) {
    const std::string text = fitted(row[c].text, widths[c]);
    const std::string padding(widths[c] - std::min(widths[c], columns_of(text)), ' ');
    const bool last = c + 1 == row.size();
    if (columns_[c].align == Align::right) line += padding;
    line += styled(text, row[c].style);
    if (columns_[c].align == Align::left && !last) line += padding;
    if (!last) line += kGap;
  }
  out += line + "\n";
}

std::string Table::text(std::size_t limit) const {
  const std::vector<std::size_t> fit = widths(limit);
  std::vector<TableCell> titles;
  for (const Column& column : columns_) titles.push_back({column.title, Style::dim});
  std::string out;
  append_row(out, titles, fit);
  for (const auto& row : rows_) append_row(out, row, fit);
  return out;
}

void Table::print() const { cli::print(text(terminal_columns())); }

void print_facts(const std::vector<Fact>& facts) {
  std::size_t width = 0;
  for (const Fact& fact : facts) {
    if (!fact.value.empty()) width = std::max(width, columns_of(fact.label));
  }
  for (const Fact& fact : facts) {
    if (fact.value.empty()) continue;
    const std::string label = fact.label + std::string(width - columns_of(fact.label), ' ') + "  ";
    print_line(styled(label, Style::dim) + wrapped(escaped(fact.value), text_columns() - width - 2, width + 2));
  }
}

}  // namespace ringscope::cli
