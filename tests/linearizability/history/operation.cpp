#include "history/operation.hpp"

namespace handoff::linearizability {

std::string describe(const operation& o) {
    const std::string value = std::to_string(o.value);
    switch (o.what) {
        case call::push:
            return "push " + value + (o.succeeded() ? "" : ": full");
        case call::pop:
            return o.succeeded() ? "pop = " + value : "pop: empty";
        case call::add:
            return "add " + value;
        case call::read:
            break;
    }
    return "read = " + value;
}

}  // namespace handoff::linearizability
