package io.kvorum.testkit.collection;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** All versions of the object of one name, in order. */
final class Timeline {
    private static final int AROUND = 3;

    private final List<Step> steps = new ArrayList<>();

    void add(Step step) {
        steps.add(step);
    }

    List<Step> steps() {
        return steps;
    }

    /** Version of the last step that has one. */
    long last() {
        for (int i = steps.size() - 1; i >= 0; i--) {
            if (steps.get(i).version() > 0) {
                return steps.get(i).version();
            }
        }
        return 0;
    }

    /** The last change at or before {@code version}; null when there was none. Changes whose version is not known are left out. */
    @Nullable
    Step at(long version) {
        Step last = null;
        for (Step step : steps) {
            if (step.version() > version) {
                break;
            }
            if (step.version() > 0) {
                last = step;
            }
        }
        return last;
    }

    /** The deletion that follows the state at {@code version} and whose own version is not known; null for none. */
    @Nullable
    Step openDeletion(long version) {
        Step found = null;
        for (Step step : steps) {
            if (step.version() > version) {
                break;
            }
            if (step.version() > 0) {
                found = null;
            } else if (step.deletion()) {
                found = step;
            }
        }
        return found;
    }

    /** The steps around a version, in words. */
    List<String> around(long version) {
        int place = 0;
        while (place < steps.size()
                && (steps.get(place).version() == 0 || steps.get(place).version() < version)) {
            place++;
        }
        List<String> lines = new ArrayList<>();
        int to = Math.min(steps.size(), place + AROUND);
        for (Step step : steps.subList(Math.max(0, place - AROUND), to)) {
            lines.add("written: " + step);
        }
        return lines;
    }
}
