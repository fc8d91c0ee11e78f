// What goes wrong with documents that come over HTTP. It follows from the seed and the document, so that the
// server does it, and the client knows what it should have met.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "downloads/job/list.hpp"

namespace handoff {

//   none       the document comes
//   reset      half of it comes, then the connection is reset
//   error_500  the server is at fault
//   truncated  half of what Content-Length promises comes, then the connection is closed
//   garbled    as many bytes come as should, but not the right ones
//   trickled   it comes byte by byte ("slow loris")
//   circular   a redirect leads to a redirect without end
//   silent     no answer ever comes
//   missing    404: there is no such document
enum class accident { none, reset, error_500, truncated, garbled, trickled, circular, silent, missing };

inline constexpr std::array<std::string_view, 9> accident_names = {
    "none", "reset", "error_500", "truncated", "garbled", "trickled", "circular", "silent", "missing"};

constexpr std::string_view name_of(accident what) {
    return accident_names[static_cast<std::size_t>(what)];
}
// Those of a comma-separated list of names. Throws misuse.
std::vector<accident> accidents_named(const std::string& text);

struct accident_spec {
    // What an attempt that the list lets fail meets: each as often as the others. Those without which a
    // failed attempt takes as long as on the simulated network: its latency.
    std::vector<accident> failures = {accident::reset, accident::error_500, accident::truncated,
                                      accident::garbled};
    double redirected = 0.0;  // share of the documents that lie somewhere else: one to three redirects away
    std::uint64_t seed = 1;
};

// What a document's attempt, counted from 0, meets.
accident accident_of(const accident_spec& spec, const document& d, unsigned attempt);

// How many redirects lead to the document.
unsigned redirects_of(const accident_spec& spec, const document& d);

}  // namespace handoff
