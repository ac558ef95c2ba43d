package io.kvorum.client;

import org.jspecify.annotations.Nullable;

/**
 * Which objects to list or watch, and from when.
 *
 * @param labelSelector as in {@code kubectl -l}; null for all
 * @param fieldSelector as in {@code kubectl --field-selector}; null for all
 * @param resourceVersion null: the newest, consistent; "0": whatever the API server has in its cache
 * @param limit page size, 0 for no paging; a list call with a limit returns one page
 * @param continueToken of the page before, null for the first
 */
public record ListOptions(
        @Nullable String labelSelector,
        @Nullable String fieldSelector,
        @Nullable String resourceVersion,
        int limit,
        @Nullable String continueToken) {
    public static final ListOptions ALL = new ListOptions(null, null, null, 0, null);

    public static ListOptions labels(String selector) {
        return new ListOptions(selector, null, null, 0, null);
    }

    public static ListOptions fields(String selector) {
        return new ListOptions(null, selector, null, 0, null);
    }

    public ListOptions from(String version) {
        return new ListOptions(labelSelector, fieldSelector, version, limit, continueToken);
    }
}
