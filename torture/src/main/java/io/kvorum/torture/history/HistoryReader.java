package io.kvorum.torture.history;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads what {@link HistoryWriter} recorded. Calls that never ended are of unknown fate; a last line that was not
 * written to its end is left out.
 */
public final class HistoryReader {
    /** The fate of a call whose end was not recorded. */
    public static final Fate.Unknown NEVER_ENDED = new Fate.Unknown("never ended");

    private final JsonParser json;
    private final Decoding decoding;
    private final List<Operation> operations = new ArrayList<>();
    private final List<Opened> streams = new ArrayList<>();
    private final List<FaultMark> faults = new ArrayList<>();
    private final List<Election> elections = new ArrayList<>();
    private History.Base base = History.Base.EMPTY;
    private History.@Nullable Healthy healthy;

    private HistoryReader(JsonParser json) {
        this.json = json;
        this.decoding = new Decoding(json);
    }

    /** Fails with a {@code JsonProcessingException} when the file is not a history. */
    public static History read(Path path) throws IOException {
        try (InputStream in = new WholeLines(path);
                JsonParser json = new JsonFactory().createParser(in)) {
            return new HistoryReader(json).read();
        }
    }

    private History read() throws IOException {
        for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
            if (token != JsonToken.START_OBJECT) {
                throw new JsonParseException(json, "wanted a record, found " + token);
            }
            record();
        }
        return new History(
                base, operations, streams.stream().map(Opened::stream).toList(), faults, elections, healthy);
    }

    private void record() throws IOException {
        Fields fields = new Fields();
        for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
            json.nextToken();
            switch (name) {
                case "b", "e", "w", "f" -> {
                    fields.record = name;
                    fields.id = json.getIntValue();
                }
                case "of" -> fields.watcher = json.getIntValue();
                case "t" -> fields.at = json.getLongValue();
                case "c" -> fields.client = json.getIntValue();
                case "m" -> fields.member = decoding.text();
                case "n" -> fields.connection = json.getIntValue();
                case "ok" -> fields.fate = decoding.reply();
                case "failed" -> fields.fate = decoding.failed();
                case "unknown" -> fields.fate = new Fate.Unknown(decoding.text());
                case "watch" -> fields.request = decoding.watch();
                case "created" -> fields.frame = new Frame.Created(fields.at, json.getLongValue());
                case "progress" -> fields.frame = new Frame.Progress(fields.at, json.getLongValue());
                case "events" -> fields.frame = decoding.events(fields.at);
                case "cancelled" -> fields.frame = decoding.cancelled(fields.at);
                case "lost" -> fields.frame = new Frame.Lost(fields.at, decoding.text());
                case "base" -> base = decoding.base();
                case "fault" -> faults.add(decoding.fault());
                case "election" -> elections.add(decoding.election());
                case "healthy" -> healthy = decoding.healthy();
                default -> fields.call = call(name);
            }
        }
        if (json.currentToken() != JsonToken.END_OBJECT) {
            throw new JsonParseException(json, "wanted the end of the record");
        }
        keep(fields);
    }

    private Call call(String name) throws IOException {
        Call.Kind kind = Decoding.kind(name);
        if (kind == null) {
            throw new JsonParseException(json, "no field of a history: " + name);
        }
        return decoding.call(kind);
    }

    private void keep(Fields fields) throws IOException {
        switch (fields.record) {
            case "b" -> {
                inOrder(fields.id, operations.size());
                operations.add(new Operation(
                        fields.id,
                        fields.client,
                        fields.member,
                        fields.connection,
                        fields.at,
                        fields.at,
                        there(fields.call),
                        NEVER_ENDED));
            }
            case "e" -> operations.set(fields.id, operations.get(fields.id).ended(fields.at, there(fields.fate)));
            case "w" -> {
                inOrder(fields.id, streams.size());
                streams.add(new Opened(fields, there(fields.request)));
            }
            case "f" -> streams.get(fields.id).frames.add(there(fields.frame));
            default -> {
                // A mark: kept as it was read.
            }
        }
    }

    private void inOrder(int id, int place) throws IOException {
        if (id != place) {
            throw new JsonParseException(json, "record " + id + " at place " + place);
        }
    }

    private <T> T there(@Nullable T part) throws IOException {
        if (part == null) {
            throw new JsonParseException(json, "a record without what it is about");
        }
        return part;
    }

    /** What one line says. */
    private static final class Fields {
        private String record = "";
        private int id;
        private int watcher;
        private long at;
        private int client;
        private String member = "";
        private int connection;
        private @Nullable Call call;
        private @Nullable Fate fate;
        private @Nullable WatchRequest request;
        private @Nullable Frame frame;
    }

    /** A stream whose frames are still to come. */
    private static final class Opened {
        private final Fields fields;
        private final WatchRequest request;
        private final List<Frame> frames = new ArrayList<>();

        Opened(Fields fields, WatchRequest request) {
            this.fields = fields;
            this.request = request;
        }

        WatchStream stream() {
            return new WatchStream(
                    fields.id,
                    fields.watcher,
                    fields.client,
                    fields.member,
                    fields.connection,
                    fields.at,
                    request,
                    frames);
        }
    }
}
