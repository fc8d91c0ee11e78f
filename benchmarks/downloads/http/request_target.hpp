// What a client asks the download server for: /DOCUMENT/ATTEMPT/REDIRECTS/ASKED. The client says which
// attempt it is and when it asked, and the redirects say how many they were, so that the server keeps no
// books and any number of runs meet the same accidents.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "downloads/job/network.hpp"

namespace handoff {

struct request_target {
    std::uint64_t document = 0;
    unsigned attempt = 0;
    unsigned redirects = 0;
    // By the steady clock, which all processes of a machine share.
    job_time asked{0};

    std::string text() const;
    // Nothing where the text is no such target.
    static std::optional<request_target> parsed(std::string_view text);
};

job_time steady_now();

}  // namespace handoff
