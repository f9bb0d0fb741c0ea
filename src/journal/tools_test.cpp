#include "journal/tools.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "journal/format.hpp"
#include "journal/journal_fixture_test.hpp"

namespace baudot::journal {
namespace {

class journal_tools : public testing::Test {
protected:
    journal_tools() : node(1) {
        EXPECT_TRUE(node.open());
        for (int i = 0; i < 40; ++i) {
            std::vector<new_record> records;
            records.push_back(record_of(std::string(300, 'x'), 3, 1));
            records.push_back(record_of("settled", 200, 4));
            EXPECT_TRUE(node.append_now(std::move(records)));
        }
        second = "data/journal/" + node.log->segments()[1].file;
    }

    template <class Tool>
    tool_exit run(Tool tool) {
        char* text = nullptr;
        std::size_t size = 0;
        std::FILE* const out = ::open_memstream(&text, &size);
        const tool_exit code =
            tool(tool_context{node.files, node.timers, "data/journal", out, out});
        std::fclose(out);
        output.assign(text, size);
        std::free(text);
        return code;
    }
    bool says(const std::string& what) const { return output.find(what) != std::string::npos; }

    journal_node node;
    std::string second;
    std::string output;
};

TEST_F(journal_tools, verify_of_a_good_journal_is_quiet_about_damage_and_beside_its_writer) {
    EXPECT_EQ(run(verify_journal), tool_exit::good) << output;
    EXPECT_TRUE(says("4 segments, 80 records, 0 places damaged")) << output;
}

TEST_F(journal_tools, verify_names_each_damaged_place_and_goes_on) {
    node.files.flip_bit(second, 300, 1);
    node.files.flip_bit("data/journal/" + node.log->segments()[2].file, 20, 1);
    EXPECT_EQ(run(verify_journal), tool_exit::damaged);
    EXPECT_TRUE(says(second + ": byte 92: damaged frame at record ")) << output;
    EXPECT_TRUE(says("has a damaged segment header")) << output;
    EXPECT_TRUE(says("2 places damaged")) << output;
}

TEST_F(journal_tools, verify_misses_no_segment) {
    ASSERT_TRUE(node.files.unlink(second));
    EXPECT_EQ(run(verify_journal), tool_exit::damaged);
    EXPECT_TRUE(says("is missing")) << output;
}

TEST_F(journal_tools, nothing_there_is_told_apart_from_damage) {
    journal_node empty(2);
    const tool_context with{empty.files, empty.timers, "elsewhere", stdout, nullptr};
    EXPECT_EQ(verify_journal(with), tool_exit::unreadable);
    EXPECT_EQ(print_journal_stat(with, {}), tool_exit::unreadable);
    EXPECT_EQ(dump_journal(with, {}, {}), tool_exit::unreadable);
}

TEST_F(journal_tools, stat_counts_by_type_and_size) {
    payload_decoder decoder;
    decoder.type_name = [](std::uint8_t type) { return type == 4 ? "settled" : ""; };
    const auto stat = [&](const tool_context& with) { return print_journal_stat(with, decoder); };
    EXPECT_EQ(run(stat), tool_exit::good);
    EXPECT_TRUE(says("records 80 (1 to 80)   commits 40   partitions 2")) << output;
    EXPECT_TRUE(says("  type 1                             40     11.7 KiB     300 B  ####"));
    EXPECT_TRUE(says("  settled                            40        280 B       7 B  ####"));
    EXPECT_TRUE(says("  below 8 B                          40  ####")) << output;
    EXPECT_TRUE(says("  below 256 B                         0  \n")) << output;
    EXPECT_TRUE(says("  below 512 B                        40  ####")) << output;
}

TEST_F(journal_tools, dump_prints_a_range_as_text) {
    payload_decoder decoder;
    decoder.text = [](std::uint8_t type, std::string_view payload, bool) -> result<std::string> {
        if (type == 1) return fail(errc::corrupt, "cannot read this");
        return "<" + std::string(payload) + ">";
    };
    const auto dump = [&](const tool_context& with) {
        return dump_journal(with, {.from = sequence{40}, .to = sequence{41}}, decoder);
    };
    EXPECT_EQ(run(dump), tool_exit::good);
    EXPECT_TRUE(
        output.starts_with("40 type 4 partition 200#20 epoch 7 7 B: <settled>\n"
                           "41 type 1 partition 3#21 epoch 7 300 B: (cannot read this) "
                           "7878"))
        << output;
    EXPECT_EQ(std::ranges::count(output, '\n'), 2);
}

TEST_F(journal_tools, dump_prints_json_lines) {
    payload_decoder decoder;
    decoder.type_name = [](std::uint8_t) { return "a \"name\"\n"; };
    const auto dump = [&](const tool_context& with) {
        return dump_journal(with, {.from = sequence{80}, .json = true}, decoder);
    };
    EXPECT_EQ(run(dump), tool_exit::good);
    EXPECT_EQ(output,
              "{\"position\":80,\"type\":4,\"type_name\":\"a \\\"name\\\"\\u000a\","
              "\"partition\":200,\"epoch\":7,\"partition_sequence\":40,\"bytes\":7,"
              "\"payload\":\"736574746c6564\"}\n");
}

TEST_F(journal_tools, dump_stops_at_the_first_damage) {
    node.files.flip_bit(second, 300, 1);
    const auto dump = [](const tool_context& with) { return dump_journal(with, {}, {}); };
    EXPECT_EQ(run(dump), tool_exit::damaged);
    EXPECT_TRUE(says("damaged frame at record "));
}

}  // namespace
}  // namespace baudot::journal
