#pragma once

#include <cstddef>
#include <cstdint>
#include <lua.hpp>
#include <string>

#include "script/limits.hpp"

// Private to the module.

namespace baudot::script {

/// A machine of Lua of its own, with limits. It has no library yet, its JIT compiler is off (what
/// it compiles counts no instructions), and it lives for one run.
///
/// What raises an error of Lua does not return; it must be called in lua_cpcall or below, with
/// nothing on the stack of C++ that has a destructor.
class box {
public:
    explicit box(const limits& what);
    ~box();
    box(const box&) = delete;
    box& operator=(const box&) = delete;

    /// Null: there was not even memory for the machine.
    lua_State* state() { return state_; }

    static box& of(lua_State* in);

    /// As if the script had taken so many steps. Raises when they are used up.
    void charge(std::uint64_t steps);

    std::uint64_t steps_left() const { return left_; }

    /// Around a function of the box that calls back into the script. Raises when it is in too many
    /// already: each takes some of the stack of C++.
    void enter();
    void leave() { --depth_; }

    /// What ended the run. `status` and the error are what lua_cpcall left.
    std::string failure(int status);

private:
    static void* allocate(void* self, void* block, std::size_t old, std::size_t wanted);
    static void tick(lua_State* in, lua_Debug* at);

    limits limits_;
    std::uint64_t left_;
    std::size_t used_ = 0;
    std::size_t largest_ = 0;    // block that there ever was
    bool is_too_large_ = false;  // one block was
    bool is_too_much_ = false;   // all of them together were
    bool has_long_blocks_ = false;
    int ticks_ = 0;
    int depth_ = 0;
    std::int64_t started_;  // processor time of this thread, nanoseconds
    lua_State* state_ = nullptr;
};

}  // namespace baudot::script
