// The words by which mail programs introduce what they quote, language by language, for reply_lines.cpp alone. All lower case, as
// keys of lines are.
#pragma once
#include <array>
#include <string_view>

namespace usher::connectors::email::reply_words {

// Verbs that end an introduction ("… wrote:"), lower case.
inline constexpr auto kVerbsAtEnd = std::to_array<std::string_view>(
    {"wrote", "writes", "schrieb", "écrit", "escribió", "scritto", "escreveu", "geschreven", "skrev", "napisał(a)", "napisał",
     "napisała", "написал", "написав", "пише", "kirjoitti", "yazdı"});
// The same with somebody's address on the line ("X <a@b> escreveu (sexta, 20/11/2026 à(s) 11:02):").
inline constexpr auto kVerbsBesideAddress = std::to_array<std::string_view>(
    {"escreveu", "scritto", "écrit", "wrote", "geschreven", "написал(а)", "napisał(a)", "napisał", "пише"});
// Verbs that may be followed by the name ("Am … schrieb X:").
inline constexpr auto kVerbsInside = std::to_array<std::string_view>(
    {"schrieb", "skrev", "schreef", "kirjoitti", "написал", "написала", "пишет", "napsal", "escribió"});
inline constexpr auto kCjkVerbs =
    std::to_array<std::string_view>({"写道", "寫道", "撰写", "撰寫", "来信", "來信", "のメッセージ", "のメール", "書きました",
                                     "書かれました", "작성", "님이 작성"});
inline constexpr auto kOpenings = std::to_array<std::string_view>(
    {"on ",  "at ",  "am ",      "le ",    "el ",  "il ", "em ",        "op ", "den ",    "dnia ", "på ", "w dniu ",
     "den ", "fra ", "---- on ", "-- on ", "vào ", "kl ", "on\xC2\xA0", "a ",  "no dia ", "en ",   "dne "});

inline constexpr auto kFromLabels =
    std::to_array<std::string_view>({"from",      "von",      "de",     "da",        "från",       "fra",      "van",    "od",
                                     "от",        "від",      "发件人", "寄件者",    "寄件人",     "發件人",   "差出人", "送信元",
                                     "보낸 사람", "보낸사람", "kimden", "lähettäjä", "expéditeur", "mittente", "送信者"});
inline constexpr auto kOtherLabels = std::to_array<std::string_view>(
    {"to",       "cc",        "sent",       "date",       "subject",    "reply-to",   "importance",   "an",
     "gesendet", "betreff",   "datum",      "kopie",      "antwort an", "à",          "envoyé",       "objet",
     "para",     "enviado",   "asunto",     "fecha",      "enviada",    "assunto",    "data",         "a",
     "oggetto",  "inviato",   "risposta",   "till",       "skickat",    "ämne",       "til",          "sendt",
     "emne",     "dato",      "aan",        "verzonden",  "onderwerp",  "do",         "wysłano",      "temat",
     "кому",     "дата",      "тема",       "отправлено", "копия",      "发送时间",   "发送日期",     "收件人",
     "抄送",     "主题",      "日期",       "时间",       "寄件日期",   "收件者",     "主旨",         "副本",
     "傳送時間", "主題",      "送信日時",   "宛先",       "件名",       "日時",       "받는 사람",    "보낸 날짜",
     "제목",     "날짜",      "kime",       "konu",       "bcc",        "répondre à", "responder a",  "antwortadresse",
     "priority", "envoyé le", "enviada em", "enviado em", "enviado el", "inviato il", "verzonden op", "gesendet am",
     "日付",     "主 题",     "收件",       "寄件时间",   "寄件時間",   "送信先",     "копія",        "kopia",
     "copie à",  "copia",     "cópia",      "répondre",   "cc:",        "kopi"});
inline constexpr auto kSeparators = std::to_array<std::string_view>({"original message",
                                                                     "original mail",
                                                                     "original appointment",
                                                                     "forwarded message",
                                                                     "ursprüngliche nachricht",
                                                                     "originalnachricht",
                                                                     "weitergeleitete nachricht",
                                                                     "message d'origine",
                                                                     "message d’origine",
                                                                     "message original",
                                                                     "message transféré",
                                                                     "début du message transféré",
                                                                     "mensaje original",
                                                                     "mensaje reenviado",
                                                                     "mensagem original",
                                                                     "messaggio originale",
                                                                     "messaggio inoltrato",
                                                                     "oorspronkelijk bericht",
                                                                     "begin forwarded message",
                                                                     "ursprungligt meddelande",
                                                                     "opprinnelig melding",
                                                                     "oryginalna wiadomość",
                                                                     "исходное сообщение",
                                                                     "пересылаемое сообщение",
                                                                     "原始邮件",
                                                                     "原始郵件",
                                                                     "转发邮件",
                                                                     "轉寄的郵件",
                                                                     "元のメッセージ",
                                                                     "転送メッセージ",
                                                                     "転送されたメッセージ",
                                                                     "邮件原件",
                                                                     "郵件原件",
                                                                     "回复的原邮件",
                                                                     "转发的邮件",
                                                                     "原邮件",
                                                                     "下面是被转发的邮件",
                                                                     "original-nachricht",
                                                                     "anfang der weitergeleiteten nachricht",
                                                                     "inicio del mensaje reenviado",
                                                                     "mensagem encaminhada",
                                                                     "mensagem reencaminhada",
                                                                     "início da mensagem reencaminhada",
                                                                     "inizio messaggio inoltrato",
                                                                     "doorgestuurd bericht",
                                                                     "begin doorgestuurd bericht",
                                                                     "пересланное сообщение",
                                                                     "начало переадресованного сообщения",
                                                                     "oprindelig meddelelse",
                                                                     "원본 메시지"});
inline constexpr auto kDevicePrefixes = std::to_array<std::string_view>({"sent from ",
                                                                         "sent via ",
                                                                         "sent with ",
                                                                         "sent by ",
                                                                         "sent using ",
                                                                         "get outlook for",
                                                                         "get [outlook for",
                                                                         "get bluemail for",
                                                                         "von meinem ",
                                                                         "gesendet mit ",
                                                                         "gesendet von ",
                                                                         "envoyé de ",
                                                                         "envoyé depuis ",
                                                                         "envoyé à partir",
                                                                         "enviado desde ",
                                                                         "enviado do ",
                                                                         "enviado de ",
                                                                         "inviato da ",
                                                                         "verzonden met ",
                                                                         "verzonden vanaf ",
                                                                         "skickat från ",
                                                                         "sendt fra ",
                                                                         "wysłane z ",
                                                                         "отправлено с ",
                                                                         "diese nachricht wurde von mein",
                                                                         "from my iphone",
                                                                         "from my android",
                                                                         "yahoo mail",
                                                                         "verstuurd vanaf ",
                                                                         "télécharger outlook",
                                                                         "obtenez outlook",
                                                                         "obtener outlook",
                                                                         "obtén outlook",
                                                                         "obter o outlook",
                                                                         "ottieni outlook",
                                                                         "scarica outlook",
                                                                         "outlook für ",
                                                                         "outlook voor ",
                                                                         "outlook para ",
                                                                         "outlook per ",
                                                                         "laden sie outlook",
                                                                         "holen sie sich outlook",
                                                                         "download outlook",
                                                                         "отправлено из ",
                                                                         "скачать outlook",
                                                                         "获取 outlook",
                                                                         "獲取 outlook",
                                                                         "下载 outlook",
                                                                         "取得 outlook",
                                                                         "来自 outlook",
                                                                         "傳送自 ",
                                                                         "enviado a partir",
                                                                         "inviato dal ",
                                                                         "outlook for ios",
                                                                         "outlook for android"});
inline constexpr auto kCjkDevicePrefixes =
    std::to_array<std::string_view>({"发自我的", "發自我的", "从我的", "從我的", "发自", "發自", "来自我的", "나의 "});

}  // namespace usher::connectors::email::reply_words
