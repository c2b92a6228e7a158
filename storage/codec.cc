#include "storage/codec.h"

#include <bit>
#include <cstring>

#include "base/error.h"

namespace ringscope {

void Encoder::fixed64(std::uint64_t value) {
  for (int shift = 0; shift < 64; shift += 8) out_.push_back(static_cast<char>(value >> shift));
}

void Encoder::real(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  for (int shift = 0; shift < 32; shift += 8) out_.push_back(static_cast<char>(bits >> shift));
}

void Decoder::fail() const {
  throw Error(ErrorCode::corrupt, std::string("damaged ") + what_ + " in the store; run 'ringscope doctor'");
}

std::uint64_t Decoder::number() {
  std::uint64_t value = 0;
  for (int shift = 0; shift < 64; shift += 7) {
    const std::uint8_t part = byte();
    value |= static_cast<std::uint64_t>(part & 0x7F) << shift;
    if (part < 0x80) return value;
  }
  fail();
}

Seconds Decoder::time() {
  const Seconds time = signed_number();
  if (time != kNoTime && (time < kMinTime || time > kMaxTime)) fail();
  return time;
}

std::uint64_t Decoder::fixed64() {
  if (end_ - at_ < 8) fail();
  std::uint64_t value = 0;
  for (int shift = 0; shift < 64; shift += 8) {
    value |= static_cast<std::uint64_t>(static_cast<unsigned char>(*at_++)) << shift;
  }
  return value;
}

std::uint8_t Decoder::byte() {
  if (at_ == end_) fail();
  return static_cast<std::uint8_t>(*at_++);
}

float Decoder::real() {
  std::uint32_t bits = 0;
  for (int shift = 0; shift < 32; shift += 8) bits |= static_cast<std::uint32_t>(byte()) << shift;
  return std::bit_cast<float>(bits);
}

std::string_view Decoder::view() {
  const std::size_t size = count();
  const std::string_view value(at_, size);
  at_ += size;
  return value;
}

std::size_t Decoder::count() {
  const std::uint64_t value = number();
  if (value > static_cast<std::uint64_t>(end_ - at_)) fail();
  return static_cast<std::size_t>(value);
}

void Decoder::expect_end() const {
  if (!done()) fail();
}

namespace {

// Days as unsigned numbers, the absent one as 0.
std::uint64_t day_number(Day day) {
  return day == kNoDay ? 0 : static_cast<std::uint64_t>(std::int64_t{day} + 10'000'000);
}
Day number_day(std::uint64_t number, const Decoder& in) {
  if (number == 0) return kNoDay;
  if (number > 20'000'000) in.fail();
  return static_cast<Day>(static_cast<std::int64_t>(number) - 10'000'000);
}

struct DaySpan {
  bool undated = false;  // holds something without a day
  Day first = kNoDay;    // of what has a day
  Day last = kNoDay;

