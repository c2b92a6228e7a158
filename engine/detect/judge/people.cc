#include "engine/detect/judge/people.h"

#include "engine/detect/judge/graded.h"

namespace ringscope {

double like_people(const Traits& t) {
  return 1 - (1 - graded(t.rate_spread, 0.2, 0.8)) * (1 - apart_in_ends(t, 0.015, 0.05));
}

double apart_in_ends(const Traits& t, double none, double full) {
  return t.has_capabilities ? graded(t.capability_spread, none, full) : graded(t.hour_spread, 0.02, 0.08);
}

double own_ends(const Traits& t) { return apart_in_ends(t, 0.012, 0.035); }

double own_hours(const Traits& t) { return graded(t.hour_spread, 0.015, 0.05); }

double own_prompts(const Traits& t, double none, double full) {
  return t.has_templates ? graded(t.template_overlap, none, full) : 0.7 * like_people(t);
}

double settled(const Traits& t) { return graded(t.wandering.value_or(0.5), 0.85, 0.7); }

double at_home(const Traits& t) { return settled(t) * (1 - graded(t.listed_as(EntityClass::data_centre), 0.3, 0.8)); }

double not_interlocked(const Traits& t) { return graded(t.interlocked, 0.7, 0.4); }

double no_pool(const Traits& t) { return graded(t.common_places, 8, 4) * not_interlocked(t); }

double own_days(const Traits& t) { return t.active_days < 5 ? 1.0 : graded(t.synchrony, 0.8, 0.6); }

double own_lives(const Traits& t) { return graded(t.hour_spread, 0.04, 0.1); }

}  // namespace ringscope
