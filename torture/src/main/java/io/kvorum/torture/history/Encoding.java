package io.kvorum.torture.history;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How the parts of a history stand in JSON; {@link Decoding} is the other way round. */
final class Encoding {
    private Encoding() {}

    static void who(JsonGenerator json, int client, String member, int connection) throws IOException {
        json.writeNumberField("c", client);
        if (!member.isEmpty()) {
            json.writeStringField("m", member);
        }
        if (connection != 0) {
            json.writeNumberField("n", connection);
        }
    }

    static void base(JsonGenerator json, History.Base base) throws IOException {
        json.writeArrayFieldStart("base");
        json.writeNumber(base.revision());
        kvs(json, base.kvs());
        json.writeEndArray();
    }

    /** A field named by the kind, with an array of what the call says. */
    static void call(JsonGenerator json, Call call) throws IOException {
        json.writeArrayFieldStart(call.kind().label());
        if (call instanceof Call.Txn txn) {
            json.writeStartArray();
            for (Compare compare : txn.compares()) {
                compare(json, compare);
            }
            json.writeEndArray();
            steps(json, txn.success());
            steps(json, txn.failure());
        } else if (call instanceof Call.Step step) {
            step(json, step);
        } else if (call instanceof Call.Compact compact) {
            json.writeNumber(compact.revision());
        } else {
            leaseCall(json, call);
        }
        json.writeEndArray();
    }

    private static void leaseCall(JsonGenerator json, Call call) throws IOException {
        if (call instanceof Call.LeaseGrant grant) {
            json.writeNumber(grant.lease());
            json.writeNumber(grant.ttlSeconds());
        } else if (call instanceof Call.LeaseKeepAlive keepAlive) {
            json.writeNumber(keepAlive.lease());
        } else if (call instanceof Call.LeaseRevoke revoke) {
            json.writeNumber(revoke.lease());
        } else if (call instanceof Call.LeaseTimeToLive timeToLive) {
            json.writeNumber(timeToLive.lease());
            json.writeBoolean(timeToLive.keys());
        } else {
            throw new IllegalArgumentException("no lease call: " + call);
        }
    }

    private static void compare(JsonGenerator json, Compare compare) throws IOException {
        json.writeStartArray();
        json.writeString(compare.key());
        json.writeString(compare.target().name());
        json.writeString(compare.relation().name());
        json.writeNumber(compare.number());
        json.writeString(compare.value());
        json.writeEndArray();
    }

    private static void steps(JsonGenerator json, List<Call.Step> steps) throws IOException {
        json.writeStartArray();
        for (Call.Step step : steps) {
            json.writeStartArray();
            json.writeString(step.kind().label());
            step(json, step);
            json.writeEndArray();
        }
        json.writeEndArray();
    }

    private static void step(JsonGenerator json, Call.Step step) throws IOException {
        if (step instanceof Call.Put put) {
            json.writeString(put.key());
            json.writeString(put.value());
            json.writeNumber(put.lease());
            json.writeBoolean(put.prevKv());
        } else if (step instanceof Call.Delete delete) {
            keys(json, delete.keys());
            json.writeBoolean(delete.prevKv());
        } else if (step instanceof Call.Range range) {
            keys(json, range.keys());
            json.writeNumber(range.revision());
            json.writeBoolean(range.serializable());
            json.writeNumber(range.limit());
            json.writeBoolean(range.countOnly());
        }
    }

    static void fate(JsonGenerator json, Fate fate) throws IOException {
        if (fate instanceof Fate.Failed failed) {
            json.writeArrayFieldStart("failed");
            json.writeString(failed.code().name());
            json.writeString(failed.message());
            json.writeEndArray();
        } else if (fate instanceof Fate.Unknown unknown) {
            json.writeStringField("unknown", unknown.reason());
        } else if (fate instanceof Reply reply) {
            json.writeFieldName("ok");
            reply(json, reply);
        }
    }

