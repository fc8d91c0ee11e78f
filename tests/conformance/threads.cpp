#include "threads.hpp"

#include <chrono>
#include <exception>
#include <latch>
#include <string>
#include <thread>
#include <vector>

#include "calls.hpp"
#include "session.hpp"

namespace handoff::conformance {

void run_threads(unsigned count, const std::function<void(unsigned)>& body,
                 const std::function<void()>& meanwhile) {
    std::latch ready(count);
    std::vector<std::thread> threads;
    threads.reserve(count);
    for (unsigned i = 0; i < count; ++i) {
        threads.emplace_back([&, i] {
            // Here, because the place is taken by a call of the C library that no stopped thread may be in.
            calls_of_this_thread().number = static_cast<int>(i);
            ready.arrive_and_wait();
            try {
                body(i);
            } catch (const std::exception& e) {
                die("thread " + std::to_string(i) + " threw: " + e.what());
            }
        });
    }
    meanwhile();
    for (std::thread& thread : threads) thread.join();
}

void give_way() {
    std::this_thread::yield();
}

void nap() {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
}

}  // namespace handoff::conformance
