set(BAUDOT_SANITIZE "" CACHE STRING "address;undefined, or thread")
option(BAUDOT_FUZZ "build the fuzzers (clang, libFuzzer; with address)" OFF)

# Flags of our own code. Dependencies are SYSTEM and keep their own.
add_library(baudot_options INTERFACE)
target_compile_options(baudot_options INTERFACE
    -Wall -Wextra -Wpedantic -Werror -Wshadow -Wconversion -Woverloaded-virtual
    $<$<CXX_COMPILER_ID:Clang>:-Wthread-safety>
    # A designated initialiser names what differs from the defaults: that is its point.
    $<$<CXX_COMPILER_ID:Clang>:-Wno-missing-designated-field-initializers>)
target_compile_definitions(baudot_options INTERFACE
    BOOST_ASIO_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED
    FMT_SHARED SPDLOG_COMPILED_LIB SPDLOG_FMT_EXTERNAL)
target_include_directories(baudot_options INTERFACE ${PROJECT_SOURCE_DIR}/src ${PROJECT_BINARY_DIR}/src)
target_link_libraries(baudot_options INTERFACE Boost::headers Threads::Threads fmt::fmt)
if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    target_link_options(baudot_options INTERFACE -fuse-ld=lld)
endif()
if(BAUDOT_SANITIZE)
    list(JOIN BAUDOT_SANITIZE "," baudot_sanitizers)
    target_compile_options(baudot_options INTERFACE
        -fsanitize=${baudot_sanitizers} -fno-sanitize-recover=all -fno-omit-frame-pointer)
    target_link_options(baudot_options INTERFACE -fsanitize=${baudot_sanitizers})
    # Asio caches freed coroutine frames and handlers; a cached block hides a use after free.
    target_compile_definitions(baudot_options INTERFACE
        BOOST_ASIO_DISABLE_AWAITABLE_FRAME_RECYCLING BOOST_ASIO_DISABLE_SMALL_BLOCK_RECYCLING)
    if("thread" IN_LIST BAUDOT_SANITIZE)
        target_compile_options(baudot_options INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-tsan>)
    endif()
endif()

# baudot_module(NAME base SOURCES a.cpp DEPS ... TESTS a_test.cpp TEST_DEPS ... [THREADS])
# makes baudot::base and the test program base_test (label unit: also run under sanitizers).
# THREADS: the tests run more than one thread (label threads: under the thread sanitizer, too,
# which has nothing to find where there is one; check_style knows who does).
# DEPS is for the linker; who may include whom is src/layers.txt, checked by check_style.
function(baudot_module)
    cmake_parse_arguments(arg "THREADS" "NAME" "SOURCES;DEPS;TESTS;TEST_DEPS" ${ARGN})
    if(arg_SOURCES)
        add_library(baudot_${arg_NAME} STATIC ${arg_SOURCES})
        target_link_libraries(baudot_${arg_NAME} PUBLIC baudot_options ${arg_DEPS})
        if(BAUDOT_FUZZ)  # it tells its branches to whatever fuzzer is linked to it
            target_compile_options(baudot_${arg_NAME} PRIVATE -fsanitize=fuzzer-no-link)
        endif()
    else()
        add_library(baudot_${arg_NAME} INTERFACE)
        target_link_libraries(baudot_${arg_NAME} INTERFACE baudot_options ${arg_DEPS})
    endif()
    add_library(baudot::${arg_NAME} ALIAS baudot_${arg_NAME})
    if(arg_TESTS)
        add_executable(${arg_NAME}_test ${arg_TESTS})
        target_link_libraries(${arg_NAME}_test PRIVATE
            baudot::${arg_NAME} ${arg_TEST_DEPS} GTest::gmock GTest::gtest_main)
        # What is tested keeps its -O1. Tests are most of what a sanitizer build compiles.
        if(BAUDOT_SANITIZE)
            target_compile_options(${arg_NAME}_test PRIVATE -O0)
        endif()
        add_test(NAME ${arg_NAME} COMMAND ${arg_NAME}_test)
        set_tests_properties(${arg_NAME} PROPERTIES LABELS unit TIMEOUT 300)
        add_dependencies(unit_tests ${arg_NAME}_test)
        if(arg_THREADS)
            set_property(TEST ${arg_NAME} APPEND PROPERTY LABELS threads)
            add_dependencies(threads_tests ${arg_NAME}_test)
        endif()
    endif()
endfunction()

# baudot_program(NAME baudot SOURCES main.cpp DEPS ...) lands in build/PRESET/bin. jemalloc,
# because RocksDB's block cache fragments glibc's heap; not with a sanitizer, which has its own.
function(baudot_program)
    cmake_parse_arguments(arg "" "NAME" "SOURCES;DEPS" ${ARGN})
    add_executable(${arg_NAME} ${arg_SOURCES})
    target_link_libraries(${arg_NAME} PRIVATE baudot_options ${arg_DEPS})
    if(NOT BAUDOT_SANITIZE)
        target_link_libraries(${arg_NAME} PRIVATE PkgConfig::jemalloc)
    endif()
endfunction()

# What the sanitizer builds need, and no more.
add_custom_target(unit_tests)
add_custom_target(threads_tests)
