package io.kvorum.cli.timeline;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened, as one line of a timeline file; docs/timeline.md has the format for writers outside this code.
 *
 * @param time RFC 3339, UTC, as precise as its writer knows it
 * @param kind election, fault, process, pod, scheduling, rollout, node, traffic, or a kind of the writer's own
 * @param reason CamelCase, for machines: {@code FaultSet}
 * @param lane the component or object whose lane it is drawn in: {@code store-0}, {@code pod/default/web-1}
 * @param message one sentence
 * @param warning whether something is worse after it
 * @param span what begins and ends has the same span in both events, unique in its lane; null for a moment
 * @param phase {@code begin} or {@code end} of the span
 * @param lanes further lanes it concerns
 * @param data anything else, by name
 */
@JsonInclude(JsonInclude.Include.NON_DEFAULT)
@JsonIgnoreProperties(ignoreUnknown = true)
public record TimelineEvent(
        @JsonProperty("time") String time,
        @JsonProperty("kind") String kind,
        @JsonProperty("reason") String reason,
        @JsonProperty("lane") String lane,
        @JsonProperty("message") String message,
        @JsonProperty("warning") boolean warning,
        @JsonProperty("span") @Nullable String span,
        @JsonProperty("phase") @Nullable String phase,
        @JsonProperty("lanes") @Nullable List<String> lanes,
        @JsonProperty("data") @Nullable Map<String, Object> data) {

    /** Whether all that is required is there; what others wrote may lack it (Jackson leaves missing fields null). */
    boolean isWhole() {
        return Stream.of(time, kind, reason, lane, message).noneMatch(Objects::isNull);
    }

    /** A moment. */
    public static TimelineEvent of(String time, String kind, String reason, String lane, String message) {
        return new TimelineEvent(time, kind, reason, lane, message, false, null, null, null, null);
    }

    public TimelineEvent asWarning(boolean worse) {
        return new TimelineEvent(time, kind, reason, lane, message, worse, span, phase, lanes, data);
    }

    public TimelineEvent begins(String name) {
        return new TimelineEvent(time, kind, reason, lane, message, warning, name, "begin", lanes, data);
    }

    public TimelineEvent ends(String name) {
        return new TimelineEvent(time, kind, reason, lane, message, warning, name, "end", lanes, data);
    }

    public TimelineEvent concerning(List<String> others) {
        return new TimelineEvent(time, kind, reason, lane, message, warning, span, phase, others, data);
    }

    public TimelineEvent with(Map<String, Object> more) {
        return new TimelineEvent(time, kind, reason, lane, message, warning, span, phase, lanes, more);
    }
}
