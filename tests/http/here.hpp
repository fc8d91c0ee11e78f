// What the tests of HTTP share: where the server is, and a whole list fetched in either way.
#pragma once

#include <algorithm>
#include <chrono>
#include <map>
#include <vector>

#include "contenders.hpp"
#include "downloads/http/transport.hpp"

namespace handoff {

inline http_setup http_here() {
    http_setup setup;
    setup.server = HANDOFF_DOWNLOAD_SERVER;
    return setup;
}

// In threads (one will do), or in a loop.
enum class fetched_how { in_a_thread, in_a_loop };

constexpr fetched_how both_ways[] = {fetched_how::in_a_thread, fetched_how::in_a_loop};

constexpr std::string_view name_of(fetched_how how) {
    return how == fetched_how::in_a_thread ? "in a thread" : "in a loop";
}

// The end of each document.
inline std::map<std::uint64_t, fetch_end> fetch_all(download_transport& transport,
                                                    const std::vector<document>& documents, fetched_how how) {
    std::map<std::uint64_t, fetch_end> ends;
    if (how == fetched_how::in_a_thread) {
        for (const document& d : documents) ends.emplace(d.id, transport.fetch(d));
        return ends;
    }
    const std::unique_ptr<download_loop> loop = transport.loop();
    for (const document& d : documents) loop->start(d);
    while (ends.size() < documents.size())
        for (const ended_fetch& one : loop->wait()) ends.emplace(one.document, one.end);
    return ends;
}

// All strategies that can fetch over HTTP.
inline std::vector<strategy> http_contenders() {
    std::vector<strategy> all = contenders();
    std::erase_if(all, [](const strategy& one) { return one.spec.fetches != fetching::in_threads; });
    for (const strategy* one : strategies())
        if (one->spec.fetches == fetching::in_a_loop) all.push_back(*one);
    return all;
}

}  // namespace handoff
