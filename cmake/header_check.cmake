# Each header compiles alone, and twice. Built by ./dev lint (target header_check).
file(GLOB_RECURSE baudot_headers RELATIVE ${PROJECT_SOURCE_DIR}/src CONFIGURE_DEPENDS src/*.hpp)
set(baudot_header_units)
foreach(header IN LISTS baudot_headers)
    string(REPLACE "/" "_" unit ${header})
    set(unit ${PROJECT_BINARY_DIR}/header_check/${unit}.cpp)
    file(CONFIGURE OUTPUT ${unit} CONTENT "#include \"${header}\"\n#include \"${header}\"\n")
    list(APPEND baudot_header_units ${unit})
endforeach()
add_library(header_check OBJECT EXCLUDE_FROM_ALL ${baudot_header_units})
target_link_libraries(header_check PRIVATE baudot_options PkgConfig::luajit)
if(TARGET baudot_model)
    add_dependencies(header_check baudot_model)  # generated protobuf headers
endif()
