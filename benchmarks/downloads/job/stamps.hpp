// The stamps of a download job as a file, for a picture of who waited for whom.
#pragma once

#include <filesystem>
#include <vector>

#include "run.hpp"

namespace handoff {

// Comma-separated, a line for each document: its place in the list, and the seconds at which it was asked
// for, was here, and was handed in. Throws misuse if the file cannot be written.
void write_stamps(const std::filesystem::path& path, const std::vector<fetch_stamps>& stamps);

}  // namespace handoff
