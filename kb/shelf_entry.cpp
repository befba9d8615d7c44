#include "kb/shelf_entry.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "base/text.h"
#include "kb/markdown.h"
#include "kb/question.h"
#include "kb/vocabulary.h"
#include "kb/words.h"

namespace usher::kb {
namespace {

constexpr std::size_t kSuggestedSentences = 6;
constexpr std::size_t kSuggestedBytes = 120;  // a longer sentence is nothing to click on
constexpr double kDuplicate = 0.8;            // of the word pairs

std::string joined(const std::vector<std::string>& values) {
  std::string all;
  for (const std::string& value : values) all += value + "\n";
  return all;
}

bool is_stop(const Term& term, std::string_view source) {
  return term.kind == Term::Kind::kWord && is_stop_word(text::to_lower_ascii(source.substr(term.begin, term.end - term.begin)));
}

bool share(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  return std::ranges::any_of(a, [&b](const std::string& word) { return std::ranges::binary_search(b, word); });
}

// "E-204" and "e 204" are one thing to type.
std::string squeezed(std::string folded) {
  std::erase_if(folded, [](char c) { return c == '-' || c == ' ' || c == '\n'; });
  return folded;
}

std::vector<Index::TermId> word_sequence(const Reading::Part& part, const std::vector<Index::TermId>& ids) {
  std::vector<Term> kept;
  std::vector<Index::TermId> kept_ids;
  for (std::size_t i = 0; i < part.terms.size(); ++i) {
    if (is_stop(part.terms[i], part.text)) continue;
    kept.push_back(part.terms[i]);
    kept_ids.push_back(ids[i]);
  }
  return sequence_of(kept, kept_ids);
}

void add_statement(Profile& profile, Entry& entry, const Reading::Part& part, const std::vector<Index::TermId>& ids) {
  const std::vector<float> weights = term_weights(part.terms, part.text, [](std::size_t) { return true; });
  std::map<Index::TermId, float> distinct;
  for (std::size_t i = 0; i < part.terms.size(); ++i) {
    if (!is_stop(part.terms[i], part.text)) distinct[ids[i]] = std::max(distinct[ids[i]], weights[i]);
  }
  for (const auto& [term, weight] : distinct)
    entry.statement_weights.push_back(static_cast<std::uint8_t>(std::clamp(std::lround(weight * 100), 0L, 255L)));
  profile.add_statement(distinct);
}

std::array<std::uint32_t, 8> signature_of(const std::vector<std::uint64_t>& bigrams) {
  std::array<std::uint32_t, 8> smallest;
  smallest.fill(~0U);
  for (const std::uint64_t bigram : bigrams) {
    std::uint64_t hash = bigram;
    for (std::uint32_t& least : smallest) {
      hash = (hash ^ (hash >> 31U)) * 0x9E3779B97F4A7C15ULL + 0x632BE59BD9B4E019ULL;
      least = std::min(least, static_cast<std::uint32_t>(hash >> 32U));
    }
  }
  return smallest;
}

double overlap(const std::vector<std::uint64_t>& a, const std::vector<std::uint64_t>& b) {
  std::size_t both = 0;
  for (auto i = a.begin(), j = b.begin(); i != a.end() && j != b.end();) {
    if (*i < *j)
      ++i;
    else if (*j < *i)
      ++j;
    else
      ++both, ++i, ++j;
  }
  return a.empty() && b.empty() ? 1.0 : static_cast<double>(both) / static_cast<double>(a.size() + b.size() - both);
}

}  // namespace

std::uint8_t reader_rank(std::string_view audience) {
  return audience == "internal" ? kDraft : audience == "partner" ? kPartner : kCustomer;
}

std::uint8_t needed_rank(const Article& article) {
  if (article.state == "archived") return kNobody;
  if (article.state == "wip") return kDraft;
  if (article.state == "not_validated") return kNotValidated;
  if (article.state != "published") return kInternal;
  return article.audience == "customer" ? kCustomer : article.audience == "partner" ? kPartner : kInternal;
}

bool ProductKeys::fits(const ProductKeys& other) const {
  return codes.empty() || other.codes.empty() ? share(words, other.words) : share(codes, other.codes);
}

ProductKeys product_keys(const Analyzer& analyzer, std::string_view product) {
  ProductKeys keys;
  for (Term& term : analyzer.analyze(product, false)) {
    if (term.kind == Term::Kind::kPair) continue;
    const bool has_digit = std::ranges::any_of(term.text, [](char c) { return c >= '0' && c <= '9'; });
    (has_digit ? keys.codes : keys.words).push_back(std::move(term.text));
  }
  std::ranges::sort(keys.words);
  std::ranges::sort(keys.codes);
  return keys;
}

std::string_view Entry::phrase(std::size_t number) const {
  if (number == 0) return article->title;
  --number;
  if (number < article->codes.size()) return article->codes[number];
  number -= article->codes.size();
  if (number < article->synonyms.size()) return article->synonyms[number];
  number -= article->synonyms.size();
  return number < passages.size() ? passages.sentence(number) : std::string_view(article->title);
}

Reading read(const Analyzer& analyzer, std::shared_ptr<const Article> shared, const Vocabulary* vocabulary) {
  Reading reading;
  const Article& article = *shared;
  reading.article = std::move(shared);
  if (article.state == "archived") return reading;
  const auto add = [&](Reading::Kind kind, Field field, std::string text) {
    std::vector<Term> terms = analyzer.analyze(text, false);
    reading.parts.push_back({kind, field, std::move(text), std::move(terms)});
  };
  // One line each: a title made up in a program may have several.
  const auto phrase = [&analyzer](std::string_view text) {
    std::string folded = analyzer.fold(text);
    std::ranges::replace(folded, '\n', ' ');
    return folded + "\n";
  };
  reading.phrases = phrase(article.title);
  for (const std::string& code : article.codes) reading.phrases += squeezed(analyzer.fold(code)) + "\n";
  for (const std::string& synonym : article.synonyms) reading.phrases += phrase(synonym);

  add(Reading::Kind::kTitle, Field::kTitle, article.title);
  const auto prose = [&](Reading::Kind kind, Field field, const std::string& markdown) {
    std::size_t number = 0;
    for (std::string& sentence : sentences_of(to_plain_text(markdown))) {
      if (field == Field::kIssue && number++ < kSuggestedSentences)
        reading.phrases += sentence.size() <= kSuggestedBytes ? phrase(sentence) : "\n";
      add(kind, field, std::move(sentence));
    }
  };
  const bool sectioned = !article.issue.empty() || !article.cause.empty() || !article.resolution.empty();
  prose(Reading::Kind::kStatement, Field::kIssue, article.issue);
  prose(Reading::Kind::kSentence, Field::kEnvironment, article.environment);
  prose(Reading::Kind::kSentence, Field::kBody, sectioned ? article.cause : article.body);
  prose(Reading::Kind::kSentence, Field::kBody, article.resolution);
  if (!article.products.empty()) add(Reading::Kind::kWords, Field::kEnvironment, joined(article.products));
  // Only what looks like a code is one: "no internet, secured" in the list is a phrase like those among the tags.
  for (const std::string& code : article.codes) {
    std::vector<Term> exact, rest;
    for (Term& term : analyzer.analyze(code, false)) (term.kind == Term::Kind::kCode ? exact : rest).push_back(std::move(term));
    const Field other = exact.empty() ? Field::kTags : Field::kBody;
    reading.parts.push_back({Reading::Kind::kWords, Field::kCodes, code, std::move(exact)});
    reading.parts.push_back({Reading::Kind::kWords, other, code, std::move(rest)});
  }
  if (!article.tags.empty() || !article.synonyms.empty())
    add(Reading::Kind::kWords, Field::kTags, joined(article.tags) + joined(article.synonyms));
  for (const std::string& product : article.products) reading.products.push_back(product_keys(analyzer, product));
  if (vocabulary != nullptr && !article.products.empty()) {
    int gone = Vocabulary::kOldest;
    for (const std::string& product : article.products) gone = std::min(gone, vocabulary->years_gone(product));
    reading.years_gone = static_cast<std::uint8_t>(gone);
  }
  for (const Reading::Part& part : reading.parts) {
    for (const Term& term : part.terms) {
      if (auto word = spelling_of(term, part.text)) reading.spellings.emplace_back(std::move(word->text), index_key(term));
    }
  }
  std::ranges::sort(reading.spellings);
  reading.spellings.erase(std::unique(reading.spellings.begin(), reading.spellings.end()), reading.spellings.end());
  return reading;
}

Entered enter(const Reading& reading, Dictionary::Writer& dictionary) {
  auto entry = std::make_shared<Entry>();
  auto profile = std::make_shared<Profile>();
  Index::DocumentBuilder document;
  std::vector<std::uint64_t> text_bigrams;
  std::vector<Index::TermId> ids;
  for (const Reading::Part& part : reading.parts) {
    ids.clear();
    for (const Term& term : part.terms) {
      ids.push_back(dictionary.add(index_key(term)));
      document.add(part.field, ids.back(), term.kind != Term::Kind::kPair);
    }
    if (part.kind == Reading::Kind::kWords) continue;
    const std::vector<Index::TermId> sequence = word_sequence(part, ids);
    if (part.kind != Reading::Kind::kSentence) add_statement(*profile, *entry, part, ids);
    if (part.kind == Reading::Kind::kTitle) {
      profile->title_bigrams = bigrams_of(sequence);
      profile->title_grams = Grams(part.terms);
      const std::set<Index::TermId> distinct(sequence.begin(), sequence.end());
      entry->title_terms.assign(distinct.begin(), distinct.end());
      continue;
    }
    for (const std::uint64_t bigram : bigrams_of(sequence)) text_bigrams.push_back(bigram);
    if (part.kind == Reading::Kind::kStatement) ++entry->issue_sentences;
    std::vector<Passages::Place> places;
    places.reserve(ids.size());
    for (std::size_t i = 0; i < ids.size(); ++i) {
      const Term& term = part.terms[i];
      if (term.end <= 65535)
        places.push_back({ids[i], static_cast<std::uint16_t>(term.begin), static_cast<std::uint16_t>(term.end)});
    }
    entry->passages.add(part.text, std::move(places));
  }
  std::ranges::sort(text_bigrams);
  text_bigrams.erase(std::unique(text_bigrams.begin(), text_bigrams.end()), text_bigrams.end());
  text_bigrams.shrink_to_fit();
  profile->text_bigrams = std::move(text_bigrams);
  profile->statement_terms.shrink_to_fit();
  entry->article = reading.article;
  entry->document = std::make_shared<const Index::Document>(document.finish());
  entry->passages.shrink();
  entry->phrases = reading.phrases;
  entry->products = reading.products;
  entry->statement_weights.shrink_to_fit();
  entry->signature = signature_of(profile->text_bigrams);
  entry->needed_rank = needed_rank(*reading.article);
  entry->years_gone = reading.years_gone;
  return {std::move(entry), std::move(profile)};
}

void set_masses(Profile& profile, const Entry& entry, const Index& index) {
  for (std::size_t i = 0; i < profile.statement_terms.size(); ++i)
    profile.statement_terms[i].second = static_cast<float>(entry.statement_weights[i]) / 100.0F;
  for (Profile::Statement& statement : profile.statements) statement.information = 0;
  profile.title_information = 0;
  for (const Index::TermId term : entry.title_terms) profile.title_information += index.idf(term);
  profile.finish(index);
}

bool is_near_duplicate(const Entry& a, const Profile& a_profile, const Entry& b, const Profile& b_profile) {
  std::size_t equal = 0;
  for (std::size_t i = 0; i < a.signature.size(); ++i) equal += a.signature[i] == b.signature[i] ? 1 : 0;
  if (equal * 2 < a.signature.size()) return false;
  // Short texts are alike by chance: their titles must be the same too.
  if (std::min(a_profile.text_bigrams.size(), b_profile.text_bigrams.size()) < 12 && a.title_terms != b.title_terms) return false;
  return overlap(a_profile.text_bigrams, b_profile.text_bigrams) >= kDuplicate;
}

}  // namespace usher::kb