    /** An array that begins with the kind's label and the revision. */
    private static void reply(JsonGenerator json, Reply reply) throws IOException {
        json.writeStartArray();
        json.writeString(kind(reply).label());
        json.writeNumber(reply.revision());
        if (reply instanceof Reply.Put put) {
            kv(json, put.previous());
        } else if (reply instanceof Reply.Delete delete) {
            json.writeNumber(delete.deleted());
            kvs(json, delete.previous());
        } else if (reply instanceof Reply.Range range) {
            kvs(json, range.kvs());
            json.writeNumber(range.count());
            json.writeBoolean(range.more());
        } else if (reply instanceof Reply.Txn txn) {
            json.writeBoolean(txn.succeeded());
            json.writeStartArray();
            for (Reply part : txn.replies()) {
                reply(json, part);
            }
            json.writeEndArray();
        } else if (reply instanceof Reply.LeaseGrant grant) {
            json.writeNumber(grant.ttlSeconds());
        } else if (reply instanceof Reply.LeaseKeepAlive keepAlive) {
            json.writeNumber(keepAlive.ttlSeconds());
        } else if (reply instanceof Reply.LeaseTimeToLive timeToLive) {
            json.writeNumber(timeToLive.ttlSeconds());
            json.writeNumber(timeToLive.grantedSeconds());
            json.writeStartArray();
            for (String key : timeToLive.keys()) {
                json.writeString(key);
            }
            json.writeEndArray();
        }
        json.writeEndArray();
    }

    private static Call.Kind kind(Reply reply) {
        if (reply instanceof Reply.Put) {
            return Call.Kind.PUT;
        } else if (reply instanceof Reply.Delete) {
            return Call.Kind.DELETE;
        } else if (reply instanceof Reply.Range) {
            return Call.Kind.RANGE;
        } else if (reply instanceof Reply.Txn) {
            return Call.Kind.TXN;
        } else if (reply instanceof Reply.Compact) {
            return Call.Kind.COMPACT;
        } else if (reply instanceof Reply.LeaseGrant) {
            return Call.Kind.LEASE_GRANT;
        } else if (reply instanceof Reply.LeaseKeepAlive) {
            return Call.Kind.LEASE_KEEP_ALIVE;
        } else if (reply instanceof Reply.LeaseRevoke) {
            return Call.Kind.LEASE_REVOKE;
        }
        return Call.Kind.LEASE_TIME_TO_LIVE;
    }

    static void watch(JsonGenerator json, WatchRequest request) throws IOException {
        json.writeArrayFieldStart("watch");
        keys(json, request.keys());
        json.writeNumber(request.startRevision());
        json.writeBoolean(request.noPut());
        json.writeBoolean(request.noDelete());
        json.writeBoolean(request.prevKv());
        json.writeBoolean(request.progressNotify());
        json.writeBoolean(request.fragment());
        json.writeEndArray();
    }

    static void frame(JsonGenerator json, Frame frame) throws IOException {
        if (frame instanceof Frame.Created created) {
            json.writeNumberField("created", created.revision());
        } else if (frame instanceof Frame.Progress progress) {
            json.writeNumberField("progress", progress.revision());
        } else if (frame instanceof Frame.Lost lost) {
            json.writeStringField("lost", lost.reason());
        } else if (frame instanceof Frame.Cancelled cancelled) {
            json.writeArrayFieldStart("cancelled");
            json.writeNumber(cancelled.compactRevision());
            json.writeString(cancelled.reason());
            json.writeEndArray();
        } else if (frame instanceof Frame.Events events) {
            json.writeArrayFieldStart("events");
            json.writeNumber(events.revision());
            json.writeBoolean(events.more());
            for (Event event : events.events()) {
                json.writeStartArray();
                json.writeBoolean(event.deletion());
                kv(json, event.kv());
                kv(json, event.previous());
                json.writeEndArray();
            }
            json.writeEndArray();
        }
    }

    private static void keys(JsonGenerator json, KeyRange keys) throws IOException {
        json.writeString(keys.key());
        json.writeString(keys.end());
    }

    private static void kvs(JsonGenerator json, List<KeyValue> kvs) throws IOException {
        json.writeStartArray();
        for (KeyValue kv : kvs) {
            kv(json, kv);
        }
        json.writeEndArray();
    }

    private static void kv(JsonGenerator json, @Nullable KeyValue kv) throws IOException {
        if (kv == null) {
            json.writeNull();
            return;
        }
        json.writeStartArray();
        json.writeString(kv.key());
        json.writeString(kv.value());
        json.writeNumber(kv.createRevision());
        json.writeNumber(kv.modRevision());
        json.writeNumber(kv.version());
        json.writeNumber(kv.lease());
        json.writeEndArray();
    }
}
