#include "engine/load/operator_lists.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/error.h"
#include "engine/ingest/bytes.h"
#include "engine/ingest/normalize.h"
#include "engine/load/list_file.h"

namespace ringscope {
namespace {

constexpr std::array kAddressClasses = {EntityClass::data_centre, EntityClass::vpn, EntityClass::tor};

}  // namespace

OperatorLists::OperatorLists(const FacetConfig& facets, const std::string& asn_table) {
  if (!asn_table.empty()) systems_ = read_asn_table(asn_table);
  const std::array files = {&facets.data_centres, &facets.vpn_exits, &facets.tor_exits};
  for (std::size_t i = 0; i < files.size(); ++i) {
    for (const std::string& file : *files[i]) read_address_list(file, kAddressClasses[i], addresses_[i]);
    addresses_[i].addresses.finish();
    if (!addresses_[i].systems.empty() && systems_.empty())
      throw Error(ErrorCode::config,
                  "a list of addresses names autonomous systems, and there is no table of them; set detect.asn_table",
                  files[i]->front());
  }
  for (const std::string& file : facets.disposable_mail) read_domain_list(file, disposable_);
}

const AddressList& OperatorLists::list_of(EntityClass entity_class) const {
  const auto at = std::ranges::find(kAddressClasses, entity_class);
  return addresses_[static_cast<std::size_t>(at - kAddressClasses.begin())];
}

bool OperatorLists::knows(EntityClass entity_class) const {
  if (entity_class == EntityClass::none) return false;
  return entity_class == EntityClass::disposable_mail ? !disposable_.empty() : !list_of(entity_class).empty();
}

EntityClass OperatorLists::class_of_address(std::string_view ip) const {
  const auto network = parse_network(ip);
  if (!network) return EntityClass::none;
  const auto system = system_of(network->address);
  for (std::size_t i = kAddressClasses.size(); i-- > 0;) {
    const AddressList& list = addresses_[i];
    if (list.addresses.find(network->address) || (system && list.systems.contains(*system))) return kAddressClasses[i];
  }
  return EntityClass::none;
}

EntityClass OperatorLists::class_of_domain(std::string_view domain) const {
  while (!disposable_.empty() && !domain.empty()) {
    if (disposable_.contains(std::string(domain))) return EntityClass::disposable_mail;
    const std::size_t dot = domain.find('.');
    if (dot == std::string_view::npos) break;
    domain.remove_prefix(dot + 1);
  }
  return EntityClass::none;
}

void read_domain_list(const std::string& file, std::unordered_set<std::string>& domains) {
  const std::string text = read_file(file);
  std::string scratch;
  for_each_line(text, [&](std::string_view line, std::size_t number) {
    std::string_view domain = to_lower(trim(line.substr(0, line.find_first_of(",\t "))), scratch);
    if (domain.starts_with('@')) domain.remove_prefix(1);
    if (domain.find('.') == std::string_view::npos || domain.find_first_of("@/:*") != std::string_view::npos)
      throw Error(ErrorCode::input, fmt::format("line {} of the list of mail domains: field 1 is not a domain", number),
                  fmt::format("{}:{}", file, number));
    domains.emplace(domain);
  });
}

}  // namespace ringscope
