// An event that has been checked and normalised, or what is wrong with it.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"
#include "engine/ingest/event.h"
#include "engine/ingest/value_policy.h"
#include "storage/rows.h"

namespace ringscope {

inline constexpr std::size_t kMaxAccountBytes = 512;
inline constexpr std::size_t kMaxValueBytes =
    4096;  // of an entity, a tag or a fact: longer ones are payload, not identity

// Why a line is refused: names of fields and plain words, never a value. Both views are of static text.
struct Fault {
  std::string_view field;  // empty: the line as a whole
  std::string_view reason;
  friend bool operator==(const Fault&, const Fault&) = default;
};

inline constexpr std::uint8_t kNoEntityField = 0xff;
struct EntityValue {
  std::string_view kind;
  std::string_view value;               // as it is stored
  std::uint8_t field = kNoEntityField;  // among kEntityFields, of a wide line
  std::string_view sealed{};            // of a sealed kind, the value itself; else empty

  // What facets are derived from.
  std::string_view text() const { return sealed.empty() ? value : sealed; }
};

// Views the event's line or the scratch memory of the Admission that made it.
struct CleanEvent {
  std::string_view account;
  Seconds ts = kNoTime;
  std::uint32_t count = 1;
  bool request = false;  // of a wide line that states more than facts: activity as well as cells
  std::array<EntityValue, kEntityFields.size()> entities{};
  std::size_t entity_count = 0;
  std::uint64_t tokens_in = 0;
  std::uint64_t tokens_out = 0;
  std::string_view capability;
  std::string_view model;
  std::optional<KeyHash> template_hash;
  std::string_view prompt;  // sketch of a text, whose hash is the template's; empty: the template was named
  std::string_view plan;
  std::string_view status;
  Seconds created = kNoTime;
};

// Of a line whose value is a card's number: what is kept of a rejected line does not hold it.
inline constexpr std::string_view kCardNumber = "a card number; send a token of it instead";

// Whether a request must say when it was: to be stored it must, to be judged it need not.
enum class RequestTime : std::uint8_t { required, optional };

// Checks events one after the other; keeps scratch memory, so one a thread.
class Admission {
 public:
  // `policy` says which kinds are stored keyed; null: none is. It must outlive this.
  explicit Admission(RequestTime time = RequestTime::required, const ValuePolicy* policy = nullptr)
      : time_(time), policy_(policy), keeps_keys_(policy != nullptr && policy->keeps_keys()) {}

  // A line of one request with the entities it came with.
  std::optional<Fault> admit_wide(const Event& event, CleanEvent& clean);
  // A line of one sighting of one entity.
  std::optional<Fault> admit_long(const Event& event, CleanEvent& clean);

 private:
  std::optional<Fault> admit_common(const Event& event, CleanEvent& clean);
  std::optional<Fault> admit_entities(const Event& event, CleanEvent& clean);
  std::optional<Fault> admit_request(const Event& event, CleanEvent& clean);
  std::optional<Fault> normalize(std::string_view field, std::string_view raw, Normalization how, std::size_t slot,
                                 EntityValue& entity);
  std::optional<Fault> protect(std::string_view field, std::size_t slot, EntityValue& entity);
  void read_template(const Event& event, CleanEvent& clean);

  RequestTime time_;
  const ValuePolicy* policy_;
  bool keeps_keys_;  // whether the policy keys any kind: asked for every value
  std::array<std::string, kEntityFields.size()> scratch_, tokens_;
  std::string kind_;
  std::string skeleton_;
  std::string sketch_;
};

}  // namespace ringscope
