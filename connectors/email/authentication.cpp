#include "connectors/email/authentication.h"

#include <algorithm>

#include "base/text.h"

namespace usher::connectors::email {
namespace {

constexpr std::size_t kMaxMethods = 50;
constexpr std::size_t kMaxProperties = 20;
constexpr std::size_t kMaxFields = 50;  // of one mail

// Words, "=" and ";" of a structured field. Comments nest and are skipped; a quoted string is one word.
class Tokens {
 public:
  explicit Tokens(std::string_view text) : rest_(text) { next(); }

  bool at_end() const { return kind_ == 0; }
  bool is(char punctuation) const { return kind_ == punctuation; }
  bool is_word() const { return kind_ == 'w'; }
  const std::string& word() const { return word_; }

  void next() {
    skip_blanks();
    word_.clear();
    kind_ = 0;
    if (rest_.empty()) return;
    if (rest_[0] == ';' || rest_[0] == '=') {
      kind_ = rest_[0];
      rest_.remove_prefix(1);
      return;
    }
    kind_ = 'w';
    // A word goes on until a blank, so "header.i=@example.org" and "user@example.org" stay whole behind their "=".
    while (!rest_.empty() && !is_blank(rest_[0]) && rest_[0] != ';' && rest_[0] != '=' && rest_[0] != '(') {
      if (rest_[0] == '"') {
        take_quoted();
      } else {
        word_ += rest_[0];
        rest_.remove_prefix(1);
      }
    }
  }

 private:
  static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
  void take_quoted() {
    rest_.remove_prefix(1);
    while (!rest_.empty() && rest_[0] != '"') {
      if (rest_[0] == '\\' && rest_.size() > 1) rest_.remove_prefix(1);
      word_ += rest_[0];
      rest_.remove_prefix(1);
    }
    if (!rest_.empty()) rest_.remove_prefix(1);
  }
  void skip_blanks() {
    int depth = 0;
    while (!rest_.empty()) {
      const char c = rest_[0];
      if (c == '(') {
        ++depth;
      } else if (depth > 0 && c == '\\' && rest_.size() > 1) {
        rest_.remove_prefix(1);
      } else if (depth > 0 && c == ')') {
        --depth;
      } else if (depth == 0 && !is_blank(c)) {
        return;
      }
      rest_.remove_prefix(1);
    }
  }

  std::string_view rest_;
  std::string word_;
  char kind_ = 0;
};

std::string lower_word(const Tokens& t) {
  return text::to_lower_ascii(t.word());
}

bool is_within(std::string_view host, std::string_view domain) {
  return !domain.empty() && (host == domain || (host.size() > domain.size() && host.ends_with(domain) &&
                                                host[host.size() - domain.size() - 1] == '.'));
}

std::vector<std::string> names_of(std::string_view setting) {
  std::vector<std::string> names;
  std::string name;
  auto flush = [&] {
    if (!name.empty()) names.push_back(text::to_lower_ascii(name));
    name.clear();
  };
  for (char c : setting) {
    if (c == ',' || c == ' ' || c == '\t') {
      flush();
    } else {
      name += c;
    }
  }
  flush();
  return names;
}

// The domain of a property's value: "user@Example.org", "@example.org" or "example.org".
std::string domain_of(std::string_view value) {
  auto at = value.rfind('@');
  return text::to_lower_ascii(at == std::string_view::npos ? value : value.substr(at + 1));
}

std::string property(const MethodResult& m, std::string_view name) {
  for (const auto& [key, value] : m.properties) {
    if (key == name) return value;
  }
  return {};
}

// A domain speaks for itself and for those below it; never for the one above: that would need the list of public suffixes.
bool is_aligned(std::string_view domain, std::string_view from) {
  return domain.find('.') != std::string_view::npos && is_within(from, domain);
}

std::string shown(const std::string& id, const MethodResult& m, std::string_view name) {
  auto value = property(m, name);
  return id + ": " + m.method + "=" + m.result + (value.empty() ? "" : " " + std::string(name) + "=" + value);
}

Authentication judge_results(const std::vector<AuthenticationResults>& trusted, std::string_view from) {
  Authentication out;
  auto settle = [&](Authentication::State state, std::string evidence) {
    out.state = state;
    out.evidence = std::move(evidence);
  };
  std::string aligned;
  for (const auto& field : trusted) {
    for (const auto& m : field.methods) {
      if (m.method == "dmarc") {
        auto about = domain_of(property(m, "header.from"));
        if (!about.empty() && about != from) continue;  // about another From than the one people see
        if (m.result == "none" || m.result == "bestguesspass") continue;
        if (m.result != "pass") {
          out.is_refuted = m.result == "fail";
          settle(Authentication::State::kFail, shown(field.authserv_id, m, "header.from"));
          return out;
        }
        settle(Authentication::State::kPass, shown(field.authserv_id, m, "header.from"));
      } else if (m.result == "pass" && aligned.empty()) {
        for (const char* name : {"header.d", "header.i", "smtp.mailfrom"}) {
          if ((m.method == "dkim") != std::string_view(name).starts_with("header.") || (m.method != "dkim" && m.method != "spf"))
            continue;
          auto value = property(m, name);
          if (!value.empty() && is_aligned(domain_of(value), from)) aligned = shown(field.authserv_id, m, name);
        }
      }
    }
  }
  if (out.state == Authentication::State::kPass) return out;
  if (!aligned.empty()) {
    settle(Authentication::State::kPass, aligned);
  } else if (!trusted.empty()) {
    settle(Authentication::State::kFail, trusted.front().authserv_id + ": nothing vouches for " + std::string(from));
  }
  return out;
}

}  // namespace

AuthenticationResults parse_authentication_results(std::string_view value) {
  AuthenticationResults out;
  Tokens t(value);
  if (!t.is_word()) return out;
  auto id = lower_word(t);
  t.next();
  if (t.is('=')) return out;     // no authserv-id at all: some servers begin with the first result
  while (t.is_word()) t.next();  // the version
  if (!t.at_end() && !t.is(';')) return out;
  out.authserv_id = std::move(id);
  while (!t.at_end() && out.methods.size() < kMaxMethods) {
    if (!t.is(';')) {
      t.next();
      continue;
    }
    t.next();
    if (!t.is_word()) continue;
    MethodResult m;
    m.method = lower_word(t);
    m.method.resize(std::min(m.method.find('/'), m.method.size()));
    t.next();
    if (!t.is('=')) continue;  // "none"
    t.next();
    if (!t.is_word()) continue;
    m.result = lower_word(t);
    t.next();
    while (t.is_word()) {
      auto name = lower_word(t);
      t.next();
      if (!t.is('=')) continue;
      t.next();
      if (!t.is_word()) break;
      if (m.properties.size() < kMaxProperties) m.properties.emplace_back(std::move(name), t.word());
      t.next();
    }
    out.methods.push_back(std::move(m));
  }
  return out;
}

namespace {

// The host after "by" in a Received, in lower case; what the client called itself stands before, comments count for nothing.
std::string received_by(std::string_view value) {
  Tokens t(value);
  while (!t.at_end() && !t.is(';')) {
    const bool is_by = t.is_word() && text::iequals_ascii(t.word(), "by");
    t.next();
    if (is_by) return t.is_word() ? lower_word(t) : std::string{};
  }
  return {};
}

// The fields that are believed, and those with our name that are not.
class Sorter {
 public:
  Sorter(const EmailSettings& settings, const std::vector<std::string>& names) : settings_(settings), names_(names) {}

