package io.kvorum.apiserver.table;

import static io.kvorum.apiserver.table.TablePrinters.printer;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Groups apps and batch, and the core group's templates of pods. */
final class WorkloadPrinters {
    private static final String POD_COLUMNS = """
            *Containers|string|Names of the template's containers
            *Images|string|Images of the template's containers
            """;
    private static final String SELECTOR_COLUMN = "*Selector|string|Selector of the pods that belong to it\n";

    private WorkloadPrinters() {}

    static void register(Map<String, TablePrinter> printers) {
        printers.put("apps/deployments", printer("""
                        Name
                        Ready|string|Replicas that are ready, of those wanted
                        Up-to-date|string|Replicas of the newest template
                        Available|string|Replicas ready for at least minReadySeconds
                        Age
                        """ + POD_COLUMNS + SELECTOR_COLUMN, WorkloadPrinters::deployment));
        printers.put(
                "autoscaling/scales",
                printer(
                        """
                        Name
                        Desired|integer|Replicas wanted
                        Available|integer|Replicas there are
                        Age
                        """,
                        row -> row.name()
                                .number(row.spec().path("replicas"))
                                .number(row.status().path("replicas"))
                                .age()));
        printers.put("apps/replicasets", printer(replicaColumns(), row -> {
            replicas(row);
            row.text(Texts.selector(row.spec().path("selector")));
        }));
        printers.put("/replicationcontrollers", printer(replicaColumns(), row -> {
            replicas(row);
            row.text(Texts.labels(row.spec().path("selector")));
        }));
        printers.put("apps/statefulsets", printer("""
                        Name
                        Ready|string|Replicas that are ready, of those wanted
                        Age
                        """ + POD_COLUMNS, row -> {
            row.name().text(ready(row)).age();
            containers(row, row.spec().path("template"));
        }));
        printers.put("apps/daemonsets", printer("""
                        Name
                        Desired|integer|Nodes that should run the pod
                        Current|integer|Nodes that run the pod and should
                        Ready|integer|Nodes on which the pod is ready
                        Up-to-date|integer|Nodes that run the newest template
                        Available|integer|Nodes on which the pod has been ready long enough
                        Node Selector|string|Labels of the nodes it is meant for
                        Age
                        """ + POD_COLUMNS + SELECTOR_COLUMN, WorkloadPrinters::daemonSet));
        printers.put(
                "apps/controllerrevisions",
                printer(
                        """
                        Name
                        Controller|string|The object it is a revision of
                        Revision|string|Number of the revision
                        Age
                        """,
                        row -> row.name()
                                .text(controller(row))
                                .number(row.object().path("revision"))
                                .age()));
        printers.put("batch/jobs", printer("""
                        Name
                        Status|string|What the job is at
                        Completions|string|Pods that succeeded, of those wanted
                        Duration|string|How long it has been running, or ran
                        Age
                        """ + POD_COLUMNS + SELECTOR_COLUMN, WorkloadPrinters::job));
        printers.put("batch/cronjobs", printer("""
                        Name
                        Schedule|string|When jobs start, in cron's notation
                        Timezone|string|Time zone of the schedule
                        Suspend|boolean|Whether no further jobs are started
                        Active|integer|Jobs that are running
                        Last Schedule|string|How long ago the last job was started
                        Age
                        """ + POD_COLUMNS + SELECTOR_COLUMN, WorkloadPrinters::cronJob));
        printers.put("/podtemplates", printer("""
                        Name
                        Containers|string|Names of the template's containers
                        Images|string|Images of the template's containers
                        Pod Labels|string|Labels of the template
                        """, row -> {
            row.name();
            JsonNode template = row.object().path("template");
            containers(row, template);
            row.text(Texts.labels(template.path("metadata").path("labels")));
        }));
    }

    private static String replicaColumns() {
        return """
                Name
                Desired|integer|Replicas wanted
                Current|integer|Replicas there are
                Ready|integer|Replicas that are ready
                Age
                """ + POD_COLUMNS + SELECTOR_COLUMN;
    }

