#pragma once

#include <CLI/CLI.hpp>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "app/duration.h"
#include "net/endpoint.h"
#include "net/error.h"

namespace lastword {

/// The exit codes of every program here.
namespace exit_code {
inline constexpr int yes = 0;
inline constexpr int no = 1;           ///< the answer is no
inline constexpr int usage = 2;        ///< the command line, environment or config makes no sense
inline constexpr int unreachable = 3;  ///< could not reach or finish
inline constexpr int interrupted = 130;
}  // namespace exit_code

/// A program's flags. Each value comes from the command line, else from the environment
/// (`LASTWORD_` and the flag's name), else from the file that --config names, else it stays what it
/// was. An error is one line that says what would be right.
class CommandLine {
 public:
  /// `examples` are shown at the end of --help.
  CommandLine(std::string program, std::string description, std::string examples);

  /// A value that `read` makes of text. `flags` is as CLI11 takes it, such as "-n,--connections";
  /// `shown_default` is for --help.
  template <class T, class Read>
  CLI::Option* add(const std::string& flags, T& value, Read read, const std::string& help,
                   const std::string& type, const std::string& shown_default) {
    return decorate(app_.add_option_function<std::string>(flags, reader(flags, value, read), help),
                    type, shown_default);
  }

  /// A word that a subcommand of app() needs, and that `read` makes a value of.
  template <class T, class Parse>
  CLI::Option* add_argument(CLI::App& subcommand, const std::string& name, T& value, Parse read,
                            const std::string& help) {
    return subcommand.add_option_function<std::string>(name, reader(name, value, read), help)
        ->type_name("")
        ->required();
  }

  CLI::Option* add_text(const std::string& flags, std::string& value, const std::string& help,
                        const std::string& type);
  /// Something to do instead of the main job, on the command line only.
  CLI::Option* add_action(const std::string& flags, bool& value, const std::string& help);
  /// On or off; on the command line its name alone is on.
  CLI::Option* add_flag(const std::string& flags, bool& value, const std::string& help);
  /// Repeatable; in the environment separated by commas. What is given replaces what `value` held.
  CLI::Option* add_endpoints(const std::string& flags, std::vector<Endpoint>& value,
                             const std::string& help);
  CLI::Option* add_duration(const std::string& flags, std::chrono::nanoseconds& value,
                            std::chrono::nanoseconds least, const std::string& help);
  CLI::Option* add_count(const std::string& flags, std::uint64_t& value, std::uint64_t least,
                         std::uint64_t most, const std::string& help);

  template <class T>
  using Choices = std::vector<std::pair<std::string, T>>;
  template <class T>
  CLI::Option* add_choice(const std::string& flags, T& value, const Choices<T>& choices,
                          const std::string& help) {
    std::string names;
    std::string shown_default;
    for (const auto& [name, choice] : choices) {
      names += (names.empty() ? "" : "|") + name;
      if (choice == value) shown_default = name;
    }
    const auto parse = [choices, names](const std::string& text) -> Result<T> {
      for (const auto& [name, choice] : choices) {
        if (name == text) return choice;
      }
      return failure("'" + text + "' is unknown; it takes " + names);
    };
    return add(flags, value, parse, help, names, shown_default);
  }

  /// Reads it all. A value is an exit code: the program is to end with it now, everything having
  /// been said.
  std::optional<int> parse(int argc, char** argv);

  /// The values in force, as a file for --config.
  std::string as_config() const;

  CLI::App& app() { return app_; }

 private:
  template <class T, class Parse>
  auto reader(const std::string& flags, T& value, Parse read) {
    return [&value, read, this, flags](const std::string& text) {
      Result<T> parsed = read(text);
      if (!parsed) reject(flags, parsed.error());
      value = std::move(*parsed);
    };
  }
  CLI::Option* decorate(CLI::Option* option, const std::string& type,
                        const std::string& shown_default);
  [[noreturn]] void reject(const std::string& flags, const Error& error) const;

  std::string program_;
  CLI::App app_;
};

}  // namespace lastword
