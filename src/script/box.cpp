#include "script/box.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <ctime>

#include "base/utf16.hpp"

namespace baudot::script {
namespace {

constexpr int instructions_per_tick = 128;

// Of strings this long, single instructions take as long as thousands of others.
constexpr std::size_t long_block = 64UL << 10;
constexpr int instructions_per_long_tick = 16;

constexpr int ticks_per_clock = 16;  // asking for the time takes as long as a hundred instructions
constexpr int depth_max = 16;
constexpr std::size_t message_max = 300;

std::int64_t thread_time() {
    timespec now{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

}  // namespace

box::box(const limits& what) : limits_(what), left_(what.steps), started_(thread_time()) {
    state_ = lua_newstate(&box::allocate, this);
    if (state_ == nullptr) return;
    luaJIT_setmode(state_, 0, LUAJIT_MODE_ENGINE | LUAJIT_MODE_OFF);
    lua_sethook(state_, &box::tick, LUA_MASKCOUNT, instructions_per_tick);
}

box::~box() {
    if (state_ != nullptr) lua_close(state_);
}

box& box::of(lua_State* in) {
    void* self = nullptr;
    lua_getallocf(in, &self);
    return *static_cast<box*>(self);
}

void* box::allocate(void* self, void* block, std::size_t old, std::size_t wanted) {
    box& in = *static_cast<box*>(self);
    if (wanted == 0) {
        std::free(block);
        in.used_ -= old;
        return nullptr;
    }
    // Not while the machine is made: it does not survive that.
    if (wanted > old && in.state_ != nullptr) {
        const std::size_t more = wanted - old;
        if (wanted > in.limits_.block) {
            in.is_too_large_ = true;
            return nullptr;
        }
        if (in.used_ + more > in.limits_.memory) {
            in.is_too_much_ = true;
            return nullptr;
        }
        // Fetched and cleaned up again by machinery that counts no instructions.
        const std::uint64_t steps = more / 64;
        in.left_ -= steps < in.left_ ? steps : in.left_;
        if (wanted > in.largest_) in.largest_ = wanted;
    }
    void* const made = std::realloc(block, wanted);
    if (made != nullptr) in.used_ = in.used_ - old + wanted;
    return made;
}

void box::charge(std::uint64_t steps) {
    left_ -= steps < left_ ? steps : left_;
    if (left_ > 0) return;
    luaL_error(state_, "stopped after %f steps", static_cast<double>(limits_.steps));
}

void box::enter() {
    if (++depth_ > depth_max) luaL_error(state_, "functions call each other too deep");
}

// Nothing in the box catches an error, so raising one ends the run.
void box::tick(lua_State* in, lua_Debug* at) {
    box& self = of(in);
    int steps = self.has_long_blocks_ ? instructions_per_long_tick : instructions_per_tick;
    if (!self.has_long_blocks_ && self.largest_ >= long_block) {
        self.has_long_blocks_ = true;
        lua_sethook(in, &box::tick, LUA_MASKCOUNT, instructions_per_long_tick);
    }
    if (self.has_long_blocks_ || ++self.ticks_ % ticks_per_clock == 0) {
        if (thread_time() - self.started_ >= self.limits_.time.count()) steps = -1;
    }
    if (steps >= 0) {
        const auto much = static_cast<std::uint64_t>(steps);
        self.left_ -= much < self.left_ ? much : self.left_;
        if (self.left_ > 0) return;
    }
    lua_getinfo(in, "Sl", at);
    if (steps < 0) {
        lua_pushfstring(in, "%s:%d: stopped after %d ms", at->short_src, at->currentline,
                        static_cast<int>(self.limits_.time / std::chrono::milliseconds(1)));
    } else {
        lua_pushfstring(in, "%s:%d: stopped after %f steps", at->short_src, at->currentline,
                        static_cast<double>(self.limits_.steps));
    }
    lua_error(in);
}

std::string box::failure(int status) {
    if (is_too_large_ || is_too_much_) {
        return is_too_large_
                   ? fmt::format(
                         "stopped: one string, table or chain of calls takes more than {} KiB",
                         limits_.block >> 10)
                   : fmt::format("stopped: it holds more than {} KiB", limits_.memory >> 10);
    }
    if (status == LUA_ERRMEM) return "stopped: there is no memory";
    std::size_t length = 0;
    const char* const text =
        lua_type(state_, -1) == LUA_TSTRING ? lua_tolstring(state_, -1, &length) : nullptr;
    if (text == nullptr) return "it raised an error that is no text";
    std::string made = to_valid_utf8({text, length < message_max ? length : message_max});
    for (char& each : made) {
        if (each >= 0 && each < ' ') each = ' ';
    }
    return made;
}

}  // namespace baudot::script
