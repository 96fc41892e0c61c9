#include "app/command_line.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <sstream>

#include "app/output.h"
#include "app/version.h"

namespace lastword {
namespace {

/// "LASTWORD_QUIET_GAP" for "quiet-gap".
std::string environment_name(std::string flag) {
  for (char& c : flag) {
    c = c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  return "LASTWORD_" + flag;
}

/// "quiet-gap" for "-q,--quiet-gap"; "MESSAGE" for a positional argument.
std::string long_name(const std::string& flags) {
  const auto dashes = flags.rfind("--");
  return dashes == std::string::npos ? flags : flags.substr(dashes + 2);
}

/// CLI11 lets the config file win over the environment. Here the environment wins: what it sets is
/// left out of the file's items. An unknown key is an error that names it.
class EnvironmentFirst final : public CLI::ConfigBase {
 public:
  explicit EnvironmentFirst(const CLI::App& app) : app_(app) {}

  std::vector<CLI::ConfigItem> from_config(std::istream& input) const override {
    std::vector<CLI::ConfigItem> given = CLI::ConfigBase::from_config(input);
    for (const CLI::ConfigItem& item : given) {
      if (app_.get_option_no_throw("--" + item.name) == nullptr || !item.parents.empty()) {
        throw CLI::ConfigError("config: unknown key '" + item.fullname() +
                               "'; the keys are the long flags, without dashes");
      }
    }
    std::erase_if(given, [](const CLI::ConfigItem& item) {
      const char* value = std::getenv(environment_name(item.name).c_str());
      return value != nullptr && *value != '\0';
    });
    return given;
  }

 private:
  const CLI::App& app_;
};

}  // namespace

CommandLine::CommandLine(std::string program, std::string description, std::string examples)
    : program_(std::move(program)), app_(std::move(description), program_) {
  app_.footer(std::move(examples));
  app_.set_version_flag("--version", program_ + " " + version, "Print the version and exit");
  app_.get_help_ptr()->description("Print this help and exit");
  app_.set_config("--config", "", "Read flags from FILE, a line each: hold = \"2s\"")
      ->type_name("FILE");
  app_.config_formatter(std::make_shared<EnvironmentFirst>(app_));
  app_.allow_config_extras(false);
}

CLI::Option* CommandLine::decorate(CLI::Option* option, const std::string& type,
                                   const std::string& shown_default) {
  option->type_name(type)->take_last();
  if (!shown_default.empty()) option->default_str(shown_default);
  const std::string name = option->get_name();
  if (name.starts_with("--")) option->envname(environment_name(long_name(name)));
  return option;
}

void CommandLine::reject(const std::string& flags, const Error& error) const {
  const std::string name = long_name(flags);
  throw CLI::ValidationError(name == flags ? name : "--" + name, error.text);
}

CLI::Option* CommandLine::add_text(const std::string& flags, std::string& value,
                                   const std::string& help, const std::string& type) {
  const auto parse = [](const std::string& text) -> Result<std::string> { return text; };
  return add(flags, value, parse, help, type, value);
}

CLI::Option* CommandLine::add_action(const std::string& flags, bool& value,
                                     const std::string& help) {
  return app_.add_flag(flags, value, help)->configurable(false);
}

CLI::Option* CommandLine::add_endpoints(const std::string& flags, std::vector<Endpoint>& value,
                                        const std::string& help) {
  std::string shown_default;
  for (const Endpoint& endpoint : value) {
    shown_default += (shown_default.empty() ? "" : ",") + to_string(endpoint);
  }
  const auto parse_all = [&value, this, flags](const std::vector<std::string>& texts) {
    value.clear();
    for (const std::string& text : texts) {
      std::istringstream pieces(text + ",");
      for (std::string piece; std::getline(pieces, piece, ',');) {
        const auto endpoint = parse_endpoint(piece);
        if (!endpoint) reject(flags, endpoint.error());
        value.push_back(*endpoint);
      }
    }
  };
  return app_.add_option_function<std::vector<std::string>>(flags, parse_all, help)
      ->allow_extra_args(false)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->type_name("ADDR:PORT")
      ->default_str(shown_default)
      ->envname(environment_name(long_name(flags)));
}

CLI::Option* CommandLine::add_flag(const std::string& flags, bool& value, const std::string& help) {
  return app_.add_flag(flags, value, help)->envname(environment_name(long_name(flags)));
}

CLI::Option* CommandLine::add_duration(const std::string& flags, std::chrono::nanoseconds& value,
                                       std::chrono::nanoseconds least, const std::string& help) {
  const auto parse = [least](const std::string& text) -> Result<std::chrono::nanoseconds> {
    auto duration = parse_duration(text);
    if (duration && *duration < least) {
      return failure(fmt::format("'{}' is too short; {} is the least", text, to_string(least)));
    }
    return duration;
  };
  return add(flags, value, parse, help, "DURATION", to_string(value));
}

CLI::Option* CommandLine::add_count(const std::string& flags, std::uint64_t& value,
                                    std::uint64_t least, std::uint64_t most,
                                    const std::string& help) {
  const auto parse = [least, most](const std::string& text) -> Result<std::uint64_t> {
    std::uint64_t number = 0;
    const auto* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, number);
    if (error != std::errc{} || stop != end || number < least || number > most) {
      return failure(
          fmt::format("'{}' won't do; it takes a whole number from {} to {}", text, least, most));
    }
    return number;
  };
  return add(flags, value, parse, help, "N", std::to_string(value));
}

std::optional<int> CommandLine::parse(int argc, char** argv) {
  try {
    app_.parse(argc, argv);
    return std::nullopt;
  } catch (const CLI::CallForHelp&) {
    return print(app_.help()) ? exit_code::yes : exit_code::unreachable;
  } catch (const CLI::CallForVersion& version_text) {
    return print(version_text.what() + std::string("\n")) ? exit_code::yes : exit_code::unreachable;
  } catch (const CLI::ParseError& error) {
    std::string text = error.what();
    std::replace(text.begin(), text.end(), '\n', ' ');
    return fail(exit_code::usage, program_, fmt::format("{} (see {} --help)", text, program_));
  }
}

std::string CommandLine::as_config() const { return app_.config_to_str(true, false); }

}  // namespace lastword
