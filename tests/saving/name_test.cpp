// Any bytes as a file's path, and back.
#include <gtest/gtest.h>

#include <filesystem>
#include <random>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "downloads/saving/file_name.hpp"

namespace handoff {
namespace {

using namespace std::string_literals;

const std::vector<std::string>& awkward_names() {
    static const std::vector<std::string> all = {"",
                                                 "a",
                                                 ".",
                                                 "..",
                                                 "../../etc/passwd",
                                                 "/etc/passwd",
                                                 "a/b",
                                                 "a//b",
                                                 "a\0b"s,
                                                 "\0"s,
                                                 "%",
                                                 "%2F",
                                                 "a%2Fb",
                                                 "+",
                                                 "a+/b",
                                                 "a+",
                                                 "+a",
                                                 " ",
                                                 "a\nb",
                                                 "\xff\xfe",
                                                 "\xc3\xa4",
                                                 ".hidden",
                                                 "-rf",
                                                 "a.b-c_d",
                                                 "https://h/",
                                                 "C:\\con.txt",
                                                 "~",
                                                 std::string(199, 'x'),
                                                 std::string(200, 'x'),
                                                 std::string(201, 'x'),
                                                 std::string(197, 'x') + "..",
                                                 std::string(198, 'x') + "/..",
                                                 std::string(3000, '.'),
                                                 std::string(1000, '/')};
    return all;
}

TEST(saving_name_test, comes_back_as_it_was) {
    for (const std::string& name : awkward_names()) EXPECT_EQ(decode_name(encode_name(name)), name);
}

TEST(saving_name_test, never_leaves_the_folder_and_fits_a_file_system) {
    for (const std::string& name : awkward_names()) {
        const std::filesystem::path path = encode_name(name);
        EXPECT_TRUE(path.is_relative()) << path;
        for (const std::filesystem::path& part : path) {
            EXPECT_LE(part.native().size(), 250U) << path;
            EXPECT_NE(part.native().front(), '.') << path;
        }
        EXPECT_EQ(path.native().find('\0'), std::string::npos);
        EXPECT_NE(path.native().back(), no_item) << "a name of what is being written";
        EXPECT_NE(path.filename().native().front(), no_item);
    }
}

TEST(saving_name_test, is_the_only_one_with_its_path) {
    std::set<std::string> paths;
    for (const std::string& name : awkward_names()) EXPECT_TRUE(paths.insert(encode_name(name)).second);
}

TEST(saving_name_test, any_bytes_come_back) {
    std::mt19937_64 random(1);
    for (int i = 0; i < 2000; ++i) {
        std::string name(random() % 600, '\0');
        for (char& c : name) c = static_cast<char>(random());
        EXPECT_EQ(decode_name(encode_name(name)), name);
    }
}

TEST(saving_name_test, plain_names_stay_as_they_are) {
    EXPECT_EQ(encode_name("page-7_a.html"), "page-7_a.html");
    EXPECT_EQ(encode_name("a/b"), "a%2Fb");
    EXPECT_EQ(encode_name(".."), "%2E.");
}

TEST(saving_name_test, what_is_no_path_of_a_name_is_refused) {
    for (const std::string path : {"", "a/b", ".", "..", "%2", "%2f", "%41", "%GG", "a+", "+a", "a+/b", " "})
        EXPECT_THROW(decode_name(path), std::invalid_argument) << path;
}

}  // namespace
}  // namespace handoff
