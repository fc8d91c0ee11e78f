// The server of the HTTP transport. downloads/http/server_process.hpp starts it; by hand:
//   download_server --list=trace.txt --bytes_per_second=1e6      serves until Ctrl-D
#include <charconv>
#include <csignal>
#include <iostream>
#include <map>
#include <string>
#include <string_view>

#include "harness/machine/errors.hpp"
#include "server.hpp"

namespace handoff {
namespace {

class arguments {
public:
    arguments(int argc, char** argv) {
        for (int i = 1; i < argc; ++i) {
            const std::string_view text = argv[i];
            const std::size_t equals = text.find('=');
            const std::string name(text.substr(0, equals));
            if (equals == std::string_view::npos || !values_.contains(name))
                throw misuse("'" + std::string(text) + "' is no option; valid: --NAME=VALUE with " + names());
            values_[name] = text.substr(equals + 1);
        }
        if (values_.at("--list").empty())
            throw misuse("--list is missing: a file with a line for each document, " +
                         std::string(trace_line));
    }

    std::string text(const std::string& name) const { return values_.at(name); }

    // From 0 to `most`.
    template <class Number>
    Number number(const std::string& name, Number most) const {
        const std::string& text = values_.at(name);
        Number value{};
        const char* const end = text.data() + text.size();
        const auto [stopped, error] = std::from_chars(text.data(), end, value);
        if (error != std::errc{} || stopped != end || !(value >= Number{} && value <= most))
            throw misuse(name + " '" + text + "': a number from 0 to " + std::to_string(most));
        return value;
    }

private:
    std::string names() const {
        std::string all;
        for (const auto& [name, value] : values_) all += (all.empty() ? "" : ", ") + name;
        return all;
    }

    std::map<std::string, std::string> values_ = {
        {"--list", ""},        {"--bytes_per_second", "0"},
        {"--seed", "1"},       {"--accidents", "reset,error_500,truncated,garbled"},
        {"--redirected", "0"}, {"--trickle_ms", "50"}};
};

server_options options_of(const arguments& given) {
    const auto seed = given.number<std::uint64_t>("--seed", ~std::uint64_t{0});
    return {.documents = read_documents(given.text("--list")),
            .network = {.bytes_per_second = given.number("--bytes_per_second", 1e12), .seed = seed},
            .accidents = {.failures = accidents_named(given.text("--accidents")),
                          .redirected = given.number("--redirected", 1.0),
                          .seed = seed},
            .trickle = std::chrono::milliseconds(given.number("--trickle_ms", 60'000))};
}

int run(int argc, char** argv) {
    // A parent that was killed does not read what is said last.
    std::signal(SIGPIPE, SIG_IGN);
    try {
        const std::uint64_t requests = serve(options_of(arguments(argc, argv)), [](std::uint16_t port) {
            std::cout << "port " << port << std::endl;
        });
        std::cout << "requests " << requests << std::endl;
        return 0;
    } catch (const misuse& e) {
        std::cerr << "download_server: " << e.what() << '\n';
        return exit_misuse;
    } catch (const std::exception& e) {
        std::cerr << "download_server: " << e.what() << '\n';
        return exit_failed;
    }
}

}  // namespace
}  // namespace handoff

int main(int argc, char** argv) {
    return handoff::run(argc, argv);
}
