// USHER_CHECK(condition, "reason"): our own bug; prints and aborts. Never for anything an outsider can cause.
#pragma once
#include <cstdio>
#include <cstdlib>

#define USHER_CHECK(condition, reason)                                                                \
  do {                                                                                                \
    if (!(condition)) {                                                                               \
      std::fprintf(stderr, "usher: bug at %s:%d: %s (%s)\n", __FILE__, __LINE__, reason, #condition); \
      std::abort();                                                                                   \
    }                                                                                                 \
  } while (false)
