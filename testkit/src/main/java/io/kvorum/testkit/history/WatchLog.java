package io.kvorum.testkit.history;

import java.util.List;
import java.util.Map;

/**
 * All that one watcher saw of a namespace.
 *
 * @param from the resource version of the list it began with
 * @param first names and write ids in that list
 * @param events in the order in which they came, over all the connections it took
 * @param relists how often it was told that its version is too old and had to list again
 * @param connections how many watches it opened
 */
public record WatchLog(
        String watcher, long from, Map<String, String> first, List<Seen> events, int relists, int connections) {}
