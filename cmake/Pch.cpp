// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// The one file of the targets that own a precompiled header.
