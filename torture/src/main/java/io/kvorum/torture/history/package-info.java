/**
 * What clients of a store with etcd's API saw: every {@link io.kvorum.torture.history.Operation} with its times and its
 * fate, every frame of every watch, and the faults of the time. {@link io.kvorum.torture.history.HistoryWriter} records
 * it so that nothing is lost when the recorder dies, {@link io.kvorum.torture.history.HistoryReader} reads it back, so
 * that a history that broke a guarantee can be kept and checked again.
 */
@NullMarked
package io.kvorum.torture.history;

import org.jspecify.annotations.NullMarked;
