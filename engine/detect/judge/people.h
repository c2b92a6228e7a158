// How people differ from accounts that one operator runs, trait by trait: each function says how far a group has it, in
// [0, 1]. What the honest explanations (benign.h) are made of. All O(1).
#pragma once

#include "engine/detect/judge/traits.h"

namespace ringscope {

// Do members differ as people do? In how much they ask, and in what they ask for.
double like_people(const Traits& t);

// How far members ask for different things, from a spread of capabilities of `none` to one of `full`. Where it is not
// known what they ask for, who keeps hours of his own is taken to have ends of his own.
double apart_in_ends(const Traits& t, double none, double full);

// Do members ask for different things, as people do? One operator's accounts all serve his ends.
double own_ends(const Traits& t);

// Do members keep hours of their own, as people do?
double own_hours(const Traits& t);

// Do members ask what they themselves want? Where prompts are not known, people are told by what else they do.
double own_prompts(const Traits& t, double none, double full);

// Do members come back to where they were, as people do who live and work somewhere?
double settled(const Traits& t);

// Nobody lives in a data centre; a firm may leave by one (a proxy that filters, desktops in a cloud).
double at_home(const Traits& t);

// Cards and devices are not dealt out to people from several stocks.
double not_interlocked(const Traits& t);

// Nor do they leave by a pool of addresses, who meet the others at many of them; people meet at home, at work, by one
// gateway.
double no_pool(const Traits& t);

// Each on days of his own? Accounts that one program drives are busy and idle together, even where it deals out
// different work. Too few days tell nothing.
double own_days(const Traits& t);

// Has each a life of his own, with its hours?
double own_lives(const Traits& t);

}  // namespace ringscope
