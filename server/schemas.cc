#include "server/schemas.h"

namespace ringscope::server {
namespace {

constexpr Schema kSchemas[] = {
#include "schemas.inc"
};

}  // namespace

std::span<const Schema> schemas() { return kSchemas; }

}  // namespace ringscope::server
