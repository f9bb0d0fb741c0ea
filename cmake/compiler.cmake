# g++ 12 destroys temporaries of a co_await expression twice, without a warning
# (docs/decisions/0001-compiler.md). A build that would corrupt memory is refused here.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    message(FATAL_ERROR
        "g++ ${CMAKE_CXX_COMPILER_VERSION} miscompiles coroutines (temporaries are destroyed twice). "
        "Use clang 19 (./dev build does) or g++ 13 or newer.")
endif()
if(CMAKE_CXX_COMPILER_ID MATCHES "Clang" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 19)
    message(FATAL_ERROR
        "clang ${CMAKE_CXX_COMPILER_VERSION} is too old: std::expected needs clang 19 with libstdc++. "
        "Use clang 19 (./dev build does).")
endif()

set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_CXX_SCAN_FOR_MODULES OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin)
find_program(baudot_ccache ccache)
if(baudot_ccache)
    set(CMAKE_CXX_COMPILER_LAUNCHER ${baudot_ccache})
endif()
