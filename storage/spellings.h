// Names in the order of their text, for questions that know only the beginning of one. For the sources of this folder.
#pragma once

#include <string>
#include <vector>

#include "storage/store_internal.h"

namespace ringscope {

// The keys under which a name is found: by its folded text and, of an address, by its 16 bytes.
std::vector<std::string> spelling_keys(const Name& name);

// Spellings to be written into sorted files, or removed by them: gathered, sorted, put file by file.
class SpellingFiles {
 public:
  enum class What { put, erase };
  SpellingFiles(SortedFiles& files, What what) : files_(files), what_(what) {}
  void add(const Name& name);
  // Puts what is gathered; call it once more when all were added.
  void flush();

 private:
  SortedFiles& files_;
  What what_;
  std::vector<std::string> keys_;
  std::size_t bytes_ = 0;
};

// Of a store that an earlier program wrote: spells all names, in one atomic step. O(names). Nothing to do in others.
void spell_if_needed(Store::Impl& store);

}  // namespace ringscope
