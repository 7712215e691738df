// SPDX-License-Identifier: Apache-2.0
#include "verifier/engine/work_limit.h"

#include <fmt/format.h>
#include <tbb/task_group.h>

#include <cmath>
#include <condition_variable>
#include <mutex>
#include <system_error>
#include <thread>

#include "verifier/engine/operations.h"

namespace padproof::verifier {
namespace {

using model::Result;

// A second of any machine: what takes more of them than are left need not be begun.
constexpr double kOperationsOfSecond = 1e13;

/// Cancels a group of tasks at the deadline, unless it is gone by then.
class Alarm {
 public:
  Alarm(std::chrono::steady_clock::time_point deadline, tbb::task_group_context& tasks) {
    try {
      thread_ = std::thread([this, deadline, &tasks] {
        std::unique_lock lock(mutex_);
        if (!is_over_.wait_until(lock, deadline, [this] { return over_; })) tasks.cancel_group_execution();
      });
    } catch (const std::system_error&) {
      // Where no thread can be had the deadline is seen between two nodes.
    }
  }
  Alarm(const Alarm&) = delete;
  Alarm& operator=(const Alarm&) = delete;
  ~Alarm() {
    {
      const std::lock_guard lock(mutex_);
      over_ = true;
    }
    is_over_.notify_one();
    if (thread_.joinable()) thread_.join();
  }

 private:
  std::mutex mutex_;
  std::condition_variable is_over_;
  bool over_ = false;
  std::thread thread_;
};

}  // namespace

bool is_limit(const model::Diagnostic& diagnostic) {
  return diagnostic.code == "timeout" || diagnostic.code == "flops-limit" ||
         diagnostic.code == "memory-limit";
}

bool is_cut_off() { return tbb::is_current_task_group_canceling(); }

bool WorkMeter::is_unlimited() const { return !limit_.deadline && std::isinf(limit_.operations); }

Result<void> check_operations(const Operations& operations, double more) {
  const double all = operations.spent + more;
  if (all <= operations.allowed) return {};
  return model::unsupported("flops-limit", "stopped: it takes more operations than allowed",
                            fmt::format("{:.4g}", all), fmt::format("{:.4g}", operations.allowed));
}

Result<void> WorkMeter::run(const Operator& op, KernelContext& context) {
  if (is_unlimited()) return run_kernel(op, context);
  if (auto allowed = begin(context); !allowed) return allowed;
  auto done = run_kernel(op, context);
  // Errors too.
  if (auto left = model::check_deadline(limit_.deadline); !left) return left;
  return done ? end(context) : done;
}

Result<void> WorkMeter::spend(double operations) {
  auto allowed = check_operations(operations_, operations);
  operations_.spent += operations;
  return allowed;
}

Result<void> WorkMeter::begin(KernelContext& context) {
  const double operations = operations_of(context);
  if (limit_.deadline) {
    const std::chrono::duration<double> takes(operations / kOperationsOfSecond);
    const auto begin =
        *limit_.deadline - std::chrono::duration_cast<std::chrono::steady_clock::duration>(takes);
    if (auto left = model::check_deadline(begin); !left) return left;
  }
  if (auto allowed = spend(operations); !allowed) return allowed;
  context.operations = operations_;
  return {};
}

Result<void> WorkMeter::end(const KernelContext& context) {
  double elements = 0;
  for (const Tensor& output : context.outputs)
    if (output.is_set()) elements += static_cast<double>(output.size());
  return spend(elements);
}

void run_until(const model::Deadline& deadline, const std::function<void()>& work) {
  if (!deadline) return work();
  tbb::task_group_context context;
  tbb::task_group tasks(context);
  const Alarm alarm(*deadline, context);
  tasks.run_and_wait(work);
}

}  // namespace padproof::verifier
