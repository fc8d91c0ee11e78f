// The heart of sharded_queue: a shard for each producer handle, and a lock that a consumer only tries at each
// shard.
//
// The idea of moodycamel::ConcurrentQueue (C. Desrochers, "A fast general purpose lock-free queue for C++",
// 2014): a queue for each producer, so that producers never meet. The code is ours. Differences: a shard is a
// chain for one consumer at a time (spsc_chain.hpp), and a consumer that finds it taken goes on to the next
// one, where moodycamel's consumers share it by atomic counters. A consumer stays at its shard for a bounded
// number of items and then goes on, so that no producer is starved by another one that never pauses.
//
// Progress: a push is wait-free, but for the allocation of a block. A pop is blocking, although it never
// waits: a consumer that is stopped at a shard keeps that shard's items from all others. Making a producer
// handle takes a lock.
//
// Failure: a pop looks at each shard once, and fails if all were empty or taken at that moment. So it may
// fail while others push and pop (try_failure::spurious). It says empty at the cost of two loads a shard,
// without a read-modify-write.
//
// Memory: a shard goes to a later producer handle when its own has gone, with what is in it, and is freed
// with the queue. No ABA: the list of shards only grows, under the lock.
#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <utility>

#include "../support/atomic.hpp"
#include "../support/cache_line.hpp"
#include "../support/mutex.hpp"
#include "spsc_chain.hpp"

namespace handoff {

template <class T, std::uint32_t block_items, std::uint32_t burst>
class shard_list {
    struct shard {
        spsc_chain<T, block_items> items;
        atomic<std::uint64_t> taken{0};  // items popped: written by whoever has the shard
        atomic<bool> is_taken{false};    // by a consumer
        plain<shard*> older{nullptr};    // written before the shard is published
        plain<bool> has_producer{true};  // under the lock

        bool try_pop(T& value) {
            // relaxed: a guess; an item that is missed here was pushed or popped meanwhile.
            const std::uint64_t popped = taken.load(memory_order_relaxed);
            if (items.pushed() == popped) return false;
            // relaxed: a guess, which the exchange checks, so that a shard that is taken costs no write.
            if (is_taken.load(memory_order_relaxed)) return false;
            // (1) acquire: pairs with (2); what the consumer before has done to the shard is visible.
            if (is_taken.exchange(true, memory_order_acquire)) return false;
            const give_back at_the_end{is_taken};
            if (!items.try_pop(value)) return false;
            // relaxed: only whoever has the shard writes it, and the next one reads it after (1).
            taken.store(taken.load(memory_order_relaxed) + 1, memory_order_relaxed);
            return true;
        }
    };

    // Also when the item's move throws.
    struct give_back {
        atomic<bool>& is_taken;
        // (2) release: pairs with (1); hands the shard to the next consumer.
        ~give_back() { is_taken.store(false, memory_order_release); }
    };

public:
    using value_type = T;

    class producer {
    public:
        explicit producer(shard_list& q) : queue_(&q), shard_(&q.take_shard()) {}
        producer(const producer&) = delete;
        producer& operator=(const producer&) = delete;
        ~producer() { queue_->give_back_shard(*shard_); }

        bool try_push(T&& value) { return shard_->items.try_push(std::move(value)); }

    private:
        shard_list* queue_;
        shard* shard_;
    };

    class consumer {
    public:
        explicit consumer(shard_list& q) : queue_(&q) {}

        bool try_pop(T& value) {
            shard* const first = here_ != nullptr ? here_ : queue_->newest();
            if (first == nullptr) return false;
            shard* s = first;
            do {
                if (s->try_pop(value)) {
                    stay_or_go_on(*s);
                    return true;
                }
                s = queue_->after(*s);
            } while (s != first);
            return false;
        }

    private:
        void stay_or_go_on(shard& s) {
            if (&s != here_) left_ = burst;
            here_ = --left_ > 0 ? &s : queue_->after(s);
            if (left_ == 0) left_ = burst;
        }

        shard_list* queue_;
        shard* here_ = nullptr;       // where the next pop begins
        std::uint32_t left_ = burst;  // items that it may still take there in a row
    };

    // Unbounded: the hint is of no use to a list.
    explicit shard_list(std::size_t /*capacity*/) {}
    shard_list(const shard_list&) = delete;
    shard_list& operator=(const shard_list&) = delete;

    ~shard_list() {
        for (shard* s = newest(); s != nullptr;) delete std::exchange(s, s->older);
    }

private:
    shard* newest() const {
        // (3) acquire: pairs with (4); the shard is complete, and so are the older ones.
        return newest_.load(memory_order_acquire);
    }
    shard* after(const shard& s) const {
        shard* const older = s.older;
        return older != nullptr ? older : newest();
    }

    // The lock orders the last push of a handle before the first push of the next one to its shard.
    shard& take_shard() {
        const std::lock_guard hold(lock_);
        for (shard* s = newest(); s != nullptr; s = s->older) {
            if (s->has_producer) continue;
            s->has_producer = true;
            return *s;
        }
        shard* const own = new shard;
        own->older = newest();
        // (4) release: pairs with (3); publishes the shard.
        newest_.store(own, memory_order_release);
        return *own;
    }

    void give_back_shard(shard& own) {
        const std::lock_guard hold(lock_);
        own.has_producer = false;
    }

    alignas(no_false_sharing) atomic<shard*> newest_{nullptr};
    alignas(no_false_sharing) mutex lock_;
};

}  // namespace handoff
