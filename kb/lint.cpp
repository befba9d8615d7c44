#include "kb/lint.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "base/text.h"
#include "kb/lint_words.h"
#include "kb/markdown.h"
#include "kb/private_data.h"

namespace usher::kb {
namespace {

constexpr std::size_t kMaxTitle = 100;      // code points
constexpr std::size_t kMaxSteps = 15;       // numbered steps of one list
constexpr std::size_t kMaxRegression = 3;   // lost queries told for one article
constexpr std::string_view kNothing = "-";  // in the set: nothing may be shown

class Linter {
 public:
  Linter(const Library& library, const LintOptions& options) : library_(library), options_(options) {
    for (const Article& a : library.articles()) {
      if (a.state != "archived") articles_.push_back(&a);
    }
  }

  std::vector<Finding> run() {
    for (const Article* a : articles_) {
      links(*a);
      private_data(*a);
      form(*a);
      translation(*a);
      review(*a);
    }
    for (auto& pair : find_duplicates(library_, articles_)) {
      add(*pair.first, "duplicate", true, fmt::format("it is much like '{}' ({})", pair.second->id, pair.why),
          "put the two together, or say in title and issue what is different");
    }
    for (auto& w : find_alike(articles_)) {
      add(*w.article, w.is_product ? "product-spelled-alike" : "tag-spelled-alike", true,
          fmt::format("'{}' is used here, '{}' in {} other articles", w.word, w.usual, w.times), "write both the same way");
    }
    regression();
    std::ranges::sort(out_, {}, [](const Finding& f) { return std::tie(f.article, f.is_warning, f.rule, f.message); });
    return std::move(out_);
  }

 private:
  void add(const Article& a, std::string rule, bool is_warning, std::string message, std::string hint) {
    out_.push_back({a.key(), std::move(rule), std::move(message), std::move(hint), is_warning});
  }

