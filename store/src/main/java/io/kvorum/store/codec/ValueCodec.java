package io.kvorum.store.codec;

import io.kvorum.store.client.Alarm;
import io.kvorum.store.client.ByteSequence;
import io.kvorum.store.client.Compare;
import io.kvorum.store.client.KeyRange;
import io.kvorum.store.client.KeyValue;
import io.kvorum.store.client.Op;
import io.kvorum.store.client.OpResult;
import io.kvorum.store.client.RangeRequest;
import io.kvorum.store.client.RangeResult;
import io.kvorum.store.client.Selection;
import io.kvorum.store.client.Txn;
import io.kvorum.store.client.TxnResult;
import io.kvorum.store.codec.BinaryReader.MalformedException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Binary form of the values a client exchanges with the store. Tags and enum positions are part of the format. */
public final class ValueCodec {
    private static final Compare.Target[] TARGETS = Compare.Target.values();
    private static final Compare.Relation[] RELATIONS = Compare.Relation.values();

    private static final Selection.By[] SORTS = Selection.By.values();
    private static final Alarm.Type[] ALARMS = Alarm.Type.values();

    /** Flags of a range request. */
    private static final int SERIALIZABLE = 1;

    private static final int SELECTION = 2;

    /** Flag of a compare's target: the condition is on a range. */
    private static final int RANGE = 16;

    private ValueCodec() {}

    public static ByteSequence sequence(BinaryReader in) {
        return ByteSequence.wrap(in.bytes());
    }

    public static void write(BinaryWriter out, ByteSequence value) {
        out.bytes(value.array());
    }

    public static void write(BinaryWriter out, KeyValue kv) {
        write(out, kv.key());
        write(out, kv.value());
        out.number(kv.createRevision())
                .number(kv.modRevision())
                .number(kv.version())
                .number(kv.lease());
    }

    public static KeyValue keyValue(BinaryReader in) {
        return new KeyValue(sequence(in), sequence(in), in.number(), in.number(), in.number(), in.number());
    }

    public static void writeOptional(BinaryWriter out, @Nullable KeyValue kv) {
        out.bool(kv != null);
        if (kv != null) {
            write(out, kv);
        }
    }

    public static @Nullable KeyValue optionalKeyValue(BinaryReader in) {
        return in.bool() ? keyValue(in) : null;
    }

    public static void write(BinaryWriter out, KeyRange range) {
        write(out, range.from());
        ByteSequence to = range.to();
        out.bool(to != null);
        if (to != null) {
            write(out, to);
        }
    }

    public static KeyRange range(BinaryReader in) {
        ByteSequence from = sequence(in);
        return new KeyRange(from, in.bool() ? sequence(in) : null);
    }

    public static void write(BinaryWriter out, RangeRequest request) {
        write(out, request.range());
        out.number(request.revision())
                .number(request.limit())
                .bool(request.keysOnly())
                .bool(request.countOnly());
        Selection selection = request.selection();
        boolean all = selection.equals(Selection.ALL);
        out.octet((request.serializable() ? SERIALIZABLE : 0) | (all ? 0 : SELECTION));
        if (!all) {
            out.octet(selection.by().ordinal())
                    .bool(selection.descending())
                    .number(selection.minModRevision())
                    .number(selection.maxModRevision())
                    .number(selection.minCreateRevision())
                    .number(selection.maxCreateRevision());
        }
    }

    public static RangeRequest rangeRequest(BinaryReader in) {
        KeyRange range = range(in);
        long revision = in.number();
        int limit = (int) in.number();
        boolean keysOnly = in.bool();
        boolean countOnly = in.bool();
        int flags = in.octet();
        Selection selection = (flags & SELECTION) == 0
                ? Selection.ALL
                : new Selection(constant(SORTS, in), in.bool(), in.number(), in.number(), in.number(), in.number());
        return new RangeRequest(range, revision, limit, keysOnly, countOnly, (flags & SERIALIZABLE) != 0, selection);
    }

    public static void write(BinaryWriter out, RangeResult result) {
        out.number(result.revision());
        writeList(out, result.entries());
        out.bool(result.more()).number(result.count());
    }

    public static RangeResult rangeResult(BinaryReader in) {
        return new RangeResult(in.number(), list(in, ValueCodec::keyValue), in.bool(), in.number());
    }

    private static void writeList(BinaryWriter out, List<KeyValue> entries) {
        out.number(entries.size());
        entries.forEach(entry -> write(out, entry));
    }

