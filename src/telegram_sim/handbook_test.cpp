#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>
#include <string>

#include "telegram_sim/bot_methods.hpp"

namespace baudot::telegram_sim {
namespace {

// The names between backticks in the section "Bot API" that look like methods.
std::set<std::string> documented() {
    std::ifstream file(BAUDOT_SOURCE_DIR "/docs/telegram-sim.md");
    std::stringstream document;
    document << file.rdbuf();
    const std::string text = document.str();
    const auto begin = text.find("`getUpdates` ");
    EXPECT_NE(begin, std::string::npos);
    std::istringstream list(text.substr(begin, text.find("\n\n", begin) - begin));
    std::set<std::string> names;
    for (std::string name; list >> name;) {
        if (name.starts_with('`')) names.insert(name.substr(1, name.size() - 2));
    }
    return names;
}

TEST(handbook, lists_the_methods_that_exist_and_no_other) {
    std::set<std::string> existing{"getUpdates"};
    for (const method_entry& each : all_methods()) existing.emplace(each.name);
    EXPECT_EQ(documented(), existing);
}

}  // namespace
}  // namespace baudot::telegram_sim
