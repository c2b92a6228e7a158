#include "engine/detect/attribute/indicator_kinds.h"

#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/format.h>

#include "engine/ingest/admission.h"
#include "engine/ingest/event.h"
#include "engine/ingest/normalize.h"
#include "engine/load/network.h"

namespace ringscope {
namespace {

constexpr std::array kKinds = std::to_array<IndicatorKind>({
    {"ip", "ipv4 ipv6 address ip_address", IndicatorMatch::entity, 1000, "an IP address"},
    {"cidr", "network net subnet ip/net ip_range", IndicatorMatch::network, 100, "a network in CIDR notation"},
    {"asn", "as autonomous_system", IndicatorMatch::system, 20, "a number of an autonomous system"},
    {"payment", "card payment_method", IndicatorMatch::entity, 3000, "a payment means as in the log"},
    {"issuer", "bin iin issuer_number payment/issuer", IndicatorMatch::issuer, 20, "6 to 8 digits"},
    {"email", "email_address mail", IndicatorMatch::entity, 3000, "a mail address"},
    {"email_domain", "domain domain_name mail_domain email/domain", IndicatorMatch::mail_domain, 100,
     "what follows the '@'"},
    {"fingerprint", "device", IndicatorMatch::entity, 300, "a fingerprint as in the log"},
    {"template", "prompt_template", IndicatorMatch::prompt, 100, "a template as in the log"},
    {"account", "user_account", IndicatorMatch::account, 1000, "an account as in the log"},
    {"active_hours", "hours", IndicatorMatch::hours, 3, "a range of UTC hours, as 1-9"},
    {"time_zone", "timezone tz utc_offset", IndicatorMatch::hours, 3, "an offset from UTC, as +08:00"},
});
constexpr IndicatorKind kOther{"", "", IndicatorMatch::entity, 300, "a value as in the log"};

bool names(const IndicatorKind& kind, std::string_view text) {
  if (kind.name == text) return true;
  for (std::string_view rest = kind.aliases; !rest.empty();) {
    const std::size_t blank = std::min(rest.find(' '), rest.size());
    if (rest.substr(0, blank) == text) return true;
    rest.remove_prefix(std::min(blank + 1, rest.size()));
  }
  return false;
}

std::optional<int> read_int(std::string_view text, int least, int most) {
  int number = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || stop != text.data() + text.size() || number < least || number > most) return std::nullopt;
  return number;
}

bool all_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// "+08:00", "-0330", "UTC+8", "Z"; minutes east of Greenwich.
std::optional<int> read_offset(std::string_view text) {
  if (text.starts_with("utc") || text.starts_with("gmt")) text.remove_prefix(3);
  if (text.empty() || text == "z") return 0;
  const int sign = text.front() == '-' ? -1 : 1;
  if (text.front() != '-' && text.front() != '+') return std::nullopt;
  text.remove_prefix(1);
  const std::size_t colon = text.find(':');
  const std::size_t digits = colon != std::string_view::npos ? colon : text.size() > 2 ? text.size() - 2 : text.size();
  const std::string_view minutes = colon != std::string_view::npos ? text.substr(colon + 1) : text.substr(digits);
  const auto hour = read_int(text.substr(0, digits), 0, 14);
  const auto minute = minutes.empty() ? 0 : read_int(minutes, 0, 59);
  if (!hour || !minute || text.starts_with('-')) return std::nullopt;
  return sign * (*hour * 60 + *minute);
}

// Each gives the normal form, or an empty text and the reason.
using Form = std::pair<std::string, std::string_view>;

Form clean_network(std::string_view value) {
  const auto network = parse_network(value);
  if (!network) return {"", "not a network in CIDR notation"};
  return {to_string(*network), ""};
}

Form clean_asn(std::string_view value) {
  if (value.starts_with("as")) value.remove_prefix(2);
  std::uint32_t number = 0;
  const auto [stop, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (error != std::errc{} || stop != value.data() + value.size() || number == 0)
    return {"", "not a number of an autonomous system"};
  return {std::to_string(number), ""};
}

Form clean_hours(std::string_view value) {
  const std::size_t dash = value.find('-');
  if (dash == std::string_view::npos) return {"", "not a range of UTC hours such as 1-9"};
  const auto first = read_int(trim(value.substr(0, dash)), 0, 23);
  const auto end = read_int(trim(value.substr(dash + 1)), 0, 24);
  if (!first || !end || *first == *end % 24) return {"", "not a range of UTC hours such as 1-9"};
  return {fmt::format("{}-{}", *first, *end), ""};
}

Form clean_offset(std::string_view value) {
  const auto minutes = read_offset(value);
  if (!minutes) return {"", "not an offset from UTC such as +08:00"};
  const int size = *minutes < 0 ? -*minutes : *minutes;
  return {fmt::format("{}{:02}:{:02}", *minutes < 0 ? '-' : '+', size / 60, size % 60), ""};
}

Form clean_domain(std::string_view value) {
  if (const std::size_t at = value.rfind('@'); at != std::string_view::npos) value.remove_prefix(at + 1);
  if (value.ends_with('.')) value.remove_suffix(1);
  if (value.empty() || value.find_first_of(" \t/*") != std::string_view::npos) return {"", "not a domain"};
  return {std::string(value), ""};
}

// As the log's values of this kind are: engine/ingest/event.h says how.
Form clean_entity(std::string_view kind, std::string_view value) {
  const auto field = std::ranges::find(kEntityFields, kind, &EntityField::name);
  const Normalization how = field == kEntityFields.end() ? Normalization::trim : field->normalization;
  std::string scratch;
  if (how == Normalization::ip) {
    value = normalize_ip(value, scratch);
    if (value.empty()) return {"", "not an IP address"};
  }
  if (how == Normalization::lower) value = to_lower(value, scratch);
  return {std::string(value), ""};
}

Form clean_value(const IndicatorKind& kind, std::string_view name, std::string_view value) {
  std::string scratch;
  const std::string_view lower = to_lower(value, scratch);
  if (kind.match == IndicatorMatch::network) return clean_network(value);
  if (kind.match == IndicatorMatch::mail_domain) return clean_domain(lower);
  if (kind.name == "asn") return clean_asn(lower);
  if (kind.name == "active_hours") return clean_hours(value);
  if (kind.name == "time_zone") return clean_offset(lower);
  if (kind.match == IndicatorMatch::issuer) {
    const bool good = all_digits(value) && value.size() >= 6 && value.size() <= 8;
    return good ? Form{std::string(value), ""} : Form{"", "not 6 to 8 digits"};
  }
  return clean_entity(name, value);
}

bool is_kind_name(std::string_view name) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-';
  };
  return name.size() <= 64 && std::ranges::all_of(name, allowed);
}

}  // namespace

