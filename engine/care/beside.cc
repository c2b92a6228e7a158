#include "engine/care/beside.h"

#include <array>

#include "engine/deliver/endpoints.h"
#include "engine/ingest/reject_files.h"
#include "engine/ledger/audit.h"

namespace ringscope {
namespace {

constexpr auto kInvariants = std::to_array<Invariant>({
    {"audit.key", "The secret key of the audit is there with it, its owner's alone, and the one that signs it",
     "Put 'keys/audit.key' back from where it is kept: without it nothing more is written."},
    {"audit", "The audit is whole: every line is signed and follows the one before it, up to its head",
     "'ringscope audit verify' names every line; compare with a head that was kept elsewhere."},
    {"rejects", "Every rejected line is as it was written, up to where its source was read",
     "Nothing but people reads it, and the log has the line still."},
    {"deliveries", "Who is told by webhook, and how far, can be read and is as it was written",
     "Take 'delivery/webhooks.json' away and add the webhooks again, each from the event that it has."},
});

}  // namespace

std::span<const Invariant> beside_invariants() { return kInvariants; }

void look_beside(const Store& store, Findings& findings) {
  findings.attempt("audit.key", [&] {
    if (!is_audit_key_right(store.path())) findings.add("audit.key", "audit.key is not that of the audit");
  });
  findings.attempt("audit", [&] {
    for (std::string& wrong : verify_audit(store.path()).wrong) findings.add("audit", std::move(wrong));
  });
  for (const SourcePosition& position : store.positions()) {
    std::string trouble = reject_trouble(store.rejects_directory(), position);
    if (!trouble.empty()) findings.add("rejects", std::move(trouble));
  }
  findings.attempt("deliveries", [&] { (void)read_endpoints(store); });
}

}  // namespace ringscope
