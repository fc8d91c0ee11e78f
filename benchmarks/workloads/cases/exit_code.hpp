// How a program here ends that CLI11 reads the options of: 0, 1 for a failure, 2 for misuse, with one line.
#pragma once

#include <CLI/CLI.hpp>
#include <exception>
#include <functional>
#include <iostream>

#include "harness/machine/errors.hpp"

namespace handoff {

// What `run` returns, which parses the options, too.
inline int exit_code_of(const CLI::App& app, const std::function<int()>& run) {
    const auto say = [&](const std::exception& e, const char* hint = "") {
        std::cerr << app.get_description() << ": " << e.what() << hint << '\n';
    };
    try {
        return run();
    } catch (const CLI::Success& e) {
        return app.exit(e);
    } catch (const CLI::Error& e) {
        say(e, "; --help lists the options");
    } catch (const misuse& e) {
        say(e);
    } catch (const std::exception& e) {
        say(e);
        return exit_failed;
    }
    return exit_misuse;
}

}  // namespace handoff
