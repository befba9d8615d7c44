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
  const long covered = std::lround(100 * hit.confidence);
  out = chinese ? fmt::format("找到的依据：{}；问题的内容覆盖{}%", out, covered)
                : fmt::format("Found by {}; it covers {} % of what was asked", out, covered);
  if (hit.confidence < kMinConfidence) out += chinese ? "，太少，不会给客户看" : ", too little to be shown to a customer";
  if (hit.translated) out += chinese ? "；是通过另一种语言的译文找到的" : "; it was found through its translation";
  if (hit.article != nullptr && hit.article->state == "wip")
    out += chinese ? "；草稿，排名大幅降低" : "; a draft, ranked much lower";
  else if (hit.article != nullptr && hit.article->state == "not_validated")
    out += chinese ? "；尚未验证，排名降低" : "; not validated, ranked lower";
  return out + (chinese ? "。" : ".");
}

}  // namespace usher::kb
