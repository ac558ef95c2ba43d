package io.kvorum.openapi.generate;

import io.kvorum.openapi.generate.Parameter.In;
import java.util.List;
import java.util.stream.Stream;

/** The parameters that many operations share. */
final class Parameters {
    static final Parameter NAMESPACE = Parameter.required(
            "namespace", In.PATH, "string", "object name and auth scope, such as for teams and projects");
    static final Parameter PRETTY = Parameter.query(
            "pretty", "string", "'true' indents the answer; the default is 'true' for a browser or a plain HTTP tool");

    private static final Parameter DRY_RUN = Parameter.query(
            "dryRun", "string", "'All' runs every stage of the request but stores nothing; no other value is valid");
    private static final Parameter FIELD_MANAGER = Parameter.query(
            "fieldManager",
            "string",
            "name of the actor making the changes, at most 128 printable characters; required for apply patches");
    private static final Parameter FIELD_VALIDATION = Parameter.query(
            "fieldValidation",
            "string",
            "what happens to unknown and duplicate fields: 'Ignore' drops them, 'Warn' (the default) drops them with a"
                    + " warning, 'Strict' refuses the request with BadRequest");
    private static final Parameter FORCE =
            Parameter.query("force", "boolean", "takes fields that other managers own; only for apply patches");

    static final List<Parameter> WRITE = List.of(DRY_RUN, FIELD_MANAGER, FIELD_VALIDATION);
    static final List<Parameter> PATCH = List.of(DRY_RUN, FIELD_MANAGER, FIELD_VALIDATION, FORCE);

    static final List<Parameter> LIST = List.of(
            Parameter.query("allowWatchBookmarks", "boolean", "asks a watch to send events of type BOOKMARK"),
            Parameter.query(
                    "continue", "string", "token from the previous chunk of a list; 410 when it has become too old"),
            Parameter.query(
                    "fieldSelector",
                    "string",
                    "A selector to restrict the list of returned objects by their fields, everything by default"),
            Parameter.query(
                    "labelSelector",
                    "string",
                    "A selector to restrict the list of returned objects by their labels, everything by default"),
            Parameter.query("limit", "integer", "maximum number of objects; 'continue' in the answer asks for more"),
            Parameter.query(
                    "resourceVersion",
                    "string",
                    "the version the answer is of, or starts at; together with resourceVersionMatch"),
            Parameter.query(
                    "resourceVersionMatch", "string", "how resourceVersion is meant: 'Exact' or 'NotOlderThan'"),
            Parameter.query(
                    "sendInitialEvents",
                    "boolean",
                    "asks a watch to begin with the present objects, then a bookmark that marks their end"),
            Parameter.query("timeoutSeconds", "integer", "limits the duration of the call, whatever goes on"),
            Parameter.query(
                    "watch",
                    "boolean",
                    "Watch for changes to the described resources: a stream of events instead of a list"));

    static final List<Parameter> DELETE = List.of(
            DRY_RUN,
            Parameter.query(
                    "gracePeriodSeconds", "integer", "seconds before the object is deleted; zero deletes immediately"),
            Parameter.query(
                    "ignoreStoreReadErrorWithClusterBreakingPotential",
                    "boolean",
                    "deletes an object that cannot be read any more, without the usual checks"),
            Parameter.query("orphanDependents", "boolean", "deprecated: use propagationPolicy"),
            Parameter.query(
                    "propagationPolicy",
                    "string",
                    "what happens to dependents: 'Orphan', 'Background' or 'Foreground'"));

    static final List<Parameter> LOG = List.of(
            Parameter.query("container", "string", "the container; may be left out if the pod has only one"),
            Parameter.query("follow", "boolean", "follows the log stream of the pod"),
            Parameter.query(
                    "insecureSkipTLSVerifyBackend", "boolean", "does not verify the certificate of the kubelet"),
            Parameter.query("limitBytes", "integer", "ends the answer after so many bytes"),
            Parameter.query("previous", "boolean", "the log of the terminated container before this one"),
            Parameter.query("sinceSeconds", "integer", "only lines younger than so many seconds"),
            Parameter.query("stream", "string", "'All', 'Stdout' or 'Stderr'"),
            Parameter.query("tailLines", "integer", "only so many lines from the end"),
            Parameter.query("timestamps", "boolean", "puts an RFC 3339 time before every line"));

    private static final Parameter COMMAND =
            Parameter.query("command", "string", "the command and its arguments, not run in a shell");
    private static final List<Parameter> STREAMS = List.of(
            Parameter.query("container", "string", "the container; may be left out if the pod has only one"),
            Parameter.query("stderr", "boolean", "redirects the standard error stream"),
            Parameter.query("stdin", "boolean", "redirects the standard input stream"),
            Parameter.query("stdout", "boolean", "redirects the standard output stream"),
            Parameter.query("tty", "boolean", "allocates a terminal for the call"));

    private Parameters() {}

    /** @param options kind of the options, {@code PodExecOptions} */
    static List<Parameter> connect(String options) {
        switch (options) {
            case "PodExecOptions":
                return Stream.concat(Stream.of(COMMAND), STREAMS.stream()).toList();
            case "PodAttachOptions":
                return STREAMS;
            case "PodPortForwardOptions":
                return List.of(Parameter.query("ports", "integer", "ports to forward; required for WebSockets"));
            default:
                return List.of(Parameter.query("path", "string", "part of the URL that the request is passed on with"));
        }
    }
}
