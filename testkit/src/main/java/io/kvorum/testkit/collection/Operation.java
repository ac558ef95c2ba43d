package io.kvorum.testkit.collection;

/** One thing that a client did. */
public sealed interface Operation permits Listing, Watch {}
