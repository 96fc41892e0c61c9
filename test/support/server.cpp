#include "support/server.h"

#include <linux/io_uring.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <sstream>
#include <stdexcept>

#include "protocol/escape.h"

namespace lastword::test {

bool uring_is_permitted() {
  io_uring_params parameters{};
  parameters.flags = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN;
  return Fd(static_cast<int>(syscall(__NR_io_uring_setup, 1, &parameters))).get() >= 0;
}

Server::Server(const std::vector<std::string>& flags, std::vector<std::string> command_before,
               const std::string& executable) {
  const std::string port_file = folder_.file("port");
  std::vector<std::string> argv = std::move(command_before);
  argv.insert(argv.end(),
              {executable, "--port-file", port_file, "--hold", "50ms", "--log-format", "json"});
  // The last of a flag counts, but listeners add up.
  if (std::find(flags.begin(), flags.end(), "--listen") == flags.end()) {
    argv.insert(argv.end(), {"--listen", "127.0.0.1:0"});
  }
  argv.insert(argv.end(), flags.begin(), flags.end());
  process_ = std::make_unique<Process>(argv);
  const bool listens = eventually([&] {
    std::istringstream(read_file(port_file)) >> port_;
    return port_ != 0 || !process_->is_running();
  });
  if (!listens || port_ == 0) {
    throw std::runtime_error("the server does not listen: " + process_->err());
  }
}

Writer Server::connect() const {
  auto writer = Writer::connect({"127.0.0.1", port_}, Clock::now() + patience);
  if (!writer) throw std::runtime_error(writer.error().text);
  return std::move(*writer);
}

std::vector<nlohmann::json> Server::log() const {
  std::vector<nlohmann::json> lines;
  std::istringstream text(process_->err());
  for (std::string line; std::getline(text, line) && !text.eof();) {
    lines.push_back(nlohmann::json::parse(line));
  }
  return lines;
}

std::vector<nlohmann::json> Server::events(const std::string& name) const {
  auto lines = log();
  std::erase_if(lines, [&](const auto& line) { return line.at("event") != name; });
  return lines;
}

bool Server::has_logged(const std::string& name, std::size_t count) const {
  return eventually([&] { return events(name).size() >= count; });
}

std::optional<Exit> Server::stop() {
  process_->signal(SIGTERM);
  return process_->wait();
}

std::ostream& operator<<(std::ostream& out, const Answer& answer) {
  return out << '"' << escaped(answer.bytes) << "\" "
             << (answer.closed ? "closed" : "not closed: " + answer.error);
}

Answer answer_to(Writer& writer, Clock::duration most) {
  const auto deadline = Clock::now() + most;
  Answer answer;
  for (;;) {
    const auto piece = writer.receive(deadline);
    if (!piece) {
      answer.error = piece.error().text;
      return answer;
    }
    answer.bytes += piece->bytes;
    answer.closed = piece->closed;
    if (piece->timed_out) answer.error = "timed out";
    if (piece->closed || piece->timed_out) return answer;
  }
}

Answer converse(const Server& server, std::string_view bytes) {
  Writer writer = server.connect();
  send(writer, bytes);
  return answer_to(writer);
}

void send(Writer& writer, std::string_view bytes) {
  const auto sent = writer.send(bytes, Clock::now() + patience);
  if (!sent) throw std::runtime_error(sent.error().text);
}

void reset(Writer writer) {
  const linger at_once{1, 0};
  setsockopt(writer.fd(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

}  // namespace lastword::test
