#include "server/openapi.h"

#include <algorithm>

#include <fmt/format.h>

#include "engine/json.h"
#include "server/routes.h"
#include "server/schemas.h"

namespace ringscope::server {
namespace {

std::vector<std::string> words_of(std::string_view joined) {
  std::vector<std::string> words;
  for (std::size_t begin = 0; begin <= joined.size();) {
    const std::size_t end = std::min(joined.find(',', begin), joined.size());
    words.emplace_back(joined.substr(begin, end - begin));
    begin = end + 1;
  }
  return words;
}

// One of several when the names are joined by commas.
Json reference(std::string_view schema) {
  if (schema.find(',') == std::string_view::npos) return {{"$ref", fmt::format("#/components/schemas/{}", schema)}};
  Json several = Json::array();
  for (const std::string& name : words_of(schema)) several.push_back(reference(name));
  return {{"oneOf", std::move(several)}};
}

Json schema_of(const Parameter& row) {
  Json schema;
  switch (row.shape) {
    case Shape::text:
      schema = {{"type", "string"}, {"minLength", 1}, {"maxLength", row.longest}};
      break;
    case Shape::number:
      schema = {{"type", "integer"}, {"minimum", row.least}, {"maximum", row.most}};
      break;
    case Shape::flag:
      schema = {{"type", "string"}, {"enum", {"0", "1", "true", "false"}}};
      break;
    case Shape::choice:
      schema = {{"type", "string"}, {"enum", words_of(row.words)}};
      break;
    case Shape::choices:
      schema = {{"type", "array"}, {"minItems", 1}, {"items", {{"type", "string"}, {"enum", words_of(row.words)}}}};
      break;
  }
  if (row.fallback.empty()) return schema;
  if (row.shape == Shape::number) {
    schema["default"] = std::stoull(std::string(row.fallback));
  } else {
    schema["default"] = row.fallback;
  }
  return schema;
}

Json parameter_json(const Parameter& row) {
  Json json = {{"name", row.name},
               {"in", row.place == Place::path ? "path" : "query"},
               {"description", row.meaning},
               {"required", row.required},
               {"schema", schema_of(row)}};
  if (row.shape == Shape::choices) {
    json["style"] = "form";
    json["explode"] = false;
  }
  return json;
}

Json list_of(std::string_view schema) {
  return {{"type", "object"},
          {"required", {"run", "items", "total", "next"}},
          {"properties",
           {{"run", {{"type", "integer"}, {"minimum", 0}}},
            {"items", {{"type", "array"}, {"items", reference(schema)}}},
            {"total", {{"type", "integer"}, {"minimum", 0}}},
            {"next", {{"type", {"string", "null"}}, {"description", "The cursor of the next page"}}}}}};
}

Json content_of(const Reply& reply) {
  switch (reply.form) {
    case Form::document:
      return {{"application/json", {{"schema", reference(reply.schema)}}}};
    case Form::list:
      return {{"application/json", {{"schema", list_of(reply.schema)}}}};
    case Form::lines:
      return {{std::string(reply.media), {{"schema", {{"type", "string"}}}}}};
    case Form::events:
      return {{"text/event-stream", {{"schema", {{"type", "string"}}}}}};
  }
  return {};
}

std::string role_text(const Route& route) {
  std::string roles;
  for (const std::string& name : role_names()) {
    if (may(*parse_role(name), route.needs)) roles += (roles.empty() ? "" : ", ") + name;
  }
  std::string text = fmt::format("Roles: {}.", roles);
  if (route.raw) text += " Holds values of accounts: masked for viewers; for the others each read is audited.";
  return text;
}

Json responses_of(const Route& route) {
  Json responses;
  responses["200"] = {{"description", "Done"}, {"content", content_of(route.reply)}};
  if (route.tagged) responses["304"] = {{"description", "As If-None-Match has it"}};
  for (const char* status : {"400", "401", "403", "404", "431", "500", "503"})
    responses[status] = {{"$ref", fmt::format("#/components/responses/{}", status)}};
  if (route.gone) responses["410"] = {{"$ref", "#/components/responses/410"}};
  if (route.guarded) responses["409"] = {{"$ref", "#/components/responses/409"}};
  if (!route.body.media.empty()) {
    for (const char* status : {"409", "413", "415"})
      responses[status] = {{"$ref", fmt::format("#/components/responses/{}", status)}};
  }
  return responses;
}

Json operation_of(const Route& route) {
  Json json = {{"operationId", route.name},
               {"summary", route.summary},
               {"description", role_text(route)},
               {"tags", {std::string(route.name.substr(0, route.name.find('.')))}}};
  Json parameters = Json::array();
  for (const Parameter& row : route.parameters) parameters.push_back(parameter_json(row));
  if (!parameters.empty()) json["parameters"] = std::move(parameters);
  if (!route.body.media.empty()) {
    const Json schema = route.body.schema.empty() ? Json{{"type", "string"}} : reference(route.body.schema);
    json["requestBody"] = {{"required", true},
                           {"description", fmt::format("At most {} bytes", route.body.most_bytes)},
                           {"content", {{std::string(route.body.media), {{"schema", schema}}}}}};
  }
  json["responses"] = responses_of(route);
  return json;
}

bool is_used(std::string_view schema) {
  return schema == "error" || std::ranges::any_of(routes(), [&](const Route* route) {
           const std::vector<std::string> replies = words_of(route->reply.schema);
           return std::ranges::find(replies, schema) != replies.end() || route->body.schema == schema;
         });
}

Json schemas_json() {
  Json all = Json::object();
  for (const Schema& schema : schemas()) {
    if (!is_used(schema.name)) continue;
    Json json = Json::parse(schema.text);
    json.erase("$schema");
    json.erase("$id");
    all[std::string(schema.name)] = std::move(json);
  }
  return all;
}

Json refusals_json() {
  const std::pair<const char*, const char*> rows[] = {
      {"400", "The request makes no sense: what is wrong stands in it"},
      {"401", "Nobody is logged in, or the token is not known"},
      {"403", "The role may not do this, or the request comes from another site"},
      {"404", "There is no such thing"},
      {"409", "It cannot be done now or here"},
      {"410", "The cursor is too old or of another store: where to begin instead stands in it"},
      {"413", "The body is too large"},
      {"415", "The body is of another type"},
      {"431", "The headers, the target among them, have more than 8 KiB"},
      {"500", "The store is damaged, or ringscope has a defect"},
      {"503", "Too much to do, or another process writes; Retry-After says when to come again"}};
  Json json;
  for (const auto& [status, description] : rows)
    json[status] = {{"description", description},
                    {"content", {{"application/json", {{"schema", reference("error")}}}}}};
  return json;
}

}  // namespace

std::string openapi_document(const std::string& version) {
  Json paths = Json::object();
  for (const Route* const route : routes())
    paths[std::string(route->path)][route->method == Method::get ? "get" : "post"] = operation_of(*route);
  const Json security = {{"token", {{"type", "http"}, {"scheme", "bearer"}}},
                         {"cookie", {{"type", "apiKey"}, {"in", "cookie"}, {"name", "ringscope"}}}};
  const Json json = {
      {"openapi", "3.1.0"},
      {"info",
       {{"title", "ringscope"},
        {"version", version},
        {"description", "Rings of coordinated accounts: which there are, why, and what people decide about them."},
        {"license", {{"name", "Apache-2.0"}, {"identifier", "Apache-2.0"}}}}},
      {"servers", {{{"url", "/"}}}},
      {"security", {{{"token", Json::array()}}, {{"cookie", Json::array()}}}},
      {"paths", std::move(paths)},
      {"components", {{"schemas", schemas_json()}, {"responses", refusals_json()}, {"securitySchemes", security}}}};
  return json.dump(1) + "\n";
}

}  // namespace ringscope::server
