/**
 * What clients of the API did and saw while servers were killed, and whether a correct cluster could have made them see
 * it. Recording is the test's; the check is pure.
 *
 * <p>Each write carries an id of its own into the object it makes, and is sent once. So the check needs no model of time: an
 * object without a write, two objects of one write, or a write that was acknowledged and left no trace each show by
 * themselves; and as every change has a resource version of its own, all watchers together know every version there was.
 */
@NullMarked
package io.kvorum.testkit.history;

import org.jspecify.annotations.NullMarked;
