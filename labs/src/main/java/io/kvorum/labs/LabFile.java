package io.kvorum.labs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/** Reads {@code lab.yaml}. Every error names the file and the field. */
public final class LabFile {
    static final String NAME = "lab.yaml";
    private static final Duration AT_ONCE = Duration.ZERO;
    private static final Duration SETUP_LIMIT = Duration.ofMinutes(2);
    private static final Duration SCRIPT_LIMIT = Duration.ofMinutes(1);
    private static final Set<String> ROLES =
            Set.of("node", "apiserver", "scheduler", "controller-manager", "gateway", "balancer");

    private LabFile() {}

    /** @param folder named as the lab's id */
    public static Lab read(Path folder) {
        Path file = folder.resolve(NAME);
        String text;
        try {
            text = Files.readString(file);
        } catch (IOException e) {
            throw new LabException("cannot read " + file + ": " + e.getMessage(), e);
        }
        Object tree;
        try {
            tree = new Load(LoadSettings.builder().setLabel(file.toString()).build()).loadFromString(text);
        } catch (YamlEngineException e) {
            throw new LabException(file + " is not YAML: " + e.getMessage(), e);
        }
        Fields fields = new Fields(file, "", tree);
        fields.existing("README.md", "README.md");
        Lab lab = new Lab(
                folder.getFileName().toString(),
                folder,
                fields.text("title"),
                fields.number("minutes", 1),
                needs(fields),
                setup(fields),
                steps(fields),
                fields.script("solution"));
        fields.nothingElse();
        return lab;
    }

    private static Map<String, Integer> needs(Fields fields) {
        Map<String, Integer> needs = new LinkedHashMap<>();
        if (fields.has("needs")) {
            Fields counts = fields.mapping("needs");
            for (String role : ROLES) {
                if (counts.has(role)) {
                    needs.put(role, counts.number(role, 1));
                }
            }
            counts.nothingElse();
        }
        return Map.copyOf(needs);
    }

    private static Lab.Setup setup(Fields fields) {
        if (!fields.has("setup")) {
            return new Lab.Setup(List.of(), List.of(), "", "", SETUP_LIMIT);
        }
        Fields setup = fields.mapping("setup");
        List<String> manifests = setup.texts("manifests");
        manifests.forEach(manifest -> setup.existing("manifests", manifest));
        Lab.Setup read = new Lab.Setup(
                manifests,
                setup.texts("wait"),
                setup.has("script") ? setup.script("script") : "",
                setup.has("reset") ? setup.script("reset") : "",
                setup.duration("limit", SETUP_LIMIT));
        setup.nothingElse();
        return read;
    }

    private static List<Lab.Step> steps(Fields fields) {
        List<Lab.Step> steps = new ArrayList<>();
        for (Fields step : fields.mappings("steps")) {
            List<Check> checks = new ArrayList<>();
            for (Fields check : step.mappings("checks")) {
                checks.add(check(check));
            }
            if (checks.isEmpty()) {
                throw step.bad("checks", "must have at least one check");
            }
            steps.add(new Lab.Step(step.text("title"), step.text("do"), List.copyOf(checks), step.texts("hints")));
            step.nothingElse();
        }
        if (steps.isEmpty()) {
            throw fields.bad("steps", "must have at least one step");
        }
        return List.copyOf(steps);
    }

    private static Check check(Fields fields) {
        Check check;
        if (fields.has("get")) {
            check = new Check.OfObject(
                    fields.words("get"),
                    fields.text("path"),
                    condition(fields),
                    fields.duration("within", AT_ONCE),
                    fields.text("otherwise"));
        } else if (fields.has("http")) {
            check = new Check.OfHttp(
                    fields.text("http"),
                    fields.pairs("headers"),
                    fields.number("requests", 1, 1),
                    fields.number("status", 0, 200),
                    fields.number("different", 0, 0),
                    shares(fields),
                    fields.duration("within", AT_ONCE),
                    fields.text("otherwise"));
        } else if (fields.has("timeline")) {
            List<Map<String, String>> events = new ArrayList<>();
            fields.mappings("timeline").forEach(event -> events.add(event.allPairs()));
            check = new Check.OfTimeline(List.copyOf(events), fields.text("otherwise"));
        } else if (fields.has("script")) {
            List<String> words = fields.words("script");
            fields.existing("script", words.get(0));
            check = new Check.OfScript(
                    words.get(0), words.subList(1, words.size()), fields.duration("limit", SCRIPT_LIMIT));
        } else {
            throw fields.bad(
                    "get", "is missing, and so are http, timeline and script: one of them says what is checked");
        }
        fields.nothingElse();
        return check;
    }

    private static List<Check.Share> shares(Fields fields) {
        List<Check.Share> shares = new ArrayList<>();
        for (Fields share : fields.mappings("share")) {
            shares.add(new Check.Share(
                    share.text("text"), share.decimal("percent", 0, 0), share.decimal("tolerance", 0, 0)));
            share.nothingElse();
        }
        return List.copyOf(shares);
    }

    private static Condition condition(Fields fields) {
        if (fields.has("is")) {
            return new Condition.Is(fields.text("is"));
        } else if (fields.has("isNot")) {
            return new Condition.IsNot(fields.text("isNot"));
        } else if (fields.has("atLeast")) {
            return new Condition.AtLeast(fields.number("atLeast", 0));
        } else if (fields.has("matches")) {
            return new Condition.Matches(fields.pattern("matches"));
        }
        throw fields.bad(
                "is", "is missing, and so are isNot, atLeast and matches: one of them says what the value must be");
    }
}
