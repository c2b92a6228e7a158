// The document of the API, made from the table of routes and the schemas: OpenAPI 3.1.
#pragma once

#include <string>

namespace ringscope::server {

// Indented JSON; served at /openapi.json and kept in docs/openapi.json. `version` is the program's.
std::string openapi_document(const std::string& version);

}  // namespace ringscope::server
