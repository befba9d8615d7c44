#include "kb/words.h"

#include <string_view>
#include <unordered_set>

namespace usher::kb {
namespace {

using Words = std::unordered_set<std::string_view>;

// "no", "not", "on", "off", "up", "down" and "out" are absent on purpose: "no sound", "turn off", "shut down" are about
// something.
const Words& stop_words() {
  static const Words kWords = {
      // clang-format off
      "a", "an", "the", "this", "that", "these", "those", "i", "im", "ive", "id", "ill", "me", "my", "mine", "myself", "we", "our", "ours", "us",
      "you", "your", "yours", "youre", "he", "she", "his", "her", "it", "its", "they", "them", "their", "theyre", "theres", "thats",
      "am", "is", "are", "was", "were", "be", "been", "being", "do", "does", "did", "doing", "done", "has", "have", "had", "having",
      "will", "would", "shall", "should", "can", "could", "may", "might", "must",
      "dont", "doesnt", "didnt", "isnt", "arent", "wasnt", "werent", "wont", "wouldnt", "cant", "cannot", "couldnt", "shouldnt", "hasnt",
      "havent", "hadnt", "and", "or", "but", "if", "then", "than", "so", "because", "as", "until", "while", "though", "although",
      "of", "at", "by", "for", "with", "about", "against", "between", "into", "through", "during", "before", "after", "above", "below",
      "to", "from", "in", "over", "under", "again", "further", "once", "here", "there", "when", "where", "why", "how", "what", "which",
      "who", "whom", "whose", "all", "any", "both", "each", "few", "more", "most", "other", "some", "such", "own", "same", "too", "very",
      "just", "also", "only", "even", "still", "ever", "there", "let", "lets", "s", "t", "d", "ll", "m", "re", "ve",
      "的", "了", "吗", "呢", "吧", "啊", "呀", "嘛", "哦", "么", "得", "地", "着", "过", "是", "我", "你", "您", "他", "她", "它", "我们", "你们",
      "他们", "我的", "你的", "这", "那", "这个", "那个", "这些", "那些", "这样", "那样", "在", "和", "与", "或", "及", "而", "但", "但是", "也", "都",
      "就", "还", "又", "再", "很", "太", "把", "被", "让", "给", "对", "向", "从", "到", "为", "为了", "以", "于", "之", "其", "并", "有", "会",
      "要", "能", "可", "可以", "可能", "怎么", "怎么样", "怎样", "如何", "什么", "为什么", "为何", "哪", "哪个", "哪些", "哪里", "谁", "几", "一", "一个", "个",
      "些", "一下", "因为", "所以", "如果", "请", "不", "没", "没有", "不能", "不了", "不会", "无法", "不到", "不上", "不出",
      // clang-format on
  };
  return kWords;
}

const Words& weak_words() {
  static const Words kWords = {
      // clang-format off
      "error", "errors", "hello", "hi", "hey", "dear", "good", "morning", "afternoon", "evening", "please", "thank", "thanks", "sorry", "regards", "best",
      "kind", "cheers", "team", "support", "service", "customer", "sir", "madam", "help", "helping", "need", "needs", "want", "wants",
      "like", "know", "tell", "ask", "asking", "question", "problem", "problems", "issue", "issues", "trouble", "something", "anything",
      "nothing", "everything", "thing", "things", "someone", "anyone", "way", "try", "tried", "trying", "get", "gets", "getting", "got",
      "go", "goes", "going", "went", "gone", "make", "makes", "made", "take", "took", "use", "used", "using", "see", "seen", "look",
      "looks", "say", "says", "said", "think", "seems", "seem", "happen", "happens", "happened", "buy", "bought", "purchased", "order",
      "ordered", "new", "old", "yesterday", "today", "tomorrow", "now", "week", "weeks", "month", "months", "year", "years", "day",
      "days", "hour", "hours", "ago", "since", "time", "times", "last", "always", "sometimes", "suddenly", "anymore", "already", "yet",
      "really", "well", "much", "many", "lot", "bit", "one", "two", "first", "couple", "again", "yes", "ok", "okay", "give", "keep",
      "keeps", "kept", "come", "comes", "came", "work", "works", "working", "worked", "fix", "solve", "possible", "able", "correct",
      "right", "wrong", "explain", "advice", "advise", "suggest", "possibly", "maybe", "actually", "son", "daughter", "wife", "husband",
      "shop", "store", "school", "home", "house", "work", "urgent", "asap", "soon", "broken", "properly", "every", "put", "find",
      "错误", "报错", "你好", "您好", "请问", "谢谢", "麻烦", "帮忙", "帮", "帮助", "帮我", "客服", "问题", "问", "想", "想要", "需要", "知道", "告诉", "时候",
      "时", "现在", "今天", "天天", "昨天", "昨晚", "最近", "突然", "一直", "总是", "总", "老是", "经常", "已经", "刚", "刚才", "刚刚", "新", "买", "买的",
      "购买", "东西", "情况", "出现", "发生", "显示", "处理", "解决", "怎么办", "办", "用", "使用", "上", "下", "里", "中", "来", "去", "说",
      "看", "做", "好", "多", "少", "大", "小", "天", "年", "月", "日", "次", "然后", "之后", "以后", "以前", "是否", "不是", "不知道", "机", "坏", "坏了",
      // clang-format on
  };
  return kWords;
}

}  // namespace

bool is_stop_word(std::string_view folded) {
  return stop_words().contains(folded);
}
bool is_weak_word(std::string_view folded) {
  return weak_words().contains(folded);
}

}  // namespace usher::kb
