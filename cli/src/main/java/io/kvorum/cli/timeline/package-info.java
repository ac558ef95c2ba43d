/**
 * What happened in a cluster, in one ordered list. Sources append to files of their own, {@code
 * <cluster>/timeline/<source>.jsonl}: the launcher (processes, faults), the components (elections), the launcher's watch
 * on the API (pods, scheduling, rollouts, nodes), and whoever else has something to tell. {@code kvorum timeline} merges
 * them.
 */
@NullMarked
package io.kvorum.cli.timeline;

import org.jspecify.annotations.NullMarked;
