package io.kvorum.testkit.history;

import java.util.List;
import java.util.Map;

/**
 * Everything that was recorded.
 *
 * @param last names and write ids of the objects that are there at the end
 */
public record History(List<Write> writes, List<WatchLog> watches, List<Read> reads, Map<String, String> last) {}
