#include "engine/ingest/admission.h"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <initializer_list>
#include <limits>

#include "engine/ingest/normalize.h"
#include "engine/ingest/skeleton.h"
#include "engine/ingest/value_policy.h"
#include "storage/value_keys.h"

namespace ringscope {
namespace {

constexpr std::uint64_t kMaxTokens = 1'000'000'000'000'000;  // so that 18,000 such lines can be added up
constexpr std::array<std::string_view, 4> kMoneyWords{"payment", "card", "pan", "cc"};
constexpr std::string_view kMissing = "missing";
constexpr std::string_view kNotTime = "not a time";
constexpr std::string_view kNul = "contains a NUL byte";
constexpr std::string_view kLongValue = "longer than 4096 bytes";

constexpr std::uint32_t bits_of(std::initializer_list<Field> fields) {
  std::uint32_t bits = 0;
  for (const Field field : fields) bits |= 1U << static_cast<unsigned>(field);
  return bits;
}
constexpr std::uint32_t kLongFields = bits_of({Field::account, Field::ts, Field::kind, Field::value, Field::count});

constexpr std::array kRequestFields{Field::capability, Field::model,      Field::template_id, Field::text,
                                    Field::tokens,     Field::tokens_out, Field::count};

bool has_nul(std::string_view text) { return text.find('\0') != std::string_view::npos; }

// Seconds by the rule of parse_time(); the usual ten digits are read here.
std::optional<Seconds> read_time(std::string_view text) {
  Seconds seconds = 0;
  const char* end = text.data() + text.size();
  if (text.size() <= 10) {
    const auto [stop, error] = std::from_chars(text.data(), end, seconds);
    if (error == std::errc{} && stop == end) return seconds;
  }
  if (const auto time = parse_time(text)) return time;
  double number = 0;  // with an exponent
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error == std::errc{} && stop == end) return time_from_number(number);
  return std::nullopt;
}

// A whole number, also as "12.0", which spreadsheets make of 12.
std::optional<std::uint64_t> read_whole(std::string_view text, std::uint64_t least, std::uint64_t most) {
  std::uint64_t number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc{} || number < least || number > most) return std::nullopt;
  if (stop == end) return number;
  if (*stop != '.' || stop + 1 == end || !std::all_of(stop + 1, end, [](char c) { return c == '0'; }))
    return std::nullopt;
  return number;
}

// Grouped as on a card it is one wherever it stands; of digits alone one in ten is only a number that looks like one.
// Every text of every line is asked: hardly any is as long and has a mark after its fourth character.
bool is_grouped_card(std::string_view value) {
  constexpr std::size_t kShortest = 14;  // twelve digits and two marks
  return value.size() >= kShortest && value.size() <= kLongestCard && (value[4] == ' ' || value[4] == '-') &&
         is_card_number(value);
}

// Kinds that hold what people pay with: "payment", or with a word for it among the words of their names.
bool is_money(std::string_view kind) {
  for (std::size_t at = 0; at <= kind.size();) {
    const std::size_t end = std::min(kind.find_first_of("_.-", at), kind.size());
    if (std::ranges::find(kMoneyWords, kind.substr(at, end - at)) != kMoneyWords.end()) return true;
    at = end + 1;
  }
  return false;
}

std::optional<Fault> check_text(std::string_view field, std::string_view value) {
  if (value.size() > kMaxValueBytes) return Fault{field, kLongValue};
  if (has_nul(value)) return Fault{field, kNul};
  if (is_grouped_card(value)) return Fault{field, kCardNumber};
  return std::nullopt;
}

std::optional<Fault> read_tokens(const Event& event, Field field, std::string_view name, std::uint64_t& tokens) {
  const std::string_view text = trim(event[field]);
  if (text.empty()) return std::nullopt;
  const auto number = read_whole(text, 0, kMaxTokens);
  if (!number) return Fault{name, "not a whole number from 0 to 10^15"};
  tokens = *number;
  return std::nullopt;
}

// A short text such as a plan or a model, trimmed.
std::optional<Fault> read_word(const Event& event, Field field, std::string_view name, std::string_view& word) {
  word = trim(event[field]);
  return check_text(name, word);
}

std::optional<Fault> read_account(const Event& event, std::string_view& account) {
  account = event[Field::account];
  if (account.empty()) return Fault{"account", kMissing};
  if (account.size() > kMaxAccountBytes) return Fault{"account", "longer than 512 bytes"};
  if (has_nul(account)) return Fault{"account", kNul};
  if (is_grouped_card(trim(account))) return Fault{"account", kCardNumber};
  return std::nullopt;
}

// A line of a list of accounts: a plan, a sign-up or a status, and nothing that a request has.
bool states_facts_alone(const Event& event, const CleanEvent& clean) {
  if (clean.plan.empty() && clean.status.empty() && clean.created == kNoTime) return false;
  const auto stated = [&](Field field) { return !trim(event[field]).empty(); };
  return clean.entity_count == 0 && std::ranges::none_of(kRequestFields, stated);
}

bool is_kind_name(std::string_view name) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-';
  };
  return !name.empty() && name.size() <= 64 && std::ranges::all_of(name, allowed);
}

}  // namespace

