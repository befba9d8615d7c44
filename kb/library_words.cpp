// Why a hit ranks where it does, in words for staff.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kb/library.h"

namespace usher::kb {
namespace {

struct Named {
  std::string_view field, english, chinese;
};
constexpr std::array<Named, 6> kNames = {
    Named{"title", "the title", "标题"}, Named{"issue", "the issue", "问题"}, Named{"environment", "the environment", "环境"},
    Named{"codes", "the codes", "代码"}, Named{"tags", "the tags", "标签"},   Named{"body", "the text", "正文"}};

// Each term once, with its contributions of all fields and the field of the largest.
struct Share {
  std::string_view term, field;
  double contribution = 0;
};

std::vector<Share> largest(const Hit& hit, std::size_t count) {
  std::vector<Share> shares;
  for (const Hit::Reason& reason : hit.reasons) {
    const auto seen = std::ranges::find(shares, std::string_view(reason.term), &Share::term);
    if (seen == shares.end()) {
      shares.push_back({reason.term, reason.field, reason.contribution});
    } else {
      seen->contribution += reason.contribution;
    }
  }
  std::ranges::sort(shares, [](const Share& a, const Share& b) {
    return a.contribution != b.contribution ? a.contribution > b.contribution : a.term < b.term;
  });
  if (shares.size() > count) shares.resize(count);
  return shares;
}

constexpr double kAlike = 0.9;

// "; for the product that was named (+15 %)"; a state is told with its own words.
std::string in_words(const Hit::Boost& boost, bool chinese) {
  struct Words {
    std::string_view what, more, less, more_zh, less_zh;
  };
  static constexpr std::array<Words, 4> kWords = {
      Words{"product", "for the product in question", "", "适用于所问的产品", ""},
      Words{"kind", "for this kind of device", "", "适用于这类设备", ""},
      Words{"recency", "", "its product is not sold any more", "", "其产品已停售"},
      Words{"usage", "it has helped before", "it has often not helped", "以往帮助过客户", "以往常常没有帮上忙"}};
  const auto found = std::ranges::find(kWords, std::string_view(boost.what), &Words::what);
  if (found == kWords.end()) return {};
  const double percent = 100 * (boost.factor - 1);
  const bool more = boost.factor > 1;
  return chinese ? fmt::format("；{}（{:+.0f}%）", more ? found->more_zh : found->less_zh, percent)
                 : fmt::format("; {} ({:+.0f} %)", more ? found->more : found->less, percent);
}

}  // namespace

std::string explain_in_words(const Hit& hit, std::string_view language) {
  const bool chinese = language == "zh";
  double total = 0;
  for (const Hit::Reason& reason : hit.reasons) total += reason.contribution;
  std::string out;
  for (const Share& share : largest(hit, 3)) {
    const auto named = std::ranges::find(kNames, share.field, &Named::field);
    if (named == kNames.end() || total <= 0) continue;
    const long percent = std::lround(100 * share.contribution / total);
    if (!out.empty()) out += chinese ? "，" : ", ";
    out += chinese ? fmt::format("{}中的“{}”占{}%", named->chinese, share.term, percent)
                   : fmt::format("“{}” in {} ({} %)", share.term, named->english, percent);
  }
  if (out.empty()) return chinese ? "没有共同的词。" : "No word in common.";
  const long covered = std::lround(100 * hit.covered), sure = std::lround(100 * hit.confidence);
  out = chinese ? fmt::format("找到的依据：{}；覆盖了问题内容的{}%", out, covered)
                : fmt::format("Found by {}; it covers {} % of what was asked", out, covered);
  if (hit.next >= kAlike) out += chinese ? "；排在其次的文章几乎同样合适" : "; the next one fits nearly as well";
  out += chinese ? fmt::format("；把握{}%", sure) : fmt::format("; confidence {} %", sure);
  if (hit.confidence < kMinConfidence) out += chinese ? "，太低，不会给客户看" : ", too little to be shown to a customer";
  for (const Hit::Boost& boost : hit.boosts) out += in_words(boost, chinese);
  if (hit.translated) out += chinese ? "；是通过另一种语言的译文找到的" : "; it was found through its translation";
  if (hit.article != nullptr && hit.article->state == "wip")
    out += chinese ? "；草稿，排名大幅降低" : "; a draft, ranked much lower";
  else if (hit.article != nullptr && hit.article->state == "not_validated")
    out += chinese ? "；尚未验证，排名降低" : "; not validated, ranked lower";
  return out + (chinese ? "。" : ".");
}

}  // namespace usher::kb
