// Every kind of finding. docs/dialog-language.md and tests/dialogs/broken.h have an example of each.
#include "dialogs/check.h"

namespace usher::dialogs {

const std::vector<std::string>& finding_codes() {
  static const std::vector<std::string> codes = {"ambiguous-option",
                                                 "ambiguous-phrase",
                                                 "article-language",
                                                 "call-cycle",
                                                 "call-never-returns",
                                                 "calls-too-deep",
                                                 "case-never-true",
                                                 "case-shadowed",
                                                 "cause-without-cure",
                                                 "changes-nothing",
                                                 "consent-changes-nothing",
                                                 "idle-rename",
                                                 "impossible-value",
                                                 "label-too-long",
                                                 "long-way-to-a-person",
                                                 "midway-skips-safety",
                                                 "missing-pattern-hint",
                                                 "missing-translation",

                                                 "no-end",
                                                 "pattern-matches-everything",
                                                 "pattern-never-matches",
                                                 "pattern-too-long",
                                                 "phrase-shadowed",
                                                 "reminder-too-late",
                                                 "return-without-call",
                                                 "silent-loop",
                                                 "slot-without-question",
                                                 "survey-too-early",
                                                 "text-too-long",
                                                 "too-many-buttons",

                                                 "undeclared-slot",
                                                 "unknown-article",
                                                 "unknown-service",
                                                 "unknown-slot",

                                                 "unknown-variable",
                                                 "unreachable-script",
                                                 "unreachable-step",
                                                 "unset-slot",
                                                 "unused-fragment",
                                                 "unused-slot",
                                                 "waits-for-ever",
                                                 "word-is-command"};
  return codes;
}

}  // namespace usher::dialogs
