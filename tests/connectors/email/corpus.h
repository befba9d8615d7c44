// Third-party mail collections, present on the developers' machine only. A test that needs one skips loudly where it is missing.
#pragma once
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace usher::connectors::email {

inline std::filesystem::path corpus(const char* name) {
  const char* root = std::getenv("USHER_TEST_DATA");
  return std::filesystem::path(root == nullptr ? "/work/shared/data" : root) / name;
}

inline std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

}  // namespace usher::connectors::email
