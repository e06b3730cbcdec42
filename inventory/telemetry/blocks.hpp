// SPDX-License-Identifier: Apache-2.0
// A large text file in blocks of whole lines, parsed by several threads and taken in order. The blocks depend on the
// file alone, so sums over them have the same bits for any number of threads; memory does not grow with the file.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "inventory/telemetry/log.hpp"

namespace cradle::inventory {

/// What parsing a block gave; `lines` counts the lines in it.
struct BlockResult {
  virtual ~BlockResult() = default;
  std::size_t lines = 0;
};

using ParseBlock = std::function<std::unique_ptr<BlockResult>(std::string_view block, bool last)>;
using TakeBlock = std::function<void(BlockResult& result)>;

/// E001 where the file cannot be read to the size it had when it was opened. `last` marks the block that ends the file.
Result<void> read_blocks(const std::string& path, unsigned threads, const LogProgress* progress,
                         const ParseBlock& parse, const TakeBlock& take);

}  // namespace cradle::inventory
