package io.kvorum.testkit.collection;

import java.util.List;

/**
 * One answer to a list.
 *
 * @param resourceVersion that the answer claims to be of
 */
public record Page(String server, long resourceVersion, List<Sighting> items) {}