    private static void containers(Row row, JsonNode template) {
        JsonNode containers = template.path("spec").path("containers");
        row.text(Texts.join(containers, "name")).text(Texts.join(containers, "image"));
    }

    private static String ready(Row row) {
        return row.status().path("readyReplicas").asLong() + "/"
                + row.spec().path("replicas").asLong();
    }

    private static void deployment(Row row) {
        row.name()
                .text(ready(row))
                .number(row.status().path("updatedReplicas"))
                .number(row.status().path("availableReplicas"))
                .age();
        containers(row, row.spec().path("template"));
        row.text(Texts.selector(row.spec().path("selector")));
    }

    private static void replicas(Row row) {
        row.name()
                .number(row.spec().path("replicas"))
                .number(row.status().path("replicas"))
                .number(row.status().path("readyReplicas"))
                .age();
        containers(row, row.spec().path("template"));
    }

    private static void daemonSet(Row row) {
        row.name()
                .number(row.status().path("desiredNumberScheduled"))
                .number(row.status().path("currentNumberScheduled"))
                .number(row.status().path("numberReady"))
                .number(row.status().path("updatedNumberScheduled"))
                .number(row.status().path("numberAvailable"))
                .text(Texts.labels(row.spec().path("template").path("spec").path("nodeSelector")))
                .age();
        containers(row, row.spec().path("template"));
        row.text(Texts.selector(row.spec().path("selector")));
    }

    private static String controller(Row row) {
        for (JsonNode owner : row.metadata().path("ownerReferences")) {
            if (owner.path("controller").asBoolean()) {
                String apiVersion = owner.path("apiVersion").asText();
                int slash = apiVersion.indexOf('/');
                String group = slash < 0 ? "" : "." + apiVersion.substring(0, slash);
                String kind = owner.path("kind").asText() + group;
                return kind.toLowerCase(Locale.ROOT) + "/" + owner.path("name").asText();
            }
        }
        return Row.NONE;
    }

    private static void job(Row row) {
        row.name()
                .text(jobStatus(row))
                .text(completions(row))
                .text(jobDuration(row))
                .age();
        containers(row, row.spec().path("template"));
        row.text(Texts.selector(row.spec().path("selector")));
    }

    private static String jobStatus(Row row) {
        if (Texts.isTrue(row.status(), "Complete")) {
            return "Complete";
        } else if (Texts.isTrue(row.status(), "Failed")) {
            return "Failed";
        } else if (row.deleted()) {
            return "Terminating";
        }
        for (String condition : new String[] {"Suspended", "FailureTarget", "SuccessCriteriaMet"}) {
            if (Texts.isTrue(row.status(), condition)) {
                return condition;
            }
        }
        return "Running";
    }

    private static String completions(Row row) {
        long succeeded = row.status().path("succeeded").asLong();
        if (row.spec().hasNonNull("completions")) {
            return succeeded + "/" + row.spec().path("completions").asLong();
        }
        long parallelism = row.spec().path("parallelism").asLong();
        return parallelism > 1 ? succeeded + "/1 of " + parallelism : succeeded + "/1";
    }

    private static String jobDuration(Row row) {
        Optional<Instant> start = Ages.time(row.status().path("startTime"));
        Optional<Instant> end = Ages.time(row.status().path("completionTime"));
        return start.map(from -> Ages.human(Duration.between(from, end.orElse(row.now()))))
                .orElse("");
    }

    private static void cronJob(Row row) {
        JsonNode suspend = row.spec().path("suspend");
        JsonNode last = row.status().path("lastScheduleTime");
        row.name()
                .text(row.spec().path("schedule").asText())
                .text(row.spec().path("timeZone"), Row.NONE)
                .text(suspend.isBoolean() ? (suspend.asBoolean() ? "True" : "False") : Row.UNSET)
                .number(row.status().path("active").size())
                .text(Ages.time(last).isPresent() ? Ages.since(last, row.now()) : Row.NONE)
                .age();
        JsonNode job = row.spec().path("jobTemplate").path("spec");
        containers(row, job.path("template"));
        row.text(Texts.selector(job.path("selector")));
    }
}
