package io.kvorum.testkit.collection;

import io.kvorum.testkit.history.Write;
import java.util.List;

/**
 * Everything that was recorded.
 *
 * @param writes each with a value of its own as its id; see the package about who may write what
 */
public record Recording(List<Write> writes, List<ClientLog> clients) {}
