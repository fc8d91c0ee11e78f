#include "harness/verify.hpp"

#include <gtest/gtest.h>

namespace handoff {
namespace {

using element = item<64>;

constexpr queue_spec fifo_spec{.name = "x",
                               .cite = "x",
                               .producers = cardinality::many,
                               .consumers = cardinality::many,
                               .bound = boundedness::bounded,
                               .push = progress::blocking,
                               .pop = progress::blocking,
                               .delivery = order::fifo};

constexpr queue_spec with(order delivery) {
    queue_spec spec = fifo_spec;
    spec.delivery = delivery;
    return spec;
}

// What a run with these items put in and these taken out, in this order, comes to.
std::string judge(const queue_spec& spec, std::vector<item_tag> in, std::vector<item_tag> out) {
    verdict seen;
    for (const item_tag tag : in) seen.pushed.add(tag);
    producer_book book;
    receiver got(book);
    for (const item_tag tag : out) got.take(element::make(tag));
    seen += got.seen();
    return verify(spec, seen);
}

item_tag a(std::uint64_t n) {
    return make_tag(0, n);
}
item_tag b(std::uint64_t n) {
    return make_tag(1, n);
}

TEST(verify_test, accepts_what_came_out_in_order) {
    EXPECT_EQ(judge(fifo_spec, {a(1), b(1), a(2)}, {b(1), a(1), a(2)}), "");
}

TEST(verify_test, sees_a_lost_item) {
    EXPECT_EQ(judge(fifo_spec, {a(1), a(2), a(3)}, {a(1), a(3)}), "unverified: 1 of 3 items were lost");
}

TEST(verify_test, sees_a_doubled_item) {
    EXPECT_EQ(judge(with(order::unordered), {a(1), a(2)}, {a(1), a(2), a(2)}),
              "unverified: 1 items came out twice, of 2");
}

TEST(verify_test, a_loss_and_a_double_do_not_cancel) {
    EXPECT_EQ(judge(with(order::unordered), {a(1), a(2)}, {a(1), a(1)}),
              "unverified: the checksum of 2 items differs");
    // The sums alone would agree: 1 + 4 = 2 + 3.
    EXPECT_EQ(judge(with(order::unordered), {a(1), a(4), a(2), a(3)}, {a(2), a(3), a(2), a(3)}),
              "unverified: the checksum of 4 items differs");
}

TEST(verify_test, sees_an_overtake_where_order_is_promised) {
    EXPECT_EQ(judge(fifo_spec, {a(1), a(2)}, {a(2), a(1)}),
              "unverified: 1 of 2 items overtook one of the same producer");
    EXPECT_NE(judge(with(order::per_producer_fifo), {a(1), a(2)}, {a(2), a(1)}), "");
    EXPECT_EQ(judge(with(order::unordered), {a(1), a(2)}, {a(2), a(1)}), "");
}

TEST(verify_test, says_how_far_behind_an_overtaken_item_came) {
    const auto depth = [](const std::vector<item_tag>& popped) {
        producer_book book;
        receiver got(book);
        for (const item_tag tag : popped) got.take(element::make(tag));
        return got.seen().overtake_depth;
    };
    const auto b = [](std::uint64_t n) { return make_tag(1, n); };
    EXPECT_EQ(depth({a(1), a(2), a(3)}), 0u);
    EXPECT_EQ(depth({a(1), b(9), a(2), b(10)}), 0u);  // another producer's numbers are no measure
    EXPECT_EQ(depth({a(1), a(3), a(2)}), 1u);
    // Against the furthest that the producer has got, not against the last that came.
    EXPECT_EQ(depth({a(10), a(2), b(1), a(1)}), 9u);
}

TEST(verify_test, sees_a_torn_and_a_foreign_item) {
    producer_book book;
    receiver got(book);
    element torn = element::make(a(1));
    torn.payload[3] ^= 1;
    got.take(torn);
    EXPECT_EQ(got.seen().damaged, 1u);
    got.take(element::make(0));
    EXPECT_EQ(got.seen().damaged, 2u);
    got.take(element::make(stop_tag));
    EXPECT_EQ(got.seen().damaged, 3u);
    verdict seen;
    seen.damaged = got.seen().damaged;
    EXPECT_NE(verify(fifo_spec, seen), "");
}

TEST(verify_test, a_sequence_sums_up_as_its_items_do) {
    tally one_by_one;
    for (std::uint64_t n = 0; n <= 2000; ++n) {
        ASSERT_EQ(tally::of_sequence(63, n), one_by_one) << n;
        one_by_one.add(make_tag(63, n + 1));
    }
}

TEST(verify_test, leaves_alone_what_promises_nothing) {
    queue_spec nothing = fifo_spec;
    nothing.conserves = false;
    EXPECT_EQ(judge(nothing, {a(1)}, {}), "");
}

}  // namespace
}  // namespace handoff
