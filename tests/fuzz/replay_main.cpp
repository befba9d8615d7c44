// Runs a fuzz target without libFuzzer over every file of a folder, whole and then altered: the same inputs at every run.
//   replay_mime tests/fuzz/seeds/mime        Exit: 0 done (a finding aborts), 2 no files
// The input at work is the last line that was written.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

constexpr int kMutations = 25;  // of each file
constexpr std::size_t kMaxBytes = 65'536;

void run(const std::string& bytes) {
  // A buffer of its exact size: reading past the end is seen by AddressSanitizer.
  const std::vector<std::uint8_t> copy(bytes.begin(), bytes.end());
  LLVMFuzzerTestOneInput(copy.data(), copy.size());
}

// Not std::uniform_int_distribution: what that gives is up to each standard library.
std::size_t below(std::mt19937_64& random, std::size_t n) {
  return n == 0 ? 0 : static_cast<std::size_t>(random() % n);
}

std::string mutated(std::string bytes, const std::string& other, std::mt19937_64& random) {
  const auto changes = 1 + below(random, 4);
  for (std::size_t i = 0; i < changes; ++i) {
    const auto at = below(random, bytes.size() + 1);
    const auto length = below(random, bytes.size() - at + 1);
    switch (below(random, 6)) {
      case 0:
        if (at < bytes.size()) bytes[at] = static_cast<char>(bytes[at] ^ static_cast<char>(1U << below(random, 8)));
        break;
      case 1:
        bytes.insert(at, 1, static_cast<char>(random() & 0xFFU));
        break;
      case 2:
        bytes.resize(at);
        break;
      case 3:
        bytes.erase(at, below(random, std::min<std::size_t>(length, 16) + 1));
        break;
      case 4:
        bytes.insert(at, bytes.substr(at, length));
        break;
      default:
        bytes.replace(at, length, other.substr(below(random, other.size() + 1)));
    }
    if (bytes.size() > kMaxBytes) bytes.resize(kMaxBytes);
  }
  return bytes;
}

}  // namespace

int main(int count, char** arguments) {
  std::vector<std::filesystem::path> files;
  for (int i = 1; i < count; ++i) {
    std::error_code missing;
    for (const auto& entry : std::filesystem::directory_iterator(arguments[i], missing)) {
      if (entry.is_regular_file()) files.push_back(entry.path());
    }
  }
  if (files.empty()) {
    std::fputs("no seeds; usage: replay_TARGET FOLDER...\n", stderr);
    return 2;
  }
  std::sort(files.begin(), files.end());
  std::vector<std::string> seeds;
  for (const auto& file : files) {
    std::ifstream in(file, std::ios::binary);
    seeds.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
  }
  run({});
  for (std::size_t i = 0; i < seeds.size(); ++i) {
    std::mt19937_64 random(i);
    for (int n = 0; n <= kMutations; ++n) {
      std::printf("%s, mutation %d\n", files[i].c_str(), n);
      std::fflush(stdout);
      run(n == 0 ? seeds[i] : mutated(seeds[i], seeds[below(random, seeds.size())], random));
    }
  }
  return 0;
}
