// `usher dialog test`: plays the conversations beside the scripts; says what differed and what no conversation walks over.
#include <algorithm>
#include <chrono>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "gateway/app/dialog.h"

namespace usher::gateway::app {
namespace fs = std::filesystem;
namespace {

using nlohmann::json;

constexpr std::size_t kMissingShown = 8;  // of one script

double percent(std::size_t part, std::size_t all) {
  return all == 0 ? 100.0 : 100.0 * static_cast<double>(part) / static_cast<double>(all);
}

dialogs::Rehearsed timed(const dialogs::Source& conversation, const dialogs::ScriptSet& scripts) {
  const auto begin = std::chrono::steady_clock::now();
  auto r = dialogs::rehearse(conversation, scripts);
  r.engine_time = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - begin);
  return r;
}

std::string indented(const std::string& words) {
  std::string out = "      ";
  for (const char c : words) {
    out += c;
    if (c == '\n') out += "      ";
  }
  return out;
}

void print_one(const dialogs::Rehearsed& r, std::size_t number, std::size_t all) {
  std::cout << fmt::format("[{:>{}}/{}] {} {}: {} ({} turns)\n", number, std::to_string(all).size(), all,
                           r.problems.empty() ? "ok  " : "FAIL", fs::path(r.file).filename().string(), r.name, r.turns);
  for (const auto& p : r.problems) {
    std::cout << fmt::format("  {}:{}: {}\n", p.file, p.line, p.message);
    if (!p.hint.empty()) std::cout << indented(p.hint) << "\n";
  }
  std::cout << std::flush;
}

void add(dialogs::Coverage& total, const dialogs::Coverage& c) {
  total.steps += c.steps;
  total.steps_walked += c.steps_walked;
  total.branches += c.branches;
  total.branches_walked += c.branches_walked;
  total.timeouts += c.timeouts;
  total.timeouts_walked += c.timeouts_walked;
}

std::string figures(const std::string& name, const dialogs::Coverage& c) {
  return fmt::format("  {:<22} steps {:>4}/{:<4} {:>5.1f} %   branches {:>4}/{:<4} {:>5.1f} %   time-outs {:>3}/{}\n", name,
                     c.steps_walked, c.steps, percent(c.steps_walked, c.steps), c.branches_walked, c.branches,
                     percent(c.branches_walked, c.branches), c.timeouts_walked, c.timeouts);
}

json to_json(const dialogs::Coverage& c) {
  return {{"steps", c.steps},       {"steps_walked", c.steps_walked},
          {"branches", c.branches}, {"branches_walked", c.branches_walked},
          {"timeouts", c.timeouts}, {"timeouts_walked", c.timeouts_walked},
          {"missing", c.missing}};
}

void print_coverage(const std::map<std::string, dialogs::Coverage>& by_script, const dialogs::Coverage& total) {
  std::cout << "Covered:\n";
  for (const auto& [name, c] : by_script) {
    std::cout << figures(name, c);
    for (std::size_t i = 0; i < std::min(c.missing.size(), kMissingShown); ++i)
      std::cout << "      not walked: " << c.missing[i] << "\n";
    if (c.missing.size() > kMissingShown) std::cout << "      and " << c.missing.size() - kMissingShown << " more\n";
  }
  std::cout << figures("all", total);
}

bool write(const fs::path& path, const std::string& bytes) {
  std::ofstream out(path, std::ios::binary);
  out << bytes;
  return static_cast<bool>(out.flush());
}

// A conversation that exists already is somebody's work: the new one takes the next free name.
fs::path free_name(const fs::path& folder, const std::string& file) {
  std::error_code ec;
  fs::path path = folder / file;
  const std::string stem = path.stem().string();
  for (int n = 2; fs::exists(path, ec); ++n) path = folder / fmt::format("{}-{}.txt", stem, n);
  return path;
}

}  // namespace

