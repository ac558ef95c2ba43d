package io.kvorum.apiserver.request;

import io.kvorum.api.ApiException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What was agreed on from a request's {@code Accept} header (RFC 9110, section 12.5.1, with the parameters {@code as},
 * {@code g} and {@code v} of Kubernetes).
 *
 * @param metaVersion {@code meta.k8s.io/v1} or {@code meta.k8s.io/v1beta1}: the version of tables and of objects' metadata
 */
public record Accepted(Encoding encoding, Representation representation, String metaVersion) {
    private static final String META_GROUP = "meta.k8s.io";
    private static final Accepted PLAIN = new Accepted(Encoding.JSON, Representation.OBJECT, META_GROUP + "/v1");

    /** One of the header's media ranges. */
    private record Range(String type, String subtype, List<String> parameters, double quality) {
        static Range parse(String text) {
            String[] parts = text.split(";");
            String media = parts[0].trim();
            int slash = media.indexOf('/');
            List<String> parameters = new ArrayList<>(parts.length);
            double quality = 1;
            for (int i = 1; i < parts.length; i++) {
                String parameter = parts[i].trim();
                if (parameter.startsWith("q=")) {
                    quality = quality(parameter.substring(2));
                } else {
                    parameters.add(parameter);
                }
            }
            return slash < 0
                    ? new Range(media, media.equals("*") ? "*" : "", parameters, quality)
                    : new Range(media.substring(0, slash), media.substring(slash + 1), parameters, quality);
        }

        private static double quality(String text) {
            try {
                return Double.parseDouble(text);
            } catch (NumberFormatException e) {
                return 1;
            }
        }

        boolean names(Encoding encoding) {
            String media = encoding.mediaType();
            int slash = media.indexOf('/');
            return (type.equals("*") || media.substring(0, slash).equals(type))
                    && (subtype.equals("*") || media.substring(slash + 1).equals(subtype));
        }

        int wildcards() {
            return (type.equals("*") ? 2 : 0) + (subtype.equals("*") ? 1 : 0);
        }

        String parameter(String name) {
            for (String parameter : parameters) {
                if (parameter.length() > name.length()
                        && parameter.startsWith(name)
                        && parameter.charAt(name.length()) == '=') {
                    return parameter.substring(name.length() + 1);
                }
            }
            return "";
        }
    }

    /**
     * The best of what the client takes and is served; the client's order decides among equals, and before that a range
     * without wildcards. A failure with 406 when there is none.
     *
     * @param accept empty means anything
     * @param served the encodings there are for the object asked for
     */
    public static Accepted negotiate(String accept, Set<Encoding> served) {
        return negotiate(accept, served, true);
    }

    /** As {@link #negotiate(String, Set)}, for what cannot be shown as a table. */
    public static Accepted withoutTables(String accept, Set<Encoding> served) {
        return negotiate(accept, served, false);
    }

    private static Accepted negotiate(String accept, Set<Encoding> served, boolean tables) {
        if (accept.isEmpty() || accept.equals("application/json") || accept.equals("*/*")) {
            return PLAIN;
        }
        List<Range> ranges = new ArrayList<>();
        for (String range : accept.split(",")) {
            ranges.add(Range.parse(range.trim()));
        }
        ranges.sort(
                Comparator.comparingDouble((Range range) -> -range.quality()).thenComparingInt(Range::wildcards));
        for (Range range : ranges) {
            for (Encoding encoding : Encoding.values()) {
                if (range.quality() > 0 && served.contains(encoding) && range.names(encoding)) {
                    Representation form = form(range, encoding);
                    if (form != null && (tables || form != Representation.TABLE)) {
                        return new Accepted(encoding, form, META_GROUP + '/' + version(range));
                    }
                }
            }
        }
        throw notAcceptable(served);
    }

    private static String version(Range range) {
        return range.parameter("v").equals("v1beta1") ? "v1beta1" : "v1";
    }

    /** Null when the range asks for a form that is not served in this encoding. */
    private static @org.jspecify.annotations.Nullable Representation form(Range range, Encoding encoding) {
        String as = range.parameter("as");
        if (as.isEmpty()) {
            return Representation.OBJECT;
        }
        String version = range.parameter("v");
        if (!range.parameter("g").equals(META_GROUP) || !(version.equals("v1") || version.equals("v1beta1"))) {
            return null;
        }
        return switch (as) {
            case "Table" -> encoding == Encoding.PROTOBUF ? null : Representation.TABLE;
            case "PartialObjectMetadata" -> Representation.PARTIAL;
            case "PartialObjectMetadataList" -> Representation.PARTIAL_LIST;
            default -> null;
        };
    }

    public static ApiException notAcceptable(Set<Encoding> served) {
        return new ApiException(
                406,
                "NotAcceptable",
                "only the following media types are accepted: "
                        + served.stream().sorted().map(Encoding::mediaType).collect(Collectors.joining(", ")),
                null);
    }
}
