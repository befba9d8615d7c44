#include <algorithm>
#include <chrono>
#include <filesystem>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include <unistd.h>

#include "gateway/app/mail_known.h"

namespace usher::gateway::app {
namespace {

namespace fs = std::filesystem;
namespace email = connectors::email;

// What a replay remembers of the mails it has decided, in place of a store: the next ones are decided with it.
class Memory {
 public:
  explicit Memory(const email::Known& base) : base_(base) {
    known_.thread = [this](const connectors::Inbound& m, const std::string& key) -> std::optional<email::KnownThread> {
      auto it = keys_.find(key);
      if (it == keys_.end()) return base_.thread ? base_.thread(m, key) : std::nullopt;
      const auto& thread = threads_[it->second];
      return email::KnownThread{"replayed " + std::to_string(it->second + 1), {}, {}, thread == m.sender_id};
    };
    known_.same_content = [this](const connectors::Inbound& m) {
      auto it = contents_.find(m.dedup_key);
      if (it != contents_.end()) return it->second;
      return base_.same_content ? base_.same_content(m) : std::string{};
    };
    known_.same_message_id = [this](const connectors::Inbound& m) {
      for (const auto& key : m.own_keys) {
        if (keys_.contains(key)) return std::string("an earlier mail of this archive");
      }
      return std::string{};
    };
  }
  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;
  const email::Known& known() const { return known_; }

  void keep(const connectors::Inbound& m, const email::Decision& d, const std::string& name) {
    using email::Outcome;
    contents_.emplace(m.dedup_key, name);
    if (d.outcome == Outcome::kNew) {
      for (const auto& key : m.own_keys) keys_.emplace(key, threads_.size());
      threads_.push_back(m.sender_id);
    } else if (d.outcome == Outcome::kReply) {
      auto it = keys_.find(d.key);
      if (it == keys_.end()) return;
      const auto thread = it->second;
      for (const auto& key : m.own_keys) keys_.emplace(key, thread);
    }
  }

 private:
  const email::Known& base_;
  email::Known known_;
  std::map<std::string, std::size_t> keys_;
  std::vector<std::string> threads_;  // the customer of each
  std::map<std::string, std::string> contents_;
};

struct Tally {
  std::int64_t mails = 0, unreadable = 0, warned = 0;
  std::map<std::string, std::int64_t> verdicts, causes, rules;
};

// Every mail of the archive, in the order of names: a Maildir's begin with the time of delivery.
Result<void> each_mail(const std::string& path, Tally& tally,
                       const std::function<void(std::string name, std::string raw)>& each) {
  std::error_code ec;
  if (!fs::is_directory(path, ec)) {
    auto bytes = read_all(path);
    if (!bytes) return fail(std::move(bytes.error()));
    if (!email::is_mbox(*bytes)) {
      each(path, std::move(*bytes));
      return {};
    }
    std::size_t n = 0;
    email::each_of_mbox(*bytes, [&](std::string raw) { each(path + "#" + std::to_string(++n), std::move(raw)); });
    return {};
  }
  std::vector<fs::path> files;
  for (fs::recursive_directory_iterator it(path, fs::directory_options::skip_permission_denied, ec), end; it != end && !ec;
       it.increment(ec)) {
    const auto parent = it->path().parent_path().filename().string();
    std::error_code type;
    if (it->is_regular_file(type) && parent != "tmp" && !it->path().filename().string().starts_with(".") &&
        !it->path().filename().string().starts_with("dovecot"))
      files.push_back(it->path());
  }
  // Where mails are called so, other files are something else.
  auto is_eml = [](const fs::path& f) { return f.extension() == ".eml"; };
  if (std::ranges::any_of(files, is_eml)) {
    std::erase_if(files, [&](const fs::path& f) {
      const auto parent = f.parent_path().filename();
      return !is_eml(f) && parent != "cur" && parent != "new";
    });
  }
  if (ec) return fail(ErrorCode::kIo, "cannot list '" + path + "': " + ec.message());
  std::ranges::sort(files,
                    [](const fs::path& a, const fs::path& b) { return std::pair(a.filename(), a) < std::pair(b.filename(), b); });
  for (const auto& file : files) {
    auto bytes = read_all(file.string());
    if (!bytes) {
      std::cerr << "usher: " << bytes.error().message << "\n";
      ++tally.unreadable;
      continue;
    }
    each(file.string(), std::move(*bytes));
  }
  return {};
}

void print_tally(const Common& common, const Tally& tally, double seconds) {
  if (common.as_json) {
    print({{"mails", tally.mails},
           {"verdicts", tally.verdicts},
           {"causes", tally.causes},
           {"rules", tally.rules},
           {"with_warnings", tally.warned},
           {"unreadable", tally.unreadable},
           {"seconds", seconds}});
    return;
  }
  std::cout << fmt::format("{} mails in {:.1f} s, {} with warnings\n", tally.mails, seconds, tally.warned);
  auto list = [](const char* title, const std::map<std::string, std::int64_t>& counts) {
    if (!counts.empty()) std::cout << title << "\n";
    std::vector<std::pair<std::int64_t, std::string>> sorted;
    for (const auto& [name, n] : counts) sorted.emplace_back(n, name);
    std::ranges::sort(sorted, std::greater{});
    for (const auto& [n, name] : sorted) std::cout << fmt::format("  {:>8}  {}\n", n, name);
  };
  list("verdicts", tally.verdicts);
  list("causes of quarantine", tally.causes);
  list("rules that fired", tally.rules);
}

}  // namespace

int mail_replay(const Common& common, const std::string& path, const MailOptions& options) {
  Tally tally;
  const auto began = std::chrono::steady_clock::now();
  auto seconds = [&] { return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count(); };
  const bool shows_progress = ::isatty(STDERR_FILENO) != 0;
  const int code = with_known(
      common, options.as_of,
      [&](const email::EmailSettings& settings, const email::Known& known, const std::optional<Error>& failed) -> Result<void> {
        Memory memory(known);
        auto done = each_mail(path, tally, [&](const std::string& name, std::string bytes) {
          if (failed) return;
          auto raw = std::make_shared<const std::string>(as_sent(std::move(bytes)));
          const auto e =
              email::explain(raw, envelope_for(*raw, settings, options), settings, memory.known(), system_clock().now());
          memory.keep(e.read.inbound, e.decision, name);
          ++tally.mails;
          ++tally.verdicts[email::to_string(e.decision.outcome)];
          if (!e.decision.cause.empty()) ++tally.causes[e.decision.cause];
          std::set<std::string> fired;
          for (const auto& [rule, evidence] : e.decision.rules) fired.insert(rule);
          for (const auto& rule : fired) ++tally.rules[rule];
          tally.warned += e.read.mail.warnings.empty() ? 0 : 1;
          if (shows_progress && tally.mails % 100 == 0)
            std::cerr << fmt::format("\r{} mails, {:.0f} s", tally.mails, seconds()) << std::flush;
        });
        return done;
      });
  if (shows_progress && tally.mails >= 100) std::cerr << "\n";
  if (code != kOk) return code;
  print_tally(common, tally, seconds());
  return tally.unreadable == 0 ? kOk : kProblems;
}

}  // namespace usher::gateway::app
