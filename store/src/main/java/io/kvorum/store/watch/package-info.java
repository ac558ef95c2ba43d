/**
 * Watches: every member feeds its own watchers from what it applies. Ordered, unique, gap-free, atomic per revision and
 * resumable from any revision not yet compacted (etcd API guarantees, "Watch APIs").
 */
@NullMarked
package io.kvorum.store.watch;

import org.jspecify.annotations.NullMarked;
