// A variable that is not atomic: every access is checked for races.
#pragma once

#include <type_traits>
#include <utility>

#include "execution.hpp"

namespace handoff::exploration {

template <class T>
class plain {
public:
    plain() : plain(T{}) {}
    plain(T value) : value_(value) { touch(access::begin_life); }
    plain(const plain& other) : plain(other.get()) {}
    plain& operator=(const plain& other) { return *this = other.get(); }
    ~plain() { touch(access::end_life); }

    operator T() const { return get(); }
    T operator->() const requires std::is_pointer_v<T> { return get(); }

    plain& operator=(T value) {
        touch(access::write);
        value_ = value;
        return *this;
    }
    plain& operator+=(T n) { return *this = static_cast<T>(get() + n); }
    plain& operator-=(T n) { return *this = static_cast<T>(get() - n); }
    plain& operator++() { return *this += 1; }
    plain& operator--() { return *this -= 1; }

private:
    using access = execution::access;

    T get() const {
        touch(access::read);
        return value_;
    }
    void touch(access how) const { running().touch(this, how); }

    T value_;
};

}  // namespace handoff::exploration
