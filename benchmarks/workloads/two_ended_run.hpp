// What runs with producers at one end of a queue and consumers at the other share, whatever the queue: who
// does what on which thread, the sample around it, and what is left in the queue. Compiled once.
#pragma once

#include "harness/sample.hpp"
#include "harness/verify.hpp"
#include "queue_run.hpp"

namespace handoff {

class two_ended_run {
protected:
    two_ended_run(const run_settings& settings, unsigned producers, unsigned consumers,
                  const queue_spec& spec);
    ~two_ended_run();

    // On a thread each, for the whole sample.
    virtual void produce(unsigned index, window& w, thread_record& record) = 0;
    virtual void consume(unsigned index, window& w, thread_record& record) = 0;
    // What is left in the queue of `pushed` items when all threads have gone.
    virtual verdict leftovers(std::uint64_t pushed) = 0;
    virtual std::size_t capacity() const = 0;

    sample take();

    const queue_spec& spec_;
    const bool oversubscribed_;
    queue_gates gates_;
    verdict prefaulted_;

private:
    const run_settings& settings_;
    const unsigned producers_;
    const unsigned consumers_;
};

}  // namespace handoff
