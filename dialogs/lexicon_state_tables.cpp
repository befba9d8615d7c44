#include "dialogs/lexicon_state_tables.h"

#include <array>

namespace usher::dialogs {
namespace {

constexpr StateAxis kAxes[] = {
    // in order
    {"work|works fine|fine|ok|okay|good|great|perfect|perfectly|well|normal|normally|alright|all right|intact|healthy|function|"
     "functional|operational|undamaged|unharmed|in order|in good shape|in good condition|no problem|no issue|no trouble|no "
     "damage|no fault|no defect|no error|noth wrong|not wrong|properly|correctly|as it should|as it should be|as they "
     "should|as expected|like it should|flawless|flawlessly|better|improve|problem solv|problem is solv|issue solv|issue is "
     "solv|problem fix|problem gone|problem is gone|fix|solve|resolve|sort|repair|cure|the "
     "trick|success|successful|pass|usable|whole|safe|"
     "打得开|连得上|进得去|收得到|用得了|开得开|"
     "正常|正常的|好的|好着|完好|完好无损|没问题|没有问题|没毛病|没坏|没事|可以用|能用|好用|好使|解决|解决了|修好|好了|恢复|"
     "恢复正常|有效|管用|完整|没有异常|无异常|没损坏|没有损坏|没断|没烧|良好|挺好|很好|起作用|有用",
     "break|broke|broken|dead|faulty|defective|bad|blown|burnt|burn|burned|burned out|fried|fail|failure|failing|"
     "damage|crack|worn|worn out|wear|torn|tear|snap|ruin|shot|malfunction|problem|issue|trouble|error|wrong|defect|fault|"
     "打不开|连不上|开不开|进不去|登不上|收不到|打不了|上不了|"
     "useless|hopeless|bust|kaput|kaputt|shatter|scratch|melt|fray|messed up|screwed up|worse|toast|gone bad|corrupt|corrupted|"
     "坏|坏了|坏的|损坏|破|破了|破损|烧了|烧坏|烧断|烧黑|烧|断了|断|断开|裂|裂开|裂纹|故障|有问题|毛病|出错|失败|异常|不好使|"
     "不好用|不能用|用不了|报错|老化|磨损|更糟",
     1},
    // comes and goes
    {"partly|partially|in part|部分|sometimes|sometime|intermittent|intermittently|occasional|occasionally|on and off|off and "
     "on|now and then|once in a "
     "while|every once in a while|from time to time|at times|random|randomly|blink|flash|flicker|pulse|comes and goes|every now "
     "and then|not always|half the time|"
     "有时|有时候|偶尔|时不时|间歇|时好时坏|时有时无|断断续续|闪|闪烁|一闪一闪|时亮时不亮|不定时|隔一段时间|一会",
     "always|every time|each time|constant|constantly|all the time|continuous|continuously|steady|solid|stays on|permanent|"
     "permanently|non stop|every single time|每次|总是|一直|次次|常亮|长亮|老是|持续",
     0},
    // how much of it there is
    {"full|fill|filled up|plenty|enough|sufficient|topped up|top up|lots|half full|three quarter|lots "
     "left|满|满的|充足|足够|够|还有|"
     "加满|很多|还多|半箱",
     "empty|low|out of|run out|ran out|running out|short of|noth left|lack|need refill|replace soon|dry|bone dry|"
     "空|空的|空了|没了|不足|缺|低|用完|快没|没油|没墨|没水|没有油|没有墨|少",
     1},
    // runs, moves, is switched on
    {"on|run|running|ran|spin|spun|turn|rotate|move|start|boot|boot up|power up|power on|turn on|turns over|come on|came "
     "on|switch "
     "on|alive|live|active|fire up|wake up|respond|react|operate|go on|went on|start up|comes up|come to life|fire right "
     "up|fires up|stay on|keep running|"
     "转|转动|动|启动|运行|开机|开着|开了|起动|运转|响应|有反应|运作|开得了|开起来|转起来|打得着|着车|能开",
     "off|dead|stop|stopped|stall|die|died|dies|stuck|jam|jammed|seize|frozen|freeze|froze|shut down|shuts down|shut off|shut "
     "itself off|turn off|turns itself off|power off|switch off|motionless|unresponsive|no response|no reaction|noth happen|no "
     "sign of life|no signs of life|lifeless|hang|quit|cut out|go off|went off|asleep|completely still|stand still|stands still|"
     "no movement|停|停了|不动|一动不动|纹丝不动|死机|卡住|卡死|熄火|关机|关着|关了|关闭|没反应|没有反应|毫无反应|停转|"
     "自动关机|打不着|开不了机|起不来|开不了",
     1},
    // cranks: narrower than "runs"
    {"crank|turn over|turns over|turning over|打火", "", 1},
    // lit
    {"lit|light up|lights up|lit up|glow|bright|shine|shining|illuminate|on|come on|came on|light come on|"
     "亮|发光|亮着|亮了|亮的|点亮|亮起|有光",
     "off|dark|black|unlit|is out|are out|all out|dead|no light|go out|went out|灭|灭的|灭了|黑|黑的|黑屏|暗|熄|熄灭|黑着", 1,
     "white|green|red|blue|orange|amber|yellow|solid|steady|logo|绿|红|白|蓝|橙|黄|绿灯|红灯|蓝灯|白灯|常亮"},
    {"bright|brighten|full brightness|亮",
     "dim|dimmer|weak|faint|fade|dark|barely lit|barely glow|hardly glow|barely visible|hardly visible|barely see|hardly "
     "see|暗|昏暗|变暗|很暗",
     1},
    // there is a picture
    {"picture|image|display|showing|shows|visible|desktop|logo|画面|图像|显示|有显示|有画面|桌面",
     "blank|black|black screen|dark|no signal|no picture|no display|empty|黑屏|没画面|没显示|无显示|无信号|没有画面|花屏|蓝屏",
     1},
    {"steady|solid|constant|constantly|continuous|stay|常亮|长亮|一直亮", "blink|flash|flicker|pulse|闪|闪烁|一闪一闪|在闪|闪动",
     0},
    {"tight|tighten|secure|securely|snug|snugly|firm|firmly|seat|in place|screwed in|solid|fasten|rock solid|well "
     "attached|紧|紧的|很紧|"
     "牢|牢固|牢靠|稳|稳固|固定|拧紧|插紧",
     "loose|loosen|loosely|wobble|wobbly|wiggle|slack|fell out|fall out|came off|come off|shaky|"
     "松|松了|松动|松的|松开|晃|晃动|脱落|掉了|掉|接触不良",
     1},
    {"plug|plugged in|plugged|connect|attach|insert|in|hook up|hooked up|pair|online|in place|link|mount|fit|seat|wired up|"
     "插|插好|插着|插上|插紧|插了|连接|连上|连着|接好|接着|接上|联网|在线|插好了|装好",
     "unplug|unplugged|disconnect|detach|offline|loose|fell out|came out of|came off|pull out|pulled out|remove|not "
     "plugged|拔|拔掉|拔了|断开|掉线|断网|脱落|掉了|掉下来|松|松了|没插|没接|掉出来",
     1},
    {"charge|charging|full|fully charge|充电|充满|有电|满电|充得进|电量足|充上",
     "flat|drain|discharge|dead|empty|low|no charge|run "
     "down|ran down|没电|亏电|耗尽|不充电|充不进|充不了|充不上|掉电",
     1},
    {"hot|warm|overheat|overheated|boil|heat|heat up|burn hot|burning hot|too hot|toasty|"
     "烫|很烫|热|过热|发热|发烫|烫手|高温|温度高|热得",
     "cold|cool|chilly|ice|icy|lukewarm|room temperature|凉|凉的|冷|冰|温度正常|不热", -1},
    {"clean|clear|shiny|spotless|free|unobstructed|dust free|tidy|干净|清洁|通畅|通的|畅通|没灰",
     "dirty|dirt|dust|dusty|clog|block|blocked|blockage|corrode|corrosion|corroded|rust|rusty|gunk|lint|debris|grime|obstruct|"
     "obstruction|stain|greasy|sticky|green stuff|white powder|fouled|脏|灰|灰尘|积灰|堵|堵了|堵塞|锈|腐蚀|生锈|氧化|污垢|脏了",
     1},
    {"straight|flat|level|align|aligned|even|平|平的|平整|直|直的",
     "bent|bend|kink|twist|crook|crooked|bulge|bulging|swollen|swell|puffy|puffed|warp|misalign|deform|tilt|slant|lopsided|"
     "wobble|弯|弯了|歪|变形|鼓|鼓包|"
     "鼓起|膨胀|"
     "鼓了",
     1},
    {"open|ajar|opened|wide open|开|打开|敞开|开着|没关", "close|closed|shut|seal|关|关上|关好|关着|闭|合上|关了|盖好", 0},
    // is there, can be seen or heard
    {"visible|appear|show|shows up|present|there|exist|available|list|detect|recognize|recognise|found|find|come up|came up|pop "
     "up|hear|"
     "see|remain|persist|present|listed|有|看到|看见|显示|出现|看得到|存在|识别|找到|听到|还在|检测到|认出",
     "gone|miss|missing|disappear|vanish|invisible|absent|hidden|hide|lost|nowhere|away|go away|went "
     "away|unavailable|消失|看不到|"
     "不见|没了|找不到|不显示|缺失|不见了|丢失|丢了",
     0},
    {"noise|sound|noisy|loud|audible|hear|loudly|声音|响|响声|异响|声|有声|噪音|很吵|吵|响了|在响",
     "silent|silence|quiet|mute|noiseless|not a sound|dead quiet|安静|静|静音|无声|没声|没声音|静悄悄|很静", 0,
     "beep|click|tick|hum|buzz|grind|squeal|rattle|knock|whine|hiss|pop|ring|screech|squeak|scrape|滴|嗡|嗡嗡|咔|咔咔|吱|嘎吱|"
     "哒"},
    {"click|tick|clack|clicky|咔|咔哒|哒哒|咔咔", "", 0},
    {"beep|bleep|chirp|滴|滴滴|嘀|蜂鸣", "", 0},
    {"grind|scrape|scraping|grate|摩擦声", "", 0},
    {"squeal|squeak|screech|shriek|吱|尖叫", "", 0},
    {"hum|buzz|drone|嗡|嗡嗡", "", 0},
    {"rattle|clatter|clunk|knock|thump|bang|敲击", "", 0},
    {"same|identical|identically|alike|equal|similar|likewise|too|as well|also|same thing|same problem|same issue|the same|all "
     "of "
     "them|every device|everywhere|they all|every|all the other|一样|同样|相同|一样的|也是|也|都|全都|同样的",
     "different|differ|differently|only this|only mine|just mine|just this|only one|only the one|only on|only with|only here|"
     "不同|不一样|只有|就这|单单|仅|只是这",
     0},
    {"change|differ|difference|变|变化|改变", "unchanged|no change|no difference|same as before|没变|不变|没变化", 0},
    {"new|brand new|recent|recently|fresh|just bought|newly|just replaced|new one|新|新的|刚买|新买|全新|刚换",
     "old|age|aged|ancient|worn|worn out|years old|旧|老|老化|很久|旧的", 1},
    {"fast|quick|quickly|rapid|rapidly|speedy|snappy|快|很快|飞快|流畅",
     "slow|slowly|sluggish|lag|laggy|crawl|take "
     "forever|takes ages|takes age|慢|很慢|慢吞吞|卡|卡顿|迟缓",
     1},
    {"normal|usual|regular|ordinary|standard|as usual|as always|正常|普通|平常|跟平时一样",
     "strange|odd|oddly|weird|unusual|abnormal|funny|suspicious|off|奇怪|异常|不对劲|怪|不正常", 1},
    {"wet|water|damp|moist|moisture|leak|drip|puddle|spill|soak|liquid|spray|湿|漏|漏水|渗|水|进水|滴水|一滩水|积水|漏油|潮",
     "dry|bone dry|干|干的|干燥|没水", -1},
    {"strong|powerful|strongly|full bar|all bar|five bar|four bar|5 bar|4 bar|good signal|excellent|强|有力|很强|满格",
     "weak|weaker|faint|feeble|poor|one bar|1 bar|two bar|2 bar|no bar|spotty|patchy|barely|barely any|low signal|弱|无力|很弱|"
     "没劲|一格|两格",
     1},
    {"high|too high|above|rise|raised|高|偏高|太高", "low|too low|below|drop|lower|低|偏低|太低|少", 0},
    {"steady|smooth|smoothly|even|evenly|顺|平顺|平稳",
     "rough|roughly|uneven|jerk|jerky|shake|vibrate|vibration|misfire|抖|抖动|震动|顿挫", 1},
    {"lock|锁|锁定|锁着|锁住", "unlock|解锁|没锁", 0},
    {"enable|activate|active|on|turn on|switch on|allow|ticked|启用|开启|打开|开着|开了",
     "disable|off|deactivate|inactive|turn off|switch off|关闭|禁用|停用|关着|关了", 0},
    {"up to date|update|latest|newest|current|最新|更新|新版", "outdated|out of date|older|old version|旧版|旧的|老版本", 1},
    {"original|genuine|oem|come with|came with|from the box|in the box|factory|原装|原配|正品|自带|盒子里|原来那",
     "third party|aftermarket|replacement|generic|another|cheap|universal|different|cheap one|第三方|副厂|杂牌|山寨|非原装|后买|"
     "网上买|借",
     0},
    {"replace|swap|exchange|change|renew|new one|put in a new|换|更换|换过|换了|换新", "", 0},
    {"restart|reboot|power cycle|reset|turn it off and on|重启|重新启动|重开", "", 0},
    {"crash|freeze|froze|frozen|hang|hung|lock up|locks up|死机|卡死|崩溃|闪退", "stable|stably|稳定", -1},
    {"stall|die|dies|died|cut out|quit|熄火", "keep running|stay running|run on|idle fine|不熄火", -1},
    {"smell|odor|odour|stink|burnt|burn|糊味|焦味|味道|烧焦|焦|胶皮味|异味|糊", "odorless|没味", -1},
    {"smoke|fume|冒烟|烟|着火|起火", "", -1},
    {"big|large|huge|大|很大", "small|tiny|little|小|很小", 0},
    {"long|长", "short|short one|短", 0},
    {"inside|internal|within|内部|里面|里边", "outside|external|外部|外面|外边|外接", 0},
    {"left|左|左边", "right side|right one|on the right|右|右边", 0},
    {"front|前|前面", "back side|from the back|at the back|in the back|the back|rear|behind|后面|背面", 0},
    {"upper|top|上面|顶部", "lower|bottom|下面|底部", 0},
    {"covered|in warranty|under warranty|within warranty|valid|在保|保修期内",
     "expire|out of warranty|void|lapsed|ran out|is over|过保|过期|到期", 1},
    {"keep|kept|save|preserve|retain|保留|留着|留",
     "erase|delete|wipe|format|discard|lose|remove|删|删除|清空|格式化|不要了|抹掉", 0},
    {"accept|agree|接受|同意", "decline|refuse|reject|拒绝", 0},
    {"wireless|wifi|wi fi|wlan|无线", "wired|cable|ethernet|lan|有线|网线", 0},
    {"manual|manually|stick|手动|手动挡", "automatic|automatically|自动|自动挡", 0},
    {"public|shared|公司|公用", "private|home|own|私人|家里|家用", 0},
};

constexpr std::array<std::string_view, 10> kColours = {
    "🔴|red|红|红色|红灯|reddish",
    "🟢|green|绿|绿色|绿灯|greenish",
    "🔵|blue|蓝|蓝色|蓝灯|bluish|cyan",
    "⚪|white|白|白色|白灯",
    "🟠|🟡|橘|橘色|桔色|yellow|orange|amber|yellowish|橙|橙色|黄|黄色|黄灯|橙灯|琥珀",
    "purple|violet|紫|紫色",
    "brown|褐|棕",
    "grey|gray|灰色",
    "pink|粉色|粉红",
    "black|黑色"};

// How long something has been going on.
constexpr std::array<std::string_view, 3> kSince = {
    "today|just now|this morn|this afternoon|this even|hour ago|hours ago|an hour|minute ago|min ago|mins ago|minut|just "
    "start|just "
    "happen|first time|tonight|half an hour|moments ago|just began|right now|"
    "今天|刚刚|刚才|今早|小时前|分钟|刚开始|才发现|刚开机|第一次|小时",
    "yesterday|day|days|few days|couple of days|since monday|since tuesday|since wednesday|since thursday|since friday|since "
    "saturday|since sunday|weekend|this week|monday|tuesday|wednesday|thursday|friday|saturday|sunday|"
    "几天|两天|三天|四天|五天|六天|前天|昨天|周末|这周|周一|周二|周三|周四|周五|周六|周日|星期一|星期二|星期三|星期四|星期五",
    "longer|week|weeks|month|months|year|years|for age|age|forever|quite a while|a long time|long time|long ago|always "
    "done|summer|winter|"
    "spring|christmas|ever since|last year|while now|decad|from the begin|"
    "更久|很久|好久|个月|几个月|年|半年|去年|星期|礼拜|几周|好几周|上个月|老早|一阵子|买来|多年|一直都"};

// Names of things that hold a word for a state: a "charger" says nothing of charging.
constexpr std::string_view kThings =
    "power light|power button|power cord|power cable|power supply|power plug|light switch|start button|turn signal|display "
    "port|display "
    "cable|hard drive|flash drive|short circuit|hot water|cold water|cold start|light bulb|home button|reset button|on "
    "board|engine "
    "block|block heater|off button|on button|on switch|on off|back light|fan speed|spin cycle|dry cycle|drain hose|drain "
    "pump|open "
    "source|load balancer|closed circuit|working day|charge light|charging light|charging port|charge port|charging cable|run "
    "button|start menu|running light|running lights|high beam|low beam|full screen|sound card|sound bar|noise cancel|water pump|"
    "water temperature|water tank|fine print|dead bolt|burn mark|smell sensor|smoke detector|fuel filter|spare key|"
    "扬声器|墨水|水箱|水温|水泵|声道|充电器|充电线|充电口|充电头|充电宝|充电灯|显示器|显示屏|指示灯|电源开关|开关|开机键|关机键|"
    "开机按钮|连接器|转换器|转接头|"
    "启动盘|插座|插头|"
    "插排|插口|插槽|热水|冷水|热水器|亮度|转速|洗衣|干衣机|烘干机|动力|声卡|音响|新机器|老师|开发|开始|关于|关键|关系|动画|活动|"
    "启动器|连接线";

// One thing, several names. In the first entry names for anything.
constexpr std::array<std::string_view, 17> kNames = {"device|unit|machine|system|product|appliance|thing|机器|设备|产品",
                                                     "computer|pc|laptop|notebook|desktop|mac|macbook|machine|电脑|笔记本|主机",
                                                     "screen|monitor|lcd|panel|屏幕|显示器|显示屏|屏",
                                                     "cable|cord|wire|lead|线|线缆|电线",
                                                     "charger|adapter|adaptor|brick|power supply|psu|充电器|适配器|电源",
                                                     "drive|hdd|disk|ssd|hard drive|硬盘",
                                                     "car|vehicle|truck|engine|motor|auto|van|车|车子|汽车|发动机|引擎",
                                                     "tire|tyre|轮胎",
                                                     "phone|mobile|cell|handset|smartphone|iphone|手机",
                                                     "router|modem|hub|路由器|路由|光猫",
                                                     "tv|television|电视|电视机",
                                                     "ram|memory|stick|module|内存|内存条",
                                                     "picture|image|video|画面|图像",
                                                     "fuel|gas|petrol|gasoline|diesel|tank|油|汽油|燃油",
                                                     "internet|wifi|wi|connection|network|web|网|网络|网速",
                                                     "light|led|lamp|indicator|bulb|灯|指示灯",
                                                     "button|key|switch|按钮|按键|键"};

}  // namespace

std::span<const StateAxis> state_axes() {
  return kAxes;
}
std::span<const std::span<const std::string_view>> exclusives() {
  static constexpr std::array<std::span<const std::string_view>, 2> kAll = {kColours, kSince};
  return kAll;
}
std::string_view things() {
  return kThings;
}
std::span<const std::string_view> names() {
  return kNames;
}

}  // namespace usher::dialogs
