#include "verify.hpp"

namespace handoff {
namespace {

std::string number(std::uint64_t n) {
    return std::to_string(n);
}

bool keeps_producer_order(order delivery) {
    return delivery == order::fifo || delivery == order::per_producer_fifo;
}

}  // namespace

tally tally::of_sequence(unsigned producer, std::uint64_t n) {
    const item_tag base = make_tag(producer, 0);
    // Sums of 1..n and of their squares modulo 2^64: the exact divisions come before the products wrap.
    std::uint64_t a = n;
    std::uint64_t b = n + 1;
    std::uint64_t c = 2 * n + 1;
    (a % 2 == 0 ? a : b) /= 2;
    const std::uint64_t sum = a * b;
    (a % 3 == 0 ? a : b % 3 == 0 ? b : c) /= 3;
    const std::uint64_t squares = a * b * c;
    return {n, n * base + sum, n * base * base + 2 * base * sum + squares};
}

std::string verify(const queue_spec& spec, const verdict& seen) {
    if (!spec.conserves) return {};
    if (seen.damaged != 0) return "unverified: " + number(seen.damaged) + " items came out torn or foreign";
    if (seen.popped.count < seen.pushed.count)
        return "unverified: " + number(seen.pushed.count - seen.popped.count) + " of " +
               number(seen.pushed.count) + " items were lost";
    if (seen.popped.count > seen.pushed.count)
        return "unverified: " + number(seen.popped.count - seen.pushed.count) + " items came out twice, of " +
               number(seen.pushed.count);
    if (seen.popped != seen.pushed)
        return "unverified: the checksum of " + number(seen.pushed.count) + " items differs";
    if (seen.overtakes != 0 && keeps_producer_order(spec.delivery))
        return "unverified: " + number(seen.overtakes) + " of " + number(seen.pushed.count) +
               " items overtook one of the same producer";
    return {};
}

}  // namespace handoff
