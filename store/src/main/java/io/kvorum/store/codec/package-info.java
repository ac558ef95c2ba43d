/** The compact binary form of what the store writes to its log, its snapshots and the bus. */
@NullMarked
package io.kvorum.store.codec;

import org.jspecify.annotations.NullMarked;
