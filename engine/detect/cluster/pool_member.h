// Who belongs to a pool, by how much an account is like its members.
#pragma once

#include <cstddef>

#include "engine/detect/cluster/group_gauge.h"
#include "engine/detect/project/cluster.h"

namespace ringscope {

// -log2 of the odds against an account's being one of so many members, before anything is known of it.
double pool_prior(std::size_t members, Vertex accounts);
// Does an account that is so much like a pool belong to it? Eight to one.
bool looks_like_member(const Resemblance& like, std::size_t members, Vertex accounts);
// May one that is in it stay? Even odds: who goes takes along what the others were alike in, and if all went who fall
// below what brings one in, they would follow one another.
bool may_stay_member(const Resemblance& like, std::size_t members, Vertex accounts);
// May a banned one, among more banned ones than chance ever has? Even odds, by things of one kind.
bool may_stay_banned(const Resemblance& like, std::size_t members, Vertex accounts);
// What is kept of an account's resemblance to the pool that it is in, of which pool_prior() is the prior.
MemberLikeness member_likeness(const GroupGauge& gauge, Vertex account, const Resemblance& like, double prior);

}  // namespace ringscope
