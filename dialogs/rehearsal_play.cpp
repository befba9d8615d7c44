// Events in, effects out, with a stage instead of a service.
#include "dialogs/rehearsal.h"
#include "dialogs/rehearsal_walk.h"

namespace usher::dialogs {
namespace {

// A script that keeps searching is stopped by the engine's guard; this is for an engine that does not.
constexpr int kMaxRounds = 2 * kMaxSteps;

}  // namespace

Played play(const ScriptSet& scripts, State state, const Event& event, const Stage& stage, std::string_view entry) {
  Played out;
  out.state = std::move(state);
  std::optional<Event> next = event;
  for (int round = 0; next && round < kMaxRounds; ++round) {
    const State before = out.state;
    const Event now = std::move(*next);
    Outcome outcome = step(scripts, std::move(out.state), now, entry);
    note_walk(scripts, before, now, outcome, out.walked);
    if (round == 0) out.taken = std::move(outcome.taken);
    for (TraceLine& line : outcome.trace) out.trace.push_back(std::move(line));
    out.state = std::move(outcome.state);
    next.reset();
    for (Effect& effect : outcome.effects) {
      if (const auto* search = std::get_if<Search>(&effect)) {
        next = stage.search ? stage.search(*search) : ArticlesFound{};
      } else if (const auto* fetch = std::get_if<FetchArticle>(&effect)) {
        next = stage.fetch ? stage.fetch(*fetch) : ArticlesFound{};
      } else if (const auto* look_up = std::get_if<LookUp>(&effect)) {
        next = stage.look_up ? stage.look_up(*look_up)
                             : LookedUp{LookedUp::Result::kFailed, {}, "no service '" + look_up->service + "' here"};
      } else {
        out.effects.push_back(std::move(effect));
      }
    }
  }
  return out;
}

Played Scene::take(const Event& event) {
  Played played = play(scripts_, std::move(state_), event, stage_, entry_);
  state_ = played.state;
  for (const Effect& effect : played.effects) {
    if (const auto* await = std::get_if<Await>(&effect)) {
      due_ = await->after.count() > 0 ? std::optional(now_ + await->after) : std::nullopt;
    }
  }
  if (!state_.end.empty()) due_.reset();
  return played;
}

Played Scene::open(std::string language) {
  return take(Opened{std::move(language), to_rfc3339(now_)});
}

Played Scene::say(Said said) {
  said.now = to_rfc3339(now_);
  return take(std::move(said));
}

Played Scene::wait(std::chrono::seconds time) {
  Played all;
  all.state = state_;
  const Timestamp until = now_ + time;
  while (due_ && *due_ <= until) {
    now_ = *due_;
    due_.reset();
    Played one = take(TimePassed{to_rfc3339(now_)});
    all.state = one.state;
    for (Effect& e : one.effects) all.effects.push_back(std::move(e));
    for (TraceLine& line : one.trace) all.trace.push_back(std::move(line));
    all.walked.merge(one.walked);
    // An engine that asks to be woken at once again and again would hold the clock still.
    if (due_ && *due_ <= now_) due_.reset();
  }
  now_ = until;
  return all;
}

}  // namespace usher::dialogs
