package io.kvorum.store.mvcc;

import org.jspecify.annotations.Nullable;

/** A command as it stands in the log; {@code id} is null for commands that may be repeated without harm. */
public record Proposal(@Nullable RequestId id, Command command) {}
