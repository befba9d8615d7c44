// Reading the articles into a shelf; searching is in shelf.cpp.
#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>
#include <utility>

#include "base/text.h"
#include "kb/markdown.h"
#include "kb/shelf.h"
#include "kb/words.h"

namespace usher::kb {
namespace {

bool is_ascii_word(std::string_view s) {
  return !s.empty() && std::ranges::all_of(s, [](char c) { return c >= 'a' && c <= 'z'; });
}

std::string joined(const std::vector<std::string>& values) {
  std::string all;
  for (const std::string& value : values) all += value + "\n";
  return all;
}

bool is_stop(const Term& term, std::string_view source) {
  return term.kind == Term::Kind::kWord && is_stop_word(text::to_lower_ascii(source.substr(term.begin, term.end - term.begin)));
}

}  // namespace

struct Shelf::Reading {
  Index::Builder builder;
  std::unordered_map<std::string, Speller::Word> vocabulary;
  std::vector<std::set<Index::TermId>> titles;  // by document

  std::vector<Index::TermId> add(Field field, std::string_view text, const std::vector<Term>& terms) {
    std::vector<Index::TermId> ids;
    for (const Term& term : terms) {
      ids.push_back(builder.add(field, index_key(term), term.kind != Term::Kind::kPair));
      if (term.kind != Term::Kind::kWord) continue;
      // The speller compares what people write, not stems.
      std::string surface = text::to_lower_ascii(text.substr(term.begin, term.end - term.begin));
      if (!is_ascii_word(surface)) continue;
      auto [entry, is_new] = vocabulary.try_emplace(std::move(surface));
      if (is_new) entry->second = {entry->first, ids.back(), 0};
      ++entry->second.frequency;
    }
    return ids;
  }
};

Shelf::Shelf(const Analyzer& analyzer, std::vector<const Article*> articles)
    : analyzer_(analyzer), articles_(std::move(articles)) {
  Reading reading;
  profiles_.reserve(articles_.size());
  passages_.reserve(articles_.size());
  for (const Article* article : articles_) read(reading, *article);
  index_.emplace(reading.builder.finish());
  for (std::size_t doc = 0; doc < profiles_.size(); ++doc) {
    for (const Index::TermId term : reading.titles[doc]) profiles_[doc].title_information += index_->idf(term);
    profiles_[doc].finish(*index_);
  }
  std::vector<Speller::Word> words;
  for (auto& [surface, word] : reading.vocabulary) words.push_back(std::move(word));
  speller_.emplace(std::move(words));
}

void Shelf::read(Reading& reading, const Article& article) {
  reading.builder.begin_document();
  Profile profile;
  Passages passages;
  std::vector<std::uint64_t> text_bigrams;
  const auto sequence = [](const std::vector<Term>& terms, const std::vector<Index::TermId>& ids, std::string_view source) {
    std::vector<Term> kept;
    std::vector<Index::TermId> kept_ids;
    for (std::size_t i = 0; i < terms.size(); ++i) {
      if (is_stop(terms[i], source)) continue;
      kept.push_back(terms[i]);
      kept_ids.push_back(ids[i]);
    }
    return sequence_of(kept, kept_ids);
  };
  const auto add_statement = [&profile](const std::vector<Term>& terms, const std::vector<Index::TermId>& ids,
                                        std::string_view source) {
    const std::vector<float> weights = term_weights(terms, source, [](std::size_t) { return true; });
    std::map<Index::TermId, float> distinct;
    for (std::size_t i = 0; i < terms.size(); ++i) {
      if (!is_stop(terms[i], source)) distinct[ids[i]] = std::max(distinct[ids[i]], weights[i]);
    }
    profile.add_statement(distinct);
  };

  const std::vector<Term> title = analyzer_.analyze(article.title, false);
  const std::vector<Index::TermId> title_ids = reading.add(Field::kTitle, article.title, title);
  const std::vector<Index::TermId> title_sequence = sequence(title, title_ids, article.title);
  add_statement(title, title_ids, article.title);
  profile.title_bigrams = bigrams_of(title_sequence);
  profile.title_grams = Grams(title);
  reading.titles.emplace_back(title_sequence.begin(), title_sequence.end());

  const auto prose = [&](Field field, const std::string& markdown) {
    for (std::string& sentence : sentences_of(to_plain_text(markdown))) {
      const std::vector<Term> terms = analyzer_.analyze(sentence, false);
      std::vector<Index::TermId> ids = reading.add(field, sentence, terms);
      for (const std::uint64_t bigram : bigrams_of(sequence(terms, ids, sentence))) text_bigrams.push_back(bigram);
      if (field == Field::kIssue) add_statement(terms, ids, sentence);
      passages.add(std::move(sentence), std::move(ids));
    }
  };
  const auto words = [&](Field field, const std::string& text) { reading.add(field, text, analyzer_.analyze(text, false)); };
  const bool sectioned = !article.issue.empty() || !article.cause.empty() || !article.resolution.empty();
  prose(Field::kIssue, article.issue);
  prose(Field::kEnvironment, article.environment);
  prose(Field::kBody, sectioned ? article.cause : article.body);
  prose(Field::kBody, article.resolution);
  words(Field::kEnvironment, joined(article.products));
  // Only what looks like a code is one: "no internet, secured" in the list is a phrase like those among the tags.
  for (const std::string& code : article.codes) {
    const std::vector<Term> terms = analyzer_.analyze(code, false);
    const bool has_code = std::ranges::any_of(terms, [](const Term& t) { return t.kind == Term::Kind::kCode; });
    std::vector<Term> exact, rest;
    for (const Term& term : terms) (term.kind == Term::Kind::kCode ? exact : rest).push_back(term);
    reading.add(Field::kCodes, code, exact);
    reading.add(has_code ? Field::kBody : Field::kTags, code, rest);
  }
  words(Field::kTags, joined(article.tags));

  std::ranges::sort(text_bigrams);
  text_bigrams.erase(std::unique(text_bigrams.begin(), text_bigrams.end()), text_bigrams.end());
  profile.text_bigrams = std::move(text_bigrams);
  profiles_.push_back(std::move(profile));
  passages_.push_back(std::move(passages));
  needed_rank_.push_back(needed_rank(article));
  products_.push_back(product_keys(joined(article.products)));
}

std::vector<std::string> Shelf::product_keys(std::string_view product) const {
  std::vector<std::string> keys;
  for (const Term& term : analyzer_.analyze(product, false)) {
    if (term.kind != Term::Kind::kPair) keys.push_back(term.text);
  }
  return keys;
}

}  // namespace usher::kb