  void received(std::string_view value) {
    has_received_below_ = true;
    if (settings_.authserv_results == EmailSettings::Results::kBelowReceived) {
      // The first one is ours: nobody outside can put one above it.
      is_open_ = !was_open_ && received_ <= settings_.authserv_hops && is_ours(received_by(value));
      was_open_ = was_open_ || is_open_;
    }
    ++received_;
  }
  void results(std::string_view value) {
    if (++fields_ > kMaxFields) return;
    auto field = parse_authentication_results(value);
    if (!is_ours(field.authserv_id)) return;
    const bool is_above = settings_.authserv_results == EmailSettings::Results::kAboveReceived;
    if (is_above ? received_ <= settings_.authserv_hops : is_open_) {
      believed_.push_back(std::move(field));
      has_received_below_ = is_open_ = false;
    } else {
      ignored_.push_back(text::cut(text::collapse_spaces(value), 200));
    }
  }
  // The border server writes fields of transport only; with any other the sender's begin.
  void other(std::string_view name) {
    const bool is_transport = name == "received-spf" || name == "return-path" || name == "delivered-to" ||
                              name.starts_with("arc-") || name.starts_with("x-");
    if (!is_transport) is_open_ = false;
  }
  void end(Authentication& out) {
    if (settings_.authserv_results == EmailSettings::Results::kAboveReceived && !has_received_below_) {
      // No server of ours has put its Received below it: whoever wrote the mail wrote this too.
      for (const auto& field : believed_) ignored_.push_back(field.authserv_id + ", above no Received");
      believed_.clear();
    }
    out.ignored = std::move(ignored_);
  }
  const std::vector<AuthenticationResults>& believed() const { return believed_; }

 private:
  bool is_ours(const std::string& name) const { return std::find(names_.begin(), names_.end(), name) != names_.end(); }

  const EmailSettings& settings_;
  const std::vector<std::string>& names_;
  std::vector<AuthenticationResults> believed_;
  std::vector<std::string> ignored_;
  std::size_t received_ = 0, fields_ = 0;
  bool has_received_below_ = false, is_open_ = false, was_open_ = false;
};

}  // namespace

Authentication authenticate(const Mail& mail, const EmailSettings& settings) {
  Authentication out;
  const auto names = names_of(settings.authserv_id);
  if (names.empty()) return out;
  Sorter sorter(settings, names);
  for (const auto& [name, value] : mail.headers) {
    if (name == "received") {
      sorter.received(value);
    } else if (name == "authentication-results") {
      sorter.results(value);
    } else {
      sorter.other(name);
    }
  }
  sorter.end(out);
  const auto from_fields =
      std::count_if(mail.headers.begin(), mail.headers.end(), [](const auto& h) { return h.first == "from"; });
  if (sorter.believed().empty()) return out;
  auto ignored = std::move(out.ignored);
  if (mail.from.size() != 1 || from_fields > 1) {
    out = {Authentication::State::kFail, false, "not exactly one From address", {}};
  } else {
    out = judge_results(sorter.believed(), domain_of(mail.from.front().address));
  }
  out.ignored = std::move(ignored);
  return out;
}

}  // namespace usher::connectors::email
