#include <iostream>

#include "gateway/app/mail_known.h"

namespace usher::gateway::app {
namespace email = connectors::email;

int mail_explain(const Common& common, const std::vector<std::string>& files, const MailOptions& options) {
  bool all_read = true;
  const int code = with_known(
      common, options.as_of,
      [&](const email::EmailSettings& settings, const email::Known& known, const std::optional<Error>& failed) -> Result<void> {
        for (const auto& file : files) {
          auto bytes = read_all(file);
          if (!bytes) {
            std::cerr << "usher: " << bytes.error().message << "\n";
            all_read = false;
            continue;
          }
          auto raw = std::make_shared<const std::string>(as_sent(std::move(*bytes)));
          const auto explained =
              email::explain(raw, envelope_for(*raw, settings, options), settings, known, system_clock().now());
          if (failed) return {};
          std::cout << (common.as_json ? email::to_json(explained, file) + "\n" : email::to_text(explained, file)) << std::flush;
        }
        return {};
      });
  return code == kOk && !all_read ? kProblems : code;
}

}  // namespace usher::gateway::app
