// What the readers of slot values share: one function for each type, and how a refusal is put. Only understand_*.cpp use it.
#pragma once
#include <string>
#include <string_view>

#include "dialogs/script.h"
#include "dialogs/understand.h"

namespace re2 {
class RE2;
}

namespace usher::dialogs::values {

Understood value(std::string v, double confidence, std::string why);
Understood refused(std::string reason);  // kNothing with the reason in the customer's language
std::string say(std::string_view language, std::string_view en, std::string_view chinese);

bool is_digit(char c);
bool is_upper(char c);
bool is_alnum(char c);
std::string upper(std::string_view s);
std::size_t digits_in(std::string_view s);

bool matches_pattern(const Slot& slot, const std::string& v);
bool passes_checksum(const Slot& slot, std::string_view v);
std::string wrong_form(const Slot& slot, const std::string& v, std::string_view language);
std::string wrong_checksum(const std::string& v, std::string_view language);
std::string not_found(const Slot& slot, std::string_view language);

// "My name is Ana." → "Ana": what people write before a value, by type.
std::string without_lead(std::string_view words, const re2::RE2& lead);
std::string lead_pattern(const std::string& alternatives);
inline constexpr const char* kPolite = "(?:hi|hello|ok|okay|sure|yes|well|so|um|好的|嗯|你好|您好)[\\s,.!，。！]+";

Understood read_serial(std::string_view words, const Slot& slot, std::string_view language);
Understood read_model(std::string_view words, const Slot& slot, std::string_view language);
Understood read_error_code(std::string_view words, const Slot& slot, std::string_view language);
Understood read_number(std::string_view words, const Slot& slot, std::string_view language);
Understood read_date(std::string_view words, const Slot& slot, std::string_view language);

}  // namespace usher::dialogs::values
