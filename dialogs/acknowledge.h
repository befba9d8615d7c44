// What people say when the matter is settled for them: "Okay, I will do that", "Got it, thanks", 好的，我试试. Pure; English and
// Chinese.
#pragma once
#include <string_view>

namespace usher::dialogs {

// Whether a whole message only takes note, thanks or says what its writer is going to do: it asks for nothing, tells no trouble
// and takes nothing back. False when in doubt.
bool acknowledges(std::string_view words);

}  // namespace usher::dialogs
