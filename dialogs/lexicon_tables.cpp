#include "dialogs/lexicon_tables.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

#include "dialogs/lexicon_data.h"

namespace usher::dialogs {
namespace {

// As lexicon/answers.txt writes them.
struct NamedTag {
  std::string_view name;
  Tag tag;
};
constexpr std::array<NamedTag, 13> kAnswerTags = {{{"yes", Tag::kYes},
                                                   {"no", Tag::kNo},
                                                   {"says_yes", Tag::kSaysYes},
                                                   {"says_no", Tag::kSaysNo},
                                                   {"solved", Tag::kSolved},
                                                   {"unsolved", Tag::kUnsolved},
                                                   {"negator", Tag::kNegator},
                                                   {"but", Tag::kBut},
                                                   {"accept", Tag::kAccept},
                                                   {"wait", Tag::kWait},
                                                   {"hedge", Tag::kHedge},
                                                   {"question", Tag::kQuestion},
                                                   {"dont_know", Tag::kDontKnow}}};

constexpr Lexicon::Entry kSkips[] = {
    {Tag::kDontKnow, 0.95,
     "not know|i not know|no idea|i have no idea|no clue|not sure|i am not sure|unsure|dunno|idk|not remember|i "
     "forgot|forgot|not understand|"
     "not find|i not find|not find it|i not find it|not see it|not read it|not have it|i not have it|not have one|i not have "
     "one|not have that|not have any|not have|i not have|not "
     "got one|not got it|there is none|there is no|no serial|no serial number|no number|no label|not available|not "
     "visible|unreadable|not know it|i not know it|not know that|unknown"},
    {Tag::kDontKnow, 0.95,
     "不知道|我不知道|不清楚|不确定|不晓得|不太清楚|不记得|记不得|忘了|忘记了|找不到|没找到|没有找到|看不清|看不清楚|看不到|"
     "看不见|没看到|不想说|不方便|没有这个|没有序列号|没有标签|没有号码|我没有|不了解|不懂|不明白|🤷"},
    {Tag::kNoise, 0.9,  // only when it is the whole message
     "skip|skip it|skip this|skip that|n a|na|none|nothing|pass|no|nope|later|not "
     "now|next|没有|没|无|跳过|略|略过|先跳过|以后再说|不填|没有了|没有啊|-"},
};

constexpr Lexicon::Entry kWishes[] = {
    {Tag::kHuman, 0.95,
     "talk to a human|talk to a person|talk to an agent|talk to a real person|talk to real person|talk to a real human|talk to "
     "someone|talk to somebody|talk "
     "to human|talk to agent|talk to a representative|talk to a technician|talk to support|talk to an operator|talk to "
     "person|speak to a human|speak to a "
     "person|speak to an agent|speak to a real person|speak to someone|speak to somebody|speak to human|speak to agent|speak to "
     "a representative|speak to "
     "an operator|speak with a human|speak with a person|speak with an agent|speak with someone|speak with a real person|speak "
     "with a representative|talk "
     "with a human|talk with a person|talk with an agent|talk with someone|talk with a real person|chat with a human|chat with "
     "an agent|chat with a "
     "person|connect me to|connect me with|transfer me to|pass me to|put me through|call me please|please call me|someone call "
     "me|somebody call me|call me back|give me a call|colleague call me|get me someone|get me somebody|get me a|get me an|speak "
     "to somebody|talk to one of you|talk to one|talk to you people|human agent|live agent|real person|real "
     "human|human being|human "
     "support|human please|agent please|live person|customer service representative|want a human|want a person|want an "
     "agent|want human|need a human|need a "
     "person|need an agent|need human|get me a human|get me a person|get me an "
     "agent|转人工|人工客服|人工服务|转接人工|找人工|要人工|真人|找真人|转真人|转客服|找客服|人工接入|接人工|人工坐席|转人工服务|"
     "人工处理|和人说话|人工接|跟人工|让人工|找个人|打电话给我|打我电话|给我打电话|给我打个电话|打个电话给我|叫你们|让你们经理|"
     "找你们经理|跟客服|客服人员|和客服|联系客服|要客服|想打电话|跟人说|轉人工|真人客服"},
    {Tag::kHumanBare, 0.9,
     "agent|human|person|a human|a person|an agent|operator|representative|rep|support|staff|someone|call me|customer "
     "service|人工|客服|人"},
    {Tag::kRestart, 0.95,
     "start over|start again|start anew|begin again|start from the beginning|start from scratch|from the beginning|restart the "
     "chat|restart chat|restart conversation|new conversation|restart the conversation|reset chat|reset the "
     "chat|重新开始|从头开始|从头再来|重来|重新来|重新来过|重新对话"},
    {Tag::kBack, 0.95,
     "back|go back|previous|previous question|previous step|back please|undo|one step back|step back|go back one step|correct "
     "that|that was wrong|i made a mistake|my "
     "mistake|返回|上一步|返回上一步|后退|上一个|上一题|上个问题|回到上一步|选错了|点错了|我选错了|我点错了|按错了|说错了"},
    {Tag::kStatus, 0.95,
     "status|my status|status of my case|status of my ticket|case status|ticket status|repair status|status update|any "
     "update|any "
     "updates|any news|what is the status|what is the status of my case|what is the status of my ticket|how is my case|how is my "
     "ticket|how is my repair|where is my case|where is my ticket|where is my order|where is my repair|check my case|check my "
     "ticket|track my case|track my ticket|progress of my case|is there any news|what happen with my case|what happen to my "
     "case|what happen with my ticket|进度|查进度|查询进度|查看进度|工单进度|维修进度|处理进度|我的工单|查工单|查询工单|"
     "我的工单怎么样了|工单怎么样了|工单状态|工单到哪了|修到哪了|处理得怎么样了|处理到哪了|有消息了吗|有进展吗|有进展了吗"},
    {Tag::kEnglish, 0.95,
     "english|in english|english please|speak english|switch to english|can we speak english|can you speak english|do you speak "
     "english|i not speak chinese|i not understand chinese|英文|英语|说英文|说英语|用英文|用英语|切换英文|切换到英文|换成英文"},
    {Tag::kChinese, 0.95,
     "chinese|in chinese|chinese please|speak chinese|switch to chinese|can we speak chinese|can you speak chinese|do you speak "
     "chinese|i not speak english|i not understand english|mandarin|中文|汉语|说中文|讲中文|用中文|切换中文|切换到中文|换成中文|"
     "请说中文|会说中文吗|可以说中文吗|能说中文吗|不会英文|不懂英文|看不懂英文"},
};

constexpr Lexicon::Entry kCourtesies[] = {
    {Tag::kGreeting, 1,
     "hi|hello|hey|hiya|hi there|hello there|hey there|good morning|good afternoon|good evening|good "
     "day|greetings|howdy|hai|helo|hallo|nice to meet you|how are you|how are you doing|are you there|"
     "is anyone there|anyone there|anybody "
     "there|你好|您好|你好啊|嗨|哈喽|哈罗|在吗|在么|在不在|有人吗|有人在吗|早上好|上午好|中午好|下午好|晚上好|早|早安|👋"},
    {Tag::kThanks, 1,
     "thanks|thank|thankyou|thnks|thnx|thaks|thnaks|thaanks|thank you|thank u|thx|ty|thanks a lot|thank you very much|thank you "
     "so much|thanks so much|many "
     "thanks|cheers|bye|goodbye|good bye|bye "
     "bye|see you|see ya|have a nice day|have a good day|great|cool|awesome|nice|perfect|excellent|that is all|that's it|no "
     "thanks|no thank you|all good|nothing else|you too|"
     "谢谢|谢谢你|谢谢您|多谢|感谢|非常感谢|太感谢了|谢了|谢啦|再见|拜拜|拜|好的谢谢|辛苦了|没有了|没事了|没了|不用了|👍|🙏|❤|😊|"
     "🙂|好的|好|ok|okay|太好了|棒|很好|太棒了"},
    {Tag::kHelp, 1,
     "help|help me|i need help|need help|please help|can you help|can you help me|could you help me|i have a question|i have a "
     "problem|i have an issue|have a problem|have an issue|problem|question|issue|"
     "support|something else|other|another problem|i need support|need support|i need "
     "assistance|assistance|帮助|帮忙|帮帮我|帮我|请帮忙|求助|有问题|我有问题|有个问题|我有个问题|想咨询|咨询|问一下|请问一下|"
     "请问|其他|其他问题|别的|别的问题"},
    {Tag::kNoise, 1,
     "please|pls|plz|um|uh|umm|uhm|erm|well|so|oh|ah|aah|hmm|hm|lol|haha|hahaha|sorry|dear|sir|madam|mam|maam|bro|mate|man|dude|"
     "guys|team|there|and|i|a|my|to|with|me|some|just|now|again|very much|"
     "呃|额|那个|请|亲|麻烦|麻烦您|麻烦你|哈哈|哈哈哈|抱歉|不好意思|哦|噢|啊|呀|呢|吧|了|的|哈|啦|嘛|一下|喂|您|你|我"},
};

constexpr Lexicon::Entry kEveryday[] = {
    {Tag::kEveryday, 1,
     "the|is|it|its|my|not|i|you|and|to|this|that|have|has|had|was|are|with|for|but|what|how|when|why|please|can|does|do|did|"
     "help|yes|no|on|off|in|of|a|an|there|still|"
     "work|works|does|turn|turned|problem|tried|already|now|just|nothing|screen|computer|laptop|printer|thanks|thank|hello|hi|"
     "will|would|cannot|me|your|we|they|never|only|also|very|too|after|before"},
};

}  // namespace

std::span<const Lexicon::Entry> answer_entries() {
  static const std::vector<Lexicon::Entry> entries = [] {
    std::vector<Lexicon::Entry> out;
    for (const LexiconBlock& block : lexicon_blocks()) {
      if (block.kind != "answers") continue;
      const auto tag = std::ranges::find(kAnswerTags, block.attribute("tag"), &NamedTag::name);
      double weight = 0;
      const std::string_view written = block.attribute("weight");
      std::from_chars(written.data(), written.data() + written.size(), weight);
      if (tag == kAnswerTags.end()) continue;
      for (const LexiconLine& line : block.lines) out.push_back({tag->tag, weight, line.phrases});
    }
    return out;
  }();
  return entries;
}
std::span<const Lexicon::Entry> skip_entries() {
  return kSkips;
}
std::span<const Lexicon::Entry> wish_entries() {
  return kWishes;
}
std::span<const Lexicon::Entry> courtesy_entries() {
  return kCourtesies;
}
std::span<const Lexicon::Entry> everyday_entries() {
  return kEveryday;
}

}  // namespace usher::dialogs
