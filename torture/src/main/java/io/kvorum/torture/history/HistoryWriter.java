package io.kvorum.torture.history;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Records a history in a file, one JSON object a line. A call is recorded before it is sent and once more when it
 * ended, and each record is handed to the operating system before the method returns: when the recording process dies,
 * all it did is in the file, and the calls that were under way are of unknown fate. (It is not synced to the disk.)
 *
 * <p>May be used by any thread; a record costs one write into the page cache.
 */
public final class HistoryWriter implements Closeable {
    private static final JsonFactory FACTORY =
            JsonFactory.builder().build().disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);

    private final FileChannel file;
    private final Line line = new Line();
    private final JsonGenerator json;
    private int operations;
    private int streams;

    private HistoryWriter(FileChannel file) throws IOException {
        this.file = file;
        this.json = FACTORY.createGenerator(line);
        json.setRootValueSeparator(null);
    }

    /** @param path of a file that is not there yet */
    public static HistoryWriter create(Path path) throws IOException {
        return new HistoryWriter(FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
    }

    /** To be recorded before everything else. */
    public synchronized void base(History.Base base) throws IOException {
        json.writeStartObject();
        Encoding.base(json, base);
        end();
    }

    /**
     * Records that a call is about to be sent.
     *
     * @param invoked when, of {@code System.nanoTime()}
     * @return the operation's id, for {@link #end}
     */
    public synchronized int begin(int client, String member, int connection, long invoked, Call call)
            throws IOException {
        int id = operations++;
        json.writeStartObject();
        json.writeNumberField("b", id);
        json.writeNumberField("t", invoked);
        Encoding.who(json, client, member, connection);
        Encoding.call(json, call);
        end();
        return id;
    }

    /** Records what became of a call. */
    public synchronized void end(int operation, long completed, Fate fate) throws IOException {
        json.writeStartObject();
        json.writeNumberField("e", operation);
        json.writeNumberField("t", completed);
        Encoding.fate(json, fate);
        end();
    }

    /**
     * Records that a watch is about to be opened on a connection.
     *
     * @param watcher the same for all streams with which a watcher goes on
     * @return the stream's id, for {@link #frame}
     */
    public synchronized int watch(
            int watcher, int client, String member, int connection, long opened, WatchRequest request)
            throws IOException {
        int id = streams++;
        json.writeStartObject();
        json.writeNumberField("w", id);
        json.writeNumberField("of", watcher);
        json.writeNumberField("t", opened);
        Encoding.who(json, client, member, connection);
        Encoding.watch(json, request);
        end();
        return id;
    }

    /** Records a frame that came on a stream. Frames of one stream are to be recorded in their order. */
    public synchronized void frame(int stream, Frame frame) throws IOException {
        json.writeStartObject();
        json.writeNumberField("f", stream);
        json.writeNumberField("t", frame.at());
        Encoding.frame(json, frame);
        end();
    }

    public synchronized void fault(FaultMark mark) throws IOException {
        json.writeStartObject();
        json.writeArrayFieldStart("fault");
        json.writeString(mark.name());
        json.writeString(mark.detail());
        json.writeNumber(mark.from());
        json.writeNumber(mark.to());
        json.writeEndArray();
        end();
    }

    public synchronized void election(Election election) throws IOException {
        json.writeStartObject();
        json.writeArrayFieldStart("election");
        json.writeNumber(election.at());
        json.writeString(election.leader());
        json.writeNumber(election.term());
        json.writeEndArray();
        end();
    }

    public synchronized void healthy(History.Healthy healthy) throws IOException {
        json.writeStartObject();
        json.writeArrayFieldStart("healthy");
        json.writeNumber(healthy.from());
        json.writeNumber(healthy.to());
        json.writeEndArray();
        end();
    }

    /** Records a whole history that is in memory. */
    public synchronized void all(History history) throws IOException {
        base(history.base());
        for (Operation operation : history.operations()) {
            int id = begin(
                    operation.client(),
                    operation.member(),
                    operation.connection(),
                    operation.invoked(),
                    operation.call());
            end(id, operation.completed(), operation.fate());
        }
        for (WatchStream stream : history.streams()) {
            int id = watch(
                    stream.watcher(),
                    stream.client(),
                    stream.member(),
                    stream.connection(),
                    stream.opened(),
                    stream.request());
            for (Frame frame : stream.frames()) {
                frame(id, frame);
            }
        }
        for (FaultMark mark : history.faults()) {
            fault(mark);
        }
        for (Election election : history.elections()) {
            election(election);
        }
        if (history.healthy() != null) {
            healthy(history.healthy());
        }
    }

    private void end() throws IOException {
        json.writeEndObject();
        json.flush();
        line.write('\n');
        ByteBuffer bytes = line.bytes();
        while (bytes.hasRemaining()) {
            file.write(bytes);
        }
        line.reset();
    }

    @Override
    public synchronized void close() throws IOException {
        json.close();
        file.close();
    }

    /** The record being written. */
    private static final class Line extends ByteArrayOutputStream {
        Line() {
            super(1024);
        }

        ByteBuffer bytes() {
            return ByteBuffer.wrap(buf, 0, count);
        }
    }
}
