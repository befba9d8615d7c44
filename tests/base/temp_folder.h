// A folder for one test, removed afterwards.
#pragma once
#include <cstdlib>
#include <filesystem>
#include <string>

#include <gtest/gtest.h>

namespace usher::sql {

class TempFolder {
 public:
  TempFolder() {
    std::string pattern = testing::TempDir() + "usher-sql-XXXXXX";
    path_ = ::mkdtemp(pattern.data());
  }
  ~TempFolder() { std::filesystem::remove_all(path_); }
  std::string file() const { return path_ / "test.db"; }

 private:
  std::filesystem::path path_;
};

}  // namespace usher::sql
