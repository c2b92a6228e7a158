#include "engine/detect/cluster/pool_member.h"

#include <bit>
#include <cmath>

namespace ringscope {
namespace {

constexpr double kMargin = 3;  // bits for an account to be a member, after the prior: 8 to 1

}  // namespace

double pool_prior(std::size_t members, Vertex accounts) {
  return std::log2(static_cast<double>(members) / static_cast<double>(accounts));
}

bool may_stay_member(const Resemblance& like, std::size_t members, Vertex accounts) {
  return like.bits + pool_prior(members, accounts) > 0 && like.is_solid();
}

bool may_stay_banned(const Resemblance& like, std::size_t members, Vertex accounts) {
  return like.bits + pool_prior(members, accounts) > 0 && like.tangible >= 1;
}

bool looks_like_member(const Resemblance& like, std::size_t members, Vertex accounts) {
  return may_stay_member(like, members, accounts) && like.bits + pool_prior(members, accounts) > kMargin;
}

MemberLikeness member_likeness(const GroupGauge& gauge, Vertex account, const Resemblance& like, double prior) {
  return {.kinds = like.kinds,
          .odds = static_cast<float>(like.bits + prior),
          .of = std::popcount(gauge.kinds_had(account)),
          .asks = static_cast<std::int16_t>(gauge.asks_alike(like) ? 1 : 0)};
}

}  // namespace ringscope