int dialog_test(const Common& common, const DialogTestOptions& options) {
  int code = kOk;
  auto folder = open_scripts(common, options.dir, code);
  if (!folder) return code;
  const auto conversations = conversations_of(folder->folder, options.only);
  if (conversations.empty() && options.suggest.empty()) {
    return complain(common,
                    {ErrorCode::kNotFound, "there are no conversations in '" + (folder->folder / "conversations").string() + "'",
                     options.only.empty() ? "--suggest OUTDIR writes some" : "whose file name has '" + options.only + "' in it"},
                    kProblems);
  }
  std::vector<dialogs::Rehearsed> all;
  dialogs::Walked walked;
  std::size_t failed = 0;
  int turns = 0;
  std::chrono::microseconds time{0};
  for (const auto& conversation : conversations) {
    all.push_back(timed(conversation, *folder->scripts));
    const auto& r = all.back();
    if (!r.problems.empty()) ++failed;
    turns += r.turns;
    time += r.engine_time;
    walked.insert(r.walked.begin(), r.walked.end());
    if (!common.as_json) print_one(r, all.size(), conversations.size());
  }

  auto by_script = dialogs::coverage(*folder->scripts, walked);
  if (folder->is_completed) {
    std::erase_if(by_script, [&](const auto& s) { return !folder->is_own(folder->scripts->find(s.first)->file); });
  }
  dialogs::Coverage total;
  for (const auto& [name, c] : by_script) add(total, c);
  const double steps = percent(total.steps_walked, total.steps), branches = percent(total.branches_walked, total.branches);
  const bool enough = steps >= options.require_steps && branches >= options.require_branches;
  const bool ok = failed == 0 && enough;

  if (!options.junit.empty() && !write(options.junit, dialogs::to_junit(all))) {
    return complain(common, {ErrorCode::kIo, "cannot write '" + options.junit + "'"}, kSoftware);
  }
  std::vector<std::string> suggested, not_found;
  if (!options.suggest.empty()) {
    std::error_code ec;
    fs::create_directories(options.suggest, ec);
    if (!common.as_json) std::cout << "Looking for ways nobody rehearses ..." << std::endl;
    for (const auto& s : dialogs::suggest(*folder->scripts, walked)) {
      const std::string script = s.file.substr(0, s.file.find(".suggested"));
      if (!by_script.contains(script)) continue;
      const auto played = dialogs::rehearse(s, *folder->scripts);
      walked.insert(played.walked.begin(), played.walked.end());
      const fs::path path = free_name(options.suggest, s.file);
      if (!write(path, s.bytes)) return complain(common, {ErrorCode::kIo, "cannot write '" + path.string() + "'"}, kSoftware);
      suggested.push_back(path.string());
    }
    for (const auto& [name, c] : dialogs::coverage(*folder->scripts, walked)) {
      if (by_script.contains(name)) not_found.insert(not_found.end(), c.missing.begin(), c.missing.end());
    }
  }

  if (common.as_json) {
    json out = {{"ok", ok},
                {"conversations", json::array()},
                {"failed", failed},
                {"turns", turns},
                {"seconds", std::chrono::duration<double>(time).count()},
                {"coverage", {{"all", to_json(total)}, {"scripts", json::object()}}},
                {"suggested", suggested},
                {"not_found", not_found}};
    for (const auto& r : all) {
      json problems = json::array();
      for (const auto& p : r.problems) problems.push_back({{"line", p.line}, {"message", p.message}, {"hint", p.hint}});
      out["conversations"].push_back({{"file", r.file},
                                      {"name", r.name},
                                      {"turns", r.turns},
                                      {"ok", r.problems.empty()},
                                      {"end", r.state.end},
                                      {"problems", problems}});
    }
    for (const auto& [name, c] : by_script) out["coverage"]["scripts"][name] = to_json(c);
    print(out);
    return ok ? kOk : kProblems;
  }
  if (options.with_coverage || !enough) print_coverage(by_script, total);
  for (const auto& path : suggested) std::cout << "suggested: " << path << "\n";
  for (const auto& way : not_found) std::cout << "no conversation found for: " << way << "\n";
  if (!enough) {
    std::cout << fmt::format("not enough: {:.1f} % of the steps (wanted {:.0f}), {:.1f} % of the branches (wanted {:.0f})\n",
                             steps, options.require_steps, branches, options.require_branches);
  }
  std::cout << fmt::format("{}: {} conversations, {} failed, {} turns in {:.0f} ms\n", ok ? "ok" : "FAILED", all.size(), failed,
                           turns, std::chrono::duration<double, std::milli>(time).count());
  return ok ? kOk : kProblems;
}

}  // namespace usher::gateway::app
