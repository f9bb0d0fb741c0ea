// What it costs to choose the routes of a post: compiled rules beside one RE2 after the other, for
// 1 to 10,000 patterns of which half have classes and gaps, over 512 different posts of about 300
// bytes; filters with everything but patterns; and an event of such a post written and read.
#include <re2/re2.h>

#include <benchmark/benchmark.h>
#include <memory>
#include <string>
#include <vector>

#include "base/assert.hpp"
#include "base/random.hpp"
#include "model/codec.hpp"
#include "router/router.hpp"

namespace {

using namespace baudot;

// Made-up words of the lengths that Russian and English ones have.
std::string word(random_source& random) {
    static const char* const russian[] = {"на", "ко", "пре", "ра", "сти", "то", "лю", "ни"};
    static const char* const english[] = {"con", "ti", "re", "ma", "sta", "li", "pro", "ne"};
    const auto& parts = random.chance(0.5) ? russian : english;
    std::string made;
    for (std::uint64_t left = 2 + random.below(3); left > 0; --left) {
        made += parts[random.below(std::size(parts))];
    }
    return made;
}

std::vector<std::string> patterns(std::int64_t count) {
    random_source random(1);
    std::vector<std::string> made;
    for (std::int64_t i = 0; i < count; ++i) {
        std::string one = word(random) + std::to_string(i);
        switch (i % 4) {
            case 0: made.push_back("(?i)" + one); break;
            case 1: made.push_back(std::move(one)); break;
            case 2: made.push_back("[a-zа-я]+" + one + ".{0,20}" + word(random)); break;
            default: made.push_back("(?i)" + one + R"([\s,.]+\d*.{0,10})" + word(random)); break;
        }
    }
    return made;
}

std::vector<message> posts() {
    random_source random(2);
    std::vector<message> made(512);
    for (message& each : made) {
        each.chat = chat_id{-1'001'000'000'001};
        each.kind = chat_kind::channel;
        while (each.text.text.size() < 300) {
            each.text.text += word(random);
            if (random.chance(0.1)) each.text.text += std::to_string(random.below(10'000));
            each.text.text += ' ';
        }
    }
    return made;
}

message post_of_300_bytes() {
    message post;
    post.chat = chat_id{-1'001'000'000'001};
    post.kind = chat_kind::channel;
    post.chat_title = "News";
    post.id = message_id{4242};
    post.date = 1'700'000'000;
    while (post.text.text.size() < 300) post.text.text += "нечто новое, something new ";
    post.text.entities = {{.type = "bold", .length = 10},
                          {.type = "text_link", .offset = 20, .length = 5, .url = "https://a.bc"}};
    return post;
}

// A route for each pattern.
void compiled(benchmark::State& state) {
    rule_set rules;
    for (const std::string& pattern : patterns(state.range(0))) {
        rules.routes.push_back({.name = pattern,
                                .from = {chat_id{-1'001'000'000'001}},
                                .to = {chat_id{-9}},
                                .include = {pattern}});
    }
    const auto made = router::compiled_rules::compile(rules);
    BAUDOT_ASSERT(made, "the patterns are good");
    const std::vector<message> all = posts();
    std::size_t at = 0;
    for (auto _ : state) benchmark::DoNotOptimize(made->judge(all[at++ % all.size()]));
}
BENCHMARK(compiled)->Arg(1)->Arg(4)->Arg(15)->Arg(16)->Arg(100)->Arg(1000)->Arg(10'000);

// One route with all patterns: without what many routes cost.
void compiled_in_one_route(benchmark::State& state) {
    rule_set rules;
    rules.routes.push_back({.name = "all",
                            .from = {chat_id{-1'001'000'000'001}},
                            .to = {chat_id{-9}},
                            .include = patterns(state.range(0))});
    const auto made = router::compiled_rules::compile(rules);
    BAUDOT_ASSERT(made, "the patterns are good");
    const std::vector<message> all = posts();
    std::size_t at = 0;
    for (auto _ : state) benchmark::DoNotOptimize(made->judge(all[at++ % all.size()]));
}
BENCHMARK(compiled_in_one_route)->Arg(1)->Arg(100)->Arg(1000)->Arg(10'000);

void one_by_one(benchmark::State& state) {
    std::vector<std::unique_ptr<RE2>> all;
    for (const std::string& pattern : patterns(state.range(0))) {
        all.push_back(std::make_unique<RE2>(pattern));
    }
    const std::vector<message> texts = posts();
    std::size_t at = 0;
    for (auto _ : state) {
        const message& post = texts[at++ % texts.size()];
        for (const auto& one : all) {
            benchmark::DoNotOptimize(RE2::PartialMatch(post.text.text, *one));
        }
    }
}
BENCHMARK(one_by_one)->Arg(1)->Arg(100)->Arg(1000)->Arg(10'000);

event received_post() {
    return update_received{{.account = account_id{600},
                            .id = update_id{7},
                            .kind = update_kind::post,
                            .content = post_of_300_bytes()}};
}

void encode_event(benchmark::State& state) {
    const event value = received_post();
    std::string bytes;
    for (auto _ : state) {
        bytes.clear();
        encode(value, bytes);
        benchmark::DoNotOptimize(bytes.data());
    }
}
BENCHMARK(encode_event);

void decode_an_event(benchmark::State& state) {
    std::string bytes;
    encode(received_post(), bytes);
    for (auto _ : state) {
        benchmark::DoNotOptimize(decode_event(event_type::update_received, bytes));
    }
}
BENCHMARK(decode_an_event);

}  // namespace

BENCHMARK_MAIN();
