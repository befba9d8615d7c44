// How much of third-party collections of mail is read right: shared by corpus_test and bench/mail_bench. Each function reads one
// collection (tests/connectors/email/corpus.h) and compares what we make of it with what stands beside it.
#pragma once
#include <cstddef>
#include <functional>
#include <optional>
#include <string>

namespace usher::connectors::email {

struct Score {
  int right = 0;
  int also = 0;  // bounces: with exactly the right addresses
  int all = 0;
  double seconds = 0;     // of our own work only
  std::size_t bytes = 0;  // that were read
};
// Called with what differs, for people.
using Report = std::function<void(const std::string&)>;

// Each: nullopt when the collection is not on this machine.
std::optional<Score> score_legacy(const Report& report = {});   // messages with every field as expected
std::optional<Score> score_replies(const Report& report = {});  // replies cut out as expected
std::optional<Score> score_bounces(const Report& report = {});  // `right`: permanent, temporary or none, as expected

}  // namespace usher::connectors::email
