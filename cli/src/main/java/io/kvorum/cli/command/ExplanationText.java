package io.kvorum.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** A scheduler's explanation for people. */
final class ExplanationText {
    private static final int BEST = 10;

    private final JsonNode answer;
    private final boolean all;

    /** @param all show the scores of every node */
    ExplanationText(JsonNode answer, boolean all) {
        this.answer = answer;
        this.all = all;
    }

    void print() {
        head();
        System.out.println();
        if (answer.path("nodes").isEmpty()) {
            System.out.println("There are no nodes.");
        } else {
            nodes();
            scores();
        }
        verdict();
        preemption();
        last();
    }

    private void head() {
        JsonNode pod = answer.path("pod");
        field("Pod", pod.path("namespace").asText() + "/" + pod.path("name").asText());
        field("Status", status(pod));
        field("Priority", pod.path("priority").asText());
        JsonNode scheduler = answer.path("scheduler");
        field(
                "Scheduler",
                scheduler.path("name").asText() + " ("
                        + scheduler.path("instance").asText()
                        + (scheduler.path("leads").asBoolean() ? "" : ", not the leader") + ")");
        JsonNode queue = answer.path("queue");
        if (queue.isObject()) {
            String waits = texts(queue.path("waitsForEventsOf"));
            field(
                    "Queue",
                    queue.path("place").asText() + ", tries so far: "
                            + queue.path("attempts").asText()
                            + (waits.isEmpty() ? "" : "; waits for changes that concern " + waits));
        }
        answer.path("notes").forEach(note -> field("Note", note.asText()));
    }

    private static String status(JsonNode pod) {
        if (pod.has("node")) {
            return pod.path("phase").asText() + " on " + pod.path("node").asText();
        }
        return pod.path("phase").asText() + ", on no node"
                + (pod.has("nominatedNode")
                        ? "; " + pod.path("nominatedNode").asText() + " is being cleared for it"
                        : "");
    }

    private static void field(String name, String value) {
        System.out.println((name + ":" + " ".repeat(11)).substring(0, 12) + value);
    }

    private static String texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(text -> texts.add(text.asText()));
        return String.join(", ", texts);
    }

    private void nodes() {
        String chosen = answer.path("result").path("node").asText();
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("NODE", "FITS", "SCORE", "PLUGIN", "REASON"));
        for (JsonNode node : answer.path("nodes")) {
            String name = node.path("name").asText();
            String mark = name + (node.path("bound").asBoolean() ? " (bound)" : "");
            if (node.path("fits").asBoolean()) {
                rows.add(List.of(mark, "yes", node.path("total").asText(), "", name.equals(chosen) ? "<- best" : ""));
            } else {
                rows.add(List.of(mark, "no", "-", node.path("plugin").asText(), texts(node.path("reasons"))));
            }
        }
        OutputOption.table(rows);
    }

    /** A column a plugin: its normalised score times its weight, and the raw score behind it. */
    private void scores() {
        List<JsonNode> fitting = new ArrayList<>();
        for (JsonNode node : answer.path("nodes")) {
            if (node.path("fits").asBoolean()) {
                fitting.add(node);
            }
        }
        if (fitting.isEmpty()) {
            return;
        }
        Set<String> plugins = new LinkedHashSet<>();
        fitting.get(0)
                .path("scores")
                .forEach(score -> plugins.add(score.path("plugin").asText()));
        int shown = all ? fitting.size() : Math.min(BEST, fitting.size());
        System.out.println();
        System.out.println("Scores: normalised (0-100) x weight = weighted [raw]");
        List<List<String>> rows = new ArrayList<>();
        List<String> head = new ArrayList<>(List.of("PLUGIN"));
        fitting.subList(0, shown).forEach(node -> head.add(node.path("name").asText()));
        rows.add(head);
        int index = 0;
        for (String plugin : plugins) {
            List<String> row = new ArrayList<>(List.of(plugin));
            for (JsonNode node : fitting.subList(0, shown)) {
                row.add(score(node.path("scores").path(index)));
            }
            rows.add(row);
            index++;
        }
        List<String> total = new ArrayList<>(List.of("total"));
        fitting.subList(0, shown).forEach(node -> total.add(node.path("total").asText()));
        rows.add(total);
        OutputOption.table(rows);
        if (shown < fitting.size()) {
            System.out.println("(" + (fitting.size() - shown) + " more nodes fit; --all shows their scores)");
        }
    }

    private static String score(JsonNode score) {
        return score.path("normalized").asText() + " x " + score.path("weight").asText() + " = "
                + score.path("weighted").asText() + " [" + score.path("raw").asText() + "]";
    }

    private void verdict() {
        JsonNode result = answer.path("result");
        System.out.println();
        if (result.has("node")) {
            int ties = result.path("equallyGood").size();
            field(
                    "Result",
                    "would be placed on " + result.path("node").asText()
                            + (ties > 1
                                    ? "; equally good, one is drawn by lot: " + texts(result.path("equallyGood"))
                                    : ""));
        } else {
            field("Result", "fits nowhere: " + result.path("message").asText());
        }
    }

    private void preemption() {
        JsonNode preemption = answer.path("preemption");
        if (!preemption.isObject()) {
            return;
        }
        if (preemption.path("candidates").isEmpty()) {
            field("Preemption", "would not help");
            return;
        }
        field("Preemption", "would make room on " + preemption.path("node").asText());
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("NODE", "BUDGETS VIOLATED", "VICTIMS (PRIORITY)"));
        for (JsonNode candidate : preemption.path("candidates")) {
            List<String> victims = new ArrayList<>();
            candidate
                    .path("victims")
                    .forEach(victim -> victims.add(victim.path("namespace").asText() + "/"
                            + victim.path("name").asText() + " ("
                            + victim.path("priority").asText() + ")"));
            rows.add(List.of(
                    candidate.path("node").asText(),
                    candidate.path("budgetViolations").asText(),
                    String.join(", ", victims)));
        }
        System.out.println();
        OutputOption.table(rows);
        System.out.println();
    }

    private void last() {
        JsonNode last = answer.path("lastDecision");
        if (!last.isObject()) {
            return;
        }
        String what = last.has("node")
                ? "placed on " + last.path("node").asText()
                : last.path("message").asText()
                        + (last.has("nominatedNode")
                                ? " Room is being made on "
                                        + last.path("nominatedNode").asText() + "."
                                : "");
        field(
                "Decided",
                last.path("time").asText() + ", try " + last.path("attempt").asText() + ": " + what);
    }
}
