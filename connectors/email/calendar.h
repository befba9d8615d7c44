// An invitation in one readable line (RFC 5545): for people who get it without a calendar. Pure; the file itself is kept as an
// attachment and nothing is ever accepted.
#pragma once
#include <string>
#include <string_view>

namespace usher::connectors::email {

// "Calendar request: Printer repair; 2026-11-23 10:00–11:00 Europe/Berlin; Room 2; organizer Ana Ferreira <ana@example.org>", of
// the first event, task or note; empty when there is none. `utf8`: the text/calendar part; `method`: lower case, or empty.
std::string calendar_line(std::string_view utf8, std::string_view method);

}  // namespace usher::connectors::email
