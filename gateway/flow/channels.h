// The channels that are configured: what each can show, which script greets its customers, and how it delivers.
// Filled once at start by the wiring, read-only afterwards.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "connectors/channel.h"

namespace usher::gateway::flow {

struct ChannelInfo {
  connectors::Channel* channel = nullptr;
  connectors::Capabilities can;
  std::string entry;  // script for a first message; empty: chosen by what it says
  // A pull channel's customer reads the transcript by sequence number (webchat): the transcript row is the delivery, no outbox
  // row.
  bool is_pull = false;
};

class Channels {
 public:
  void add(connectors::Channel& channel, std::string entry, bool is_pull) {
    by_name_[channel.name()] = ChannelInfo{&channel, channel.capabilities(), std::move(entry), is_pull};
  }
  // Null for a channel that is configured no longer: its conversations stay readable, nothing is sent.
  const ChannelInfo* find(const std::string& name) const {
    auto it = by_name_.find(name);
    return it == by_name_.end() ? nullptr : &it->second;
  }
  const std::map<std::string, ChannelInfo>& all() const { return by_name_; }

 private:
  std::map<std::string, ChannelInfo> by_name_;
};

}  // namespace usher::gateway::flow