std::optional<Fault> Admission::admit_common(const Event& event, CleanEvent& clean) {
  const std::uint32_t used = clean.request ? ~bits_of({Field::kind, Field::value}) : kLongFields;
  if (const std::uint32_t wrong = event.not_text & used; wrong != 0)
    return Fault{field_name(static_cast<std::size_t>(std::countr_zero(wrong))), "neither a text nor a number"};
  if (const auto fault = read_account(event, clean.account)) return fault;
  if (const std::string_view ts = trim(event[Field::ts]); !ts.empty()) {
    const auto time = read_time(ts);
    if (!time) return Fault{"ts", kNotTime};
    clean.ts = *time;
  }
  if (const std::string_view count = trim(event[Field::count]); !count.empty()) {
    const auto number = read_whole(count, 1, std::numeric_limits<std::uint32_t>::max());
    if (!number) return Fault{"count", "not a whole number from 1 to 4294967295"};
    clean.count = static_cast<std::uint32_t>(*number);
  }
  return std::nullopt;
}

std::optional<Fault> Admission::normalize(std::string_view field, std::string_view raw, Normalization how,
                                          std::size_t slot, EntityValue& entity) {
  std::string_view& value = entity.value;
  value = trim(raw);
  if (value.empty()) return std::nullopt;
  if (how == Normalization::ip) {
    value = normalize_ip(value, scratch_[slot]);
    if (value.empty()) return Fault{field, "not an IP address"};
  }
  if (how == Normalization::lower) value = to_lower(value, scratch_[slot]);
  if (const auto fault = check_text(field, value)) return fault;
  return protect(field, slot, entity);
}

// A card's number is never taken in; of a keyed kind the value is not, either.
std::optional<Fault> Admission::protect(std::string_view field, std::size_t slot, EntityValue& entity) {
  const bool keyed = keeps_keys_ && policy_->is_keyed(entity.kind);
  const char first = entity.value.front();
  if (first >= '2' && first <= '6' && is_card_number(entity.value) && (keyed || is_money(entity.kind)))
    return Fault{field, kCardNumber};
  if (!keyed) return std::nullopt;
  tokens_[slot] = policy_->store().stored_value(entity.kind, entity.value);
  if (policy_->is_sealed(entity.kind)) entity.sealed = entity.value;
  entity.value = tokens_[slot];
  return std::nullopt;
}

std::optional<Fault> Admission::admit_entities(const Event& event, CleanEvent& clean) {
  for (std::size_t k = 0; k < kEntityFields.size(); ++k) {
    if (event.entity(k).empty()) continue;
    EntityValue entity{kEntityFields[k].name, {}, static_cast<std::uint8_t>(k)};
    if (const auto fault = normalize(entity.kind, event.entity(k), kEntityFields[k].normalization, k, entity))
      return fault;
    if (!entity.value.empty()) clean.entities[clean.entity_count++] = entity;
  }
  return std::nullopt;
}

void Admission::read_template(const Event& event, CleanEvent& clean) {
  if (const std::string_view name = trim(event[Field::template_id]); !name.empty()) {
    clean.template_hash = hash_value(name);
    return;
  }
  if (event[Field::text].empty()) return;
  skeleton_of(event[Field::text], skeleton_);
  if (skeleton_.empty()) return;
  sketch_of(skeleton_, sketch_);
  clean.prompt = sketch_;
  clean.template_hash = hash_value(sketch_);
}

std::optional<Fault> Admission::admit_request(const Event& event, CleanEvent& clean) {
  if (auto fault = read_word(event, Field::capability, "capability", clean.capability)) return fault;
  if (auto fault = read_word(event, Field::model, "model", clean.model)) return fault;
  if (auto fault = read_tokens(event, Field::tokens, "tokens", clean.tokens_in)) return fault;
  if (auto fault = read_tokens(event, Field::tokens_out, "tokens_out", clean.tokens_out)) return fault;
  if (auto fault = read_word(event, Field::plan, "plan", clean.plan)) return fault;
  if (auto fault = read_word(event, Field::status, "status", clean.status)) return fault;
  if (const std::string_view created = trim(event[Field::created]); !created.empty()) {
    const auto time = read_time(created);
    if (!time) return Fault{"created", kNotTime};
    clean.created = *time;
  }
  read_template(event, clean);
  clean.request = !states_facts_alone(event, clean);
  return std::nullopt;
}

std::optional<Fault> Admission::admit_wide(const Event& event, CleanEvent& clean) {
  clean = {};
  clean.request = true;
  if (auto fault = admit_common(event, clean)) return fault;
  if (clean.ts == kNoTime && time_ == RequestTime::required) return Fault{"ts", kMissing};
  if (auto fault = admit_entities(event, clean)) return fault;
  return admit_request(event, clean);
}

std::optional<Fault> Admission::admit_long(const Event& event, CleanEvent& clean) {
  clean = {};
  if (auto fault = admit_common(event, clean)) return fault;
  EntityValue entity{to_lower(trim(event[Field::kind]), kind_), {}};
  if (entity.kind.empty()) return Fault{"kind", kMissing};
  if (!is_kind_name(entity.kind)) return Fault{"kind", "not 1 to 64 of the characters a-z 0-9 _ . -"};
  if (std::ranges::find(kReservedKinds, entity.kind) != kReservedKinds.end()) return Fault{"kind", "a reserved name"};
  const auto known = std::ranges::find(kEntityFields, entity.kind, &EntityField::name);
  const Normalization how = known == kEntityFields.end() ? Normalization::trim : known->normalization;
  if (auto fault = normalize("value", event[Field::value], how, 0, entity)) return fault;
  if (entity.value.empty()) return Fault{"value", kMissing};
  clean.entities[0] = entity;
  clean.entity_count = 1;
  return std::nullopt;
}

}  // namespace ringscope
