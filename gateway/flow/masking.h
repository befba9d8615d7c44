// Secrets a customer should not have written are masked before anything is stored or sent on: card numbers (13–19 digits that
// pass the Luhn check), Chinese identity numbers (18 characters, check digit), and what follows "password is" / "密码是" and the
// like. Pure, linear.
#pragma once
#include <string>
#include <string_view>

namespace usher::gateway::flow {

struct Masked {
  std::string text;
  int count = 0;  // how many places were masked
};
Masked mask_secrets(std::string_view text);

}  // namespace usher::gateway::flow
