// Facets: entities derived from others. An address lies in a network, a payment has an issuer, a mail address a domain:
// who buys a fresh one for every account still buys them at the same places. Which there are, and how fine they are,
// the section [facets] of the configuration says.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/config.h"
#include "engine/load/operator_lists.h"
#include "storage/store.h"

namespace ringscope {

// What a facet is, whatever its settings.
struct FacetKind {
  std::string_view name;    // "ip/net"
  std::string_view source;  // the kind it is derived from; empty: the time of sign-up
  bool weak = false;        // of few values that many strangers share: adds to likeness, never carries it alone
  bool telling = false;     // tells nearly what its source does: stored keyed where the source is sealed
};

// All there are, in the order of their layers.
std::span<const FacetKind> facet_kinds();
// Of a layer by its name; false for what is no facet.
bool is_weak_facet(std::string_view layer);
// Whether values of the layer are stored keyed, in a store with these sealed kinds (ascending).
bool is_sealed_facet(std::string_view layer, std::span<const std::string> sealed);

struct Facet {
  FacetKind kind;
  // The facet of a normalised value; nothing when it has none.
  std::function<std::optional<std::string>(std::string_view value)> derive;
};

// The facets that are on. Derived when a graph is loaded, never stored: other settings need no new ingest. Of a sealed
// kind they are derived from the values themselves, and what is telling is a token (Store::stored_facet). `lists` and
// `store` (null: no kind is sealed) must outlive the result. Sign-up is not among them, for it is derived from no
// value: signup_bucket().
std::vector<Facet> make_facets(const FacetConfig& config, const OperatorLists& lists, const Store* store = nullptr);

// Seconds of a time bucket of sign-ups; 0: the facet is off.
std::int64_t signup_bucket(const FacetConfig& config);

// The bucket that a sign-up falls into; `seconds` as given by signup_bucket().
std::uint64_t signup_bucket_of(std::int64_t created, std::int64_t seconds);

// The network of an address in CIDR notation: of so many bits for IPv4 and for IPv6.
std::optional<std::string> network_of(std::string_view ip, int v4_bits = 24, int v6_bits = 48);
// The first digits of a payment that begins with six or more (ISO/IEC 7812 issuer number): `digits`, or all there are.
std::optional<std::string> issuer_of(std::string_view payment, std::size_t digits = 6);
// The scheme that an issuer number belongs to ("visa", "mastercard", "amex", …; "iin-9" by the first digit for others),
// else what stands before the first '-', ':' or '/' ("paypal", "sepa").
std::optional<std::string> payment_family_of(std::string_view payment);
// What follows the last '@', in lower case; a host name without one is a domain itself: a log may keep no more.
std::optional<std::string> domain_of(std::string_view email);
// The local part with runs of letters as 'a' and each digit as '9', without what follows a '+': john.smith42 is
// "a.a99". At most 24 characters; a run of more than six digits counts as seven.
std::optional<std::string> local_shape_of(std::string_view email);
// What stands before the first '-', ':', '/' or '_' of a fingerprint ("t13d1516h2" of a JA4); after a label of up to
// three letters, before the second ("e377dc" of "fp_e377dc-33178ecb"), if there is one.
std::optional<std::string> fingerprint_family_of(std::string_view fingerprint);

}  // namespace ringscope
