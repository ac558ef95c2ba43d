package io.kvorum.torture.check;

/** The key space and its revision; 0 when revisions do not count. */
record Config(KvState state, long revision) {}
