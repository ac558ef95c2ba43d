package io.kvorum.torture.history;

import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads what {@link Encoding} wrote. Equal strings, ranges and key-values that come soon after one another are made one
 * object: a history of millions of operations says everything many times, and is to fit in memory.
 */
final class Decoding {
    private static final Map<String, Call.Kind> KINDS = new HashMap<>();

    static {
        for (Call.Kind kind : Call.Kind.values()) {
            KINDS.put(kind.label(), kind);
        }
    }

    private final JsonParser json;
    private final Recent<String> strings = new Recent<>();
    private final Recent<KeyRange> ranges = new Recent<>();
    private final Recent<KeyValue> kvs = new Recent<>();

    Decoding(JsonParser json) {
        this.json = json;
    }

    /** The kind of call that a field of this name holds; null: it holds something else. */
    static Call.@Nullable Kind kind(String field) {
        return KINDS.get(field);
    }

    /** The parser stands on the array's start, afterwards on its end; so do all that follow. */
    Call call(Call.Kind kind) throws IOException {
        Call call = switch (kind) {
            case PUT, DELETE, RANGE -> step(kind);
            case TXN -> new Call.Txn(compares(), steps(), steps());
            case COMPACT -> new Call.Compact(number());
            case LEASE_GRANT -> new Call.LeaseGrant(number(), number());
            case LEASE_KEEP_ALIVE -> new Call.LeaseKeepAlive(number());
            case LEASE_REVOKE -> new Call.LeaseRevoke(number());
            case LEASE_TIME_TO_LIVE -> new Call.LeaseTimeToLive(number(), flag());
        };
        expect(JsonToken.END_ARRAY);
        return call;
    }

    private Call.Step step(Call.Kind kind) throws IOException {
        return switch (kind) {
            case PUT -> new Call.Put(string(), string(), number(), flag());
            case DELETE -> new Call.Delete(keys(), flag());
            case RANGE -> new Call.Range(keys(), number(), flag(), number(), flag());
            default -> throw wrong("a put, delete or range");
        };
    }

    private List<Compare> compares() throws IOException {
        expect(JsonToken.START_ARRAY);
        List<Compare> compares = new ArrayList<>();
        while (json.nextToken() == JsonToken.START_ARRAY) {
            compares.add(new Compare(
                    string(),
                    Compare.Target.valueOf(string()),
                    Compare.Relation.valueOf(string()),
                    number(),
                    string()));
            expect(JsonToken.END_ARRAY);
        }
        return compares;
    }

    private List<Call.Step> steps() throws IOException {
        expect(JsonToken.START_ARRAY);
        List<Call.Step> steps = new ArrayList<>();
        while (json.nextToken() == JsonToken.START_ARRAY) {
            steps.add(step(kindNamed()));
            expect(JsonToken.END_ARRAY);
        }
        return steps;
    }

    Reply reply() throws IOException {
        Call.Kind kind = kindNamed();
        long revision = number();
        Reply reply = switch (kind) {
            case PUT -> new Reply.Put(revision, nextKv());
            case DELETE -> new Reply.Delete(revision, number(), kvs());
            case RANGE -> new Reply.Range(revision, kvs(), number(), flag());
            case TXN -> new Reply.Txn(revision, flag(), replies());
            case COMPACT -> new Reply.Compact(revision);
            case LEASE_GRANT -> new Reply.LeaseGrant(revision, number());
            case LEASE_KEEP_ALIVE -> new Reply.LeaseKeepAlive(revision, number());
            case LEASE_REVOKE -> new Reply.LeaseRevoke(revision);
            case LEASE_TIME_TO_LIVE -> new Reply.LeaseTimeToLive(revision, number(), number(), names());
        };
        expect(JsonToken.END_ARRAY);
        return reply;
    }

    private List<Reply> replies() throws IOException {
        expect(JsonToken.START_ARRAY);
        List<Reply> replies = new ArrayList<>();
        while (json.nextToken() == JsonToken.START_ARRAY) {
            replies.add(reply());
        }
        return replies;
    }

    Fate.Failed failed() throws IOException {
        Fate.Failed failed = new Fate.Failed(Fate.Code.valueOf(string()), string());
        expect(JsonToken.END_ARRAY);
        return failed;
    }

