// What can go wrong, as a value.
//
// Anything caused from outside (a peer, a file, a customer, a full disk) is an Error inside a Result<T> (result.h).
// Our own bugs abort with a reason (check.h). Exceptions of third-party libraries stop at the .cpp that calls them.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace usher {

enum class ErrorCode : std::uint8_t {
  kInvalid,      // the input is wrong; sending it again will not help
  kNotFound,     // no such thing
  kConflict,     // somebody else was faster, or the same key came with other content
  kDenied,       // not allowed: wrong secret, wrong person
  kTooLarge,     // over a stated limit
  kBusy,         // a bound is reached; try again after a pause
  kUnavailable,  // the other side cannot be reached or refuses for now
  kTimeout,      // no answer within the limit; nothing was sent yet
  kUnknown,      // the request may or may not have taken effect (time-out or reset after sending)
  kIo,           // disk or operating system
  kInternal,     // a library failed in a way we do not handle better
};

// Stable lower-case name for logs, metrics and JSON ("not_found").
constexpr std::string_view to_string(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalid:
      return "invalid";
    case ErrorCode::kNotFound:
      return "not_found";
    case ErrorCode::kConflict:
      return "conflict";
    case ErrorCode::kDenied:
      return "denied";
    case ErrorCode::kTooLarge:
      return "too_large";
    case ErrorCode::kBusy:
      return "busy";
    case ErrorCode::kUnavailable:
      return "unavailable";
    case ErrorCode::kTimeout:
      return "timeout";
    case ErrorCode::kUnknown:
      return "unknown_outcome";
    case ErrorCode::kIo:
      return "io";
    case ErrorCode::kInternal:
      return "internal";
  }
  return "internal";
}

// `message` may be shown to the person or peer that caused it: what failed, on what, why, what to do. Never a secret.
// `detail` is for the log only (library text, SQL state, response body, scrubbed).
struct Error {
  ErrorCode code = ErrorCode::kInternal;
  std::string message;
  std::string detail = {};

  // True when the same request may succeed later without being changed.
  bool retry() const {
    return code == ErrorCode::kBusy || code == ErrorCode::kUnavailable || code == ErrorCode::kTimeout ||
           code == ErrorCode::kUnknown || code == ErrorCode::kIo;
  }
};

}  // namespace usher
