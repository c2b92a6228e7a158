#include "engine/ingest/account_rows.h"

#include <algorithm>
#include <limits>
#include <optional>

namespace ringscope {
namespace {

// A record taken apart.
struct Record {
  RecordHead head{};
  Seconds ts = kNoTime;
  std::uint64_t tokens_in = 0;
  std::uint64_t tokens_out = 0;
  std::optional<KeyHash> template_hash;
  std::optional<KeyHash> capability;
  std::optional<KeyHash> model;
  std::uint32_t plan = 0;
  std::uint32_t status = 0;
  Seconds created = kNoTime;
  const std::uint64_t* kinds = nullptr;
  const std::uint64_t* hashes = nullptr;

  bool has(RecordFlag flag) const { return (head.flags & flag) != 0; }
  std::uint16_t kind(std::size_t i) const {
    return static_cast<std::uint16_t>(kinds[i / kKindsPerWord] >> (16 * (i % kKindsPerWord)));
  }
};

Record read_record(const std::uint64_t* word) {
  Record record;
  record.ts = static_cast<Seconds>(word[1]);
  record.head = unpack(word[2]);
  word += 3;
  if (record.has(kTokensIn)) record.tokens_in = *word++;
  if (record.has(kTokensOut)) record.tokens_out = *word++;
  if (record.has(kTemplate)) record.template_hash = *word++;
  if (record.has(kCapability)) record.capability = *word++;
  if (record.has(kModel)) record.model = *word++;
  if (record.has(kFacts)) {
    record.plan = static_cast<std::uint32_t>(*word);
    record.status = static_cast<std::uint32_t>(*word++ >> 32);
    record.created = static_cast<Seconds>(*word++);
  }
  record.kinds = word;
  record.hashes = word + (record.head.entities + kKindsPerWord - 1) / kKindsPerWord;
  return record;
}

std::uint32_t add_saturating(std::uint32_t a, std::uint32_t b) {
  const std::uint64_t sum = std::uint64_t{a} + b;
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(sum, std::numeric_limits<std::uint32_t>::max()));
}

// Makes one of neighbours that `same` holds equal, by `add(kept, next)`.
template <class T, class Same, class Add>
void combine_neighbours(std::vector<T>& values, const Same& same, const Add& add) {
  std::size_t kept = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i > 0 && same(values[kept - 1], values[i]))
      add(values[kept - 1], values[i]);
    else
      values[kept++] = values[i];
  }
  values.resize(kept);
}

void combine_cell(Cell& a, const Cell& b) {
  a.count = add_saturating(a.count, b.count);
  a.first = std::min(a.first, b.first);
  a.last = std::max(a.last, b.last);
}

bool same_cell(const Cell& a, const Cell& b) { return a.entity == b.entity && a.day == b.day; }

// Adds a value to one of the last few when `same` holds them equal, else after them: what follows is sorted and
// combined anyway, and most of it need not be.
template <class T, class Same, class Add>
void add_near(std::vector<T>& values, const T& value, const Same& same, const Add& add) {
  constexpr std::size_t kNear = 8;
  const std::size_t stop = values.size() > kNear ? values.size() - kNear : 0;
  for (std::size_t i = values.size(); i > stop; --i) {
    if (same(values[i - 1], value)) return add(values[i - 1], value);
  }
  values.push_back(value);
}

void combine_cells(std::vector<Cell>& cells) {
  std::ranges::sort(cells, [](const Cell& a, const Cell& b) {
    if (a.entity != b.entity) return a.entity < b.entity;
    return a.day < b.day;
  });
  combine_neighbours(cells, same_cell, combine_cell);
}

bool same_tag(const TagCount& a, const TagCount& b) { return a.tag == b.tag; }
void combine_tag(TagCount& a, const TagCount& b) { a.count += b.count; }
bool same_template(const TemplateCount& a, const TemplateCount& b) { return a.template_hash == b.template_hash; }
void combine_template(TemplateCount& a, const TemplateCount& b) { a.count += b.count; }

void combine_tags(std::vector<TagCount>& tags) {
  std::ranges::sort(tags, {}, &TagCount::tag);
  combine_neighbours(tags, same_tag, combine_tag);
}

