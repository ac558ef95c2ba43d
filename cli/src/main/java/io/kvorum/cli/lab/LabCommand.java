package io.kvorum.cli.lab;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.kvorum.cli.cluster.CommandFailure;
import io.kvorum.cli.command.ClusterOption;
import io.kvorum.cli.command.OutputOption;
import io.kvorum.labs.Lab;
import io.kvorum.labs.LabCatalogue;
import io.kvorum.labs.LabException;
import io.kvorum.labs.LabSession;
import io.kvorum.labs.Progress;
import io.kvorum.labs.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Unmatched;

/** {@code kvorum lab}: experiments on the running cluster, graded by how it behaves. */
@Command(
        name = "lab",
        description = "Experiments on the running cluster, graded by how it behaves.",
        subcommands = {
            LabCommand.ListLabs.class,
            LabCommand.Start.class,
            LabCommand.Show.class,
            LabCommand.CheckLab.class,
            LabCommand.Hint.class,
            LabCommand.RunScript.class,
            LabCommand.Reset.class
        })
public final class LabCommand {
    private LabCommand() {}

    /** What the subcommands share. */
    abstract static class OnCluster implements Callable<Integer> {
        @Mixin
        ClusterOption cluster = new ClusterOption();

        static LabCatalogue catalogue() {
            return known(() -> LabCatalogue.read(beside("labs")));
        }

        /** A file of the distribution, beside its libraries. */
        private static Path beside(String name) {
            return Path.of(System.getProperty("kvorum.lib")).toAbsolutePath().resolveSibling(name);
        }

        LabSession session(Lab lab) {
            return new LabSession(lab, environment(), state(lab), Clock.systemUTC(), System.err::println);
        }

        LocalLabCluster environment() {
            return new LocalLabCluster(cluster.name(), cluster.folder(), beside("kvorum"));
        }

        Path state(Lab lab) {
            return cluster.folder().root().resolve("labs").resolve(lab.id());
        }

        static <T> T known(Supplier<T> work) {
            try {
                return work.get();
            } catch (LabException e) {
                throw new CommandFailure(String.valueOf(e.getMessage()), 1);
            }
        }
    }

    /** A subcommand about one lab. */
    abstract static class OnLab extends OnCluster {
        @Parameters(index = "0", paramLabel = "LAB", description = "name of the lab, see kvorum lab list")
        String id = "";

        Lab lab() {
            return known(() -> catalogue().lab(id));
        }

        /** Prints where the student stands. */
        void printStep(Lab lab, int passed) {
            if (passed == lab.steps().size()) {
                System.out.println("Lab " + lab.id() + " is solved. kvorum lab reset " + lab.id() + " takes it back.");
                return;
            }
            Lab.Step step = lab.steps().get(passed);
            System.out.println("Step " + (passed + 1) + " of " + lab.steps().size() + ": " + step.title());
            System.out.println();
            System.out.println(step.text().strip().indent(2).stripTrailing());
            System.out.println();
            System.out.println("Then: kvorum lab check " + lab.id() + "   (stuck: kvorum lab hint " + lab.id() + ")");
        }
    }

    @Command(name = "list", description = "List the labs and which are solved on this cluster.")
    static final class ListLabs extends OnCluster {
        @Mixin
        OutputOption output = new OutputOption();

        @Override
        public Integer call() {
            List<Lab> labs = catalogue().labs();
            if (output.json()) {
                ArrayNode all = new ObjectMapper().createArrayNode();
                for (Lab lab : labs) {
                    all.addObject()
                            .put("id", lab.id())
                            .put("title", lab.title())
                            .put("minutes", lab.minutes())
                            .put("solved", known(() -> session(lab).solved()));
                }
                OutputOption.print(all);
                return 0;
            }
            List<List<String>> rows = new ArrayList<>();
            rows.add(List.of("LAB", "TITLE", "MINUTES", "STEPS", "STATE"));
            for (Lab lab : labs) {
                rows.add(List.of(
                        lab.id(),
                        lab.title(),
                        String.valueOf(lab.minutes()),
                        String.valueOf(lab.steps().size()),
                        known(() -> session(lab).progress())
                                .map(progress -> state(lab, progress))
                                .orElse("")));
            }
            OutputOption.table(rows);
            return 0;
        }

        private static String state(Lab lab, Progress progress) {
            return progress.passed() == lab.steps().size()
                    ? "solved"
                    : "step " + (progress.passed() + 1) + " of " + lab.steps().size();
        }
    }

    @Command(name = "start", description = "Set a lab up on the running cluster and say what to do.")
    static final class Start extends OnLab {
        @Override
        public Integer call() throws IOException {
            Lab lab = lab();
            cluster.requireRunning();
            known(() -> {
                session(lab).start();
                return lab;
            });
            System.out.println(
                    Files.readString(lab.folder().resolve("README.md")).strip());
            System.out.println();
            printStep(lab, 0);
            return 0;
        }
    }

    @Command(name = "show", description = "Print a lab's text and the current step again.")
    static final class Show extends OnLab {
        @Override
        public Integer call() throws IOException {
            Lab lab = lab();
            System.out.println(
                    Files.readString(lab.folder().resolve("README.md")).strip());
            System.out.println();
            printStep(
                    lab,
                    known(() -> session(lab).progress()).map(Progress::passed).orElse(0));
            return 0;
        }
    }

    @Command(
            name = "check",
            description = "Grade a lab step by step. Exit code 0: solved, 1: not yet.",
            exitCodeListHeading = "")
    static final class CheckLab extends OnLab {
        @Override
        public Integer call() {
            Lab lab = lab();
            cluster.requireRunning();
            LabSession.Grade grade = known(() -> session(lab).check());
            for (Verdict verdict : grade.verdicts()) {
                System.out.println((verdict.passed() ? "passed      " : "not passed  ")
                        + verdict.message().strip());
            }
            System.out.println();
            printStep(lab, grade.passed());
            return grade.solved() ? 0 : 1;
        }
    }

    @Command(name = "hint", description = "Give the next hint for the current step.")
    static final class Hint extends OnLab {
        @Override
        public Integer call() {
            Lab lab = lab();
            System.out.println(known(() -> session(lab).hint()).strip());
            return 0;
        }
    }

    @Command(
            name = "run",
            description =
                    "Run a script of a lab's folder on this terminal, with the cluster and the lab in its environment.")
    static final class RunScript extends OnLab {
        @Parameters(index = "1", paramLabel = "SCRIPT", description = "a file of the lab's folder")
        String script = "";

        @Unmatched
        List<String> arguments = new ArrayList<>();

        @Override
        public Integer call() throws InterruptedException {
            Lab lab = lab();
            cluster.requireRunning();
            return environment().onTerminal(lab, state(lab), script, arguments);
        }
    }

    @Command(name = "reset", description = "Take back all that a lab and its student changed.")
    static final class Reset extends OnLab {
        @Override
        public Integer call() {
            Lab lab = lab();
            cluster.requireRunning();
            known(() -> {
                session(lab).reset();
                return lab;
            });
            System.err.println("lab " + lab.id() + " is reset");
            return 0;
        }
    }
}
