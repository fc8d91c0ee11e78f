#include "stamps.hpp"

#include <fstream>

#include "harness/machine/errors.hpp"

namespace handoff {

void write_stamps(const std::filesystem::path& path, const std::vector<fetch_stamps>& stamps) {
    const auto seconds = [](job_time time) { return std::chrono::duration<double>(time).count(); };
    std::ofstream file(path);
    file.precision(9);
    file << "document,started_s,ended_s,delivered_s\n";
    for (std::size_t i = 0; i < stamps.size(); ++i)
        file << i << ',' << seconds(stamps[i].started) << ',' << seconds(stamps[i].ended) << ','
             << seconds(stamps[i].delivered) << '\n';
    file.close();
    if (!file) throw misuse("stamps '" + path.string() + "' cannot be written");
}

}  // namespace handoff
