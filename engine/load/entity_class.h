// What an operator's lists say of an entity.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace ringscope {

enum class EntityClass : std::uint8_t { none, data_centre, vpn, tor, disposable_mail };
inline constexpr std::array<const char*, 5> kEntityClassNames = {"none", "data_centre", "vpn", "tor",
                                                                 "disposable_mail"};
inline constexpr std::size_t kEntityClasses = kEntityClassNames.size();
inline const char* to_string(EntityClass entity_class) {
  return kEntityClassNames[static_cast<std::size_t>(entity_class)];
}

// Strangers leave by the same exit of a VPN or of Tor.
inline bool is_exit(EntityClass entity_class) {
  return entity_class == EntityClass::vpn || entity_class == EntityClass::tor;
}

}  // namespace ringscope
