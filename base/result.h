// Result<T>: a value or an Error. The one way a function reports failure from outside.
#pragma once
#include <expected>
#include <string>
#include <utility>

#include "base/error.h"

namespace usher {

template <class T = void>
using Result = std::expected<T, Error>;

// return fail(ErrorCode::kNotFound, "no dialog named 'x'");
inline std::unexpected<Error> fail(ErrorCode code, std::string message, std::string detail = {}) {
  return std::unexpected<Error>(Error{code, std::move(message), std::move(detail)});
}
inline std::unexpected<Error> fail(Error error) {
  return std::unexpected<Error>(std::move(error));
}

}  // namespace usher
