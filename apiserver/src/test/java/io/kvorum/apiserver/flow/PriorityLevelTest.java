package io.kvorum.apiserver.flow;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Seats, queues and hands. */
class PriorityLevelTest {
    private final Deque<Runnable> turns = new ArrayDeque<>();
    private long now;
    private final Turn turn = new Turn(() -> now, turns::add);
    private final List<String> served = new ArrayList<>();

    private PriorityLevel level(int seats, int queues, int length) {
        return new PriorityLevel("l", new PriorityLevel.Settings("u", false, seats, queues, 2, length), turn);
    }

    /** Asks for what is answered at once, which takes a millisecond of the loop, most of it to write. */
    private void ask(PriorityLevel level, String flow) {
        PriorityLevel.Place place = level.enter("s", flow, 1);
        place.seat().onSuccess(seated -> {
            turn.serve();
            served.add(flow);
            place.leave();
            now += 1_000_000;
        });
    }

    private static Object answer(PriorityLevel.Place place) {
        return place.seat().isComplete() ? place.seat().result() : "waits";
    }

    @Test
    void whoFindsNoSeatWaitsForTheNextOneInOrder() {
        PriorityLevel level = level(1, 1, 2);
        PriorityLevel.Place first = level.enter("s", "a", 1);
        PriorityLevel.Place second = level.enter("s", "a", 1);
        PriorityLevel.Place third = level.enter("s", "a", 1);
        assertThat(answer(first)).isEqualTo(true);
        assertThat(answer(second)).isEqualTo("waits");
        assertThat(answer(level.enter("s", "a", 1))).as("the queue is full").isEqualTo(false);
        first.leave();
        assertThat(answer(second)).isEqualTo(true);
        assertThat(answer(third)).isEqualTo("waits");
        second.leave();
        third.leave();
        assertThat(level.seated()).isZero();
        assertThat(level.waiting()).isZero();
    }

    @Test
    void withoutQueuesTheRestIsRefused() {
        PriorityLevel level = level(1, 0, 0);
        assertThat(answer(level.enter("s", "a", 1))).isEqualTo(true);
        assertThat(answer(level.enter("s", "b", 1))).isEqualTo(false);
    }

    @Test
    void whoGaveUpWaitingTakesNoSeat() {
        PriorityLevel level = level(1, 4, 10);
        PriorityLevel.Place first = level.enter("s", "a", 1);
        PriorityLevel.Place gone = level.enter("s", "a", 1);
        gone.leave();
        assertThat(answer(gone)).isEqualTo(false);
        assertThat(level.waiting()).isZero();
        first.leave();
        assertThat(level.seated()).isZero();
    }

    @Test
    void aFlowOfManyDoesNotKeepOneOfFewWaiting() {
        PriorityLevel level = level(1, 64, 50);
        PriorityLevel.Place seat = level.enter("s", "many", 1);
        PriorityLevel.Place[] many = new PriorityLevel.Place[20];
        for (int i = 0; i < many.length; i++) {
            many[i] = level.enter("s", "many", 1);
        }
        PriorityLevel.Place few = level.enter("s", "few", 1);
        seat.leave();
        int turns = 0;
        while (answer(few).equals("waits")) {
            turns++;
            for (PriorityLevel.Place place : many) {
                if (answer(place).equals(true)) {
                    place.leave();
                    break;
                }
            }
            assertThat(turns).isLessThanOrEqualTo(4);
        }
    }

    @Test
    void aWideRequestTakesAllTheSeatsAtMost() {
        PriorityLevel level = level(3, 1, 5);
        PriorityLevel.Place wide = level.enter("s", "a", 10);
        assertThat(level.seated()).isEqualTo(3);
        PriorityLevel.Place next = level.enter("s", "a", 1);
        assertThat(answer(next)).isEqualTo("waits");
        wide.leave();
        assertThat(answer(next)).isEqualTo(true);
    }

    @Test
    void moreSeatsLetInWhoWaits() {
        PriorityLevel level = level(1, 1, 5);
        level.enter("s", "a", 1);
        PriorityLevel.Place next = level.enter("s", "a", 1);
        level.change(new PriorityLevel.Settings("u", false, 2, 1, 1, 5));
        assertThat(answer(next)).isEqualTo(true);
    }

    @Test
    void handsAreOfDifferentQueuesAndRarelyTheSame() {
        Set<String> hands = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            int[] hand = Hand.deal("s", "flow-" + i, 64, 6);
            assertThat(hand).doesNotHaveDuplicates();
            assertThat(Arrays.stream(hand).allMatch(card -> card >= 0 && card < 64))
                    .isTrue();
            assertThat(hand).isEqualTo(Hand.deal("s", "flow-" + i, 64, 6));
            Arrays.sort(hand);
            hands.add(Arrays.toString(hand));
        }
        assertThat(hands).hasSizeGreaterThan(95);
    }

    /** Seats alone would let all of them in, in the order in which they came. */
    @Test
    void aTurnOfTheLoopIsSharedByFlows() {
        PriorityLevel level = level(1000, 64, 50);
        for (int i = 0; i < 40; i++) {
            ask(level, "many");
        }
        assertThat(served).as("five milliseconds").hasSize(5);
        ask(level, "few");
        turns.remove().run();
        assertThat(served).hasSize(10);
        assertThat(served.subList(5, 8)).contains("few");
        while (!turns.isEmpty()) {
            turns.remove().run();
        }
        assertThat(served).hasSize(41);
        assertThat(level.seated()).isZero();
    }

    @Test
    void aTurnOfTheLoopIsSharedByLevels() {
        PriorityLevel one = level(1000, 4, 50);
        PriorityLevel other = level(1000, 4, 50);
        for (int i = 0; i < 30; i++) {
            ask(one, "one");
            ask(other, "other");
        }
        for (int i = 0; i < 6; i++) {
            turns.remove().run();
        }
        assertThat(Collections.frequency(served, "one")).isBetween(10, 25);
        assertThat(Collections.frequency(served, "other")).isBetween(10, 25);
    }

    /** Every one of them is answered at once and frees the seat of the next. */
    @Test
    void manyWhoWaitAreServedWithoutDepth() {
        PriorityLevel level = level(1, 1, 2000);
        PriorityLevel.Place first = level.enter("s", "a", 1);
        List<Long> depths = new ArrayList<>();
        for (int i = 0; i < 2000; i++) {
            PriorityLevel.Place place = level.enter("s", "a", 1);
            place.seat().onSuccess(seated -> {
                depths.add(StackWalker.getInstance().walk(Stream::count));
                place.leave();
            });
        }
        first.leave();
        assertThat(depths).hasSize(2000).allMatch(depth -> depth.equals(depths.get(0)));
        assertThat(level.seated()).isZero();
    }
}
