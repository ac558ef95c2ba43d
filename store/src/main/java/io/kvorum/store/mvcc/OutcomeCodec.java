package io.kvorum.store.mvcc;

import io.kvorum.store.client.Refusal;
import io.kvorum.store.codec.BinaryReader;
import io.kvorum.store.codec.BinaryReader.MalformedException;
import io.kvorum.store.codec.BinaryWriter;
import io.kvorum.store.codec.ValueCodec;

/** Binary form of an {@link Outcome}, as snapshots remember it and as it travels over the bus. */
public final class OutcomeCodec {
    private static final Refusal[] REFUSALS = Refusal.values();

    private OutcomeCodec() {}

    public static void write(BinaryWriter out, Outcome outcome) {
        if (outcome instanceof Outcome.Committed committed) {
            ValueCodec.write(out.octet(1), committed.result());
        } else if (outcome instanceof Outcome.Ranged ranged) {
            ValueCodec.write(out.octet(2), ranged.result());
        } else if (outcome instanceof Outcome.LeaseGranted granted) {
            out.octet(3).number(granted.lease());
        } else if (outcome instanceof Outcome.ContentCheck check) {
            out.octet(10).number(check.revision()).text(check.hash());
        } else if (outcome instanceof Outcome.Done) {
            out.octet(4);
        } else if (outcome instanceof Outcome.Refused refused) {
            out.octet(9).octet(refused.reason().ordinal()).text(refused.message());
        } else if (outcome instanceof Outcome.Compacted compacted) {
            out.octet(6).number(compacted.compactRevision());
        } else if (outcome instanceof Outcome.FutureRevision future) {
            out.octet(7).number(future.asked()).number(future.current());
        } else if (outcome instanceof Outcome.Forgotten) {
            out.octet(8);
        } else {
            throw new IllegalStateException("unknown outcome " + outcome);
        }
    }

    public static Outcome read(BinaryReader in) {
        int tag = in.octet();
        return switch (tag) {
            case 1 -> new Outcome.Committed(ValueCodec.txnResult(in));
            case 2 -> new Outcome.Ranged(ValueCodec.rangeResult(in));
            case 3 -> new Outcome.LeaseGranted(in.number());
            case 4 -> new Outcome.Done();
            case 5 -> new Outcome.Refused(Refusal.MALFORMED, in.text()); // before there were reasons
            case 6 -> new Outcome.Compacted(in.number());
            case 7 -> new Outcome.FutureRevision(in.number(), in.number());
            case 8 -> new Outcome.Forgotten();
            case 9 -> new Outcome.Refused(ValueCodec.constant(REFUSALS, in), in.text());
            case 10 -> new Outcome.ContentCheck(in.number(), in.text());
            default -> throw new MalformedException("no such outcome: " + tag);
        };
    }
}
