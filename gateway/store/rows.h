// What the files of this folder share when they write rows.
#pragma once
#include <string>
#include <utility>

#include "base/sql/database.h"

namespace usher::gateway::store {

// A statement's outcome without its count.
inline Result<void> done(Result<std::int64_t> rows) {
  if (!rows) return fail(std::move(rows.error()));
  return {};
}

// NULL for an empty text. A view: `text` outlives the statement.
inline sql::Value or_null(const std::string& text) {
  return text.empty() ? sql::Value{nullptr} : sql::Value{text};
}

}  // namespace usher::gateway::store
