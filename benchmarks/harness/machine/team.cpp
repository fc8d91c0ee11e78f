#include "team.hpp"

#include <sched.h>

#include <atomic>
#include <cerrno>
#include <exception>
#include <latch>
#include <memory>
#include <mutex>
#include <string>
#include <system_error>
#include <thread>

#include "errors.hpp"
#include "topology.hpp"

namespace handoff {
namespace {

enum class start : int { waiting, go, cancelled };

class team {
public:
    team(const std::vector<int>& cpus, const std::function<void(unsigned)>& body,
         const std::function<void()>& on_failure)
        : body_(body), on_failure_(on_failure), ready_(static_cast<std::ptrdiff_t>(cpus.size())) {
        threads_.reserve(cpus.size());
        for (unsigned i = 0; i < cpus.size(); ++i) {
            try {
                threads_.emplace_back([this, i, cpu = cpus[i]] { member(i, cpu); });
            } catch (const std::system_error& e) {
                release(start::cancelled);
                for (std::thread& t : threads_) t.join();
                throw misuse("cannot start thread " + std::to_string(i + 1) + " of " +
                             std::to_string(cpus.size()) + ": " + e.code().message() +
                             "; this machine's limits allow fewer threads");
            }
        }
    }

    // A team that is not whole does not begin.
    void begin() {
        ready_.wait();
        const std::scoped_lock lock(failure_mutex_);
        release(failure_ ? start::cancelled : start::go);
    }

    void join() {
        for (std::thread& t : threads_) t.join();
        if (failure_) std::rethrow_exception(failure_);
    }

private:
    void release(start how) {
        start_.store(how);
        start_.notify_all();
    }

    void member(unsigned index, int cpu) {
        guarded([&] { pin_this_thread(cpu); });
        ready_.count_down();
        start_.wait(start::waiting);
        if (start_.load() == start::go) guarded([&] { body_(index); });
    }

    template <class F>
    void guarded(F step) {
        try {
            step();
        } catch (...) {
            const std::scoped_lock lock(failure_mutex_);
            if (!failure_) failure_ = std::current_exception();
            on_failure_();
        }
    }

    const std::function<void(unsigned)>& body_;
    const std::function<void()>& on_failure_;
    std::latch ready_;
    std::atomic<start> start_{start::waiting};
    std::mutex failure_mutex_;
    std::exception_ptr failure_;
    std::vector<std::thread> threads_;
};

}  // namespace

void pin_this_thread(int cpu) {
    if (cpu == not_pinned) return;
    // As large as the CPU's number needs it: cpu_set_t itself ends at 1,024 CPUs.
    const auto many = static_cast<std::size_t>(cpu) + 1;
    const std::unique_ptr<cpu_set_t, void (*)(cpu_set_t*)> set(CPU_ALLOC(many),
                                                               [](cpu_set_t* p) { CPU_FREE(p); });
    const std::size_t size = CPU_ALLOC_SIZE(many);
    CPU_ZERO_S(size, set.get());
    CPU_SET_S(static_cast<std::size_t>(cpu), size, set.get());
    if (sched_setaffinity(0, size, set.get()) == 0) return;
    const int why = errno;
    throw misuse("cannot pin a thread to CPU " + std::to_string(cpu) + ": " +
                 std::generic_category().message(why) +
                 (why == EPERM || why == ENOSYS ? "; --placement none does without" : ""));
}

bool can_pin_to(int cpu) {
    bool can = true;
    std::thread([&] {
        try {
            pin_this_thread(cpu);
        } catch (const misuse&) {
            can = false;
        }
    }).join();
    return can;
}

void run_team(const std::vector<int>& cpus, const std::function<void(unsigned)>& body,
              const std::function<void()>& meanwhile, const std::function<void()>& on_failure) {
    team members(cpus, body, on_failure);
    members.begin();
    meanwhile();
    members.join();
}

}  // namespace handoff
