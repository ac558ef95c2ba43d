package io.kvorum.labs;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A lab, as its folder describes it.
 *
 * @param id name of its folder
 * @param folder holds {@code README.md}, manifests and scripts
 * @param minutes how long a student takes, about
 * @param needs least number of instances by role ({@code node}, {@code apiserver}, {@code gateway}, ...); start scales up, reset
 *     scales back
 * @param solution the script that solves it, for tests and for those who give up
 */
public record Lab(
        String id,
        Path folder,
        String title,
        int minutes,
        Map<String, Integer> needs,
        Setup setup,
        List<Step> steps,
        String solution) {
    /**
     * What start does, in this order.
     *
     * @param manifests files to apply in the lab's namespace
     * @param waits arguments of {@code kubectl wait}
     * @param script run after that; empty for none
     * @param reset script that takes back what is outside the namespace; empty for none
     */
    public record Setup(List<String> manifests, List<String> waits, String script, String reset, Duration limit) {}

    /**
     * A part of the lab that is graded by itself.
     *
     * @param text what to do, for the student
     * @param hints from the gentlest to the plainest
     */
    public record Step(String title, String text, List<Check> checks, List<String> hints) {}

    /** Where the lab's objects live. */
    public String namespace() {
        return "lab-" + id;
    }
}
