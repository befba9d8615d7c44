#include "dialogs/lexicon_tables.h"

namespace usher::dialogs {
namespace {

constexpr Lexicon::Entry kAnswers[] = {
    {Tag::kYes, 0.95,
     "yes|ye|yeh|yh|yeas|yis|okok|confirm|confirmed|obviously|yeah|yea|yep|yup|yap|ya|yah|yess|yas|yes sir|yes please|yes "
     "indeed|yes of course|aye|affirmative|correct|that is right|"
     "that's correct|that's right|that's true|exactly|precisely|indeed|definitely|definately|absolutely|of "
     "course|certainly|surely|sure|sure "
     "thing|"
     "for sure|true|y|si|oui|ja|you bet|totally|👍|✅|✔|👌|🙆|☑|💯"},
    {Tag::kYes, 0.95,
     "是的|没错的|对头|嗯是的|是啊|是呀|是呢|是哒|对的|对啊|对呀|对对|对对对|嗯嗯|嗯哼|有的|有啊|有呀|有呢|可以的|能的|会的|没错|"
     "当然|当然了|当然有|"
     "肯定|"
     "肯定有|肯定是|确实|确实是|的确|是这样|是这样的|就是这样|對|對的|對啊|沒錯|的确是|确定|必须的|正确"},
    {Tag::kAccept, 0.68,
     "ok|okay|okey|okie|k|kk|alright|fine|done|will do|got it|understood|sounds good|go ahead|please do|do it|let us do it|why "
     "not|好的|好滴|好哒|好啊|好吧|好呀|好|哦好|行的|行啊|行吧|行|👊|🙂|😀|😃|😊"},
    {Tag::kYes, 0.62, "a little|a little bit|just a little|a bit|just a bit|slightly|somewhat|一点点|有一点|有一点点|有一些"},
    {Tag::kAccept, 0.6, "还好|幸好|好在"},
    {Tag::kYes, 0.7, "right|uh huh|mhm|mm hmm|mhmm|嗯|恩|嗯啊|嗯呢|en"},
    {Tag::kWait, 1,
     "wait|doing it now|doing it right now|doing that now|doing that right now|not done it yet but|hold on|hang on|one "
     "moment|one minute|one second|just a moment|just a minute|just a second|a moment please|give me a "
     "minute|give me a moment|give me a second|let me check|let me look|let me see|let me try|let me ask|i will check|i will "
     "try|i "
     "will look|will check|will try|brb|be right back|we will "
     "see|later|tonight|稍等|等一下|等下|等会|等等|我看看|我看一下|我试试|我试一下|"
     "我去看|在试|晚点|待会|一会儿|马上看|还没看|正在"},
    {Tag::kYes, 0.72,
     "i think so|i guess so|i believe so|i suppose so|looks like it|seems like it|seems so|pretty "
     "much|mostly|应该是|应该有|好像是|好像有|大概是|可能是|可能有|似乎是|估计是|差不多是|算是|应该可以|应该能"},
    {Tag::kSaysYes, 0.85,
     "i could|i was able|i managed|managed|manag to|able to|it happen|happen again|did it again|still does|still is|still "
     "do|still are|doing that|doing it|does that|do that|keep doing that|keep doing it|it is|it "
     "does|it did|it has|it was|it can|it will|there is|there are|there was|i did|i do|i have|i am|i can|i was|they "
     "do|they are|they did|"
     "we did|we do|we have|did that|did it|did so|have done|done|done that|done it|already|already did|already done|both|both of "
     "them|all of them|all "
     "of the above|always|every time|all the time"},
    {Tag::kSaysYes, 0.9,
     "亮着呢|可以啊|能的|是|有|对|能|会|可以|行|好|要|都有|都是|都能|都会|已经|做了|做过|做过了|试过|试过了|试了|弄了|弄过|"
     "检查了|检查过|检查过了|"
     "看过了|换过|换了|"
     "已经试过|已经做了|已经换了|两个都|全部都|都可以|都试过了|都试过|總是|总是|一直|每次|一直是|是有|是能|是会"},
    {Tag::kSolved, 0.85,
     "it work|works now|working now|works again|working again|works fine|works "
     "well|working|works|worked|fixed|solved|resolved|sorted|helped|that did "
     "it|did the trick|all good|good now|back to normal|problem gone|is gone|it's fine now|fine now|ok now|it's ok "
     "now|perfect|🎉"},
    {Tag::kSolved, 0.9,
     "ok "
     "了|完美|没毛病了|好了|好啦|解决了|已解决|解决|修好了|搞定|搞定了|可以了|能用了|可以用了|恢复了|正常了|恢复正常|恢复正常了|"
     "管用|有用|有效|"
     "有帮助|成功了|行了|没问题了|没事了|好使了|能了|开了机"},
    {Tag::kNo, 0.95,
     "no|no need|no need to|no other|no more|no thanks|no thank you|nothing else|nope|nop|noo|nooo|nah|naw|nay|no sir|no "
     "way|negative|never|none|neither|not at all|not really|not yet|not quite|not "
     "exactly|n|false|incorrect|"
     "wrong|none of them|none of these|none of those|none of the above|neither of them|none at all|nothing at "
     "all|nothin|nohing|nothig|nuthing|nopes|nothing|nothing like that|nothing of the "
     "sort|not "
     "that i can see|not that i know|not that i know of|not that i am aware|no i not|no it not|no "
     "not|nada|nein|👎|❌|🚫|🙅|✖|❎|👎"},
    {Tag::kNo, 0.95,
     "没有的|没有啊|没有呀|没有呢|没有哦|没有吧|没呢|没啊|不是的|不是啊|不是呀|不行的|不行啊|不对|不是这样|不可以|不能的|不会的|"
     "不了|不用|不要|并没有|并不|并不是|"
     "从来没有|从没|完全没有|完全没|不必|没必要|不需要|无所谓|一点也没有|一点都没有|都没有|都没|都不是|都不行|都不|没什么|没啥|"
     "什么都没有|什么也没有|"
     "啥也没有|啥都没有|否|错|不正确|沒有啊|还没有|还没|还不行|暂时没有|目前没有|"
     "没有没有|不不|不不不|不存在"},
    {Tag::kNo, 0.72,
     "not look like it|not seem like it|not seem so|not appear so|not look that way|not as far as i can tell|not as far as i can "
     "see|not as far as i know|i not think so|not think so|i doubt it|doubt it|probably not|guess not|i guess not|maybe "
     "not|hardly|barely|应该没有|应该不是|好像没有|好像不是|可能没有|可能不是|大概没有|似乎没有|估计没有|not much|not a lot|not "
     "so much|very little|hardly any|barely any|没多少|不太|不怎么|应该没|"
     "好像没|好像不"},
    {Tag::kSaysNo, 0.9,
     "没有|没|不|不是|不行|不能|不会|无|否定|沒有|沒|無|未|没做|没试|没试过|没有试过|没做过|没检查|没看到|没看见|没闻到|没发现|"
     "没听到|没听见|看不到|闻不到|听不到|未见|未发现"},
    {Tag::kUnsolved, 0.9,
     "not work|still not work|still not|not help|no help|not fix|not solv|no luck|no change|no changes|still the same|still "
     "same|the same|"
     "same problem|same issue|same thing|same as before|same error|nothing happens|nothing happened|nothing changed|nothing "
     "works|nothing "
     "helps|nothing helped|still broken|still dead|still nothing|no difference|no effect|no success|not any better|no better|did "
     "nothing|does nothing|useless|no use|no improvement|still there|unfortunately not|sadly not|not resolved|not solved|no "
     "joy|not do anything|without success|😞|😢|😡|☹"},
    {Tag::kUnsolved, 0.9,
     "没用|没有用|不管用|没效果|没有效果|没解决|没有解决|未解决|还是不行|依然不行|依旧不行|仍然不行|还是没用|还是没有用|不起作用|"
     "没变化|没有变化|没改变|还是一样|一样|没好|没有好|没修好|还是没好|没帮助|没有帮助|"
     "没搞定|还是老样子|老样子|还那样|还这样|又不行了|又不行|又坏了|又这样|还是这样|没啥用|没什么用|还是打不开|还是连不上|"
     "还是没反应|没反应|没有反应|"
     "还是不能用|不能用|用不了|无效|还是没有|还是没解决|问题依旧|问题还在|"
     "还在|不好使|还是不好|沒用|还是那样|还是坏的|失败|不好"},
    {Tag::kNegator, 0.85, "not|without|isn|no long|not think|not see any|not see|not have"},
    {Tag::kBut, 1, "but|however|though|although|但|但是|不过|可是|只是|然而"},
    {Tag::kHedge, 1,
     "i think|think|i guess|guess|probably|i believe|i suppose|seems|seems like|seem to|appears|looks like|kind of|kinda|sort "
     "of|sorta|more or "
     "less|maybe|perhaps|possibly|might|could be|i "
     "assume|sometimes|应该|好像|可能|大概|似乎|也许|我觉得|觉得|我想|我猜|感觉|估计|差不多|貌似|或许|有时候|有时|偶尔|有点"},
    {Tag::kQuestion, 1,
     "what|how|why|where|which|who|what is|what do you mean|how do i|can you|could you|do i|should i|do "
     "you|怎么|怎样|什么|哪里|哪个|哪|为什么|如何|是不是|有没有|能不能|会不会|要不要|可不可以|"
     "吗|啥|咋|多少|什么意思|怎么看|怎么办|在哪|在哪里"},
    {Tag::kDontKnow, 0.95,
     "not know|i not know|no idea|i have no idea|no clue|not a clue|not have a clue|not sure|i am not "
     "sure|unsure|dunno|donno|dont no|idk|not certain|uncertain|not "
     "tell|not say|i not say|not really tell|i not really tell|not really say|hard to say|hard to tell|not remember|i "
     "forgot|forgot|no way to tell|who knows|beats me|not understand|difficult to "
     "say|不知道|我不知道|不清楚|不确定|不晓得|不太清楚|不太确定|"
     "不太知道|不是很清楚|不好说|说不准|说不清|不记得|记不得|记不清|忘了|忘记了|没注意|没有注意|没留意|不了解|不懂|看不懂|"
     "看不出来|看不出|不太懂|不明白|不敢确定|不好判断|🤷"},
};

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
  return kAnswers;
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