  void links(const Article& a) {
    // Out of the finished HTML: whatever way of writing a link Markdown has, and what is unsafe is empty there.
    static const RE2 kTag(R"re(<(a href|img src)="([^"]*)"(?: alt="([^"]*)")?)re");
    const std::string html = to_html(a.body);
    re2::StringPiece rest(html);
    std::string tag, address, alt;
    while (RE2::FindAndConsume(&rest, kTag, &tag, &address, &alt)) {
      const bool is_picture = tag == "img src";
      if (address.empty()) {
        add(a, is_picture ? "broken-picture" : "broken-link", false,
            is_picture ? "a picture has no address that may be shown" : "a link has no address that may be followed",
            "allowed are http, https, mailto, tel, and names of articles and pictures");
      } else if (is_picture) {
        picture(a, address, alt);
      } else if (const std::string id = linked_article(address); !id.empty() && library_.find(id, a.language) == nullptr) {
        add(a, "broken-link", false, fmt::format("the link '{}' leads to an article that does not exist", address),
            "link to an article by its id, as in [text](article-id)");
      } else if (!id.empty() && library_.find(id, a.language)->state == "archived") {
        add(a, "broken-link", false, fmt::format("the link '{}' leads to an archived article", address),
            "link to the one that took its place");
      }
    }
  }

  void picture(const Article& a, const std::string& address, const std::string& alt) {
    const bool is_outside = address.starts_with("http://") || address.starts_with("https://") || address.starts_with("//");
    if (is_outside) {
      add(a, "broken-picture", true,
          fmt::format("the picture '{}' lies on another site: customers' browsers may not show it", address),
          "put the file into the folder pictures/ and name it pictures/NAME");
    } else if (options_.has_picture && !options_.has_picture(address)) {
      add(a, "broken-picture", false, fmt::format("the picture '{}' does not exist", address),
          "put the file into the folder pictures/ and name it pictures/NAME");
    }
    if (text::trim(alt).empty())
      add(a, "no-alt-text", true, fmt::format("the picture '{}' says nothing to those who do not see it", address),
          "write what it shows: ![the reset button at the back](pictures/reset.png)");
  }

  void private_data(const Article& a) {
    const std::string plain = a.title + "\n" + to_plain_text(a.body);
    std::size_t told = 0;
    for (const auto& p : find_private_data(plain, options_.own)) {
      if (++told > 5) break;
      // What was found is not repeated as a whole: the list of findings is read by more people than the article's case.
      const std::string shown = text::cut(std::string_view(plain).substr(p.begin, p.end - p.begin), 5);
      add(a, "customer-data", false, fmt::format("looks like somebody's {}: {}", p.kind, shown),
          "take it out; for an example use name@example.com, 555-0100, SN-XXXX-0000");
    }
  }

  void form(const Article& a) {
    if (a.state != "wip" && text::trim(a.resolution).empty())
      add(a, "no-resolution", false, "it says nothing about how to solve it", "write the resolution, or set the state to wip");
    if (a.body.size() > options_.max_length)
      add(a, "too-long", true, fmt::format("{} bytes; customers read up to about {}", a.body.size(), options_.max_length),
          "one issue per article: make two of it and link them");
    if (text::length(a.title) > kMaxTitle)
      add(a, "headings", true, fmt::format("the title has {} characters; lists show about {}", text::length(a.title), kMaxTitle),
          "say what is wrong first, and leave out what the issue says");
    if (!headings(a.body, 1).empty())
      add(a, "headings", true, "a heading of level 1 stands in the text: the title is the only one",
          "use ### for a heading in a section");
    if (const std::size_t steps = longest_list(a.resolution); steps > kMaxSteps)
      add(a, "too-long", true, fmt::format("a list of {} steps; after {} customers lose their place", steps, kMaxSteps),
          "put a heading between parts, or make two articles of it");
  }

  static std::size_t longest_list(std::string_view markdown) {
    std::size_t longest = 0, steps = 0;
    static const RE2 kStep(R"(^\d+[.)] .*)");
    for (const auto& line : text::split(markdown, '\n')) {
      if (RE2::FullMatch(line, kStep)) {
        longest = std::max(longest, ++steps);
      } else if (line.starts_with("#") || line.starts_with("**")) {
        steps = 0;
      }
    }
    return longest;
  }

  void translation(const Article& a) {
    if (a.audience == "internal" || a.state == "wip") return;
    for (const auto& language : options_.languages) {
      const Article* other = language == a.language ? &a : library_.find(ArticleKey{a.id, language});
      if (other != nullptr && other->state != "archived") continue;
      add(a, "missing-translation", true, fmt::format("there is no version in '{}'", language),
          fmt::format("write {}.{}.md: customers of that language do not find it", a.id, language));
    }
  }

  void review(const Article& a) {
    if (options_.today.empty() || a.review_by.empty() || a.review_by >= options_.today) return;
    add(a, "review-overdue", true, "it was to be looked at again by " + a.review_by,
        "check that it still holds and set a new date");
  }

  void regression() {
    std::map<std::string, std::size_t> told;
    for (const auto& wanted : options_.regression) {
      if (wanted.articles.empty()) continue;
      Query query;
      query.text = wanted.text;
      query.language = wanted.language;
      query.limit = 1;
      const auto hits = library_.search(query);
      const bool nothing_wanted = wanted.articles.front() == kNothing;
      const bool is_shown = !hits.empty() && (!nothing_wanted || hits.front().confidence >= kMinConfidence);
      const std::string first = is_shown ? hits.front().article->id : std::string(kNothing);
      if (std::ranges::find(wanted.articles, first) != wanted.articles.end()) continue;
      // Named after the article that should have come first, or came where none should.
      const std::string& about = nothing_wanted ? first : wanted.articles.front();
      if (++told[about] > kMaxRegression) continue;
      out_.push_back({{about, wanted.language},
                      "regression-lost",
                      fmt::format("“{}” finds {} (line {} of the regression set)", wanted.text,
                                  first == kNothing ? "nothing" : "'" + first + "'", wanted.line),
                      nothing_wanted
                          ? "nothing may be shown for it: take words out of the issue that say too little"
                          : "put the customers' words into the issue, or correct the set when the new answer is better",
                      false});
    }
  }

  const Library& library_;
  const LintOptions& options_;
  std::vector<const Article*> articles_;
  std::vector<Finding> out_;
};

}  // namespace

const std::vector<std::string>& lint_rules() {
  static const std::vector<std::string> rules = {
      "broken-link", "broken-picture", "customer-data", "no-resolution", "regression-lost",   "missing-translation",  "too-long",
      "duplicate",   "review-overdue", "headings",      "no-alt-text",   "tag-spelled-alike", "product-spelled-alike"};
  return rules;
}

std::vector<Finding> lint(const Library& library, const LintOptions& options) {
  return Linter(library, options).run();
}

std::string linked_article(std::string_view address) {
  static const RE2 kPlain(R"((?:\./)?([a-z0-9][a-z0-9-]*)(?:\.(?:en|zh))?(?:\.md)?(?:[#?].*)?)");
  static const RE2 kPage(R"((?:https?://[^/]+)?/help/(?:en|zh)/([a-z0-9][a-z0-9-]*)(?:/[^#?]*)?(?:[#?].*)?)");
  std::string id;
  if (RE2::FullMatch(address, kPlain, &id)) return id;
  if (address.starts_with('/') && RE2::FullMatch(address, kPage, &id) && id != "search") return id;
  return {};
}

}  // namespace usher::kb
