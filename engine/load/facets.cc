#include "engine/load/facets.h"

#include <algorithm>
#include <array>

#include <arpa/inet.h>

namespace ringscope {
namespace {

constexpr std::size_t kIssuerDigits = 6;

constexpr std::array<Facet, 3> kFacets{{
    {"ip/net", "ip", network_of},
    {"payment/issuer", "payment", issuer_of},
    {"email/domain", "email", domain_of},
}};

}  // namespace

std::span<const Facet> facets() { return kFacets; }

std::optional<std::string> network_of(std::string_view ip) {
  const std::string text(ip);
  if (const std::size_t dot = text.rfind('.'); dot != std::string::npos) return text.substr(0, dot) + ".0/24";
  in6_addr address{};
  if (inet_pton(AF_INET6, text.c_str(), &address) != 1) return std::nullopt;
  std::fill(std::begin(address.s6_addr) + 6, std::end(address.s6_addr), std::uint8_t{0});
  std::array<char, INET6_ADDRSTRLEN> network{};
  inet_ntop(AF_INET6, &address, network.data(), network.size());
  return std::string(network.data()) + "/48";
}

std::optional<std::string> issuer_of(std::string_view payment) {
  if (payment.size() < kIssuerDigits) return std::nullopt;
  const std::string_view issuer = payment.substr(0, kIssuerDigits);
  if (issuer.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
  return std::string(issuer);
}

std::optional<std::string> domain_of(std::string_view email) {
  const std::size_t at = email.rfind('@');
  if (at == std::string_view::npos || at + 1 == email.size()) return std::nullopt;
  std::string domain(email.substr(at + 1));
  std::transform(domain.begin(), domain.end(), domain.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return domain;
}

}  // namespace ringscope
