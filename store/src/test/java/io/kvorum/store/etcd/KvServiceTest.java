package io.kvorum.store.etcd;

import static io.kvorum.store.etcd.EtcdCluster.bytes;
import static io.kvorum.store.etcd.EtcdCluster.end;
import static io.kvorum.store.etcd.EtcdCluster.put;
import static io.kvorum.store.etcd.EtcdCluster.refuses;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.google.protobuf.ByteString;
import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.kvorum.etcd.api.CompactionRequest;
import io.kvorum.etcd.api.Compare;
import io.kvorum.etcd.api.Compare.CompareResult;
import io.kvorum.etcd.api.Compare.CompareTarget;
import io.kvorum.etcd.api.DeleteRangeRequest;
import io.kvorum.etcd.api.DeleteRangeResponse;
import io.kvorum.etcd.api.KVGrpc;
import io.kvorum.etcd.api.KeyValue;
import io.kvorum.etcd.api.PutRequest;
import io.kvorum.etcd.api.PutResponse;
import io.kvorum.etcd.api.RangeRequest;
import io.kvorum.etcd.api.RangeRequest.SortOrder;
import io.kvorum.etcd.api.RangeRequest.SortTarget;
import io.kvorum.etcd.api.RangeResponse;
import io.kvorum.etcd.api.RequestOp;
import io.kvorum.etcd.api.TxnRequest;
import io.kvorum.etcd.api.TxnResponse;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class KvServiceTest {
    @TempDir
    static Path folder;

    @SuppressWarnings("NullAway.Init")
    static EtcdCluster cluster;

    @BeforeAll
    static void start() throws Exception {
        cluster = EtcdCluster.start(folder);
    }

    @AfterAll
    static void stop() throws Exception {
        cluster.close();
    }

    private static KVGrpc.KVBlockingStub kv() {
        return cluster.kv();
    }

    private static RangeRequest.Builder prefix(String prefix) {
        return RangeRequest.newBuilder().setKey(bytes(prefix)).setRangeEnd(end(prefix));
    }

    private static List<String> keys(RangeResponse response) {
        return response.getKvsList().stream()
                .map(kv -> kv.getKey().toStringUtf8())
                .toList();
    }

    @Test
    void whatIsPutAtOneMemberIsReadAtEveryOther() {
        PutResponse first = kv().put(put("kv/a", "1"));
        PutResponse second = kv().put(put("kv/a", "2"));
        assertThat(second.getHeader().getRevision()).isEqualTo(first.getHeader().getRevision() + 1);
        for (String name : EtcdCluster.MEMBERS) {
            RangeResponse read = KVGrpc.newBlockingStub(cluster.member(name).channel())
                    .range(RangeRequest.newBuilder().setKey(bytes("kv/a")).build());
            KeyValue kv = read.getKvs(0);
            assertThat(kv.getValue().toStringUtf8()).isEqualTo("2");
            assertThat(kv.getCreateRevision()).isEqualTo(first.getHeader().getRevision());
            assertThat(kv.getModRevision()).isEqualTo(second.getHeader().getRevision());
            assertThat(kv.getVersion()).isEqualTo(2);
            assertThat(read.getCount()).isEqualTo(1);
            assertThat(read.getHeader().getMemberId()).isNotZero();
            assertThat(read.getHeader().getClusterId())
                    .isEqualTo(first.getHeader().getClusterId());
            assertThat(read.getHeader().getRaftTerm()).isPositive();
        }
    }

    @Test
    void headersNameTheMemberThatAnswers() {
        long[] ids = EtcdCluster.MEMBERS.stream()
                .mapToLong(name -> KVGrpc.newBlockingStub(cluster.member(name).channel())
                        .range(RangeRequest.newBuilder().setKey(bytes("x")).build())
                        .getHeader()
                        .getMemberId())
                .distinct()
                .toArray();
        assertThat(ids).hasSize(3);
    }

    @Test
    void aPutTellsTheVersionBeforeOnlyIfAsked() {
        kv().put(put("kv/prev", "1"));
        assertThat(kv().put(put("kv/prev", "2")).hasPrevKv()).isFalse();
        PutResponse asked =
                kv().put(put("kv/prev", "3").toBuilder().setPrevKv(true).build());
        assertThat(asked.getPrevKv().getValue().toStringUtf8()).isEqualTo("2");
    }

    @Test
    void aPutMayKeepTheValueOrTheLease() {
        refuses(
                Status.Code.INVALID_ARGUMENT,
                "etcdserver: key not found",
                () -> cluster.put(
                        PutRequest.newBuilder().setKey(bytes("kv/none")).setIgnoreValue(true)));
        refuses(
                Status.Code.INVALID_ARGUMENT,
                "etcdserver: value is provided",
                () -> cluster.put(put("kv/keep", "1").toBuilder().setIgnoreValue(true)));
        refuses(
                Status.Code.INVALID_ARGUMENT,
                "etcdserver: lease is provided",
                () -> cluster.put(put("kv/keep", "1").toBuilder().setLease(5).setIgnoreLease(true)));
        kv().put(put("kv/keep", "1"));
        cluster.put(PutRequest.newBuilder().setKey(bytes("kv/keep")).setIgnoreValue(true));
        KeyValue kept = cluster.get("kv/keep").getKvs(0);
        assertThat(kept.getValue().toStringUtf8()).isEqualTo("1");
        assertThat(kept.getVersion()).isEqualTo(2);
    }

    @Test
    void requestsThatNameNoKeyOrAnUnknownLeaseAreRefused() {
        String noKey = "etcdserver: key is not provided";
        refuses(Status.Code.INVALID_ARGUMENT, noKey, () -> kv().put(put("", "1")));
        refuses(Status.Code.INVALID_ARGUMENT, noKey, () -> kv().range(RangeRequest.getDefaultInstance()));
        refuses(Status.Code.INVALID_ARGUMENT, noKey, () -> kv().deleteRange(DeleteRangeRequest.getDefaultInstance()));
        refuses(
                Status.Code.NOT_FOUND,
                "etcdserver: requested lease not found",
                () -> cluster.put(put("kv/a", "1").toBuilder().setLease(4711)));
    }

    @Test
    void rangesFollowEtcdsConventionsOfKeyAndEnd() {
        for (String key : List.of("range/a", "range/b", "range/c")) {
            kv().put(put(key, key));
        }
        ByteString zero = ByteString.copyFrom(new byte[1]);
        assertThat(keys(kv().range(prefix("range/").build()))).containsExactly("range/a", "range/b", "range/c");
        assertThat(keys(kv().range(RangeRequest.newBuilder()
                        .setKey(bytes("range/a"))
                        .setRangeEnd(bytes("range/c"))
                        .build())))
                .containsExactly("range/a", "range/b");
        RangeResponse fromKey = kv().range(RangeRequest.newBuilder()
                .setKey(bytes("range/b"))
                .setRangeEnd(zero)
                .build());
        assertThat(keys(fromKey)).contains("range/b", "range/c").doesNotContain("range/a");
        RangeResponse all = kv().range(
                        RangeRequest.newBuilder().setKey(zero).setRangeEnd(zero).build());
        assertThat(keys(all)).contains("range/a", "started");
        assertThat(keys(kv().range(RangeRequest.newBuilder()
                        .setKey(bytes("range/c"))
                        .setRangeEnd(bytes("range/a"))
                        .build())))
                .isEmpty();
    }

    @Test
    void rangesAreLimitedSortedAndBounded() {
        long first = kv().put(put("sort/a", "3")).getHeader().getRevision();
        kv().put(put("sort/b", "2"));
        kv().put(put("sort/c", "1"));
        kv().put(put("sort/a", "3"));
        RangeResponse two = kv().range(prefix("sort/").setLimit(2).build());
        assertThat(keys(two)).containsExactly("sort/a", "sort/b");
        assertThat(two.getMore()).isTrue();
        assertThat(two.getCount()).isEqualTo(3);
        assertThat(keys(kv().range(
                                prefix("sort/").setSortTarget(SortTarget.VALUE).build())))
                .containsExactly("sort/c", "sort/b", "sort/a");
        assertThat(keys(kv().range(prefix("sort/")
                        .setSortTarget(SortTarget.MOD)
                        .setSortOrder(SortOrder.DESCEND)
                        .setLimit(1)
                        .build())))
                .containsExactly("sort/a");
        assertThat(keys(kv().range(prefix("sort/").setMinModRevision(first + 3).build())))
                .containsExactly("sort/a");
        assertThat(keys(kv().range(prefix("sort/").setMaxCreateRevision(first).build())))
                .containsExactly("sort/a");
        RangeResponse keysOnly = kv().range(prefix("sort/").setKeysOnly(true).build());
        assertThat(keysOnly.getKvsList()).allMatch(kv -> kv.getValue().isEmpty());
        RangeResponse count = kv().range(prefix("sort/").setCountOnly(true).build());
        assertThat(count.getKvsCount()).isZero();
        assertThat(count.getCount()).isEqualTo(3);
        refuses(
                Status.Code.INVALID_ARGUMENT,
                "etcdserver: invalid sort option",
                () -> kv().range(prefix("sort/").setSortTargetValue(77).build()));
    }

    @Test
    void anOldRevisionIsReadUntilItIsCompacted() {
        long first = kv().put(put("old/a", "1")).getHeader().getRevision();
        long second = kv().put(put("old/a", "2")).getHeader().getRevision();
        RangeRequest atFirst = RangeRequest.newBuilder()
                .setKey(bytes("old/a"))
                .setRevision(first)
                .build();
        assertThat(kv().range(atFirst).getKvs(0).getValue().toStringUtf8()).isEqualTo("1");
        String compacted = "etcdserver: mvcc: required revision has been compacted";
        String future = "etcdserver: mvcc: required revision is a future revision";
        refuses(
                Status.Code.OUT_OF_RANGE,
                future,
                () -> kv().range(atFirst.toBuilder().setRevision(second + 1000).build()));
        refuses(Status.Code.OUT_OF_RANGE, future, () -> compact(second + 1000));
        compact(second);
        refuses(Status.Code.OUT_OF_RANGE, compacted, () -> kv().range(atFirst));
        refuses(Status.Code.OUT_OF_RANGE, compacted, () -> compact(second));
        assertThat(cluster.get("old/a").getKvs(0).getValue().toStringUtf8()).isEqualTo("2");
    }

    private static void compact(long revision) {
        assertThat(kv().compact(CompactionRequest.newBuilder()
                                .setRevision(revision)
                                .build())
                        .getHeader()
                        .getRevision())
                .isPositive();
    }

    @Test
    void aDeletionCountsAndReturnsWhatItDeleted() {
        kv().put(put("del/a", "1"));
        kv().put(put("del/b", "2"));
        DeleteRangeRequest both = DeleteRangeRequest.newBuilder()
                .setKey(bytes("del/"))
                .setRangeEnd(end("del/"))
                .setPrevKv(true)
                .build();
        DeleteRangeResponse deleted = kv().deleteRange(both);
        assertThat(deleted.getDeleted()).isEqualTo(2);
        assertThat(deleted.getPrevKvsList())
                .extracting(kv -> kv.getValue().toStringUtf8())
                .containsExactly("1", "2");
        DeleteRangeResponse again = kv().deleteRange(both);
        assertThat(again.getDeleted()).isZero();
        assertThat(again.getHeader().getRevision())
                .isEqualTo(deleted.getHeader().getRevision());
    }

    private static RequestOp.Builder op(PutRequest put) {
        return RequestOp.newBuilder().setRequestPut(put);
    }

    private static Compare version(String key, CompareResult result, long version) {
        return Compare.newBuilder()
                .setKey(bytes(key))
                .setTarget(CompareTarget.VERSION)
                .setResult(result)
                .setVersion(version)
                .build();
    }

    @Test
    void aTransactionChoosesItsBranchAndAnswersEachOperation() {
        TxnRequest create = TxnRequest.newBuilder()
                .addCompare(version("txn/a", CompareResult.EQUAL, 0))
                .addSuccess(op(put("txn/a", "1")))
                .addSuccess(RequestOp.newBuilder()
                        .setRequestRange(RangeRequest.newBuilder().setKey(bytes("txn/a"))))
                .addSuccess(RequestOp.newBuilder()
                        .setRequestTxn(TxnRequest.newBuilder()
                                .addCompare(version("txn/b", CompareResult.EQUAL, 0))
                                .addSuccess(op(put("txn/b", "1")))))
                .addFailure(RequestOp.newBuilder()
                        .setRequestDeleteRange(DeleteRangeRequest.newBuilder().setKey(bytes("txn/a"))))
                .build();
        TxnResponse created = kv().txn(create);
        assertThat(created.getSucceeded()).isTrue();
        assertThat(created.getResponses(0).hasResponsePut()).isTrue();
        assertThat(created.getResponses(1)
                        .getResponseRange()
                        .getKvs(0)
                        .getValue()
                        .toStringUtf8())
                .isEqualTo("1");
        assertThat(created.getResponses(2).getResponseTxn().getSucceeded()).isTrue();
        assertThat(created.getResponses(0).getResponsePut().getHeader().getRevision())
                .isEqualTo(created.getHeader().getRevision());
        TxnResponse deleted = kv().txn(create);
        assertThat(deleted.getSucceeded()).isFalse();
        assertThat(deleted.getResponses(0).getResponseDeleteRange().getDeleted())
                .isEqualTo(1);
    }

    @Test
    void comparesMaySpeakOfRangesValuesAndLeases() {
        kv().put(put("cmp/a", "1"));
        kv().put(put("cmp/b", "1"));
        Compare values = Compare.newBuilder()
                .setKey(bytes("cmp/"))
                .setRangeEnd(end("cmp/"))
                .setTarget(CompareTarget.VALUE)
                .setResult(CompareResult.EQUAL)
                .setValue(bytes("1"))
                .build();
        Compare leases = Compare.newBuilder()
                .setKey(bytes("cmp/a"))
                .setTarget(CompareTarget.LEASE)
                .setResult(CompareResult.GREATER)
                .setLease(0)
                .build();
        assertThat(holds(values)).isTrue();
        assertThat(holds(leases)).isFalse();
        kv().put(put("cmp/b", "2"));
        assertThat(holds(values)).isFalse();
        assertThat(holds(version("cmp/b", CompareResult.GREATER, 1))).isTrue();
        assertThat(holds(version("cmp/b", CompareResult.NOT_EQUAL, 2))).isFalse();
    }

    private static boolean holds(Compare compare) {
        return kv().txn(TxnRequest.newBuilder().addCompare(compare).build()).getSucceeded();
    }

    @Test
    void transactionsThatEtcdRefusesAreRefused() {
        TxnRequest.Builder twice =
                TxnRequest.newBuilder().addSuccess(op(put("txn/x", "1"))).addSuccess(op(put("txn/x", "2")));
        refuses(
                Status.Code.INVALID_ARGUMENT,
                "etcdserver: duplicate key given in txn request",
                () -> kv().txn(twice.build()));
        TxnRequest.Builder many = TxnRequest.newBuilder();
        for (int i = 0; i <= Requests.MAX_TXN_OPS; i++) {
            many.addSuccess(op(put("txn/" + i, "1")));
        }
        refuses(
                Status.Code.INVALID_ARGUMENT,
                "etcdserver: too many operations in txn request",
                () -> kv().txn(many.build()));
        refuses(
                Status.Code.INVALID_ARGUMENT,
                "etcdserver: key not found",
                () -> kv().txn(TxnRequest.newBuilder()
                        .addSuccess(RequestOp.getDefaultInstance())
                        .build()));
        refuses(
                Status.Code.INVALID_ARGUMENT,
                "etcdserver: key is not provided",
                () -> kv().txn(TxnRequest.newBuilder()
                        .addCompare(Compare.getDefaultInstance())
                        .build()));
        assertThat(cluster.get("txn/x").getCount()).isZero();
    }

    @Test
    void aTransactionThatOnlyReadsTakesNoRevision() {
        long before = kv().put(put("read/a", "1")).getHeader().getRevision();
        TxnRequest.Builder read = TxnRequest.newBuilder()
                .addCompare(version("read/a", CompareResult.EQUAL, 1))
                .addSuccess(RequestOp.newBuilder()
                        .setRequestRange(RangeRequest.newBuilder().setKey(bytes("read/a"))));
        TxnResponse answer = kv().txn(read.build());
        assertThat(answer.getSucceeded()).isTrue();
        assertThat(answer.getHeader().getRevision()).isEqualTo(before);
        long index = cluster.member(true).replica().newest().appliedIndex();
        kv().txn(read.build());
        assertThat(cluster.member(true).replica().newest().appliedIndex()).isEqualTo(index);
    }

    @Test
    void whatIsTooLargeIsRefusedAndTheRestGoesOn() {
        ByteString large = ByteString.copyFrom(new byte[1_600_000]);
        refuses(
                Status.Code.INVALID_ARGUMENT,
                "etcdserver: request is too large",
                () -> cluster.put(put("large", "").toBuilder().setValue(large)));
        ByteString largest = ByteString.copyFrom(new byte[1_500_000]);
        cluster.put(put("large", "").toBuilder().setValue(largest));
        assertThat(cluster.get("large").getKvs(0).getValue()).isEqualTo(largest);
        PutRequest huge = put("huge", "").toBuilder()
                .setValue(ByteString.copyFrom(new byte[4 << 20]))
                .build();
        assertThat(catchThrowable(() -> cluster.put(huge.toBuilder())))
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED));
    }

    /** A message that is no message of the protocol ends its call, not the server. */
    @Test
    void aMalformedMessageEndsItsCallOnly() {
        MethodDescriptor.Marshaller<byte[]> raw = new MethodDescriptor.Marshaller<>() {
            @Override
            public InputStream stream(byte[] value) {
                return new ByteArrayInputStream(value);
            }

            @Override
            public byte[] parse(InputStream stream) {
                return new byte[0];
            }
        };
        MethodDescriptor<byte[], byte[]> broken = MethodDescriptor.newBuilder(raw, raw)
                .setType(MethodDescriptor.MethodType.UNARY)
                .setFullMethodName("etcdserverpb.KV/Put")
                .build();
        byte[] nonsense = {0x0a, 0x7f, 0x01};
        assertThat(catchThrowable(() -> ClientCalls.blockingUnaryCall(
                        cluster.channel(),
                        broken,
                        CallOptions.DEFAULT.withDeadlineAfter(10, TimeUnit.SECONDS),
                        nonsense)))
                .isInstanceOf(StatusRuntimeException.class);
        kv().put(put("after", "nonsense"));
    }

    @Test
    void aSerializableReadIsAnsweredByTheMemberAlone() {
        kv().put(put("own/a", "1"));
        RangeRequest serializable = RangeRequest.newBuilder()
                .setKey(bytes("own/a"))
                .setSerializable(true)
                .build();
        assertThat(kv().range(serializable).getHeader().getRevision()).isPositive();
        TxnRequest txn = TxnRequest.newBuilder()
                .addSuccess(RequestOp.newBuilder().setRequestRange(serializable))
                .build();
        assertThat(kv().txn(txn).getSucceeded()).isTrue();
    }
}
