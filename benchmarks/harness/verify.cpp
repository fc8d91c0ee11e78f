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
