// How documents come when they do not come over the simulated network: by something that really carries their
// bytes. It retries and verifies by itself; strategies do not know of it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "harness/sample.hpp"
#include "list.hpp"
#include "network.hpp"

namespace handoff {

struct ended_fetch {
    std::uint64_t document;  // its id, which is its place in the list
    fetch_end end;
};

// Many documents under way on one thread.
class download_loop {
public:
    virtual ~download_loop() = default;
    virtual void start(const document& d) = 0;
    // Waits until at least one of those that were started is at its end.
    virtual std::vector<ended_fetch> wait() = 0;
};

class download_transport {
public:
    virtual ~download_transport() = default;

    // All attempts of a document, in the calling thread, which waits meanwhile. Any number of threads may.
    virtual fetch_end fetch(const document& d) = 0;
    // The loop may not outlive the transport.
    virtual std::unique_ptr<download_loop> loop() = 0;

    // For when nothing is under way any more. Empty if each attempt ended as it should, else one line.
    virtual std::string check() = 0;
    virtual void add_figures(figures& values) const = 0;
};

// Makes the transport for one run: these documents, that bandwidth, these retries.
using transport_maker =
    std::function<std::unique_ptr<download_transport>(const std::vector<document>&, const network_spec&)>;

}  // namespace handoff
