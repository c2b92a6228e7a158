#include "server/roles.h"

#include <array>
#include <utility>

namespace ringscope::server {
namespace {

constexpr std::array<std::pair<Role, const char*>, 6> kRoles{{
    {Role::viewer, "viewer"},
    {Role::analyst, "analyst"},
    {Role::approver, "approver"},
    {Role::exporter, "exporter"},
    {Role::admin, "admin"},
    {Role::sharer, "sharer"},
}};

constexpr std::array<std::pair<Permission, const char*>, 10> kPermissions{{
    {Permission::none, "none"},
    {Permission::read, "read"},
    {Permission::raw, "raw"},
    {Permission::decide, "decide"},
    {Permission::approve, "approve"},
    {Permission::take_out, "export"},
    {Permission::score, "score"},
    {Permission::release, "release"},
    {Permission::administer, "administer"},
    {Permission::share, "share"},
}};

}  // namespace

const char* to_string(Role role) { return kRoles[static_cast<std::size_t>(role)].second; }

std::optional<Role> parse_role(std::string_view text) {
  for (const auto& [role, name] : kRoles) {
    if (text == name) return role;
  }
  return std::nullopt;
}

std::vector<std::string> role_names() {
  std::vector<std::string> names;
  names.reserve(kRoles.size());
  for (const auto& [role, name] : kRoles) names.emplace_back(name);
  return names;
}

const char* to_string(Permission permission) { return kPermissions[static_cast<std::size_t>(permission)].second; }

bool may(Role role, Permission permission) {
  if (role == Role::admin || permission == Permission::none) return true;
  if (role == Role::sharer) return permission == Permission::share;
  if (permission == Permission::read) return true;
  switch (permission) {
    case Permission::raw:
      return role != Role::viewer;
    case Permission::decide:
      return role == Role::analyst || role == Role::approver;
    case Permission::approve:
      return role == Role::approver;
    case Permission::take_out:
      return role == Role::exporter;
    case Permission::score:
      return role == Role::analyst || role == Role::approver || role == Role::exporter;
    case Permission::release:
      return role == Role::approver || role == Role::exporter;
    case Permission::none:
    case Permission::read:
    case Permission::share:
    case Permission::administer:
      break;
  }
  return false;
}

std::vector<std::string> permissions_of(Role role) {
  std::vector<std::string> names;
  for (const auto& [permission, name] : kPermissions) {
    if (permission != Permission::none && may(role, permission)) names.emplace_back(name);
  }
  return names;
}

}  // namespace ringscope::server
