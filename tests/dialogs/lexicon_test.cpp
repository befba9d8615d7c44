// The word lists in dialogs/lexicon/*.txt: that every line can be read, that no word contradicts itself, and what things are.
#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <set>
#include <string>

#include "dialogs/lexicon_data.h"
#include "dialogs/lexicon_states.h"
#include "dialogs/lexicon_things.h"
#include "dialogs/words.h"

namespace usher::dialogs {
namespace {

TEST(LexiconFiles, EveryLineCanBeReadAndEveryBlockIsOfAKnownKind) {
  static const std::set<std::string_view> kKinds = {"axis", "set", "not-states", "names", "class", "answers", "implied"};
  ASSERT_FALSE(lexicon_files().empty());
  for (const LexiconFile& file : lexicon_files()) {
    const LexiconText text = read_lexicon(file.text);
    for (const std::string& fault : text.faults) ADD_FAILURE() << file.name << " " << fault;
    for (const LexiconBlock& block : text.blocks) {
      EXPECT_TRUE(kKinds.contains(block.kind)) << file.name << ": [" << block.kind << "]";
      for (const LexiconLine& line : block.lines) {
        if (block.kind == "axis") {
          EXPECT_TRUE(line.sign == "+" || line.sign == "-" || line.sign == "~") << file.name << ": " << line.phrases;
        }
        if (block.kind == "set" || block.kind == "names") {
          EXPECT_GT(line.sign.size(), 1U) << file.name << ": " << line.phrases;
        }
      }
    }
  }
}

TEST(LexiconFiles, ABlockStandsOnce) {
  std::set<std::string> seen;
  for (const LexiconBlock& block : lexicon_blocks()) {
    if (block.name.empty()) continue;
    EXPECT_TRUE(seen.insert(std::string(block.kind) + " " + std::string(block.name)).second) << block.kind << " " << block.name;
  }
}

TEST(LexiconFiles, NoWordIsItsOwnOpposite) {
  for (const LexiconBlock& block : lexicon_blocks()) {
    if (block.kind != "axis" && block.kind != "set" && block.kind != "implied") continue;
    std::map<Phrase, std::string_view> signs;
    for (const LexiconLine& line : block.lines) {
      if (block.kind == "implied" && line.sign.size() > 1) continue;  // about the question
      each_phrase(line.phrases, [&](std::string_view phrase) {
        const Phrase words = to_phrase(phrase);
        EXPECT_FALSE(words.empty()) << block.name << ": “" << phrase << "” has no words";
        const std::string_view sign = line.sign == "~" ? "+" : line.sign;
        const auto [it, fresh] = signs.emplace(words, sign);
        EXPECT_EQ(it->second, sign) << block.name << ": “" << phrase << "” stands on both sides";
      });
    }
  }
}

TEST(LexiconFiles, AWiderClassExists) {
  for (const LexiconBlock& block : lexicon_blocks()) {
    if (block.kind != "class") continue;
    if (!block.attributes.empty()) {
      EXPECT_NE(class_of(block.attribute("<")), kNoClass) << block.name;
    }
    for (const LexiconLine& line : block.lines) {
      if (line.sign != "of") continue;
      each_phrase(line.phrases,
                  [&](std::string_view name) { EXPECT_NE(class_of(name), kNoClass) << block.name << ": " << name; });
    }
  }
}

TEST(LexiconFiles, AFaultIsNamedWithItsLine) {
  EXPECT_EQ(read_lexicon("+ early\n").faults, std::vector<std::string>{"line 1: stands before the first block"});
  EXPECT_EQ(read_lexicon("# x\n[axis a\n").faults, std::vector<std::string>{"line 2: the bracket is not closed"});
  EXPECT_EQ(read_lexicon("[axis a]\n+\n").faults, std::vector<std::string>{"line 2: no phrases"});
  const LexiconText good = read_lexicon("[class phone < device]\n= phone | cell phone\nx: y\n");
  ASSERT_EQ(good.blocks.size(), 1U);
  EXPECT_EQ(good.blocks[0].attribute("<"), "device");
  EXPECT_EQ(good.blocks[0].lines[1].sign, "x");
}

Kin kin_of(std::string_view a, std::string_view b) {
  return kin(things_of(to_phrase(a)), things_of(to_phrase(b)));
}

TEST(LexiconThings, AKindOfAThingIsKnownFromTheThing) {
  EXPECT_EQ(kin_of("iphone", "phone"), Kin::kKind);
  EXPECT_EQ(kin_of("iphone", "device"), Kin::kKind);
  EXPECT_EQ(kin_of("device", "手机"), Kin::kWider);
  EXPECT_EQ(kin_of("苹果手机", "iPhones"), Kin::kSame);
  EXPECT_EQ(kin_of("mobile", "cell phone"), Kin::kSame);
  EXPECT_EQ(kin_of("pixel", "iphone"), Kin::kSibling);
  EXPECT_EQ(kin_of("phone", "gibberish"), Kin::kNone);
}

TEST(LexiconThings, PartsAndSiblingsAreToldFromKinds) {
  EXPECT_EQ(kin_of("coffee", "liquid"), Kin::kKind);
  EXPECT_EQ(kin_of("coffee", "tea"), Kin::kSibling);
  EXPECT_EQ(kin_of("keyboard", "laptop"), Kin::kPart);
  EXPECT_EQ(kin_of("laptop", "keyboard"), Kin::kWhole);
  EXPECT_TRUE(same_thing("phon", "devic"));  // canonical words
  EXPECT_FALSE(same_thing("keyboard", "phon"));
}

TEST(LexiconStates, APhraseTakesOverTheStatesWithinIt) {
  auto axes = [](std::string_view words) {
    std::size_t n = 0;
    for (const StateWord& s : states_in(read_words(words))) n += s.senses.size();
    return n;
  };
  EXPECT_GT(axes("frozen solid"), 0U);
  const Message loose = read_words("wobbly"), tight = read_words("rock solid");
  EXPECT_TRUE(opposed(states_in(loose).front().senses, states_in(tight).front().senses));
  EXPECT_TRUE(states_in(read_words("空调")).empty());  // no 空
}

TEST(LexiconThings, TheLongestNameIsFoundInAMessage) {
  const Message m = read_words("my cell phone and the 手机");
  const auto found = things_in(m);
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].end - found[0].begin, 2U);
  EXPECT_TRUE(is_within(found[1].senses, class_of("device")));
}

}  // namespace
}  // namespace usher::dialogs
