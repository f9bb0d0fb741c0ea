// What it costs to choose the routes of a post: compiled rules beside one RE2 after the other,
// for 1, 100 and 1,000 patterns; and an event of a 300-byte post written and read.
#include <re2/re2.h>

#include <benchmark/benchmark.h>
#include <memory>
#include <string>
#include <vector>

#include "base/assert.hpp"
#include "model/codec.hpp"
#include "router/router.hpp"

namespace {

using namespace baudot;

std::vector<std::string> patterns(std::int64_t count) {
    std::vector<std::string> made;
    for (std::int64_t i = 0; i < count; ++i) made.push_back("(?i)word" + std::to_string(i) + "\\b");
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

void compiled(benchmark::State& state) {
    rule_set rules;
    for (const std::string& pattern : patterns(state.range(0))) {
        rules.routes.push_back({.name = pattern,
                                .from = {post_of_300_bytes().chat},
                                .to = {chat_id{-9}},
                                .include = {pattern}});
    }
    const auto made = router::compiled_rules::compile(rules);
    BAUDOT_ASSERT(made, "the patterns are good");
    const message post = post_of_300_bytes();
    for (auto _ : state) benchmark::DoNotOptimize(made->selected(post));
}
BENCHMARK(compiled)->Arg(1)->Arg(3)->Arg(4)->Arg(10)->Arg(100)->Arg(1000);

void one_by_one(benchmark::State& state) {
    std::vector<std::unique_ptr<RE2>> all;
    for (const std::string& pattern : patterns(state.range(0))) {
        all.push_back(std::make_unique<RE2>(pattern));
    }
    const message post = post_of_300_bytes();
    for (auto _ : state) {
        for (const auto& one : all) {
            benchmark::DoNotOptimize(RE2::PartialMatch(post.text.text, *one));
        }
    }
}
BENCHMARK(one_by_one)->Arg(1)->Arg(3)->Arg(4)->Arg(10)->Arg(100)->Arg(1000);

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
