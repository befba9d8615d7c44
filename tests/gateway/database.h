// A database with the gateway's tables in a folder of its own, removed afterwards.
#pragma once
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "base/sql/database.h"
#include "gateway/store/schema.h"

namespace usher::gateway {

class TestDatabase {
 public:
  TestDatabase() {
    std::string pattern = testing::TempDir() + "usher-gateway-XXXXXX";
    folder_ = ::mkdtemp(pattern.data());
    open();
  }
  ~TestDatabase() {
    database_.reset();
    std::filesystem::remove_all(folder_);
  }
  void reopen() {
    database_.reset();
    open();
  }
  sql::Database& operator*() { return *database_; }
  sql::Database* operator->() { return database_.get(); }
  std::string folder() const { return folder_; }

 private:
  void open() {
    sql::Options options;
    options.path = folder_ / "usher.db";
    auto opened = sql::open_sqlite(options);
    if (!opened) {
      ADD_FAILURE() << opened.error().message;
      std::abort();
    }
    database_ = std::move(*opened);
    auto migrated = sql::migrate(*database_, store::migrations(), 1);
    if (!migrated) ADD_FAILURE() << migrated.error().message;
  }
  std::filesystem::path folder_;
  std::unique_ptr<sql::Database> database_;
};

}  // namespace usher::gateway
