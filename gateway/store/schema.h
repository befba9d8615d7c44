// The tables, as migrations. One text for SQLite and PostgreSQL; app-made ids, timestamps in Unix milliseconds.
// A migration that has shipped is never edited: add the next one.
#pragma once
#include <span>

#include "base/sql/database.h"

namespace usher::gateway::store {

std::span<const sql::Migration> migrations();

}  // namespace usher::gateway::store
