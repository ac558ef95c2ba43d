package io.kvorum.apiserver.registry;

import io.kvorum.api.ApiException;
import io.kvorum.apiserver.request.Query;
import java.util.List;

/**
 * The options of lists and watches.
 *
 * @param revision null-like -1 when the parameter is absent, else its value
 * @param match empty, {@code Exact} or {@code NotOlderThan}
 * @param limit 0 for none
 * @param timeoutSeconds 0 for none
 */
record ListOptions(
        long revision,
        String match,
        int limit,
        String continueToken,
        long timeoutSeconds,
        boolean bookmarks,
        boolean sendInitialEvents) {
    static final long UNSET = -1;

    static ListOptions of(Query query, boolean watch) {
        long revision = revision(query.text("resourceVersion"));
        String match = query.text("resourceVersionMatch");
        String continueToken = query.text("continue");
        boolean initial = query.flag("sendInitialEvents");
        if (watch) {
            checkWatch(query, match, initial);
        } else {
            checkList(query, match, revision, continueToken);
        }
        return new ListOptions(
                revision,
                match,
                (int) Math.min(Integer.MAX_VALUE, Math.max(0, query.number("limit", 0))),
                continueToken,
                Math.max(0, query.number("timeoutSeconds", 0)),
                query.flag("allowWatchBookmarks"),
                initial);
    }

    /** {@link #UNSET} for the empty text; 400 unless it is an unsigned number. */
    static long revision(String text) {
        if (text.isEmpty()) {
            return UNSET;
        }
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                throw badRevision(text, "invalid syntax");
            }
        }
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw badRevision(text, "value out of range");
        }
    }

    private static ApiException badRevision(String text, String why) {
        return ApiException.badRequest("invalid resource version: resourceVersion: Invalid value: \"" + text
                + "\": strconv.ParseUint: parsing \"" + text + "\": " + why);
    }

    private static void checkList(Query query, String match, long revision, String continueToken) {
        if (query.has("sendInitialEvents")) {
            throw invalid("sendInitialEvents", "sendInitialEvents is forbidden for list");
        }
        if (match.isEmpty()) {
            return;
        }
        if (revision == UNSET) {
            throw invalid(
                    "resourceVersionMatch", "resourceVersionMatch is forbidden unless resourceVersion is provided");
        }
        if (!continueToken.isEmpty()) {
            throw invalid("resourceVersionMatch", "resourceVersionMatch is forbidden when continue is provided");
        }
        checkMatch(match);
        if (match.equals("Exact") && revision == 0) {
            throw invalid(
                    "resourceVersionMatch", "resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\"");
        }
    }

    private static void checkWatch(Query query, String match, boolean initial) {
        if (query.has("sendInitialEvents")) {
            if (match.isEmpty()) {
                throw invalid(
                        "resourceVersionMatch",
                        "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan");
            }
            if (!match.equals("NotOlderThan")) {
                checkMatch(match);
                throw new ApiException(
                        422,
                        "Invalid",
                        "ListOptions.meta.k8s.io \"\" is invalid: resourceVersionMatch: Unsupported value: \"" + match
                                + "\": supported values: \"NotOlderThan\"",
                        null);
            }
        } else if (!match.isEmpty()) {
            throw invalid(
                    "resourceVersionMatch",
                    "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided");
        }
    }

    private static void checkMatch(String match) {
        if (!match.equals("Exact") && !match.equals("NotOlderThan")) {
            throw ApiException.invalid(
                    "meta.k8s.io",
                    "ListOptions",
                    "",
                    List.of(new ApiException.Cause(
                            "FieldValueNotSupported",
                            "Unsupported value: \"" + match + "\": supported values: \"\", \"Exact\", \"NotOlderThan\"",
                            "resourceVersionMatch")));
        }
    }

    private static ApiException invalid(String field, String why) {
        return ApiException.invalid(
                "meta.k8s.io",
                "ListOptions",
                "",
                List.of(new ApiException.Cause("FieldValueForbidden", "Forbidden: " + why, field)));
    }
}
