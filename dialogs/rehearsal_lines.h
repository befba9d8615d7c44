// The lines of a conversation file (rehearsal.h), read but not played.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "dialogs/parse.h"

namespace usher::dialogs {

struct ConversationLine {
  enum class Kind : unsigned char {
    kLanguage,
    kEntry,
    kDate,
    kCustomer,
    kPress,
    kPhoto,
    kClock,
    kFinds,
    kLookup,
    kBot,
    kBotNot,
    kButtons,
    kStep,
    kSlot,
    kTicket,
    kTicketHas,
    kFollowUp,
    kEnd
  } kind = Kind::kCustomer;
  std::string name;   // of a slot or a service
  std::string value;  // trimmed; indented lines below joined by newlines
  int line = 1;
  bool expects() const { return kind >= Kind::kBot; }
};

struct ConversationFile {
  std::string remark;  // the first one
  std::vector<ConversationLine> lines;
};
// Lines that are none become problems; the others are still read.
ConversationFile read_conversation(const Source& source, std::vector<Problem>& problems);

// "a, b , c" → {"a", "b", "c"}
std::vector<std::string> list_of(std::string_view text);

}  // namespace usher::dialogs
