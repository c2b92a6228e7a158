// Who may do what. docs/server.md has the table.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ringscope::server {

enum class Role : std::uint8_t { viewer, analyst, approver, exporter, admin, sharer };
const char* to_string(Role role);
// Inverse of to_string; nothing for another word.
std::optional<Role> parse_role(std::string_view text);
std::vector<std::string> role_names();

enum class Permission : std::uint8_t {
  none,        // open to everybody who reaches the server
  read,        // rings, accounts and runs, values masked
  raw,         // the values themselves: addresses, cards, devices
  decide,      // verdicts, and undoing one's own
  approve,     // the second word on a large ring, and undoing others' verdicts
  take_out,    // exports, but for others
  score,       // judging lines that are sent
  release,     // telling machines whom to ban, sparing accounts, the kill switch
  administer,  // what only the owner of the server does
  share,       // what rings share, for others: no account, no payment
};
const char* to_string(Permission permission);

bool may(Role role, Permission permission);
// All that the role may, in the order above, "none" left out.
std::vector<std::string> permissions_of(Role role);

}  // namespace ringscope::server
