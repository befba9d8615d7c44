// The turns that dialogs_bench measures with words: every message of the shipped conversations (config/dialogs/conversations),
// each with the state the conversation stands in when it comes, and what nobody wrote those scripts for at the same places.
#pragma once
#include <array>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "dialogs/rehearsal.h"
#include "dialogs/rehearsal_lines.h"

namespace usher::dialogs {

struct Sample {
  State state;
  Said said;
  std::string entry;
};

// What customers write at any question: hedged, beside the point, a question of their own, a story, another language.
inline constexpr std::array<std::string_view, 36> kAnything = {
    "yes",
    "no, not that I can see",
    "yes I think so, but I am not sure",
    "nope, still the same",
    "um I don't know how to check that",
    "it was fine yesterday, then it just stopped after the update",
    "what does that mean?",
    "where do I find it, is it on the back or underneath?",
    "the second one",
    "2",
    "how long does the warranty last and what does a repair cost?",
    "the light is on but nothing shows on the screen and the fan is quite loud",
    "I tried another cable and another outlet, no difference at all",
    "not really, it only happens when it is hot",
    "it's the new laptop my daughter got for school, a ThinkPad X1, we bought it in May 2024 and it has been nothing but trouble",
    "can't do that right now, I am at work",
    "thank you",
    "let me check, one moment please",
    "asdf qwer",
    "works now, thanks a lot!",
    "是的",
    "没有，看起来都正常",
    "好像有一点，不太确定",
    "还是不行",
    "我不知道怎么看",
    "昨天还好好的，更新之后就这样了",
    "这个是什么意思？",
    "在哪里看，是在背面还是底部？",
    "第二个",
    "保修多久？修一次要多少钱？",
    "灯亮着，但是屏幕什么都不显示，风扇声音很大",
    "换了线换了插座都没用",
    "只有发热的时候才会这样",
    "这台笔记本是去年五月给孩子上学买的，联想小新，用了没多久就一直出问题",
    "现在不方便，我在上班",
    "wifi 连不上，not sure 是不是 router 的问题"};

inline std::string bytes_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream bytes;
  bytes << in.rdbuf();
  return std::move(bytes).str();
}

// The messages of one conversation. Look-ups fail here, so a conversation that has one may leave its way; its words stay real.
inline void collect(const Source& source, const ScriptSet& scripts, std::vector<Sample>& out) {
  using Kind = ConversationLine::Kind;
  std::vector<Problem> problems;
  const ConversationFile file = read_conversation(source, problems);
  const Stage stage{
      {}, [](const FetchArticle& f) { return ArticlesFound{{{f.id, "An article", "1. Do this.\n2. Do that.", 0.9}}}; }, {}};
  Scene scene(scripts, stage, {}, *morning_of(kRehearsalDate));
  std::string entry;
  for (const ConversationLine& line : file.lines) {
    if (line.kind == Kind::kEntry) {
      entry = line.value;
      scene.enter(entry);
    }
    if (line.kind == Kind::kLanguage) scene.open(line.value);
    if (line.kind == Kind::kPress) scene.say({.text = {}, .choice = line.value, .language = {}});
    if (line.kind == Kind::kPhoto) scene.say({.text = {}, .choice = {}, .language = {}, .attachments = 1});
    if (line.kind == Kind::kClock) {
      if (const auto time = duration_of(line.value)) scene.wait(*time);
    }
    if (line.kind != Kind::kCustomer) continue;
    Said said{.text = line.value, .choice = {}, .language = {}};
    out.push_back({scene.state(), said, entry});
    scene.say(said);
  }
}

inline std::vector<Sample> conversation_samples(const std::filesystem::path& folder, const ScriptSet& scripts) {
  std::vector<std::filesystem::path> files;
  for (const auto& e : std::filesystem::directory_iterator(folder)) {
    if (e.path().extension() == ".txt") files.push_back(e.path());
  }
  std::ranges::sort(files);
  std::vector<Sample> out;
  for (const auto& file : files) collect({file.filename().string(), bytes_of(file)}, scripts, out);
  return out;
}

}  // namespace usher::dialogs
