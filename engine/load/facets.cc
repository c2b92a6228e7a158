#include "engine/load/facets.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace ringscope {
namespace {

constexpr std::size_t kIssuerDigits = 6;  // the fewest
constexpr std::size_t kMostShape = 24;
constexpr std::size_t kMostDigits = 7;
constexpr const char* kOther = "other";
constexpr std::string_view kSeparators = "-:/_";  // of the parts of a fingerprint
constexpr std::size_t kMostLabel = 3;

constexpr std::array kKinds = std::to_array<FacetKind>({
    {"ip/net", "ip", false, true},
    {"ip/subnet", "ip", false, true},
    {"ip/asn", "ip"},
    {"ip/class", "ip", true},
    {"payment/issuer", "payment"},
    {"payment/family", "payment", true},
    {"email/domain", "email", false, true},
    {"email/class", "email", true},
    {"email/shape", "email", true},
    {"fingerprint/family", "fingerprint", true},
    {"signup", ""},
});

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c & 0x80) != 0; }

bool is_on(const FacetConfig& config, std::string_view name) {
  return std::ranges::find(config.on, name) != config.on.end();
}

// Two labels or more of letters, digits and '-'; a number in dots is none.
bool is_host_name(std::string_view value) {
  const std::size_t dot = value.rfind('.');
  if (dot == std::string_view::npos || dot == 0 || dot + 2 >= value.size()) return false;
  const auto is_part = [](char c) { return is_letter(c) || is_digit(c) || c == '-' || c == '.'; };
  return std::ranges::all_of(value, is_part) && std::ranges::all_of(value.substr(dot + 1), is_letter);
}

std::optional<std::string> before(std::string_view value, std::string_view separators) {
  const std::size_t at = value.find_first_of(separators);
  if (at == std::string_view::npos || at == 0) return std::nullopt;
  return std::string(value.substr(0, at));
}

// ISO/IEC 7812 ranges of the large schemes, by the first four digits.
struct Scheme {
  int first;
  int last;
  const char* name;
};
constexpr std::array kSchemes = std::to_array<Scheme>({
    {2221, 2720, "mastercard"},
    {3400, 3499, "amex"},
    {3700, 3799, "amex"},
    {3000, 3059, "diners"},
    {3600, 3699, "diners"},
    {3800, 3999, "diners"},
    {3528, 3589, "jcb"},
    {4000, 4999, "visa"},
    {5100, 5599, "mastercard"},
    {6011, 6011, "discover"},
    {6440, 6599, "discover"},
    {6200, 6299, "unionpay"},
    {5000, 5099, "maestro"},
    {5600, 5899, "maestro"},
    {6300, 6399, "maestro"},
    {6700, 6799, "maestro"},
});

// Both classes and "other" are values, so that the layer's null knows how usual they are.
std::optional<std::string> class_name(EntityClass entity_class) {
  return entity_class == EntityClass::none ? kOther : to_string(entity_class);
}

using Derive = std::function<std::optional<std::string>(std::string_view)>;

Derive of_address(std::string_view name, const FacetConfig& config, const OperatorLists& lists) {
  const auto bits = [](std::uint32_t value) { return static_cast<int>(value); };
  if (name == "ip/net")
    return [v4 = bits(config.v4_prefix), v6 = bits(config.v6_prefix)](std::string_view ip) {
      return network_of(ip, v4, v6);
    };
  if (name == "ip/subnet")
    return [v6 = bits(config.v6_subnet)](std::string_view ip) -> std::optional<std::string> {
      if (ip.find(':') == std::string_view::npos) return std::nullopt;
      return network_of(ip, 32, v6);
    };
  if (name == "ip/asn" && !lists.systems().empty())
    return [&lists](std::string_view ip) -> std::optional<std::string> {
      const auto network = parse_network(ip);
      const auto system = network ? lists.system_of(network->address) : std::nullopt;
      if (!system) return std::nullopt;
      return "AS" + std::to_string(*system);
    };
  const bool known =
      lists.knows(EntityClass::data_centre) || lists.knows(EntityClass::vpn) || lists.knows(EntityClass::tor);
  if (name == "ip/class" && known)
    return [&lists](std::string_view ip) { return class_name(lists.class_of_address(ip)); };
  return {};
}

Derive derive_of(std::string_view name, const FacetConfig& config, const OperatorLists& lists) {
  if (name == "payment/issuer")
    return [digits = config.issuer_digits](std::string_view payment) { return issuer_of(payment, digits); };
  if (name == "payment/family") return payment_family_of;
  if (name == "email/domain") return domain_of;
  if (name == "email/shape") return local_shape_of;
  if (name == "email/class" && lists.knows(EntityClass::disposable_mail))
    return [&lists](std::string_view email) -> std::optional<std::string> {
      const auto domain = domain_of(email);
      return domain ? class_name(lists.class_of_domain(*domain)) : std::nullopt;
    };
  if (name == "fingerprint/family") return fingerprint_family_of;
  return of_address(name, config, lists);
}