std::span<const IndicatorKind> indicator_kinds() { return kKinds; }

const IndicatorKind& indicator_kind(std::string_view name) {
  const auto found = std::ranges::find(kKinds, name, &IndicatorKind::name);
  return found == kKinds.end() ? kOther : *found;
}

CleanIndicator clean_indicator(std::string_view kind, std::string_view value) {
  std::string scratch;
  std::string name(to_lower(trim(kind), scratch));
  if (name.empty()) return {{}, {}, "kind", "missing"};
  if (name != "ip/net") std::ranges::replace(name, '-', '_');
  const auto row = std::ranges::find_if(kKinds, [&](const IndicatorKind& one) { return names(one, name); });
  if (row != kKinds.end()) {
    name = row->name;
  } else {
    name = std::string(to_lower(trim(kind), scratch));
    if (!is_kind_name(name)) return {{}, {}, "kind", "not 1 to 64 of the characters a-z 0-9 _ . -"};
    if (std::ranges::find(kReservedKinds, name) != kReservedKinds.end()) return {{}, {}, "kind", "a reserved name"};
  }
  // Only the log's accounts are taken as they are.
  const std::string_view text = name == "account" ? value : trim(value);
  if (text.empty()) return {{}, {}, "value", "missing"};
  if (text.size() > kMaxValueBytes) return {{}, {}, "value", "longer than 4096 bytes"};
  if (text.find('\0') != std::string_view::npos) return {{}, {}, "value", "contains a NUL byte"};
  if (name == "ip" && text.find('/') != std::string_view::npos) name = "cidr";
  const auto [clean, reason] = clean_value(indicator_kind(name), name, text);
  if (clean.empty()) return {{}, {}, "value", reason};
  return {std::move(name), clean, {}, {}};
}

std::optional<HourRange> hours_of_indicator(std::string_view kind, std::string_view value) {
  constexpr int kRises = 8, kRests = 22;  // by the clock of the time zone
  if (kind == "active_hours") {
    const std::size_t dash = std::min(value.find('-'), value.size());
    const auto first = read_int(value.substr(0, dash), 0, 23);
    const auto end = read_int(value.substr(std::min(dash + 1, value.size())), 0, 24);
    if (!first || !end) return std::nullopt;
    return HourRange{*first, *end};
  }
  if (kind != "time_zone") return std::nullopt;
  const auto minutes = read_offset(value);
  if (!minutes) return std::nullopt;
  const int east = (*minutes + (*minutes < 0 ? -30 : 30)) / 60;
  return HourRange{(kRises - east + 24) % 24, (kRests - east + 24) % 24};
}

}  // namespace ringscope
