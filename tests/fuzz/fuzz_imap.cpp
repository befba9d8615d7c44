// An IMAP server that says anything: the first byte chooses the ways of the client and how the rest is cut into reads. Whatever
// comes: no crash, bounded messages, and what is handed out does not depend on where the bytes were cut.
#include <cstdint>
#include <cstdlib>

#include "connectors/email/imap_session.h"

namespace {

using namespace usher::connectors::email;
using Next = ImapSession::Next;

struct Outcome {
  std::string said;
  std::vector<std::string> mails;
  bool operator==(const Outcome&) const = default;
};

Outcome play(std::string_view input, unsigned ways, std::size_t piece) {
  ImapOptions options;
  options.host = "imap.example";
  options.user = "u";
  options.password = "p";
  options.is_encrypted = true;
  options.has_token = (ways & 1) != 0;
  options.after = static_cast<ImapOptions::After>(ways / 2 % 3);
  options.move_to = "Done";
  options.max_message_bytes = 4'096;
  ImapSession session(options);
  Outcome all;
  int searches = 0;
  ImapSession::Step step;
  for (std::size_t at = 0; at < input.size(); at += piece) {
    step = session.feed(input.substr(at, piece));
    for (bool goes_on = true; goes_on;) {
      all.said += step.write;
      switch (step.next) {
        case Next::kOpened:
          step = session.opened({session.state().next_uid, {}});
          break;
        case Next::kFound:
          // Everything is taken every time, as if nothing were ever known, but not for ever.
          step = session.plan(++searches < 20 ? session.found() : std::vector<std::uint32_t>{}, {});
          break;
        case Next::kMessage: {
          auto message = session.take_message();
          if (message.raw->size() > 262'144) std::abort();
          all.mails.push_back(*message.raw);
          step = all.mails.size() % 3 == 0 ? session.refused() : session.taken();
          break;
        }
        case Next::kToken:
          step = session.token("t");
          break;
        case Next::kFailed:
        case Next::kFiled:
          step = session.go_on();
          break;
        default:
          goes_on = false;
      }
    }
    if (step.next == Next::kClose) break;
  }
  return all;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  std::string_view input(reinterpret_cast<const char*>(data) + 1, size - 1);
  auto whole = play(input, data[0], std::max<std::size_t>(1, input.size()));
  auto pieces = play(input, data[0], 1 + data[0] / 6 % 7);
  if (!(whole == pieces)) std::abort();
  return 0;
}
