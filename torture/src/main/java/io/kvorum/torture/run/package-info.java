/**
 * A torture of a store: clients at work, faults by a seeded schedule, a healthy phase at the end, and the check of all that
 * was seen.
 */
@NullMarked
package io.kvorum.torture.run;

import org.jspecify.annotations.NullMarked;
