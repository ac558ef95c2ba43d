package io.kvorum.torture.run;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** What can be done to a store. Each makes its steps from the names of the members and who leads. */
public enum FaultKind {
    /** SIGKILL; started again after a while. */
    KILL {
        @Override
        List<Step> steps(Cast cast, RandomGenerator random) {
            return List.of(new Step("kill " + cast.someone(random), seconds(random, 1, 4)));
        }
    },
    /** SIGKILL, and started again at once. */
    RESTART {
        @Override
        List<Step> steps(Cast cast, RandomGenerator random) {
            return List.of(new Step("restart " + cast.someone(random), Duration.ZERO));
        }
    },
    /** SIGKILL of all at the same time. */
    RESTART_ALL {
        @Override
        List<Step> steps(Cast cast, RandomGenerator random) {
            return List.of(new Step("restart role:store", Duration.ZERO));
        }
    },
    /** SIGSTOP. */
    PAUSE {
        @Override
        List<Step> steps(Cast cast, RandomGenerator random) {
            return List.of(new Step("pause " + cast.someone(random), seconds(random, 1, 6)));
        }
    },
    /** One member, or a minority, cannot reach the others; clients reach all. */
    PARTITION {
        @Override
        List<Step> steps(Cast cast, RandomGenerator random) {
            String one = cast.someone(random);
            return List.of(new Step("partition " + one + " / " + cast.others(one), seconds(random, 2, 8)));
        }
    },
    /** Nothing that one member sends reaches another. */
    ONE_WAY_CUT {
        @Override
        List<Step> steps(Cast cast, RandomGenerator random) {
            String one = cast.someone(random);
            String other = cast.otherThan(one, random);
            return List.of(new Step("cut " + one + " " + other, seconds(random, 2, 8)));
        }
    },
    /** Each member hears only of the one before it. */
    RING {
        @Override
        List<Step> steps(Cast cast, RandomGenerator random) {
            Duration lasting = seconds(random, 2, 6);
            List<Step> steps = new ArrayList<>();
            List<String> members = cast.members();
            for (int i = 0; i < members.size(); i++) {
                steps.add(new Step("cut " + members.get((i + 1) % members.size()) + " " + members.get(i), lasting));
            }
            return steps;
        }
    },
    /** A partition that comes and goes. */
    FLAPPING {
        @Override
        List<Step> steps(Cast cast, RandomGenerator random) {
            String one = cast.someone(random);
            List<Step> steps = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                Duration on = Duration.ofMillis(200 + random.nextInt(800));
                Duration pause = on.plusMillis(100 + random.nextInt(700));
                steps.add(new Step("partition " + one + " / " + cast.others(one), on, pause));
            }
            return steps;
        }
    },
    /** Everything between members takes longer, and not always as long. */
    DELAY {
        @Override
        List<Step> steps(Cast cast, RandomGenerator random) {
            String one = cast.someone(random);
            int millis = 20 + random.nextInt(300);
            return List.of(new Step(
                    "delay " + one + " " + cast.others(one) + " " + millis + "ms --jitter " + millis / 2 + "ms",
                    seconds(random, 3, 8)));
        }
    },
    /** Little gets through. */
    RATE {
        @Override
        List<Step> steps(Cast cast, RandomGenerator random) {
            String one = cast.someone(random);
            return List.of(new Step(
                    "rate " + one + " " + cast.others(one) + " " + (20 + random.nextInt(200)) + "kB/s",
                    seconds(random, 3, 8)));
        }
    },
    /** Connections end with a TCP reset. */
    RESET {
        @Override
        List<Step> steps(Cast cast, RandomGenerator random) {
            String one = cast.someone(random);
            return List.of(new Step("reset " + one + " " + cast.others(one), Duration.ofMillis(500)));
        }
    },
    /** One side forgets its connections without telling. */
    HALF_OPEN {
        @Override
        List<Step> steps(Cast cast, RandomGenerator random) {
            String one = cast.someone(random);
            return List.of(new Step("half-open " + one + " " + cast.otherThan(one, random), seconds(random, 2, 5)));
        }
    },
    /** A clock is put forward or back. */
    SKEW {
        @Override
        List<Step> steps(Cast cast, RandomGenerator random) {
            String sign = random.nextBoolean() ? "+" : "-";
            return List.of(new Step(
                    "skew " + cast.someone(random) + " " + sign + (1 + random.nextInt(60)) + "s",
                    seconds(random, 3, 8)));
        }
    },
    /** Writes and fsyncs take longer. */
    SLOW_DISK {
        @Override
        List<Step> steps(Cast cast, RandomGenerator random) {
            return List.of(new Step(
                    "disk " + cast.someone(random) + " --latency " + (20 + random.nextInt(400)) + "ms",
                    seconds(random, 2, 8)));
        }
    },
    /** A disk takes no more; the member stops and is started again when there is room. */
    FULL_DISK {
        @Override
        List<Step> steps(Cast cast, RandomGenerator random) {
            return List.of(new Step("disk " + cast.someone(random) + " --fail full", seconds(random, 1, 4)));
        }
    },
    /** An fsync fails; the member stops for good and is started again. */
    FAILED_FSYNC {
        @Override
        List<Step> steps(Cast cast, RandomGenerator random) {
            return List.of(new Step("disk " + cast.someone(random) + " --fail fsync", seconds(random, 1, 4)));
        }
    },
    /** What was not fsynced does not survive a kill: as when the power fails. */
    POWER_CUT {
        @Override
        List<Step> steps(Cast cast, RandomGenerator random) {
            String one = cast.someone(random);
            return List.of(
                    new Step(
                            "disk " + one + " --fail unsynced --latency 30ms",
                            Duration.ofSeconds(3),
                            Duration.ofMillis(200 + random.nextInt(600))),
                    new Step("restart " + one, Duration.ZERO));
        }
    };

    /**
     * One fault to set.
     *
     * @param lasting after this it heals by itself; zero for what is over at once
     * @param pause before the next step
     */
    public record Step(String words, Duration lasting, Duration pause) {
        Step(String words, Duration lasting) {
            this(words, lasting, Duration.ZERO);
        }
    }

    /** Who plays: the members, and the leader when it is known. */
    public record Cast(List<String> members, String leader) {
        /** Any member; more often than not the leader. */
        String someone(RandomGenerator random) {
            return !leader.isEmpty() && random.nextInt(100) < 55 ? leader : members.get(random.nextInt(members.size()));
        }

        String others(String than) {
            return String.join(
                    ",", members.stream().filter(name -> !name.equals(than)).toList());
        }

        String otherThan(String one, RandomGenerator random) {
            List<String> others =
                    members.stream().filter(name -> !name.equals(one)).toList();
            return others.get(random.nextInt(others.size()));
        }
    }

    abstract List<Step> steps(Cast cast, RandomGenerator random);

    private static Duration seconds(RandomGenerator random, int from, int to) {
        return Duration.ofMillis(1000L * from + random.nextInt(1000 * (to - from)));
    }
}
