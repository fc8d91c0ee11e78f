// What is handed over. Every item carries a tag from which the verification knows who put it in and as which
// of his; the larger ones fill the rest with it, so that a torn item shows.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

namespace handoff {

using item_tag = std::uint64_t;  // never 0 in a real item

inline constexpr unsigned sequence_bits = 48;

constexpr item_tag make_tag(unsigned producer, std::uint64_t sequence) {
    return (static_cast<item_tag>(producer + 1) << sequence_bits) | sequence;
}
constexpr unsigned producer_of(item_tag tag) {
    return static_cast<unsigned>(tag >> sequence_bits) - 1;
}
constexpr std::uint64_t sequence_of(item_tag tag) {
    return tag & ((std::uint64_t{1} << sequence_bits) - 1);
}

// Ends the work of a consumer that sleeps in a queue's own pop.
inline constexpr item_tag stop_tag = ~item_tag{0};

template <std::size_t Bytes>
struct item {
    static_assert(Bytes % sizeof(item_tag) == 0);

    item_tag tag = 0;
    std::array<item_tag, Bytes / sizeof(item_tag) - 1> payload{};

    static item make(item_tag tag) {
        item made;
        made.tag = tag;
        made.payload.fill(tag);
        return made;
    }
    bool torn() const {
        item_tag difference = 0;
        for (const item_tag word : payload) difference |= word ^ tag;
        return difference != 0;
    }
};

template <>
struct item<sizeof(item_tag)> {
    item_tag tag = 0;

    static item make(item_tag tag) { return {tag}; }
    bool torn() const { return false; }
    friend bool operator==(const item&, const item&) = default;
};

// Owns its tag: what was moved from is empty, and what is copied does not compile.
class move_only_item {
public:
    item_tag tag = 0;

    move_only_item() = default;
    move_only_item(move_only_item&& other) noexcept : tag(std::exchange(other.tag, 0)) {}
    move_only_item& operator=(move_only_item&& other) noexcept {
        tag = std::exchange(other.tag, 0);
        return *this;
    }

    static move_only_item make(item_tag tag) {
        move_only_item made;
        made.tag = tag;
        return made;
    }
    bool torn() const { return false; }
};

// What an open loop hands over. The tag says when the item was due, `sent` when its producer had it ready.
struct timed_item {
    item_tag tag = 0;
    std::uint64_t sent = 0;

    static timed_item make(item_tag tag) { return {tag, 0}; }
    bool torn() const { return false; }
};

enum class item_kind { bytes_8, bytes_64, bytes_256, move_only };

inline constexpr std::array<std::string_view, 4> item_names = {"8", "64", "256", "move_only"};

constexpr std::string_view name_of(item_kind kind) {
    return item_names[static_cast<std::size_t>(kind)];
}

}  // namespace handoff