    WatchRequest watch() throws IOException {
        WatchRequest request = new WatchRequest(keys(), number(), flag(), flag(), flag(), flag(), flag());
        expect(JsonToken.END_ARRAY);
        return request;
    }

    Frame.Events events(long at) throws IOException {
        long revision = number();
        boolean more = flag();
        List<Event> events = new ArrayList<>();
        while (json.nextToken() == JsonToken.START_ARRAY) {
            boolean deletion = flag();
            KeyValue kv = nextKv();
            if (kv == null) {
                throw wrong("an event's key");
            }
            events.add(new Event(deletion, kv, nextKv()));
            expect(JsonToken.END_ARRAY);
        }
        return new Frame.Events(at, revision, more, events);
    }

    Frame.Cancelled cancelled(long at) throws IOException {
        Frame.Cancelled cancelled = new Frame.Cancelled(at, number(), string());
        expect(JsonToken.END_ARRAY);
        return cancelled;
    }

    History.Base base() throws IOException {
        History.Base base = new History.Base(number(), kvs());
        expect(JsonToken.END_ARRAY);
        return base;
    }

    FaultMark fault() throws IOException {
        FaultMark mark = new FaultMark(string(), string(), number(), number());
        expect(JsonToken.END_ARRAY);
        return mark;
    }

    Election election() throws IOException {
        Election election = new Election(number(), string(), number());
        expect(JsonToken.END_ARRAY);
        return election;
    }

    History.Healthy healthy() throws IOException {
        History.Healthy healthy = new History.Healthy(number(), number());
        expect(JsonToken.END_ARRAY);
        return healthy;
    }

    private Call.Kind kindNamed() throws IOException {
        Call.Kind kind = KINDS.get(string());
        if (kind == null) {
            throw wrong("a kind of call");
        }
        return kind;
    }

    private KeyRange keys() throws IOException {
        return ranges.one(new KeyRange(string(), string()));
    }

    private List<KeyValue> kvs() throws IOException {
        expect(JsonToken.START_ARRAY);
        List<KeyValue> list = new ArrayList<>();
        for (KeyValue kv = nextKv(); kv != null; kv = nextKv()) {
            list.add(kv);
        }
        return list;
    }

    private List<String> names() throws IOException {
        expect(JsonToken.START_ARRAY);
        List<String> list = new ArrayList<>();
        while (json.nextToken() == JsonToken.VALUE_STRING) {
            list.add(text());
        }
        return list;
    }

    /** Null when the next thing is null or the end of the array. */
    private @Nullable KeyValue nextKv() throws IOException {
        JsonToken token = json.nextToken();
        if (token == JsonToken.VALUE_NULL || token == JsonToken.END_ARRAY) {
            return null;
        }
        KeyValue kv = new KeyValue(string(), string(), number(), number(), number(), number());
        expect(JsonToken.END_ARRAY);
        return kvs.one(kv);
    }

    private String string() throws IOException {
        expect(JsonToken.VALUE_STRING);
        return text();
    }

    String text() throws IOException {
        return strings.one(json.getText());
    }

    private long number() throws IOException {
        expect(JsonToken.VALUE_NUMBER_INT);
        return json.getLongValue();
    }

    private boolean flag() throws IOException {
        json.nextToken();
        return json.getBooleanValue();
    }

    private void expect(JsonToken token) throws IOException {
        if (json.nextToken() != token) {
            throw wrong(token.name());
        }
    }

    private JsonParseException wrong(String wanted) {
        return new JsonParseException(json, "wanted " + wanted + ", found " + json.currentToken());
    }

    /** The newest object of each of many hash values. */
    private static final class Recent<T> {
        private static final int SLOTS = 1 << 17;

        private final @Nullable Object[] slots = new @Nullable Object[SLOTS];

        /** The object equal to {@code object} that was seen of late; it itself when there is none. */
        @SuppressWarnings("unchecked") // only objects of T are put in
        T one(T object) {
            int hash = object.hashCode() * 0x9E3779B9;
            int slot = hash >>> 15;
            if (object.equals(slots[slot])) {
                return (T) slots[slot];
            }
            slots[slot] = object;
            return object;
        }
    }
}
