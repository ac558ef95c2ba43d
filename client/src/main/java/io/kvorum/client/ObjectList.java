package io.kvorum.client;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** One page of objects, the resourceVersion of the list and the token of the next page, null at the last. */
public record ObjectList<T>(
        List<T> items, String resourceVersion, @Nullable String continueToken) {}
