#include "connectors/email/reply_text.h"

#include <vector>

#include "base/text.h"
#include "connectors/email/reply_introduction.h"
#include "connectors/email/reply_lines.h"

namespace usher::connectors::email {
namespace {

using Lines = std::vector<std::string_view>;

constexpr std::size_t kMaxSignatureLines = 12;
constexpr std::size_t kMaxSignatureSpan = 60;  // with the empty lines between
constexpr std::size_t kMaxSignatureLineBytes = 160;
constexpr std::size_t kMaxShortAnswerLines = 2;

Lines lines_of(std::string_view text) {
  Lines lines;
  while (!text.empty()) {
    auto end = text.find('\n');
    auto line = text.substr(0, end);
    while (!line.empty() && (line.back() == '\r' || line.back() == ' ' || line.back() == '\t')) line.remove_suffix(1);
    if (const auto at = line.starts_with('>') ? 0 : inner_introduction(line); at > 0) {
      lines.push_back(line.substr(0, line.find_last_not_of("- ", at - 1) + 1));
      line.remove_prefix(at);
    }
    lines.push_back(line);
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return lines;
}

std::string join(const Lines& lines, std::size_t from, std::size_t to) {
  while (from < to && lines[from].empty()) ++from;
  while (to > from && lines[to - 1].empty()) --to;
  std::string out;
  for (auto i = from; i < to; ++i) {
    if (i > from) out += '\n';
    out += lines[i];
  }
  return out;
}

void add(std::string& to, std::string more) {
  if (more.empty()) return;
  if (!to.empty()) to += '\n';
  to += more;
}

class Splitter {
 public:
  explicit Splitter(std::string_view text) : lines_(lines_of(text)), kinds_(classify(lines_)), end_(lines_.size()) {}

  ReplyText run() {
    cut_signature_and_below();
    auto marker = first_marker();
    std::size_t from = 0;
    if (marker < end_ && !has_words(0, marker)) {
      from = answer_below(marker);
    } else if (marker < end_) {
      cut_from_marker(marker);
    }
    drop_trailing_quotes(from);
    drop_device_lines(from);
    out_.reply = without_dropped(from, end_);
    // Spaces of whatever kind are no answer.
    if (text::trim(out_.reply).empty()) out_.reply = join(lines_, 0, lines_.size());
    return std::move(out_);
  }

 private:
  bool is(std::size_t i, LineKind kind) const { return kinds_[i] == kind; }
  bool is_marker(std::size_t i) const {
    return is(i, LineKind::kAttribution) || is(i, LineKind::kHeaderBlock) || is(i, LineKind::kSeparator);
  }
  bool has_words(std::size_t from, std::size_t to) const {
    for (auto i = from; i < to; ++i) {
      if (is(i, LineKind::kText)) return true;
    }
    return false;
  }
  bool has_quotes(std::size_t from, std::size_t to) const {
    for (auto i = from; i < to; ++i) {
      if (is(i, LineKind::kQuote)) return true;
    }
    return false;
  }
  // Quoted by the usual sign, not by a name in front: that is sure.
  bool is_marked(std::size_t i) const {
    return is(i, LineKind::kQuote) && lines_[i].find_first_not_of(" \t") == lines_[i].find('>');
  }
  bool has_marked(std::size_t from, std::size_t to) const {
    for (auto i = from; i < to; ++i) {
      if (is_marked(i)) return true;
    }
    return false;
  }
  std::size_t first_marker() const {
    for (std::size_t i = 0; i < end_; ++i) {
      if (is_marker(i)) return i;
    }
    return end_;
  }
  // The line after the marker that begins at `i`: an attribution or a header block may take several lines.
  std::size_t behind(std::size_t i) const {
    auto kind = kinds_[i];
    ++i;
    while (i < end_ && (is(i, LineKind::kContinued) ||
                        (kind == LineKind::kSeparator && (lines_[i].empty() || is(i, LineKind::kHeaderBlock))))) {
      ++i;
    }
    return i;
  }

  // A delimiter line with little behind it introduces a signature. A long text behind it means that somebody likes ruled lines.
  void cut_signature_and_below() {
    for (std::size_t i = 0; i < end_; ++i) {
      if (!is(i, LineKind::kDelimiter)) continue;
      std::size_t words = 0;
      bool is_short = true;
      auto stop = i + 1;
      for (; stop < end_ && !is_marker(stop) && is_short; ++stop) {
        if (is(stop, LineKind::kText)) {
          ++words;
          if (lines_[stop].size() > kMaxSignatureLineBytes || words > kMaxSignatureLines) is_short = false;
        }
        if (is(stop, LineKind::kQuote)) break;
        if (stop - i > kMaxSignatureSpan) is_short = false;
      }
      if (!is_short) continue;
      add(out_.signature, join(lines_, i, stop));
      for (auto j = i; j < stop; ++j) kinds_[j] = LineKind::kDropped;
      i = stop == i ? i : stop - 1;
    }
  }

  // Nothing was written above the quotation. With quoted lines the answer is below them; without, everything is the text (a
  // forwarded mail, or a program that does not mark what it quotes).
  std::size_t answer_below(std::size_t marker) {
    auto from = behind(marker);
    auto last_quote = from;
    for (auto i = from; i < end_; ++i) {
      if (is(i, LineKind::kQuote)) last_quote = i + 1;
    }
    if (last_quote == from) {
      for (auto i = from; i < end_; ++i) {
        if (is_marker(i)) return cut_rest(i), from;
      }
      return from;
    }
    if (!has_words(last_quote, end_)) {
      // Quotes to the end, perhaps with words between them: an answer written into the quotation.
      return has_words(from, last_quote) ? from : 0;
    }
    bool is_interleaved = has_words(from, last_quote);
    if (is_interleaved) {
      drop_markers(from, end_);
      return from;
    }
    add(out_.quoted, join(lines_, marker, last_quote));
    return last_quote;
  }

  // How often words follow upon real quotes from `from` on, where the first of them stand, and how many lines all have.
  struct Answers {
    std::size_t count = 0, first = 0, lines = 0;
  };
  Answers answers_behind_quotes(std::size_t from) const {
    Answers answers;
    bool is_behind_quote = false;
    for (auto i = from; i < end_; ++i) {
      if (is_marked(i)) {
        is_behind_quote = true;
      } else if (is(i, LineKind::kText) && (is_behind_quote || answers.count > 0)) {
        if (is_behind_quote && answers.count++ == 0) answers.first = i;
        is_behind_quote = false;
        ++answers.lines;
      }
    }
    return answers;
  }

  void cut_from_marker(std::size_t marker) {
    auto from = behind(marker);
    bool is_quoted_at_once = has_marked(from, std::min(end_, from + 3));
    const auto answers = is(marker, LineKind::kAttribution) && is_quoted_at_once ? answers_behind_quotes(from) : Answers{};
    if (answers.count == 0) {
      cut_rest(marker);
    } else if (answers.count == 1 && answers.lines <= kMaxShortAnswerLines) {
      // "Hello," a quotation, "the second one": without the quotation the words below go on from those above.
      add(out_.quoted, join(lines_, marker, answers.first));
      for (auto i = marker; i < answers.first; ++i) kinds_[i] = LineKind::kDropped;
      const bool is_close = marker > 0 && !lines_[marker - 1].empty();
      if (is_close && lines_[answers.first - 1].empty()) kinds_[answers.first - 1] = LineKind::kEmpty;
    } else {
      // The customer answers point by point. Quotes and words stay, only the introductions go.
      drop_markers(marker, end_);
    }
  }

  void drop_markers(std::size_t from, std::size_t to) {
    for (auto i = from; i < to; ++i) {
      if (!is_marker(i)) continue;
      kinds_[i] = LineKind::kDropped;
      for (++i; i < to && is(i, LineKind::kContinued); ++i) kinds_[i] = LineKind::kDropped;
      --i;
    }
  }

  std::size_t cut_rest(std::size_t from) {
    add(out_.quoted, join(lines_, from, end_));
    end_ = from;
    return from;
  }

  void drop_trailing_quotes(std::size_t from) {
    auto last = end_;
    while (last > from && (is(last - 1, LineKind::kQuote) || is(last - 1, LineKind::kDropped) || lines_[last - 1].empty()))
      --last;
    if (last == from || !has_quotes(last, end_)) return;
    std::string quoted;
    for (auto i = last; i < end_; ++i) {
      if (!is(i, LineKind::kDropped)) add(quoted, std::string(lines_[i]));
    }
    add(out_.quoted, std::move(quoted));
    end_ = last;
  }

  // "Sent from my …", at the end only.
  void drop_device_lines(std::size_t from) {
    auto last = end_;
    while (last > from && (is(last - 1, LineKind::kDevice) || is(last - 1, LineKind::kDropped) ||
                           is(last - 1, LineKind::kDelimiter) || lines_[last - 1].empty())) {
      --last;
    }
    for (auto i = last; i < end_; ++i) {
      if (is(i, LineKind::kDevice)) add(out_.signature, std::string(lines_[i]));
    }
    end_ = last;
  }

  std::string without_dropped(std::size_t from, std::size_t to) const {
    Lines kept;
    for (auto i = from; i < to; ++i) {
      if (!is(i, LineKind::kDropped)) kept.push_back(lines_[i]);
    }
    return join(kept, 0, kept.size());
  }

  Lines lines_;
  std::vector<LineKind> kinds_;
  std::size_t end_;
  ReplyText out_;
};

}  // namespace

ReplyText split_reply(std::string_view text) {
  return Splitter(text).run();
}

}  // namespace usher::connectors::email
