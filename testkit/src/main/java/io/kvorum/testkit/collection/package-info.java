/**
 * What clients of the API were shown of one collection of objects, by lists, pages and watches of whatever server, and whether
 * there is one history of that collection of which all of it is true. Recording is the test's; the check is pure.
 *
 * <p>Each name belongs to one writer, which sends one write of it at a time, each with a value that no other write has, and
 * leaves a name alone for good after a write whose answer it did not get: a server that was frozen may still carry it out.
 * So the writers' own order is the order of each object's versions, and what is open is only the version of a deletion,
 * which no answer tells, and whether a write without an answer was done; both are read off what clients were shown.
 */
@NullMarked
package io.kvorum.testkit.collection;

import org.jspecify.annotations.NullMarked;