    /** A list of things of at least one byte each. */
    public static <T> List<T> list(BinaryReader in, Function<BinaryReader, T> element) {
        int count = in.count();
        List<T> list = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            list.add(element.apply(in));
        }
        return list;
    }

    public static void write(BinaryWriter out, Txn txn) {
        out.number(txn.compares().size());
        txn.compares().forEach(compare -> write(out, compare));
        writeOps(out, txn.success());
        writeOps(out, txn.failure());
    }

    public static Txn txn(BinaryReader in) {
        return new Txn(list(in, ValueCodec::compare), list(in, ValueCodec::op), list(in, ValueCodec::op));
    }

    private static void write(BinaryWriter out, Compare compare) {
        ByteSequence end = compare.range().to();
        write(out, compare.range().from());
        out.octet(compare.target().ordinal() | (end == null ? 0 : RANGE));
        if (end != null) {
            write(out, end);
        }
        out.octet(compare.relation().ordinal()).number(compare.number());
        write(out, compare.value());
    }

    private static Compare compare(BinaryReader in) {
        ByteSequence from = sequence(in);
        int target = in.octet();
        ByteSequence end = (target & RANGE) == 0 ? null : sequence(in);
        return new Compare(
                new KeyRange(from, end),
                constant(TARGETS, target & ~RANGE),
                constant(RELATIONS, in),
                in.number(),
                sequence(in));
    }

    /** The constant at the position that is read. */
    public static <E> E constant(E[] constants, BinaryReader in) {
        return constant(constants, in.octet());
    }

    private static <E> E constant(E[] constants, int position) {
        if (position >= constants.length) {
            throw new MalformedException("no such constant: " + position);
        }
        return constants[position];
    }

    private static void writeOps(BinaryWriter out, List<Op> ops) {
        out.number(ops.size());
        ops.forEach(op -> write(out, op));
    }

    private static void write(BinaryWriter out, Op op) {
        if (op instanceof Op.Put put) {
            boolean keeps = put.keepValue() || put.keepLease();
            out.octet(keeps ? 4 : 1);
            write(out, put.key());
            write(out, put.value());
            out.number(put.lease()).bool(put.previous());
            if (keeps) {
                out.bool(put.keepValue()).bool(put.keepLease());
            }
        } else if (op instanceof Op.Delete delete) {
            out.octet(2);
            write(out, delete.range());
            out.bool(delete.previous());
        } else if (op instanceof Op.Get get) {
            out.octet(3);
            write(out, get.request());
        } else if (op instanceof Op.Nested nested) {
            out.octet(5);
            write(out, nested.txn());
        } else {
            throw new IllegalStateException("unknown operation " + op);
        }
    }

    private static Txn nested(BinaryReader in) {
        return in.nested(ValueCodec::txn);
    }

    public static void write(BinaryWriter out, Alarm alarm) {
        out.text(alarm.member()).octet(alarm.type().ordinal());
    }

    public static Alarm alarm(BinaryReader in) {
        return new Alarm(in.text(), constant(ALARMS, in));
    }

    private static Op op(BinaryReader in) {
        int tag = in.octet();
        return switch (tag) {
            case 1 -> new Op.Put(sequence(in), sequence(in), in.number(), in.bool());
            case 2 -> new Op.Delete(range(in), in.bool());
            case 3 -> new Op.Get(rangeRequest(in));
            case 4 -> new Op.Put(sequence(in), sequence(in), in.number(), in.bool(), in.bool(), in.bool());
            case 5 -> new Op.Nested(nested(in));
            default -> throw new MalformedException("no such operation: " + tag);
        };
    }

    public static void write(BinaryWriter out, TxnResult result) {
        out.number(result.revision()).bool(result.succeeded());
        out.number(result.results().size());
        result.results().forEach(each -> write(out, each));
    }

    public static TxnResult txnResult(BinaryReader in) {
        return new TxnResult(in.number(), in.bool(), list(in, ValueCodec::opResult));
    }

    private static void write(BinaryWriter out, OpResult result) {
        if (result instanceof OpResult.Put put) {
            out.octet(1);
            writeOptional(out, put.previous());
        } else if (result instanceof OpResult.Deleted deleted) {
            out.octet(2).number(deleted.count());
            writeList(out, deleted.previous());
        } else if (result instanceof RangeResult range) {
            out.octet(3);
            write(out, range);
        } else if (result instanceof TxnResult nested) {
            out.octet(4);
            write(out, nested);
        } else {
            throw new IllegalStateException("unknown result " + result);
        }
    }

    private static OpResult opResult(BinaryReader in) {
        int tag = in.octet();
        return switch (tag) {
            case 1 -> new OpResult.Put(optionalKeyValue(in));
            case 2 -> new OpResult.Deleted(in.number(), list(in, ValueCodec::keyValue));
            case 3 -> rangeResult(in);
            case 4 -> in.nested(ValueCodec::txnResult);
            default -> throw new MalformedException("no such result: " + tag);
        };
    }
}
