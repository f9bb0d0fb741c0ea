// CPU time of the Bot API protocol without a socket: what a send costs to write and to read,
// and what an update costs to read.
#include <benchmark/benchmark.h>
#include <string>

#include "telegram/bot_api/answers.hpp"
#include "telegram/bot_api/requests.hpp"

namespace {

using namespace baudot;
using telegram::bot_api::answer_reader;

const std::string body_300(300, 'x');

operation text_of_300_bytes() {
    send_text what{.text = {.text = body_300, .entities = {}}};
    for (int i = 0; i < 3; ++i) {
        message_entity& each = what.text.entities.emplace_back();
        each.type = i == 2 ? "text_link" : "bold";
        each.offset = i * 20;
        each.length = 10;
        if (i == 2) each.url = "https://example.com/some/article?id=123456";
    }
    return {.what = what, .options = {}};
}

const std::string message_json =
    R"({"message_id":4242,"sender_chat":{"id":-1001234567890,"title":"News","type":"channel"},)"
    R"("chat":{"id":-1001234567890,"title":"News","type":"channel"},"date":1700000000,"text":")" +
    body_300 +
    R"(","entities":[{"type":"bold","offset":0,"length":10},)"
    R"({"type":"bold","offset":20,"length":10},)"
    R"({"type":"text_link","offset":40,"length":10,"url":"https://example.com/a?id=123456"}]})";

void copy_message_round(benchmark::State& state) {
    answer_reader reader;
    const operation what{.what = copy_message{chat_id{-1001234567890}, message_id{4242}},
                         .options = {}};
    const http::response answer{.status = 200,
                                .body = R"({"ok":true,"result":{"message_id":777}})"};
    for (auto _ : state) {
        benchmark::DoNotOptimize(telegram::bot_api::perform(what, chat_id{-1009876543210}));
        benchmark::DoNotOptimize(reader.outcome_of_send(answer));
    }
}
BENCHMARK(copy_message_round);

void send_text_round(benchmark::State& state) {
    answer_reader reader;
    const operation what = text_of_300_bytes();
    const http::response answer{.status = 200,
                                .body = R"({"ok":true,"result":)" + message_json + "}"};
    for (auto _ : state) {
        benchmark::DoNotOptimize(telegram::bot_api::perform(what, chat_id{-1009876543210}));
        benchmark::DoNotOptimize(reader.outcome_of_send(answer));
    }
}
BENCHMARK(send_text_round);

void refused_send(benchmark::State& state) {
    answer_reader reader;
    const http::response answer{
        .status = 429,
        .body = R"({"ok":false,"error_code":429,"description":"Too Many Requests: retry after 5",)"
                R"("parameters":{"retry_after":5}})"};
    for (auto _ : state) benchmark::DoNotOptimize(reader.outcome_of_send(answer));
}
BENCHMARK(refused_send);

void read_100_updates(benchmark::State& state) {
    answer_reader reader;
    std::string body = R"({"ok":true,"result":[)";
    for (int i = 0; i < 100; ++i) {
        body += std::string(i > 0 ? "," : "") + R"({"update_id":)" + std::to_string(700000000 + i) +
                R"(,"channel_post":)" + message_json + "}";
    }
    const http::response answer{.status = 200, .body = body + "]}"};
    for (auto _ : state) benchmark::DoNotOptimize(reader.updates_of(answer, account_id{1}));
    state.SetItemsProcessed(state.iterations() * 100);
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(answer.body.size()));
}
BENCHMARK(read_100_updates);

}  // namespace

BENCHMARK_MAIN();
