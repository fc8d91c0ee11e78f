// Hazard pointers: a thread says which node it uses, and a node is freed or filled anew only when no thread
// says so.
//
// M. M. Michael, "Hazard pointers: safe memory reclamation for lock-free objects", IEEE TPDS 2004.
// Deviations: a record for each handle instead of each thread; one hazard in each record, which stays between
// two calls.
//
// Orders: all seq_cst, the default. A reader writes its hazard and then reads once more where the node is
// reachable from; who frees has made the node unreachable and then reads the hazards. One of the two sees the
// other's write, which no weaker order promises (store buffering).
//
// Progress: lock-free. Records are kept for later handles, and freed with the list.
#pragma once

#include <utility>

#include "atomic.hpp"
#include "cache_line.hpp"

namespace handoff {

template <class Node>
class hazard_list {
public:
    // Of one handle, and so of one thread at a time.
    class alignas(no_false_sharing) record {
    public:
        // The node that `from` names. It stays valid until the next call, or until the record is given back.
        Node* protect(const atomic<Node*>& from) {
            Node* seen = from.load();
            for (;;) {
                hazard_.store(seen);
                Node* const now = from.load();
                if (now == seen) return seen;
                seen = now;
            }
        }

    private:
        friend hazard_list;

        atomic<Node*> hazard_{nullptr};
        atomic<bool> is_taken_{true};
        plain<record*> older_{nullptr};  // written before the record is published
    };

    hazard_list() = default;
    hazard_list(const hazard_list&) = delete;
    hazard_list& operator=(const hazard_list&) = delete;
    ~hazard_list() {
        for (record* one = newest_.load(); one != nullptr;) delete std::exchange(one, one->older_);
    }

    record& take() {
        for (record* one = newest_.load(); one != nullptr; one = one->older_) {
            if (!one->is_taken_.exchange(true)) return *one;
        }
        record* const own = new record;
        record* newest = newest_.load();
        do {
            own->older_ = newest;
        } while (!newest_.compare_exchange_weak(newest, own));
        return *own;
    }

    void give_back(record& own) {
        own.hazard_.store(nullptr);
        own.is_taken_.store(false);
    }

    // Of a node that cannot be reached any more: who protects it later than this looks finds another one
    // there.
    bool protects(const Node* node) const {
        for (const record* one = newest_.load(); one != nullptr; one = one->older_) {
            if (one->hazard_.load() == node) return true;
        }
        return false;
    }

private:
    atomic<record*> newest_{nullptr};
};

}  // namespace handoff