void combine_templates(std::vector<TemplateCount>& templates) {
  std::ranges::sort(templates, {}, &TemplateCount::template_hash);
  combine_neighbours(templates, same_template, combine_template);
  if (templates.size() > kTemplateSketchSize) templates.resize(kTemplateSketchSize);
}

// Builds rows one after the other; keeps scratch memory.
class RowBuilder {
 public:
  explicit RowBuilder(const RecordMeaning& meaning) : meaning_(meaning) {}

  AccountRow build(std::span<const RecordAt> records) {
    AccountRow row;
    row.account = records.front().account;
    requests_.clear();
    for (const RecordAt& at : records) {
      const Record record = read_record(at.words);
      add_cells(record, row.cells);
      if (record.has(kFacts)) add_facts(record, row.facts);
      if (record.has(kRequest)) requests_.push_back({record.ts, at.words});
    }
    combine_cells(row.cells);
    build_activity(row.activity);
    return row;
  }

 private:
  struct Request {
    Seconds ts;
    const std::uint64_t* words;
  };

  void add_cells(const Record& record, std::vector<Cell>& cells) {
    const auto& kinds = meaning_.shards[record.head.shard].kinds;
    for (std::size_t i = 0; i < record.head.entities; ++i)
      add_near(cells,
               {{kinds[record.kind(i)], record.hashes[i]}, day_of(record.ts), record.head.count, record.ts, record.ts},
               same_cell, combine_cell);
  }

  void add_facts(const Record& record, AccountFacts& facts) const {
    const auto& words = meaning_.shards[record.head.shard].words;
    const auto state = [&](StatedFact& fact, const std::string& value) {
      if (!value.empty()) fact.state(value, record.ts);
    };
    state(facts.plan, words[record.plan]);
    state(facts.status, words[record.status]);
    if (record.created != kNoTime && (facts.created == kNoTime || record.created < facts.created))
      facts.created = record.created;
  }

  void build_activity(std::vector<ActivityDay>& activity) {
    if (!std::ranges::is_sorted(requests_, {}, &Request::ts)) std::ranges::sort(requests_, {}, &Request::ts);
    for (const Request& request : requests_) {
      const Day day = day_of(request.ts);
      if (activity.empty() || activity.back().day != day) {
        finish_day(activity);
        activity.emplace_back().day = day;
      }
      add_request(read_record(request.words), activity.back());
    }
    finish_day(activity);
  }

  void add_request(const Record& record, ActivityDay& day) {
    const std::uint32_t count = record.head.count;
    day.requests += count;
    day.tokens_in += record.tokens_in;
    day.tokens_out += record.tokens_out;
    std::uint32_t& hour = day.hours[static_cast<std::size_t>((record.ts - start_of_day(day.day)) / 3600)];
    hour = add_saturating(hour, count);
    const auto add_tag = [&](KindId kind, KeyHash hash) {
      add_near(tags_, {{kind, hash}, count}, same_tag, combine_tag);
    };
    if (record.capability) add_tag(meaning_.capability, *record.capability);
    if (record.model) add_tag(meaning_.model, *record.model);
    if (!record.template_hash) return;
    day.templated += count;
    add_near(templates_, {*record.template_hash, count}, same_template, combine_template);
  }

  void finish_day(std::vector<ActivityDay>& activity) {
    if (activity.empty()) return;
    combine_tags(tags_);
    combine_templates(templates_);
    activity.back().tags = tags_;
    activity.back().templates = templates_;
    tags_.clear();
    templates_.clear();
  }

  const RecordMeaning& meaning_;
  std::vector<Request> requests_;
  std::vector<TagCount> tags_;
  std::vector<TemplateCount> templates_;
};

}  // namespace

std::vector<AccountRow> build_rows(std::vector<RecordAt>& records, const RecordMeaning& meaning) {
  std::ranges::sort(records, {}, &RecordAt::account);
  std::vector<AccountRow> rows;
  RowBuilder builder(meaning);
  for (std::size_t begin = 0; begin < records.size();) {
    std::size_t end = begin + 1;
    while (end < records.size() && records[end].account == records[begin].account) ++end;
    rows.push_back(builder.build(std::span(records).subspan(begin, end - begin)));
    begin = end;
  }
  return rows;
}

}  // namespace ringscope
