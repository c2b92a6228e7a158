#include "engine/deliver/endpoints.h"

#include <filesystem>
#include <fstream>
#include <sstream>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/atomic_file.h"
#include "engine/detect/ring/checked_json.h"
#include "storage/snapshots.h"

namespace ringscope {
namespace {

std::filesystem::path directory_of(const Store& store) { return store.path() / "delivery"; }
std::filesystem::path file_of(const Store& store) { return directory_of(store) / "webhooks.json"; }

Json json_of(const Endpoint& one) {
  Json json = {{"name", one.name},
               {"url", one.url},
               {"secret", one.secret},
               {"cursor", one.cursor},
               {"failures", one.failures},
               {"next_try", time_json(one.next_try)},
               {"disabled", one.disabled},
               {"last_error", one.last_error},
               {"pending_id", one.pending_id},
               {"pending_body", one.pending_body},
               {"pending_next", one.pending_next}};
  add_check(json);
  return json;
}

Endpoint endpoint_from(const Json& json) {
  if (!is_as_written(json))
    throw Error(ErrorCode::corrupt, "a webhook is not as it was written; see 'ringscope doctor'");
  return {json.at("name"),         json.at("url"),         json.at("secret"),
          json.at("cursor"),       json.at("failures"),    time_from(json.at("next_try")),
          json.at("disabled"),     json.at("last_error"),  json.at("pending_id"),
          json.at("pending_body"), json.at("pending_next")};
}

}  // namespace

std::vector<Endpoint> read_endpoints(const Store& store) {
  std::ifstream in(file_of(store), std::ios::binary);
  if (!in) return {};
  std::ostringstream text;
  text << in.rdbuf();
  return parse_stored(text.str(), "list of webhooks", [](const Json& json) {
    std::vector<Endpoint> endpoints;
    for (const Json& one : json) endpoints.push_back(endpoint_from(one));
    return endpoints;
  });
}

void write_endpoints(const Store& store, const std::vector<Endpoint>& endpoints) {
  std::filesystem::create_directories(directory_of(store));
  Json list = Json::array();
  for (const Endpoint& one : endpoints) list.push_back(json_of(one));
  AtomicFile file(file_of(store), FileMode::owner_only);
  file.write(dump(list) + "\n");
  file.commit();
}

EndpointLock::EndpointLock(const Store& store) {
  if (is_snapshot(store.path()))
    throw Error(ErrorCode::refused, "a snapshot tells nobody; name the store itself", store.path().string());
  std::filesystem::create_directories(directory_of(store));
  const std::filesystem::path path = directory_of(store) / "lock";
  file_ = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file_ < 0) throw Error(ErrorCode::io, "cannot make the lock of the webhooks", path.string());
  if (flock(file_, LOCK_EX | LOCK_NB) == 0) return;
  close(file_);
  throw Error(ErrorCode::locked, "another process delivers or changes webhooks", path.string());
}

EndpointLock::~EndpointLock() { close(file_); }

std::string endpoint_to_json(const Endpoint& one) {
  const auto text = [](const std::string& value) { return value.empty() ? Json(nullptr) : Json(value); };
  return dump({{"schema", "ringscope.webhook/1"},
               {"name", one.name},
               {"url", one.url},
               {"cursor", one.cursor},
               {"failures", one.failures},
               {"next_try", time_json(one.next_try)},
               {"disabled", text(one.disabled)},
               {"last_error", text(one.last_error)},
               {"pending", text(one.pending_id)}});
}

}  // namespace ringscope
