package io.kvorum.apiserver.registry;

import io.kvorum.api.ApiException;
import io.kvorum.api.ApiException.Cause;
import io.kvorum.apiserver.request.Query;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The options of lists and watches.
 *
 * @param revision null-like -1 when the parameter is absent, else its value
 * @param match empty, {@code Exact} or {@code NotOlderThan}
 * @param limit 0 for none
 * @param timeoutSeconds 0 for none
 * @param sendInitialEvents empty when the parameter is absent
 */
record ListOptions(
        long revision,
        String match,
        int limit,
        String continueToken,
        long timeoutSeconds,
        boolean bookmarks,
        Optional<Boolean> sendInitialEvents) {
    static final long UNSET = -1;

    private static final String MATCH = "resourceVersionMatch";
    private static final String INITIAL = "sendInitialEvents";
    private static final String EXACT = "Exact";
    private static final String NOT_OLDER_THAN = "NotOlderThan";

    /** Fails with 422 for options that do not go together, with 400 for what is no number. */
    static ListOptions of(Query query, boolean watch) {
        String match = query.text(MATCH);
        String continueToken = query.text("continue");
        long limit = query.number("limit", 0);
        long timeout = query.number("timeoutSeconds", 0);
        List<Cause> faults = watch
                ? watchFaults(query, match, !continueToken.isEmpty())
                : listFaults(query, match, !continueToken.isEmpty());
        if (!faults.isEmpty()) {
            throw ApiException.invalid("meta.k8s.io", "ListOptions", "", faults);
        }
        long revision = revision(query.text("resourceVersion"));
        if (!watch && !continueToken.isEmpty() && revision > 0) {
            throw ApiException.badRequest("specifying resource version is not allowed when using continue");
        }
        return new ListOptions(
                revision,
                match,
                (int) Math.min(Integer.MAX_VALUE, Math.max(0, limit)),
                continueToken,
                Math.max(0, timeout),
                query.flag("allowWatchBookmarks"),
                query.has(INITIAL) ? Optional.of(query.flag(INITIAL)) : Optional.empty());
    }

    /** Whether a watch begins with the state there is; asked for, or because it names no revision to go on from. */
    boolean beginsWithState() {
        return sendInitialEvents.orElse(revision <= 0);
    }

    /** Whether a watch tells where its initial events end. */
    boolean marksInitialEvents() {
        return bookmarks && sendInitialEvents.orElse(false);
    }

    /**
     * Whether a list must be as of its revision exactly: asked for, or a first page of that revision, which has always
     * meant so.
     */
    boolean exact() {
        return match.equals(EXACT) || (match.isEmpty() && limit > 0 && revision > 0);
    }

    /** Objects on the first page, 0 for all; who takes a list however old it is gets it whole, as upstream's cache does. */
    int firstPage() {
        return revision == 0 ? 0 : limit;
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

    /** All that is wrong with the options of a list, as upstream's ValidateListOptions finds it. */
    private static List<Cause> listFaults(Query query, String match, boolean continued) {
        List<Cause> faults = new ArrayList<>();
        if (!match.isEmpty()) {
            String version = query.text("resourceVersion");
            if (version.isEmpty()) {
                faults.add(forbidden(MATCH, "resourceVersionMatch is forbidden unless resourceVersion is provided"));
            }
            if (continued) {
                faults.add(forbidden(MATCH, "resourceVersionMatch is forbidden when continue is provided"));
            }
            if (!match.equals(EXACT) && !match.equals(NOT_OLDER_THAN)) {
                faults.add(unsupported(match, "\"Exact\", \"NotOlderThan\", \"\""));
            }
            if (match.equals(EXACT) && version.equals("0")) {
                faults.add(forbidden(MATCH, "resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\""));
            }
        }
        if (query.has(INITIAL)) {
            faults.add(forbidden(INITIAL, "sendInitialEvents is forbidden for list"));
        }
        return faults;
    }

    private static List<Cause> watchFaults(Query query, String match, boolean continued) {
        List<Cause> faults = new ArrayList<>();
        if (query.has(INITIAL) && !match.equals(NOT_OLDER_THAN)) {
            faults.add(forbidden(MATCH, "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan"));
        }
        if (!match.isEmpty()) {
            if (!query.has(INITIAL)) {
                faults.add(forbidden(
                        MATCH, "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided"));
            }
            if (!match.equals(NOT_OLDER_THAN)) {
                faults.add(unsupported(match, "\"NotOlderThan\""));
            }
            if (continued) {
                faults.add(forbidden(MATCH, "resourceVersionMatch is forbidden when continue is provided"));
            }
        }
        return faults;
    }

    private static Cause unsupported(String match, String supported) {
        return new Cause(
                "FieldValueNotSupported",
                "Unsupported value: \"" + match + "\": supported values: " + supported,
                MATCH);
    }

    private static Cause forbidden(String field, String why) {
        return new Cause("FieldValueForbidden", "Forbidden: " + why, field);
    }
}