Derive as_stored(const FacetKind& kind, Derive derive, const Store& store) {
  return [&store, kind, derive = std::move(derive)](std::string_view value) -> std::optional<std::string> {
    const auto facet = derive(value);
    if (!facet) return std::nullopt;
    return store.stored_facet(kind.source, kind.name, *facet);
  };
}

}  // namespace

std::span<const FacetKind> facet_kinds() { return kKinds; }

bool is_weak_facet(std::string_view layer) {
  const auto kind = std::ranges::find(kKinds, layer, &FacetKind::name);
  return kind != kKinds.end() && kind->weak;
}

bool is_sealed_facet(std::string_view layer, std::span<const std::string> sealed) {
  const auto kind = std::ranges::find(kKinds, layer, &FacetKind::name);
  return kind != kKinds.end() && kind->telling && std::ranges::binary_search(sealed, kind->source);
}

std::vector<Facet> make_facets(const FacetConfig& config, const OperatorLists& lists, const Store* store) {
  std::vector<Facet> facets;
  for (const FacetKind& kind : kKinds) {
    if (!is_on(config, kind.name)) continue;
    Derive derive = derive_of(kind.name, config, lists);
    if (derive && kind.telling && store != nullptr && store->seals(kind.source))
      derive = as_stored(kind, std::move(derive), *store);
    if (derive) facets.push_back({kind, std::move(derive)});
  }
  return facets;
}

std::int64_t signup_bucket(const FacetConfig& config) {
  return is_on(config, "signup") ? std::int64_t{config.signup_hours} * 3600 : 0;
}

std::uint64_t signup_bucket_of(std::int64_t created, std::int64_t seconds) {
  return static_cast<std::uint64_t>((created - (created < 0 ? seconds - 1 : 0)) / seconds);
}

std::optional<std::string> network_of(std::string_view ip, int v4_bits, int v6_bits) {
  auto network = parse_network(ip);
  if (!network || network->bits != 128) return std::nullopt;
  network->bits = is_ipv4(*network) ? 96 + v4_bits : v6_bits;
  return to_string(*network);
}

std::optional<std::string> issuer_of(std::string_view payment, std::size_t digits) {
  const auto end = static_cast<std::size_t>(std::ranges::find_if_not(payment, is_digit) - payment.begin());
  if (end < kIssuerDigits) return std::nullopt;
  return std::string(payment.substr(0, std::min(end, digits)));
}

std::optional<std::string> payment_family_of(std::string_view payment) {
  if (!issuer_of(payment)) return before(payment, "-:/");
  int head = 0;
  std::from_chars(payment.data(), payment.data() + 4, head);
  for (const Scheme& scheme : kSchemes) {
    if (head >= scheme.first && head <= scheme.last) return scheme.name;
  }
  return std::string("iin-") + payment.front();
}

std::optional<std::string> domain_of(std::string_view email) {
  const std::size_t at = email.rfind('@');
  const bool bare = at == std::string_view::npos && is_host_name(email);
  if (!bare && (at == std::string_view::npos || at + 1 == email.size())) return std::nullopt;
  std::string domain(bare ? email : email.substr(at + 1));
  std::transform(domain.begin(), domain.end(), domain.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return domain;
}

std::optional<std::string> local_shape_of(std::string_view email) {
  const std::size_t at = email.rfind('@');
  if (at == std::string_view::npos || at == 0) return std::nullopt;
  const std::string_view local = email.substr(0, std::min(at, email.find('+')));
  std::string shape;
  std::size_t digits = 0;
  for (const char c : local) {
    if (shape.size() == kMostShape) break;
    digits = is_digit(c) ? digits + 1 : 0;
    if (digits > kMostDigits || (is_letter(c) && shape.ends_with('a'))) continue;
    shape += is_digit(c) ? '9' : is_letter(c) ? 'a' : c;
  }
  if (shape.empty()) return std::nullopt;
  return shape;
}

std::optional<std::string> fingerprint_family_of(std::string_view fingerprint) {
  // A short word in front ("fp_") names what it is, and no family.
  const std::size_t word = fingerprint.find_first_of(kSeparators);
  if (word <= kMostLabel && std::ranges::all_of(fingerprint.substr(0, word), is_letter)) {
    auto family = before(fingerprint.substr(word + 1), kSeparators);
    if (family) return family;
  }
  return before(fingerprint, kSeparators);
}

}  // namespace ringscope
