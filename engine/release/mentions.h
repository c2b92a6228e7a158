// Which rejected lines speak of a person who is being erased.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "storage/store.h"

namespace ringscope {

class Mentions {
 public:
  // The account's name, and values of things that only it had, normalised.
  Mentions(const std::string& account, const std::vector<Name>& values);

  // Whether the text of a rejected line has the name or a value as a whole word, however the line's notation writes it
  // (escapes of JSON, doubled quotes of CSV, "xxxx" for what may be a card number; values in capitals or not). Also of
  // a text that was cut: what is not there any more may have said whose line it is. O(length * names).
  bool operator()(std::string_view raw) const;

 private:
  bool names(const std::string& text) const;

  std::vector<std::string> accounts_;
  std::vector<std::string> values_;  // in small letters
};

// What JSON's escapes in a text stand for, outside of strings as well; what is none stays. O(length).
std::string without_escapes(std::string_view text);

}  // namespace ringscope
