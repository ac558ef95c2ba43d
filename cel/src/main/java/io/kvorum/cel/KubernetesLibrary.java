package io.kvorum.cel;

import dev.cel.common.CelFunctionDecl;
import dev.cel.common.CelOverloadDecl;
import dev.cel.common.types.CelType;
import dev.cel.common.types.ListType;
import dev.cel.common.types.OpaqueType;
import dev.cel.common.types.SimpleType;
import dev.cel.runtime.CelFunctionBinding;
import io.kvorum.api.Quantity;
import java.math.BigDecimal;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Kubernetes' functions beside CEL's own: quantities, versions, addresses, URLs, regular expressions, lists. */
final class KubernetesLibrary extends FunctionSet {
    private static final CelType QUANTITY = OpaqueType.create("kubernetes.Quantity");
    private static final CelType URL = OpaqueType.create("kubernetes.URL");
    private static final CelType SEMVER = OpaqueType.create("kubernetes.Semver");
    private static final CelType IP = OpaqueType.create("net.IP");
    private static final CelType CIDR = OpaqueType.create("net.CIDR");
    private static final CelType LIST = ListType.create(SimpleType.DYN);
    private static final CelType STRINGS = ListType.create(SimpleType.STRING);

    private static final KubernetesLibrary ALL = new KubernetesLibrary();

    static List<CelFunctionDecl> declarations() {
        return ALL.declared();
    }

    static List<CelFunctionBinding> bindings() {
        return ALL.bound();
    }

    private KubernetesLibrary() {
        quantities();
        versions();
        addresses();
        urls();
        regularExpressions();
        lists();
        // A key as a step of a JSON pointer, RFC 6901.
        global(
                "jsonpatch.escapeKey",
                SimpleType.STRING,
                SimpleType.STRING,
                String.class,
                key -> key.replace("~", "~0").replace("/", "~1"));
    }

    // ---- quantities

    private void quantities() {
        global("isQuantity", SimpleType.BOOL, SimpleType.STRING, String.class, Quantity::isValid);
        global("quantity", QUANTITY, SimpleType.STRING, String.class, Quantity::parse);
        member("sign", SimpleType.INT, QUANTITY, Quantity.class, each -> (long) each.signum());
        member("isInteger", SimpleType.BOOL, QUANTITY, Quantity.class, KubernetesLibrary::isInteger);
        member("asInteger", SimpleType.INT, QUANTITY, Quantity.class, each -> {
            if (!isInteger(each)) {
                throw new IllegalArgumentException("cannot convert value to integer");
            }
            return each.amount().longValueExact();
        });
        member(
                "asApproximateFloat",
                SimpleType.DOUBLE,
                QUANTITY,
                Quantity.class,
                each -> each.amount().doubleValue());
        member(
                "isGreaterThan",
                SimpleType.BOOL,
                QUANTITY,
                Quantity.class,
                QUANTITY,
                Quantity.class,
                (a, b) -> a.compareTo(b) > 0);
        member(
                "isLessThan",
                SimpleType.BOOL,
                QUANTITY,
                Quantity.class,
                QUANTITY,
                Quantity.class,
                (a, b) -> a.compareTo(b) < 0);
        member("compareTo", SimpleType.INT, QUANTITY, Quantity.class, QUANTITY, Quantity.class, (a, b) ->
                (long) a.compareTo(b));
        member("add", QUANTITY, QUANTITY, Quantity.class, QUANTITY, Quantity.class, Quantity::add);
        member("sub", QUANTITY, QUANTITY, Quantity.class, QUANTITY, Quantity.class, Quantity::subtract);
        member("add", QUANTITY, QUANTITY, Quantity.class, SimpleType.INT, Long.class, (a, b) -> a.add(Quantity.of(b)));
        member(
                "sub",
                QUANTITY,
                QUANTITY,
                Quantity.class,
                SimpleType.INT,
                Long.class,
                (a, b) -> a.subtract(Quantity.of(b)));
    }

    private static boolean isInteger(Quantity quantity) {
        BigDecimal amount = quantity.amount().stripTrailingZeros();
        return amount.scale() <= 0 && amount.toBigIntegerExact().bitLength() < 64;
    }

    // ---- versions

