// SPDX-License-Identifier: Apache-2.0
#include "tests/support/child.h"

#include <fcntl.h>
#include <grp.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <stdexcept>
#include <thread>

extern char** environ;

namespace padproof::test {
namespace {

using Clock = std::chrono::steady_clock;
constexpr int kCannotStart = 121;
constexpr unsigned kNobody = 65534;

struct Streams {
  int in;
  int out;
  int err;
};

int open_or_throw(const std::string& path, int flags) {
  const int descriptor = ::open(path.c_str(), flags | O_CLOEXEC, 0600);
  if (descriptor < 0) throw std::runtime_error("cannot open " + path);
  return descriptor;
}

void limit_files(unsigned long bytes) {
  // Ignored signals survive the exec: writes then fail with EFBIG instead of ending the process.
  std::signal(SIGXFSZ, SIG_IGN);
  const rlimit limit{bytes, bytes};
  ::setrlimit(RLIMIT_FSIZE, &limit);
}

// Runs in the child, perhaps in the parent's memory, until exec: system calls only.
[[noreturn]] void become(int binary, char* const* argv, const Streams& streams, const Hardship& hardship) {
  if (!hardship.folder.empty() && ::chdir(hardship.folder.c_str()) != 0) ::_exit(kCannotStart);
  ::dup2(streams.in, 0);
  ::dup2(streams.out, 1);
  ::dup2(streams.err, 2);
  for (const int stream : hardship.closed) ::close(stream);
  if (hardship.most_file_bytes) limit_files(*hardship.most_file_bytes);
  if (hardship.unprivileged && ::geteuid() == 0) {
    const bool dropped = ::setgroups(0, nullptr) == 0 && ::setgid(kNobody) == 0 && ::setuid(kNobody) == 0;
    if (!dropped) ::_exit(kNotDropped);
  }
  if (hardship.most_threads) {
    const rlimit limit{*hardship.most_threads, *hardship.most_threads};
    if (::setrlimit(RLIMIT_NPROC, &limit) != 0) ::_exit(kCannotStart);
  }
  // By descriptor: the folders above the binary may be closed to the user that we have become.
  ::fexecve(binary, argv, environ);
  ::_exit(kCannotStart);
}

pid_t start(const std::vector<std::string>& arguments, const Streams& streams, const Hardship& hardship) {
  std::string name = hardship.binary.empty() ? PADPROOF_BINARY : hardship.binary;
  std::vector<std::string> owned = arguments;
  std::vector<char*> argv{name.data()};
  for (std::string& argument : owned) argv.push_back(argument.data());
  argv.push_back(nullptr);
  const int binary = open_or_throw(name, O_RDONLY);
  // To copy the page tables of a sanitized process takes as long as the program. But the library's setuid()
  // asks the threads of its memory to join in.
  const pid_t child = hardship.unprivileged ? ::fork() : ::vfork();
  if (child == 0) become(binary, argv.data(), streams, hardship);
  ::close(binary);
  if (child < 0) throw std::runtime_error("cannot fork");
  return child;
}

int code_of(int status) { return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status); }

int wait_until(pid_t child, Clock::time_point deadline) {
  for (;;) {
    int status = 0;
    if (::waitpid(child, &status, WNOHANG) == child) return code_of(status);
    if (Clock::now() > deadline) {
      ::kill(child, SIGKILL);
      ::waitpid(child, &status, 0);
      return kHung;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

}  // namespace

ProcessResult run_under(const Hardship& hardship, const std::vector<std::string>& arguments) {
  const TemporaryFolder folder;
  const std::string out = folder.file("out");
  const std::string err = folder.file("err");
  const bool captured = hardship.standard_output.empty();
  const std::string in = hardship.standard_input.empty() ? "/dev/null" : hardship.standard_input;
  const Streams streams{
      open_or_throw(in, O_RDONLY | O_NONBLOCK),
      captured ? open_or_throw(out, O_WRONLY | O_CREAT) : open_or_throw(hardship.standard_output, O_WRONLY),
      open_or_throw(err, O_WRONLY | O_CREAT)};
  const pid_t child = start(arguments, streams, hardship);
  for (const int descriptor : {streams.in, streams.out, streams.err}) ::close(descriptor);
  const int code = wait_until(child, Clock::now() + std::chrono::seconds(hardship.deadline_seconds));
  return {code, captured ? read_file(out) : std::string(), read_file(err)};
}

bool kill_when(const std::vector<std::string>& arguments, bool (*ready)(const std::string& folder),
               const std::string& folder) {
  const int nothing = open_or_throw("/dev/null", O_RDWR);
  const pid_t child = start(arguments, {nothing, nothing, nothing}, {});
  ::close(nothing);
  int status = 0;
  while (!ready(folder)) {
    if (::waitpid(child, &status, WNOHANG) == child) return false;
  }
  ::kill(child, SIGKILL);
  ::waitpid(child, &status, 0);
  return WIFSIGNALED(status);
}

ProcessResult run_while_mapped(const std::vector<std::string>& arguments, const std::string& file,
                               const std::function<void()>& meanwhile, const std::string& input) {
  const TemporaryFolder folder;
  std::array<int, 2> pipe{};
  if (::pipe2(pipe.data(), O_CLOEXEC) != 0) throw std::runtime_error("cannot make a pipe");
  const Streams streams{pipe[0], open_or_throw(folder.file("out"), O_WRONLY | O_CREAT),
                        open_or_throw(folder.file("err"), O_WRONLY | O_CREAT)};
  const pid_t child = start(arguments, streams, {});
  for (const int descriptor : {streams.in, streams.out, streams.err}) ::close(descriptor);
  const std::string maps = "/proc/" + std::to_string(child) + "/maps";
  int status = 0;
  bool is_over = false;
  while (!is_over && read_file(maps).find(file) == std::string::npos)
    is_over = ::waitpid(child, &status, WNOHANG) == child;
  meanwhile();
  // Whoever closes the other end early has ended already.
  std::signal(SIGPIPE, SIG_IGN);
  static_cast<void>(::write(pipe[1], input.data(), input.size()));
  ::close(pipe[1]);
  const int code = is_over ? code_of(status) : wait_until(child, Clock::now() + std::chrono::seconds(60));
  return {code, read_file(folder.file("out")), read_file(folder.file("err"))};
}

bool can_drop_privileges() {
  Hardship hardship;
  hardship.unprivileged = true;
  return run_under(hardship, {"--version"}).exit_code == 0;
}

}  // namespace padproof::test
