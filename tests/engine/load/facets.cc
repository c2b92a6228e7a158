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
  CHECK(domain_of("Mail.Example") == "mail.example");
  CHECK(!domain_of("nobody"));
  CHECK(!domain_of("192.0.2.1"));
  CHECK(!domain_of("a token.example"));
  CHECK(!domain_of("nobody@"));
}

TEST_CASE("facets: networks and issuers are as fine as they are asked for") {
  CHECK(network_of("203.0.113.77", 16) == "203.0.0.0/16");
  CHECK(network_of("2001:db8:12:34::1", 24, 64) == "2001:db8:12:34::/64");
  CHECK(issuer_of("53887700-d367", 8) == "53887700");
  CHECK(issuer_of("5388770-d367", 8) == "5388770");
}

TEST_CASE("facets: families and shapes") {
  CHECK(payment_family_of("411111-9530f1bb5b") == "visa");
  CHECK(payment_family_of("222300-1") == "mastercard");
  CHECK(payment_family_of("378282-1") == "amex");
  CHECK(payment_family_of("999999-1") == "iin-9");
  CHECK(payment_family_of("paypal:x@y") == "paypal");
  CHECK(!payment_family_of("token"));
  CHECK(local_shape_of("john.smith42@mail.example") == "a.a99");
  CHECK(local_shape_of("jane.doe07+news@other.example") == "a.a99");
  CHECK(local_shape_of("x123456789@m") == local_shape_of("longer1234567@m"));
  CHECK(local_shape_of("x12@m") != local_shape_of("x123@m"));
  CHECK(!local_shape_of("@m"));
  CHECK(fingerprint_family_of("t13d1516h2_8daaf6152771_02713d6af862") == "t13d1516h2");
  CHECK(!fingerprint_family_of("c6317ce723"));
  CHECK(fingerprint_family_of("fp_e377dc-33178ecb") == "e377dc");  // what stands in front says what it is
  CHECK(fingerprint_family_of("fp_9a") == "fp");
  CHECK(fingerprint_family_of("chrome-120-win") == "chrome");
}

TEST_CASE("facets: those that are on, and of which something is known") {
  const OperatorLists nothing;
  FacetConfig config;
  const auto names = [&] {
    std::vector<std::string_view> on;
    for (const Facet& facet : make_facets(config, nothing)) on.push_back(facet.kind.name);
    return on;
  };
  CHECK(names() == std::vector<std::string_view>{"ip/net", "ip/subnet", "payment/issuer", "payment/family",
                                                 "email/domain", "email/shape", "fingerprint/family"});
  CHECK(signup_bucket(config) == 6 * 3600);
  config.on = {"email/domain", "ip/net"};
  config.v4_prefix = 20;
  CHECK(names() == std::vector<std::string_view>{"ip/net", "email/domain"});
  CHECK(signup_bucket(config) == 0);
  CHECK(make_facets(config, nothing).front().derive("10.1.31.4") == "10.1.16.0/20");
  CHECK(is_weak_facet("email/shape"));
  CHECK(!is_weak_facet("email/domain"));
  CHECK(!is_weak_facet("template"));
}

}  // namespace
}  // namespace ringscope
