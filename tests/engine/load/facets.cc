#include "engine/load/facets.h"

#include <doctest/doctest.h>

namespace ringscope {
namespace {

TEST_CASE("facets: an address has a network") {
  CHECK(network_of("203.0.113.7") == "203.0.113.0/24");
  CHECK(network_of("2001:db8:12:34::1") == "2001:db8:12::/48");
  CHECK(network_of("2001:db8:12::") == network_of("2001:db8:12:ffff::9"));
  CHECK(network_of("2001:db8:13::1") != network_of("2001:db8:12::1"));
  CHECK(!network_of("not an address"));
}

TEST_CASE("facets: a payment that begins with six digits has an issuer") {
  CHECK(issuer_of("538877-d367") == "538877");
  CHECK(issuer_of("5388770000") == "538877");
  CHECK(!issuer_of("53887-d367"));
  CHECK(!issuer_of("paypal:x"));
  CHECK(!issuer_of(""));
}

TEST_CASE("facets: a mail address has a domain") {
  CHECK(domain_of("a@Mail.Example") == "mail.example");
  CHECK(domain_of("\"a@b\"@c.org") == "c.org");
  CHECK(!domain_of("nobody"));
  CHECK(!domain_of("nobody@"));
}

}  // namespace
}  // namespace ringscope
