package io.kvorum.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.Election;
import io.etcd.jetcd.KV;
import io.etcd.jetcd.Lock;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.election.CampaignResponse;
import io.etcd.jetcd.election.LeaderResponse;
import io.etcd.jetcd.kv.TxnResponse;
import io.etcd.jetcd.lease.LeaseKeepAliveResponse;
import io.etcd.jetcd.lock.LockResponse;
import io.etcd.jetcd.op.Cmp;
import io.etcd.jetcd.op.CmpTarget;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.PutOption;
import io.etcd.jetcd.options.WatchOption;
import io.etcd.jetcd.support.CloseableClient;
import io.etcd.jetcd.support.Observers;
import io.kvorum.testkit.TestCluster;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The store as etcd, with etcd's client library for Java. */
class JetcdIT {
    private static TestCluster cluster;
    private static Client client;

    @BeforeAll
    static void up() throws IOException {
        cluster = TestCluster.up(
                ClusterFixture.freshHome(JetcdIT.class),
                "--nodes",
                "0",
                "--without",
                "apiserver,scheduler,controller-manager",
                "--store-arg",
                "listen-client=2379");
        client = Client.builder()
                .endpoints(EtcdIT.endpoints(cluster).toArray(String[]::new))
                .build();
    }

    @AfterAll
    static void down() {
        client.close();
        cluster.close();
    }

    private static ByteSequence bytes(String text) {
        return ByteSequence.from(text, StandardCharsets.UTF_8);
    }

    private static <T> T of(CompletableFuture<T> future)
            throws InterruptedException, ExecutionException, TimeoutException {
        return future.get(20, TimeUnit.SECONDS);
    }

    private static String next(BlockingQueue<String> seen) throws InterruptedException {
        String next = seen.poll(20, TimeUnit.SECONDS);
        assertThat(next).as("what comes next").isNotNull();
        return next;
    }

    @Test
    void keysAndTransactions() throws Exception {
        KV kv = client.getKVClient();
        of(kv.put(bytes("kv/a"), bytes("1")));
        assertThat(of(kv.put(
                                bytes("kv/a"),
                                bytes("2"),
                                PutOption.builder().withPrevKV().build()))
                        .getPrevKv()
                        .getValue())
                .isEqualTo(bytes("1"));
        TxnResponse txn = of(kv.txn()
                .If(new Cmp(bytes("kv/a"), Cmp.Op.EQUAL, CmpTarget.value(bytes("2"))))
                .Then(Op.put(bytes("kv/b"), bytes("3"), PutOption.DEFAULT))
                .Else(Op.put(bytes("kv/c"), bytes("3"), PutOption.DEFAULT))
                .commit());
        assertThat(txn.isSucceeded()).isTrue();
        assertThat(of(kv.get(bytes("kv/"), GetOption.builder().isPrefix(true).build()))
                        .getKvs())
                .extracting(one -> one.getKey() + "=" + one.getValue())
                .containsExactly("kv/a=2", "kv/b=3");
        assertThat(of(kv.delete(bytes("kv/a"))).getDeleted()).isEqualTo(1);
    }

    @Test
    void watches() throws Exception {
        BlockingQueue<String> seen = new LinkedBlockingQueue<>();
        long revision = of(client.getKVClient().put(bytes("watch/a"), bytes("1")))
                .getHeader()
                .getRevision();
        WatchOption fromThere = WatchOption.builder()
                .isPrefix(true)
                .withRevision(revision)
                .withPrevKV(true)
                .build();
        try (Watch.Watcher watcher = client.getWatchClient()
                .watch(
                        bytes("watch/"),
                        fromThere,
                        Watch.listener(response -> response.getEvents()
                                .forEach(event -> seen.add(event.getEventType() + " "
                                        + event.getKeyValue().getKey()))))) {
            assertThat(next(seen)).isEqualTo("PUT watch/a");
            of(client.getKVClient().delete(bytes("watch/a")));
            assertThat(next(seen)).isEqualTo("DELETE watch/a");
        }
    }

    @Test
    void leases() throws Exception {
        long lease = of(client.getLeaseClient().grant(30)).getID();
        of(client.getKVClient()
                .put(
                        bytes("lease/a"),
                        bytes("1"),
                        PutOption.builder().withLeaseId(lease).build()));
        BlockingQueue<String> kept = new LinkedBlockingQueue<>();
        try (CloseableClient keeping = client.getLeaseClient()
                .keepAlive(
                        lease, Observers.<LeaseKeepAliveResponse>observer(answer -> kept.add("" + answer.getTTL())))) {
            assertThat(next(kept)).isEqualTo("30");
        }
        of(client.getLeaseClient().revoke(lease));
        assertThat(of(client.getKVClient().get(bytes("lease/a"))).getCount()).isZero();
    }

    @Test
    void locks() throws Exception {
        Lock locks = client.getLockClient();
        LockResponse held = of(
                locks.lock(bytes("lock"), of(client.getLeaseClient().grant(30)).getID()));
        CompletableFuture<LockResponse> second =
                locks.lock(bytes("lock"), of(client.getLeaseClient().grant(30)).getID());
        assertThat(second).isNotDone();
        of(locks.unlock(held.getKey()));
        of(locks.unlock(of(second).getKey()));
    }

    @Test
    void elections() throws Exception {
        Election elections = client.getElectionClient();
        BlockingQueue<String> leaders = new LinkedBlockingQueue<>();
        elections.observe(bytes("election"), new Election.Listener() {
            @Override
            public void onNext(LeaderResponse response) {
                leaders.add(response.getKv().getValue().toString());
            }

            @Override
            public void onError(Throwable error) {
                leaders.add("error " + error);
            }

            @Override
            public void onCompleted() {}
        });
        CampaignResponse first = of(elections.campaign(
                bytes("election"), of(client.getLeaseClient().grant(30)).getID(), bytes("one")));
        assertThat(next(leaders)).isEqualTo("one");
        CompletableFuture<CampaignResponse> second = elections.campaign(
                bytes("election"), of(client.getLeaseClient().grant(30)).getID(), bytes("two"));
        of(elections.proclaim(first.getLeader(), bytes("still one")));
        assertThat(next(leaders)).isEqualTo("still one");
        of(elections.resign(first.getLeader()));
        of(second);
        assertThat(next(leaders)).isEqualTo("two");
        assertThat(of(elections.leader(bytes("election"))).getKv().getValue()).isEqualTo(bytes("two"));
    }
}
