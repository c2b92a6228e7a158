// The fields of an event and the event as a reader hands it on: views of text, nothing checked yet.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace ringscope {

// How the values of an entity kind are made equal when they mean the same.
enum class Normalization : std::uint8_t { trim, lower, ip };

// The entity kinds that a wide line may carry under their own names: one line adds a kind. A long line may name any
// kind; one that stands here is normalised as it says here, others are trimmed.
struct EntityField {
  std::string_view name;
  Normalization normalization;
};
inline constexpr std::array kEntityFields{
    EntityField{"ip", Normalization::ip},
    EntityField{"payment", Normalization::trim},
    EntityField{"fingerprint", Normalization::trim},
    EntityField{"email", Normalization::lower},
};

// Index of a field in an Event; the entity kinds follow the last plain one.
enum class Field : std::uint8_t {
  account,
  ts,
  kind,
  value,
  capability,
  model,
  template_id,
  text,
  tokens,
  tokens_out,
  count,
  plan,
  created,
  status,
};
inline constexpr std::array<std::string_view, 14> kPlainFields{
    "account", "ts",     "kind",       "value", "capability", "model",   "template",
    "text",    "tokens", "tokens_out", "count", "plan",       "created", "status",
};
inline constexpr std::size_t kFieldCount = kPlainFields.size() + kEntityFields.size();

// Names that a long line may not use as a kind: the store or a field has them.
inline constexpr std::array<std::string_view, 6> kReservedKinds{"account", "capability", "model",
                                                                "plan",    "prompt",     "status"};

// Index of a field by its name in the log; nothing for a name that is not ours.
std::optional<std::size_t> find_field(std::string_view name);
std::string_view field_name(std::size_t field);

struct Event {
  std::array<std::string_view, kFieldCount> text{};  // empty: absent
  std::uint32_t present = 0;                         // bit i: the line names field i, be it empty
  std::uint32_t not_text = 0;                        // bit i: field i held neither a text nor a number

  std::string_view operator[](Field field) const { return text[static_cast<std::size_t>(field)]; }
  std::string_view& operator[](Field field) { return text[static_cast<std::size_t>(field)]; }
  bool names(Field field) const { return (present >> static_cast<unsigned>(field) & 1) != 0; }
  std::string_view entity(std::size_t kind) const { return text[kPlainFields.size() + kind]; }
};
static_assert(kFieldCount <= 32);

}  // namespace ringscope
