package io.kvorum.store.mvcc;

import io.kvorum.store.codec.BinaryReader;
import io.kvorum.store.codec.BinaryReader.MalformedException;
import io.kvorum.store.codec.BinaryWriter;
import io.kvorum.store.codec.ValueCodec;
import org.jspecify.annotations.Nullable;

/** Binary form of a {@link Proposal}, as it stands in the log and travels over the bus. */
public final class ProposalCodec {
    private ProposalCodec() {}

    public static byte[] encode(Proposal proposal) {
        BinaryWriter out = new BinaryWriter(512);
        RequestId id = proposal.id();
        out.bool(id != null);
        if (id != null) {
            out.number(id.client())
                    .number(id.sequence())
                    .number(id.answeredBelow())
                    .bool(id.retry());
        }
        write(out, proposal.command());
        return out.toByteArray();
    }

    public static Proposal decode(byte[] bytes) {
        return decode(new BinaryReader(bytes));
    }

    static Proposal decode(BinaryReader in) {
        RequestId id = id(in);
        Proposal proposal = new Proposal(id, command(in));
        in.end();
        return proposal;
    }

    private static @Nullable RequestId id(BinaryReader in) {
        return in.bool() ? new RequestId(in.number(), in.number(), in.number(), in.bool()) : null;
    }

    private static void write(BinaryWriter out, Command command) {
        if (command instanceof Command.Commit commit) {
            ValueCodec.write(out.octet(1), commit.txn());
        } else if (command instanceof Command.Compact compact) {
            out.octet(2).number(compact.revision());
        } else if (command instanceof Command.GrantLease grant) {
            if (grant.id() == 0) {
                out.octet(3).number(grant.seconds());
            } else {
                out.octet(7).number(grant.seconds()).number(grant.id());
            }
        } else if (command instanceof Command.KeepLeaseAlive keepAlive) {
            out.octet(4).number(keepAlive.lease());
        } else if (command instanceof Command.RevokeLease revoke) {
            out.octet(5).number(revoke.lease());
        } else if (command instanceof Command.ExpireLeases expire) {
            out.octet(6).number(expire.leases().size());
            expire.leases().forEach(each -> out.number(each.lease()).number(each.renewedAt()));
        } else if (command instanceof Command.RaiseAlarm raise) {
            ValueCodec.write(out.octet(8), raise.alarm());
        } else if (command instanceof Command.DisarmAlarms disarm) {
            out.octet(9).number(disarm.alarms().size());
            disarm.alarms().forEach(alarm -> ValueCodec.write(out, alarm));
        } else if (command instanceof Command.MarkTime mark) {
            out.octet(11).number(mark.millis());
        } else if (command instanceof Command.CheckContent check) {
            out.octet(10).number(check.revision()).text(check.hash());
        } else {
            throw new IllegalStateException("unknown command " + command);
        }
    }

    private static Command command(BinaryReader in) {
        int tag = in.octet();
        return switch (tag) {
            case 1 -> new Command.Commit(ValueCodec.txn(in));
            case 2 -> new Command.Compact(in.number());
            case 3 -> new Command.GrantLease(in.number());
            case 4 -> new Command.KeepLeaseAlive(in.number());
            case 5 -> new Command.RevokeLease(in.number());
            case 6 ->
                new Command.ExpireLeases(
                        ValueCodec.list(in, each -> new Command.ExpireLeases.Expiry(each.number(), each.number())));
            case 7 -> new Command.GrantLease(in.number(), in.number());
            case 8 -> new Command.RaiseAlarm(ValueCodec.alarm(in));
            case 9 -> new Command.DisarmAlarms(ValueCodec.list(in, ValueCodec::alarm));
            case 10 -> new Command.CheckContent(in.number(), in.text());
            case 11 -> new Command.MarkTime(in.number());
            default -> throw new MalformedException("no such command: " + tag);
        };
    }
}
