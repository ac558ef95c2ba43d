package io.kvorum.torture.history;

/** A leader that was seen to be another one. */
public record Election(long at, String leader, long term) {}