  void add(Day day) {
    if (day == kNoDay) {
      undated = true;
      return;
    }
    if (first == kNoDay || day < first) first = day;
    if (last == kNoDay || day > last) last = day;
  }
  bool touches(const DayWindow& window) const {
    return undated || (first != kNoDay && first <= window.last && last >= window.first);
  }
};

template <class Item>
void encode_span(const std::vector<Item>& items, Encoder& out) {
  DaySpan span;
  for (const Item& item : items) span.add(item.day);
  out.byte(span.undated ? 1 : 0);
  out.number(day_number(span.first));
  out.number(day_number(span.last));
}

DaySpan decode_span(Decoder& in) {
  DaySpan span;
  span.undated = in.byte() != 0;
  span.first = number_day(in.number(), in);
  span.last = number_day(in.number(), in);
  return span;
}

void encode_sightings(const Cell* begin, const Cell* end, Encoder& out) {
  out.number(static_cast<std::uint64_t>(end - begin));
  std::uint64_t previous = 0;
  for (const Cell* cell = begin; cell != end; ++cell) {
    const std::uint64_t day = day_number(cell->day);
    out.number(day - previous);
    previous = day;
    out.number(cell->count);
    if (cell->day == kNoDay) continue;
    out.number(static_cast<std::uint64_t>(cell->first - start_of_day(cell->day)));
    out.number(static_cast<std::uint64_t>(cell->last - cell->first));
  }
}

void decode_sightings(Decoder& in, VertexKey entity, const DayWindow& window, std::vector<Cell>& cells) {
  std::uint64_t day_so_far = 0;
  for (std::size_t n = in.count(); n > 0; --n) {
    day_so_far += in.number();
    Cell cell{.entity = entity, .day = number_day(day_so_far, in)};
    cell.count = static_cast<std::uint32_t>(in.number());
    if (cell.day != kNoDay) {
      cell.first = start_of_day(cell.day) + static_cast<Seconds>(in.number() % kSecondsPerDay);
      cell.last = cell.first + static_cast<Seconds>(in.number() % kSecondsPerDay);
    }
    if (window.contains(cell.day)) cells.push_back(cell);
  }
}

void encode_day(const ActivityDay& day, std::uint64_t day_step, Encoder& out) {
  out.number(day_step);
  for (const std::uint64_t value : {day.requests, day.tokens_in, day.tokens_out, day.templated}) out.number(value);
  std::uint32_t present = 0;
  for (std::size_t h = 0; h < day.hours.size(); ++h) present |= day.hours[h] > 0 ? 1U << h : 0U;
  out.number(present);
  for (const std::uint32_t hour : day.hours) {
    if (hour > 0) out.number(hour);
  }
  out.number(day.tags.size());
  for (const TagCount& tag : day.tags) {
    out.byte(static_cast<std::uint8_t>(tag.tag.kind));
    out.fixed64(tag.tag.hash);
    out.number(tag.count);
  }
  out.number(day.templates.size());
  for (const TemplateCount& entry : day.templates) {
    out.fixed64(entry.template_hash);
    out.number(entry.count);
  }
}

void decode_day(Decoder& in, ActivityDay& day) {
  day.requests = in.number();
  day.tokens_in = in.number();
  day.tokens_out = in.number();
  day.templated = in.number();
  const std::uint64_t present = in.number();
  if (present >> 24 != 0) in.fail();
  for (std::size_t h = 0; h < day.hours.size(); ++h) {
    day.hours[h] = (present >> h & 1) != 0 ? static_cast<std::uint32_t>(in.number()) : 0;
  }
  day.tags.resize(in.count());
  for (TagCount& tag : day.tags) {
    tag.tag.kind = static_cast<KindId>(in.byte());
    tag.tag.hash = in.fixed64();
    tag.count = in.number();
  }
  day.templates.resize(in.count());
  for (TemplateCount& entry : day.templates) {
    entry.template_hash = in.fixed64();
    entry.count = in.number();
  }
}

}  // namespace

std::string encode_cells(const std::vector<Cell>& cells) {
  std::string bytes;
  Encoder out(bytes);
  encode_span(cells, out);
  const Cell* const end = cells.data() + cells.size();
  for (const Cell* cell = cells.data(); cell != end;) {
    const Cell* next = cell;
    while (next != end && next->entity == cell->entity) ++next;
    out.byte(static_cast<std::uint8_t>(cell->entity.kind));
    out.fixed64(cell->entity.hash);
    encode_sightings(cell, next, out);
    cell = next;
  }
  return bytes;
}

void decode_cells(std::string_view bytes, const DayWindow& window, std::vector<Cell>& cells) {
  Decoder in(bytes, "row of cells");
  if (!decode_span(in).touches(window)) return;
  while (!in.done()) {
    VertexKey entity;
    entity.kind = static_cast<KindId>(in.byte());
    entity.hash = in.fixed64();
    decode_sightings(in, entity, window, cells);
  }
}

std::string encode_activity(const std::vector<ActivityDay>& activity) {
  std::string bytes;
  Encoder out(bytes);
  encode_span(activity, out);
  std::uint64_t previous = 0;
  for (const ActivityDay& day : activity) {
    encode_day(day, day_number(day.day) - previous, out);
    previous = day_number(day.day);
  }
  return bytes;
}

void decode_activity(std::string_view bytes, const DayWindow& window, std::vector<ActivityDay>& activity) {
  Decoder in(bytes, "row of activity");
  if (!decode_span(in).touches(window)) return;
  std::uint64_t day_so_far = 0;
  while (!in.done()) {
    day_so_far += in.number();
    ActivityDay day;
    day.day = number_day(day_so_far, in);
    decode_day(in, day);
    if (window.contains(day.day)) activity.push_back(std::move(day));
  }
}

std::string encode_position(const SourcePosition& position) {
  std::string bytes;
  Encoder out(bytes);
  out.string(position.source);
  out.string(position.label);
  out.number(position.head_bytes);
  out.number(position.offset);
  out.string(position.prefix_hash);
  out.number(position.lines);
  out.number(position.rejected);
  out.byte(position.complete ? 1 : 0);
  return bytes;
}

SourcePosition decode_position(std::string_view bytes) {
  Decoder in(bytes, "ingest position");
  SourcePosition position;
  position.source = in.string();
  position.label = in.string();
  position.head_bytes = in.number();
  position.offset = in.number();
  position.prefix_hash = in.string();
  position.lines = in.number();
  position.rejected = in.number();
  position.complete = in.byte() != 0;
  in.expect_end();
  return position;
}

std::string encode_reject(const Reject& reject) {
  std::string bytes;
  Encoder out(bytes);
  out.string(reject.source);
  out.string(reject.label);
  out.number(reject.line);
  out.string(reject.field);
  out.string(reject.reason);
  return bytes;
}

Reject decode_reject(std::string_view bytes) {
  Decoder in(bytes, "reject");
  Reject reject;
  reject.source = in.string();
  reject.label = in.string();
  reject.line = in.number();
  reject.field = in.string();
  reject.reason = in.string();
  in.expect_end();
  return reject;
}

constexpr std::size_t kLinkBytes = 12;

std::string encode_links(std::span<const StoredLink> links) {
  std::string bytes;
  Encoder out(bytes);
  for (const StoredLink& link : links) {
    out.fixed64(link.other);
    out.real(link.bits);
  }
  return bytes;
}

std::vector<StoredLink> decode_links(std::string_view bytes) {
  Decoder in(bytes, "similarity links");
  std::vector<StoredLink> links;
  links.reserve(bytes.size() / kLinkBytes);
  while (!in.done()) {
    StoredLink link;
    link.other = in.fixed64();
    link.bits = in.real();
    links.push_back(link);
  }
  return links;
}

}  // namespace ringscope
