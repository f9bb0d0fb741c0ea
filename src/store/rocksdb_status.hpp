#pragma once

#include <rocksdb/status.h>

#include <string_view>

#include "base/error.hpp"

namespace baudot::store {

/// What a failed status means for the caller. `act` is a verb ("open", "write"), `directory`
/// where. A corrupt store comes with the advice what to do.
error to_error(const rocksdb::Status& status, std::string_view act, std::string_view directory);

}  // namespace baudot::store
