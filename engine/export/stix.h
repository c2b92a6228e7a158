// What the sources that write STIX 2.1 share: objects with ids that are the same whenever they are written.
//
// Source   STIX 2.1 (OASIS Standard, 10 June 2021): 2.9 identifiers, 4 domain objects, 6 observables, 7.2 markings.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "engine/export/export.h"
#include "engine/export/history.h"

namespace ringscope {

// "2026-01-31T00:00:00.000Z"; the epoch for a time that is unknown.
std::string stix_time(Seconds t);
// "2026-01-31T00:00:00.001Z"
std::string stix_time_of(Millis t);
// "ipv4-addr--…" of a value, "user-account--…" of a user id: by the namespace and the properties of the standard.
std::string stix_observable_id(std::string_view type, std::string_view property, std::string_view value);
// Of our own objects, by what they are about: "grouping--…".
std::string stix_id(std::string_view type, std::string_view about);
// A comparison as in a pattern: "[ipv4-addr:value = '203.0.113.7']"; empty for kinds that a pattern cannot name.
std::string stix_pattern(std::string_view kind, std::string_view value);

// What an id is about: the name, and from the second edition on its number.
std::string edition_of(std::string_view name, const ShownLife& life);

enum class Tlp { green, amber };

// A bundle, object by object: those of an id that was written already are left out.
class StixBundle {
 public:
  StixBundle(const ExportSink& sink, std::string_view about, Tlp tlp);
  // `object_json` is an object without the common properties, of which it needs "type". Domain objects and
  // relationships also get "created", "modified", "created_by_ref" and the marking. Of one id "created" must be the
  // same in every bundle, and "modified" later whenever anything else differs: readers keep the object of the latest.
  void add_observable(const std::string& id, const std::string& object_json);
  void add(const std::string& id, const std::string& object_json, Millis created, Millis modified);
  std::string add_relationship(const std::string& source, std::string_view type, const std::string& target,
                               const ShownLife& life);
  std::uint64_t finish();  // how many objects

 private:
  void put(const std::string& id, const std::string& object_json);

  const ExportSink& sink_;
  std::string marking_;
  std::set<std::string> written_;
};

}  // namespace ringscope
