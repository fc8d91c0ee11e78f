// The items that the suite sends through a queue. Each asks something else of it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <type_traits>
#include <utility>
#include <variant>

namespace handoff::conformance {

// Trivial, and every bit pattern is a legal value: zero too, which some queues reserve.
using number = std::uint64_t;

// A number below no_value as a class that is never T{}, for a queue that keeps T{} for itself.
struct word {
    std::uint64_t successor = 0;

    static word from(number value) { return {value + 1}; }
    number number_of() const { return successor - 1; }
    friend bool operator==(const word&, const word&) = default;
};

// Items that lay, or lie, where their alignment forbids it, since the last clear().
namespace placement {
void clear();
void misplaced();
std::size_t mistakes();
}  // namespace placement

// A number that is at home only at multiples of `alignment`, and looks where it is, whatever is done to it.
template <std::size_t alignment>
class alignas(alignment) aligned {
public:
    aligned() noexcept { look(); }
    aligned(aligned&& other) noexcept : value_(other.value_) { look(); }
    aligned(const aligned& other) noexcept : value_(other.value_) { look(); }
    aligned& operator=(aligned&& other) noexcept {
        look();
        value_ = other.value_;
        return *this;
    }
    aligned& operator=(const aligned& other) noexcept {
        look();
        value_ = other.value_;
        return *this;
    }
    ~aligned() { look(); }

    static aligned from(number value) {
        aligned item;
        item.value_ = value;
        return item;
    }
    number number_of() const {
        look();
        return value_;
    }

private:
    // Through memory, since the compiler knows what alignas promises and would drop the question.
    void look() const {
        const void* volatile here = this;
        if (reinterpret_cast<std::uintptr_t>(here) % alignment != 0) placement::misplaced();
    }

    number value_ = 0;
};

// Move-only, with an owner that can be seen: a push that moved and then failed leaves it empty.
using owned = std::unique_ptr<std::uint64_t>;

// Of more than eight cache lines: an item that was read while it was being written is torn.
struct large {
    std::array<std::uint64_t, 65> words{};
};
static_assert(sizeof(large) == 520);

large make_large(std::uint64_t value);
bool is_whole(const large& item);

// The register of births and deaths of the two types below. It works on addresses, so that it needs nothing
// from an object that may not exist: assigning to raw memory, destroying twice and leaking are all seen.
namespace ledger {
void clear();
void born(const void* object);
void died(const void* object);
void used(const void* object);
std::size_t alive();
std::size_t mistakes();  // deaths and uses of what was not alive, births on top of what was
void moved();            // or copied
std::size_t moves();
}  // namespace ledger

// An item whose every birth and death is recorded. The copyable one is larger than a cache line.
template <bool copyable>
class tracked {
public:
    tracked() : tracked(0) {}
    explicit tracked(std::uint64_t value) : value_(value) { ledger::born(this); }
    tracked(tracked&& other) noexcept : value_(other.take()) { ledger::born(this); }
    tracked(const tracked& other) requires copyable : value_(other.copied()) { ledger::born(this); }
    tracked& operator=(tracked&& other) noexcept {
        ledger::used(this);
        value_ = other.take();
        return *this;
    }
    tracked& operator=(const tracked& other) requires copyable {
        ledger::used(this);
        value_ = other.copied();
        return *this;
    }
    ~tracked() { ledger::died(this); }

    std::uint64_t value() const {
        ledger::used(this);
        return value_;
    }

private:
    std::uint64_t copied() const {
        ledger::moved();
        return value();
    }
    // A moved-from item is seen to be one: moving it again brings a wrong value.
    std::uint64_t take() {
        ledger::used(this);
        ledger::moved();
        return std::exchange(value_, ~std::uint64_t{0});
    }

    std::uint64_t value_;
    [[no_unique_address]] std::conditional_t<copyable, std::array<std::uint64_t, 10>, std::monostate> rest_{};
};

using tracked_move_only = tracked<false>;
using tracked_copyable = tracked<true>;

struct move_failed : std::runtime_error {
    move_failed() : std::runtime_error("the move was told to fail") {}
};

// An item whose move can be told to throw, before it has changed anything. Recorded like `tracked`.
class fallible {
public:
    // The nth move from now on throws; 0: none does.
    static void fail_at_move(unsigned nth);

    fallible() : fallible(0) {}
    explicit fallible(std::uint64_t value) : value_(value) { ledger::born(this); }
    fallible(fallible&& other) : value_(other.take()) { ledger::born(this); }
    fallible& operator=(fallible&& other) {
        ledger::used(this);
        value_ = other.take();
        return *this;
    }
    ~fallible() { ledger::died(this); }

    std::uint64_t value() const {
        ledger::used(this);
        return value_;
    }

private:
    std::uint64_t take();

    std::uint64_t value_;
};

// An item that cannot be made out of nothing: the queue must build it in place. It is smaller than a word, of
// an odd number of bytes: for values below 2^24.
class no_default {
public:
    explicit no_default(std::uint64_t value)
        : bytes_{static_cast<std::uint8_t>(value), static_cast<std::uint8_t>(value >> 8),
                 static_cast<std::uint8_t>(value >> 16)} {}
    std::uint64_t value() const {
        return std::uint64_t{bytes_[0]} | std::uint64_t{bytes_[1]} << 8U | std::uint64_t{bytes_[2]} << 16U;
    }

private:
    std::array<std::uint8_t, 3> bytes_;
};
static_assert(sizeof(no_default) == 3);

// How a test makes an item of any of these types, and which value it finds in one.
template <class T>
T make(std::uint64_t value) {
    return T(value);
}
template <>
inline owned make<owned>(std::uint64_t value) {
    return std::make_unique<std::uint64_t>(value);
}
template <>
inline large make<large>(std::uint64_t value) {
    return make_large(value);
}

// What value_of finds in an item that is empty or torn.
inline constexpr std::uint64_t no_value = ~std::uint64_t{0};

inline std::uint64_t value_of(number item) {
    return item;
}
inline std::uint64_t value_of(const owned& item) {
    return item ? *item : no_value;
}
inline std::uint64_t value_of(const large& item) {
    return is_whole(item) ? item.words[0] : no_value;
}
template <class T>
std::uint64_t value_of(const T& item) {
    return item.value();
}

}  // namespace handoff::conformance
