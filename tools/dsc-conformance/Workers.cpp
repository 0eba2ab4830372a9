// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Child processes that take case numbers from one pipe and answer outcomes on another.

#include "tools/dsc-conformance/Workers.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

namespace dsc::conformance {
namespace {

using Clock = std::chrono::steady_clock;

bool readAll(int file, void *data, size_t bytes) {
  for (size_t done = 0; done < bytes;) {
    ssize_t got = read(file, static_cast<char *>(data) + done, bytes - done);
    if (got < 0 && errno == EINTR)
      continue;
    if (got <= 0)
      return false;
    done += size_t(got);
  }
  return true;
}

bool writeAll(int file, const void *data, size_t bytes) {
  for (size_t done = 0; done < bytes;) {
    ssize_t put = write(file, static_cast<const char *>(data) + done, bytes - done);
    if (put < 0 && errno == EINTR)
      continue;
    if (put <= 0)
      return false;
    done += size_t(put);
  }
  return true;
}

/// What a child answers: this, then `reasonBytes` characters.
struct Answer {
  uint32_t status;
  uint32_t reasonBytes;
  double seconds;
};

struct Worker {
  pid_t pid = -1;
  int requests = -1, answers = -1;
  size_t current = SIZE_MAX;
  Clock::time_point started;

  bool isBusy() const { return current != SIZE_MAX; }
};

class Pool {
public:
  Pool(const std::vector<Case> &cases, const WorkerOptions &options,
       const std::function<Outcome(const Case &, unsigned)> &body)
      : cases(cases), options(options), body(body), workers(std::max(1u, options.workers)), outcomes(cases.size()) {}

  std::vector<Outcome> run();

private:
  void start(unsigned position);
  void stop(Worker &worker);
  [[noreturn]] void serve(unsigned position, int requests, int answers);
  void give(unsigned position);
  void waitForOne();
  void collect(unsigned position);
  void fail(unsigned position, const std::string &reason);
  void finish(unsigned position, Outcome outcome);

  const std::vector<Case> &cases;
  const WorkerOptions &options;
  const std::function<Outcome(const Case &, unsigned)> &body;
  std::vector<Worker> workers;
  std::vector<Outcome> outcomes;
  size_t next = 0, done = 0;
};

void Pool::serve(unsigned position, int requests, int answers) {
  uint64_t index;
  while (readAll(requests, &index, sizeof index)) {
    Outcome outcome = body(cases[index], position);
    Answer answer = {uint32_t(outcome.status), uint32_t(outcome.reason.size()), outcome.seconds};
    if (!writeAll(answers, &answer, sizeof answer) ||
        !writeAll(answers, outcome.reason.data(), outcome.reason.size()))
      break;
  }
  _exit(0);
}

void Pool::start(unsigned position) {
  int requests[2], answers[2];
  if (pipe(requests) != 0 || pipe(answers) != 0)
    return;
  pid_t pid = fork();
  if (pid == 0) {
    close(requests[1]);
    close(answers[0]);
    for (Worker &other : workers)
      if (other.pid > 0) {
        close(other.requests);
        close(other.answers);
      }
    serve(position, requests[0], answers[1]);
  }
  close(requests[0]);
  close(answers[1]);
  workers[position].pid = pid;
  workers[position].requests = requests[1];
  workers[position].answers = answers[0];
}

void Pool::stop(Worker &worker) {
  if (worker.pid <= 0)
    return;
  close(worker.requests);
  close(worker.answers);
  kill(worker.pid, SIGKILL);
  worker.pid = -1;
}

void Pool::give(unsigned position) {
  Worker &worker = workers[position];
  if (worker.pid <= 0)
    start(position);
  uint64_t index = next++;
  worker.current = index;
  worker.started = Clock::now();
  if (worker.pid <= 0 || !writeAll(worker.requests, &index, sizeof index))
    fail(position, "the worker does not start");
}

void Pool::finish(unsigned position, Outcome outcome) {
  Worker &worker = workers[position];
  outcomes[worker.current] = std::move(outcome);
  if (options.finished)
    options.finished(worker.current, outcomes[worker.current]);
  worker.current = SIZE_MAX;
  ++done;
}

void Pool::fail(unsigned position, const std::string &reason) {
  double seconds = std::chrono::duration<double>(Clock::now() - workers[position].started).count();
  pid_t pid = workers[position].pid;
  stop(workers[position]);
  if (pid > 0)
    waitpid(pid, nullptr, 0);
  finish(position, {Status::Crash, reason, seconds});
}

void Pool::collect(unsigned position) {
  Answer answer;
  if (!readAll(workers[position].answers, &answer, sizeof answer) || answer.status > uint32_t(Status::Pass) ||
      answer.reasonBytes > 1 << 20) {
    // The child is gone or going: let it end by itself, so that its signal is known.
    close(workers[position].requests);
    int status = 0;
    waitpid(workers[position].pid, &status, 0);
    close(workers[position].answers);
    workers[position].pid = -1;
    double seconds = std::chrono::duration<double>(Clock::now() - workers[position].started).count();
    return finish(position, {Status::Crash, WIFSIGNALED(status) ? strsignal(WTERMSIG(status)) : "exit", seconds});
  }
  std::string reason(answer.reasonBytes, '\0');
  if (!readAll(workers[position].answers, reason.data(), reason.size()))
    return fail(position, "the answer is cut off");
  finish(position, {Status(answer.status), reason, answer.seconds});
}

void Pool::waitForOne() {
  std::vector<pollfd> files;
  std::vector<unsigned> positions;
  double left = options.timeoutSeconds;
  for (unsigned i = 0; i < workers.size(); ++i) {
    if (!workers[i].isBusy())
      continue;
    files.push_back({workers[i].answers, POLLIN, 0});
    positions.push_back(i);
    double age = std::chrono::duration<double>(Clock::now() - workers[i].started).count();
    left = std::min(left, options.timeoutSeconds - age);
  }
  poll(files.data(), files.size(), std::max(0, int(left * 1000)) + 1);
  for (size_t i = 0; i < files.size(); ++i) {
    double age = std::chrono::duration<double>(Clock::now() - workers[positions[i]].started).count();
    if (files[i].revents)
      collect(positions[i]);
    else if (age >= options.timeoutSeconds)
      fail(positions[i], "timeout");
  }
}

std::vector<Outcome> Pool::run() {
  signal(SIGPIPE, SIG_IGN);
  while (done < cases.size()) {
    for (unsigned i = 0; i < workers.size(); ++i)
      if (!workers[i].isBusy() && next < cases.size())
        give(i);
    if (std::any_of(workers.begin(), workers.end(), [](const Worker &worker) { return worker.isBusy(); }))
      waitForOne();
  }
  for (Worker &worker : workers) {
    pid_t pid = worker.pid;
    stop(worker);
    if (pid > 0)
      waitpid(pid, nullptr, 0);
  }
  return std::move(outcomes);
}

} // namespace

std::vector<Outcome> runInWorkers(const std::vector<Case> &cases, const WorkerOptions &options,
                                  const std::function<Outcome(const Case &, unsigned)> &body) {
  return Pool(cases, options, body).run();
}

} // namespace dsc::conformance