    private void versions() {
        global("isSemver", SimpleType.BOOL, SimpleType.STRING, String.class, SemanticVersion::isValid);
        global("semver", SEMVER, SimpleType.STRING, String.class, SemanticVersion::parse);
        declare(
                "isSemver",
                CelOverloadDecl.newGlobalOverload(
                        "kubernetes_isSemver_normalized", SimpleType.BOOL, SimpleType.STRING, SimpleType.BOOL));
        bind(CelFunctionBinding.from(
                "kubernetes_isSemver_normalized",
                String.class,
                Boolean.class,
                (text, normal) -> SemanticVersion.isValid(normal ? SemanticVersion.normalized(text) : text)));
        declare(
                "semver",
                CelOverloadDecl.newGlobalOverload(
                        "kubernetes_semver_normalized", SEMVER, SimpleType.STRING, SimpleType.BOOL));
        bind(CelFunctionBinding.from(
                "kubernetes_semver_normalized",
                String.class,
                Boolean.class,
                (text, normal) -> SemanticVersion.parse(normal ? SemanticVersion.normalized(text) : text)));
        member(
                "major",
                SimpleType.INT,
                SEMVER,
                SemanticVersion.class,
                each -> each.major().longValueExact());
        member(
                "minor",
                SimpleType.INT,
                SEMVER,
                SemanticVersion.class,
                each -> each.minor().longValueExact());
        member(
                "patch",
                SimpleType.INT,
                SEMVER,
                SemanticVersion.class,
                each -> each.patch().longValueExact());
        member(
                "isGreaterThan",
                SimpleType.BOOL,
                SEMVER,
                SemanticVersion.class,
                SEMVER,
                SemanticVersion.class,
                (a, b) -> a.compareTo(b) > 0);
        member(
                "isLessThan",
                SimpleType.BOOL,
                SEMVER,
                SemanticVersion.class,
                SEMVER,
                SemanticVersion.class,
                (a, b) -> a.compareTo(b) < 0);
        member("compareTo", SimpleType.INT, SEMVER, SemanticVersion.class, SEMVER, SemanticVersion.class, (a, b) ->
                (long) a.compareTo(b));
    }

    // ---- addresses

    private void addresses() {
        global("isIP", SimpleType.BOOL, SimpleType.STRING, String.class, IpAddress::isValid);
        global("ip", IP, SimpleType.STRING, String.class, IpAddress::parse);
        global(
                "ip.isCanonical",
                SimpleType.BOOL,
                SimpleType.STRING,
                String.class,
                text -> IpAddress.parse(text).toString().equals(text));
        member("family", SimpleType.INT, IP, IpAddress.class, each -> (long) each.family());
        member("isUnspecified", SimpleType.BOOL, IP, IpAddress.class, IpAddress::isUnspecified);
        member("isLoopback", SimpleType.BOOL, IP, IpAddress.class, IpAddress::isLoopback);
        member("isLinkLocalMulticast", SimpleType.BOOL, IP, IpAddress.class, IpAddress::isLinkLocalMulticast);
        member("isLinkLocalUnicast", SimpleType.BOOL, IP, IpAddress.class, IpAddress::isLinkLocalUnicast);
        member("isGlobalUnicast", SimpleType.BOOL, IP, IpAddress.class, IpAddress::isGlobalUnicast);
        global("isCIDR", SimpleType.BOOL, SimpleType.STRING, String.class, AddressBlock::isValid);
        global("cidr", CIDR, SimpleType.STRING, String.class, AddressBlock::parse);
        member("containsIP", SimpleType.BOOL, CIDR, AddressBlock.class, IP, IpAddress.class, AddressBlock::contains);
        member(
                "containsIP",
                SimpleType.BOOL,
                CIDR,
                AddressBlock.class,
                SimpleType.STRING,
                String.class,
                (block, text) -> block.contains(IpAddress.parse(text)));
        member(
                "containsCIDR",
                SimpleType.BOOL,
                CIDR,
                AddressBlock.class,
                CIDR,
                AddressBlock.class,
                AddressBlock::contains);
        member(
                "containsCIDR",
                SimpleType.BOOL,
                CIDR,
                AddressBlock.class,
                SimpleType.STRING,
                String.class,
                (block, text) -> block.contains(AddressBlock.parse(text)));
        member("ip", IP, CIDR, AddressBlock.class, AddressBlock::address);
        member("masked", CIDR, CIDR, AddressBlock.class, AddressBlock::masked);
        member("prefixLength", SimpleType.INT, CIDR, AddressBlock.class, each -> (long) each.prefix());
        global("string", SimpleType.STRING, IP, IpAddress.class, IpAddress::toString);
        global("string", SimpleType.STRING, CIDR, AddressBlock.class, AddressBlock::toString);
    }

    // ---- URLs

    private void urls() {
        global("isURL", SimpleType.BOOL, SimpleType.STRING, String.class, text -> url(text) != null);
        global("url", URL, SimpleType.STRING, String.class, text -> {
            URI parsed = url(text);
            if (parsed == null) {
                throw new IllegalArgumentException("URL parse error during conversion from string: " + text);
            }
            return parsed;
        });
        member("getScheme", SimpleType.STRING, URL, URI.class, each -> Objects.toString(each.getScheme(), ""));
        member(
                "getHost",
                SimpleType.STRING,
                URL,
                URI.class,
                each -> Objects.toString(each.getRawAuthority(), "").replaceFirst("^.*@", ""));
        member(
                "getHostname",
                SimpleType.STRING,
                URL,
                URI.class,
                each -> Objects.toString(each.getHost(), "").replaceAll("[\\[\\]]", ""));
        member("getPort", SimpleType.STRING, URL, URI.class, each -> each.getPort() < 0 ? "" : "" + each.getPort());
        member("getEscapedPath", SimpleType.STRING, URL, URI.class, each -> Objects.toString(each.getRawPath(), ""));
        member(
                "getQuery",
                dev.cel.common.types.MapType.create(SimpleType.STRING, STRINGS),
                URL,
                URI.class,
                each -> query(Objects.toString(each.getQuery(), "")));
    }

