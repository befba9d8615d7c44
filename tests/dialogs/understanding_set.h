// Reads the labelled answers of tests/data/understanding (the files are described in its README.md) and the sentences of
// ../shared/data/answers-multidogo. Mistakes of form in a file are failures of the running test.
#pragma once
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "dialogs/script.h"

namespace usher::dialogs::understanding {

struct Question {
  std::string id, text;
  std::vector<Option> options;
};
struct Answer {
  std::string text, label;
};
struct Asked {
  Question question;
  std::vector<Answer> answers;
};

inline const std::string kFolder = USHER_SOURCE_DIR "/tests/data/understanding/";

inline std::string trim(std::string_view s) {
  const auto first = s.find_first_not_of(" \t\r");
  return first == std::string_view::npos ? std::string() : std::string(s.substr(first, s.find_last_not_of(" \t\r") - first + 1));
}

// `parts` pieces at most, the last takes the rest.
inline std::vector<std::string> split(std::string_view s, std::string_view separator, std::size_t parts = 1000) {
  std::vector<std::string> out;
  while (out.size() + 1 < parts) {
    const auto at = s.find(separator);
    if (at == std::string_view::npos) break;
    out.push_back(trim(s.substr(0, at)));
    s.remove_prefix(at + separator.size());
  }
  out.push_back(trim(s));
  return out;
}

// An option as a script author would write it; `words` separated by commas.
inline Option option(const std::string& id, const std::string& label, const std::string& words, const std::string& language) {
  Option o;
  o.id = id;
  o.label.by_language[language] = label;
  for (const std::string& piece : split(words, ",")) {
    for (std::string& word : split(piece, "，")) {
      if (!word.empty()) o.words[language].push_back(std::move(word));
    }
  }
  return o;
}

// The questions and answers of one part ("train", "test") in one language.
inline std::vector<Asked> load(const std::string& language, const std::string& part) {
  static const std::set<std::string> kOther = {"-", "?", "dont_know", "human", "restart", "back"};
  const std::string path = kFolder + language + "." + part + ".txt";
  std::ifstream in(path);
  EXPECT_TRUE(in) << path;
  std::vector<Asked> out;
  std::string label;
  int number = 0;
  for (std::string line; std::getline(in, line);) {
    ++number;
    const std::string text = trim(line);
    if (text.empty() || line.starts_with("# ")) continue;
    if (line.starts_with("@ ")) {
      const auto f = split(line.substr(2), " | ");
      EXPECT_EQ(f.size(), 3U) << path << ":" << number;
      if (f.size() == 3) out.push_back({{f[0], f[2], {}}, {}});
      label.clear();
      continue;
    }
    if (out.empty()) {
      ADD_FAILURE() << path << ":" << number << ": before the first question";
      return out;
    }
    std::vector<Option>& options = out.back().question.options;
    if (line.starts_with("* ")) {
      const auto f = split(line.substr(2), " | ");
      EXPECT_EQ(f.size(), 3U) << path << ":" << number;
      if (f.size() == 3) options.push_back(option(f[0], f[1], f[2], language));
    } else if (line.starts_with("= ")) {
      label = trim(line.substr(2));
      EXPECT_TRUE(kOther.contains(label) || std::ranges::find(options, label, &Option::id) != options.end())
          << path << ":" << number << ": no option '" << label << "'";
    } else {
      EXPECT_FALSE(label.empty()) << path << ":" << number << ": an answer without a label";
      out.back().answers.push_back({text, label});
    }
  }
  for (Asked& a : out) prepare(a.question.options);
  return out;
}

// First messages, labelled with a topic (or "-", "human").
inline std::vector<Answer> first_messages(const std::string& language, const std::string& part) {
  const std::string path = kFolder + "first." + language + "." + part + ".txt";
  std::ifstream in(path);
  EXPECT_TRUE(in) << path;
  std::vector<Answer> out;
  std::string label;
  for (std::string line; std::getline(in, line);) {
    if (trim(line).empty() || line.starts_with("# ")) continue;
    if (line.starts_with("= ")) {
      label = trim(line.substr(2));
    } else {
      EXPECT_FALSE(label.empty()) << path << ": a message without a label";
      out.push_back({trim(line), label});
    }
  }
  return out;
}

// Topic → the names of the scripts that fit it, whether they exist or not.
inline std::map<std::string, std::vector<std::string>> topics() {
  std::ifstream in(kFolder + "first.topics.txt");
  EXPECT_TRUE(in) << kFolder;
  std::map<std::string, std::vector<std::string>> out;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("# ")) continue;
    std::istringstream words(line);
    std::string topic;
    words >> topic;
    for (std::string script; words >> script;) out[topic].push_back(script);
  }
  return out;
}

// The folder of the sentences: below USHER_SHARED_DATA, or shared/data beside the repository.
inline std::filesystem::path multidogo() {
  const char* root = std::getenv("USHER_SHARED_DATA");
  return (root != nullptr ? std::filesystem::path(root) : std::filesystem::path(USHER_SOURCE_DIR) / "../shared/data") /
         "answers-multidogo";
}

// Distinct sentences of at most six words with this intent, half of them (by a hash of the words) for each part.
inline std::vector<Answer> sentences(const std::filesystem::path& folder, const std::string& intent, const std::string& label,
                                     const std::string& part) {
  std::set<std::string> texts;
  for (const char* file : {"train.tsv", "dev.tsv"}) {
    std::ifstream in(folder / file);
    for (std::string line; std::getline(in, line);) {
      const auto f = split(line, "\t");
      if (f.size() == 7 && f[6] == intent && !f[4].empty() && split(f[4], " ").size() <= 6) texts.insert(f[4]);
    }
  }
  std::vector<Answer> out;
  for (const std::string& text : texts) {
    std::uint32_t hash = 2166136261U;
    for (const unsigned char c : text) hash = (hash ^ c) * 16777619U;
    if ((((hash >> 16) & 1U) != 0) == (part == "test")) out.push_back({text, label});
  }
  return out;
}

}  // namespace usher::dialogs::understanding
