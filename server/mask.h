// What a viewer sees in place of values: addresses, cards, devices and whatever else accounts were seen with.
//
// A value becomes a pseudonym that is the same wherever the value stands, as long as the server runs: "ip-3f9a0c71".
// So it can still be seen that two accounts share one thing, but not which. Account names are what the log calls the
// accounts and stay; so do rings, campaigns, counts and times.
#pragma once

#include <string>
#include <string_view>

namespace ringscope::server {

class Mask {
 public:
  // `key` makes the pseudonyms; nobody who does not have it can try out values.
  explicit Mask(std::string key) : key_(std::move(key)) {}

  // Of a JSON document: what stands under "value" is replaced, everywhere in the document and in its sentences; words
  // of a sentence that are neither words nor numbers are replaced as well; what people wrote and lists of details are
  // left out.
  std::string document(std::string_view json) const;
  // "KIND-xxxxxxxx"
  std::string pseudonym(std::string_view kind, std::string_view value) const;

 private:
  std::string key_;
};

}  // namespace ringscope::server
