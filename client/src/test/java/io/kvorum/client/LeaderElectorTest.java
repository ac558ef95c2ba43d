package io.kvorum.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.kvorum.api.ApiException;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Objects;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LeaderElectorTest {
    private static final Duration LEASE = Duration.ofSeconds(15);
    private static final Duration DEADLINE = Duration.ofSeconds(10);
    private static final Duration RETRY = Duration.ofSeconds(2);

    private final FakeTimers time = new FakeTimers();
    private final FakeResource<Lease> leases = new FakeResource<>(lease -> new LeaseBuilder(lease).build());

    /** One of several candidates, each with its own way to the API. */
    private final class Candidate implements LeaderElector.Callbacks {
        final FakeResource<Lease> view;
        final LeaderElector elector;
        boolean working;
        long stoppedNanos;

        Candidate(String name) {
            view = new FakeResource<>(lease -> new LeaseBuilder(lease).build()) {
                @Override
                Lease put(Lease object) {
                    Lease stored = leases.put(object);
                    objects.put(ObjectKey.of(stored), stored);
                    return stored;
                }

                @Override
                public Future<Lease> get(@Nullable String namespace, String name) {
                    sync();
                    return super.get(namespace, name);
                }

                @Override
                public Future<Lease> update(Lease object) {
                    sync();
                    return super.update(object);
                }

                @Override
                public Future<Lease> create(Lease object) {
                    sync();
                    return super.create(object);
                }

                private void sync() {
                    objects.putAll(leases.objects);
                }
            };
            elector = new LeaderElector(
                    new LeaderElector.Settings("kube-system", "lock", name, LEASE, DEADLINE, RETRY),
                    new FakeApiClient(view),
                    time,
                    time,
                    new SplittableRandom(name.hashCode()),
                    this);
        }

        @Override
        public void started() {
            working = true;
        }

        @Override
        public void stopped() {
            working = false;
            stoppedNanos = time.nanos();
        }
    }

    private Lease lease() {
        return Objects.requireNonNull(leases.objects.get(new ObjectKey("kube-system", "lock")));
    }

    @Test
    void firstCandidateCreatesTheLeaseAndLeads() {
        Candidate a = new Candidate("a");
        a.elector.start();
        assertThat(a.working).isTrue();
        assertThat(a.elector.leading()).isTrue();
        assertThat(lease().getSpec().getHolderIdentity()).isEqualTo("a");
        assertThat(lease().getSpec().getLeaseDurationSeconds()).isEqualTo(15);
        assertThat(lease().getSpec().getLeaseTransitions()).isZero();
    }

    @Test
    void leaderRenewsAndKeepsItsAcquireTime() {
        Candidate a = new Candidate("a");
        a.elector.start();
        var acquired = lease().getSpec().getAcquireTime();
        time.advance(Duration.ofMinutes(2));
        assertThat(a.working).isTrue();
        assertThat(lease().getSpec().getAcquireTime()).isEqualTo(acquired);
        assertThat(lease().getSpec().getRenewTime()).isAfter(acquired.plusSeconds(110));
    }

    @Test
    void secondCandidateWaitsAndTakesOverAfterTheLeaseOfADeadLeader() {
        Candidate a = new Candidate("a");
        Candidate b = new Candidate("b");
        a.elector.start();
        b.elector.start();
        time.advance(Duration.ofMinutes(1));
        assertThat(b.working).isFalse();
        assertThat(b.elector.leader()).isEqualTo("a");
        a.view.failure = ApiException.unavailable("partition");
        time.advance(LEASE.plus(RETRY.multipliedBy(3)));
        assertThat(b.working).isTrue();
        assertThat(lease().getSpec().getLeaseTransitions()).isEqualTo(1);
    }

    /** The rule of the class: work stops before another may begin. */
    @Test
    void cutOffLeaderStopsBeforeTheNextStarts() {
        Candidate a = new Candidate("a");
        Candidate b = new Candidate("b");
        a.elector.start();
        b.elector.start();
        time.advance(Duration.ofSeconds(31));
        a.view.failure = ApiException.timeout("no answer");
        for (int i = 0; i < 600; i++) {
            time.advance(Duration.ofMillis(100));
            assertThat(a.working && b.working)
                    .as("two leaders at " + time.instant())
                    .isFalse();
            assertThat(a.elector.leading() && b.elector.leading()).isFalse();
        }
        assertThat(b.working).isTrue();
        assertThat(a.stoppedNanos).isPositive();
    }

    /** The answers of the last renewals are lost though they were carried out: the lease is longer than the leader knows. */
    @Test
    void lostAnswersDoNotUnseatALeaderThatIsHeard() {
        Candidate a = new Candidate("a");
        a.elector.start();
        time.advance(Duration.ofSeconds(5));
        a.view.failure = ApiException.timeout("no answer");
        a.view.answersAreLost = true;
        time.advance(Duration.ofSeconds(5));
        a.view.failure = null;
        time.advance(Duration.ofSeconds(4));
        assertThat(a.working).isTrue();
        time.advance(Duration.ofMinutes(1));
        assertThat(a.working).isTrue();
    }

    @Test
    void frozenLeaderKnowsAtItsFirstLook() {
        Candidate a = new Candidate("a");
        a.elector.start();
        FakeTimers frozen = time;
        assertThat(a.elector.leading()).isTrue();
        a.view.failure = ApiException.timeout("no answer");
        frozen.advance(DEADLINE);
        assertThat(a.elector.leading()).isFalse();
        assertThat(a.working).isFalse();
    }

    @Test
    void stoppedLeaderGivesTheLeaseBack() {
        Candidate a = new Candidate("a");
        Candidate b = new Candidate("b");
        a.elector.start();
        b.elector.start();
        assertThat(a.elector.stop().succeeded()).isTrue();
        assertThat(a.working).isFalse();
        assertThat(lease().getSpec().getHolderIdentity()).isEmpty();
        time.advance(RETRY.multipliedBy(2));
        assertThat(b.working).isTrue();
    }

    @Test
    void leaseTakenAwayByHandEndsTheWork() {
        Candidate a = new Candidate("a");
        a.elector.start();
        leases.put(new LeaseBuilder(lease())
                .editSpec()
                .withHolderIdentity("somebody")
                .endSpec()
                .build());
        time.advance(RETRY.multipliedBy(2));
        assertThat(a.working).isFalse();
    }

    @Test
    void impossibleSettingsAreRefusedWithASentence() {
        assertThatThrownBy(() -> settings(10, 10, 2)).hasMessageContaining("must be greater than renewDeadline");
        assertThatThrownBy(() -> settings(15, 2, 2)).hasMessageContaining("times the jitter factor");
        assertThatThrownBy(() -> settings(15, 10, 0)).hasMessageContaining("retryPeriod must be greater than zero");
    }

    private static LeaderElector.Settings settings(int lease, int deadline, int retry) {
        return new LeaderElector.Settings(
                "ns", "n", "me", Duration.ofSeconds(lease), Duration.ofSeconds(deadline), Duration.ofSeconds(retry));
    }
}
