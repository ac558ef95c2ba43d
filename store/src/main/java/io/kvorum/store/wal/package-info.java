/**
 * What a member keeps on disk: a segmented log of Raft entries, the term and vote, the members, the newest snapshot. An
 * entry is on disk before it is acknowledged. A write cut off by a crash is cut away at start; damage anywhere else is
 * refused with the file and the offset.
 */
@NullMarked
package io.kvorum.store.wal;

import org.jspecify.annotations.NullMarked;