    private static @org.jspecify.annotations.Nullable URI url(String text) {
        try {
            URI parsed = new URI(text);
            boolean whole = parsed.getScheme() != null && !parsed.isOpaque();
            return whole || text.startsWith("/") ? parsed : null;
        } catch (URISyntaxException e) {
            return null;
        }
    }

    private static Map<String, List<String>> query(String text) {
        Map<String, List<String>> found = new LinkedHashMap<>();
        for (String pair : text.isEmpty() ? new String[0] : text.split("&", -1)) {
            int equal = pair.indexOf('=');
            String key = equal < 0 ? pair : pair.substring(0, equal);
            found.computeIfAbsent(key, any -> new ArrayList<>()).add(equal < 0 ? "" : pair.substring(equal + 1));
        }
        return found;
    }

    // ---- regular expressions

    private void regularExpressions() {
        member(
                "find",
                SimpleType.STRING,
                SimpleType.STRING,
                String.class,
                SimpleType.STRING,
                String.class,
                (text, regex) -> {
                    com.google.re2j.Matcher matcher =
                            com.google.re2j.Pattern.compile(regex).matcher(text);
                    return matcher.find() ? matcher.group() : "";
                });
        member(
                "findAll",
                STRINGS,
                SimpleType.STRING,
                String.class,
                SimpleType.STRING,
                String.class,
                (text, regex) -> findAll(text, regex, -1));
        declare(
                "findAll",
                CelOverloadDecl.newMemberOverload(
                        "kubernetes_findAll_limited", STRINGS, SimpleType.STRING, SimpleType.STRING, SimpleType.INT));
        bind(CelFunctionBinding.from(
                "kubernetes_findAll_limited",
                List.of(String.class, String.class, Long.class),
                arguments -> findAll((String) arguments[0], (String) arguments[1], (Long) arguments[2])));
    }

    private static List<String> findAll(String text, String regex, long limit) {
        List<String> found = new ArrayList<>();
        com.google.re2j.Matcher matcher = com.google.re2j.Pattern.compile(regex).matcher(text);
        while ((limit < 0 || found.size() < limit) && matcher.find()) {
            found.add(matcher.group());
        }
        return found;
    }

    // ---- lists

    private void lists() {
        member("isSorted", SimpleType.BOOL, LIST, List.class, KubernetesLibrary::isSorted);
        member("sum", SimpleType.DYN, LIST, List.class, KubernetesLibrary::sum);
        member("min", SimpleType.DYN, LIST, List.class, list -> extreme(list, -1));
        member("max", SimpleType.DYN, LIST, List.class, list -> extreme(list, 1));
        member("indexOf", SimpleType.INT, LIST, List.class, SimpleType.DYN, Object.class, (list, item) ->
                (long) list.indexOf(item));
        member("lastIndexOf", SimpleType.INT, LIST, List.class, SimpleType.DYN, Object.class, (list, item) ->
                (long) list.lastIndexOf(item));
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // CEL's values of one type compare with each other
    private static int compare(Object a, Object b) {
        return ((Comparable) a).compareTo(b);
    }

    private static boolean isSorted(List<?> list) {
        for (int i = 1; i < list.size(); i++) {
            if (compare(list.get(i - 1), list.get(i)) > 0) {
                return false;
            }
        }
        return true;
    }

    private static Object sum(List<?> list) {
        if (list.stream().anyMatch(Double.class::isInstance)) {
            return list.stream()
                    .mapToDouble(each -> ((Number) each).doubleValue())
                    .sum();
        }
        if (list.stream().anyMatch(Duration.class::isInstance)) {
            return list.stream().map(Duration.class::cast).reduce(Duration.ZERO, Duration::plus);
        }
        long sum = 0;
        for (Object each : list) {
            sum = Math.addExact(sum, (Long) each);
        }
        return sum;
    }

    private static Object extreme(List<?> list, int direction) {
        if (list.isEmpty()) {
            throw new IllegalArgumentException((direction < 0 ? "min" : "max") + " called on empty list");
        }
        Object best = list.get(0);
        for (Object each : list) {
            best = compare(each, best) * direction > 0 ? each : best;
        }
        return best;
    }
}
