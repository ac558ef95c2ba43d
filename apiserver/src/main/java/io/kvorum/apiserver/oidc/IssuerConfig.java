package io.kvorum.apiserver.oidc;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvorum.api.GoText;
import io.kvorum.api.ObjectNames;
import io.kvorum.api.Tree;
import io.kvorum.api.validation.FieldErrors;
import io.kvorum.api.validation.FieldPath;
import io.kvorum.api.validation.PemCertificates;
import io.kvorum.apiserver.config.ConfigDocument;
import io.kvorum.apiserver.oidc.Issuer.Mapping;
import io.kvorum.cel.CelProblem;
import io.kvorum.cel.ConfigExpressions;
import io.kvorum.cel.Expression;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One of {@code jwt} of an AuthenticationConfiguration. One use each. */
final class IssuerConfig {
    private static final String BOTH = "claim and expression can't both be set";
    private static final String EMAIL_VERIFIED = "email_verified";
    private static final Set<String> MAPPING = Set.of("claim", "prefix", "expression");

    private final JsonNode jwt;
    private final FieldPath at;
    private final Set<String> disallowed;
    private final FieldErrors errors;
    private boolean verifiedIsUsed;

    private interface Compiler {
        Expression compile(String text) throws CelProblem;
    }

    /** @param errors takes what is wrong */
    IssuerConfig(JsonNode jwt, FieldPath at, Set<String> disallowed, FieldErrors errors) {
        this.jwt = jwt;
        this.at = at;
        this.disallowed = disallowed;
        this.errors = errors;
    }

    static void strict(ConfigDocument document, JsonNode jwt, String path) {
        document.only(jwt, path, Set.of("issuer", "claimValidationRules", "claimMappings", "userValidationRules"));
        document.only(
                jwt.path("issuer"),
                path + ".issuer",
                Set.of(
                        "url",
                        "discoveryURL",
                        "certificateAuthority",
                        "audiences",
                        "audienceMatchPolicy",
                        "egressSelectorType"));
        JsonNode mappings = jwt.path("claimMappings");
        String at = path + ".claimMappings";
        document.only(mappings, at, Set.of("username", "groups", "uid", "extra"));
        document.only(mappings.path("username"), at + ".username", MAPPING);
        document.only(mappings.path("groups"), at + ".groups", MAPPING);
        document.only(mappings.path("uid"), at + ".uid", Set.of("claim", "expression"));
        each(document, mappings, "extra", at, Set.of("key", "valueExpression"));
        each(document, jwt, "claimValidationRules", path, Set.of("claim", "requiredValue", "expression", "message"));
        each(document, jwt, "userValidationRules", path, Set.of("expression", "message"));
    }

    private static void each(ConfigDocument document, JsonNode of, String list, String path, Set<String> fields) {
        List<JsonNode> items = Tree.items(of, list);
        for (int i = 0; i < items.size(); i++) {
            document.only(items.get(i), path + "." + list + "[" + i + "]", fields);
        }
    }

    /** Null when something is wrong. */
    @Nullable
    Issuer read() {
        int before = errors.size();
        JsonNode issuer = jwt.path("issuer");
        issuer(issuer, at.child("issuer"));
        Map<String, String> required = new LinkedHashMap<>();
        List<ClaimExpressions.Rule> claimRules = claimRules(required);
        FieldPath mappings = at.child("claimMappings");
        JsonNode given = jwt.path("claimMappings");
        Expression username = prefixed(given.path("username"), mappings.child("username"), true);
        Expression groups = prefixed(given.path("groups"), mappings.child("groups"), false);
        Expression uid = uid(given.path("uid"), mappings.child("uid"));
        List<ClaimExpressions.Extra> extra = extra(given, mappings.child("extra"));
        if (username != null) {
            verifiedIsUsed |= username.selects("claims", EMAIL_VERIFIED);
            if (username.selects("claims", "email") && !verifiedIsUsed) {
                errors.invalid(
                        mappings.child("username", "expression"),
                        username.text(),
                        "claims.email_verified must be used in claimMappings.username.expression or"
                                + " claimMappings.extra[*].valueExpression or claimValidationRules[*].expression"
                                + " when claims.email is used in claimMappings.username.expression");
            }
        }
        List<ClaimExpressions.Rule> userRules = userRules();
        if (errors.size() > before) {
            return null;
        }
        return new Issuer(
                Tree.text(issuer, "url"),
                optional(issuer, "discoveryURL"),
                optional(issuer, "certificateAuthority"),
                Tree.texts(issuer, "audiences"),
                mapping(given.path("username")),
                mapping(given.path("groups")),
                Tree.text(given, "uid", "claim"),
                required,
                Issuer.ALGORITHMS,
                new ClaimExpressions(username, groups, uid, extra, claimRules, userRules));
    }

    // ---- who issues

    private void issuer(JsonNode issuer, FieldPath path) {
        String url = Tree.text(issuer, "url");
        if (url.isEmpty()) {
            errors.required(path.child("url"));
        } else {
            if (disallowed.contains(url)) {
                errors.invalid(
                        path.child("url"),
                        url,
                        "URL must not overlap with disallowed issuers: " + GoText.list(List.copyOf(disallowed)));
            }
            url(url, path.child("url"));
        }
        String discovery = Tree.text(issuer, "discoveryURL");
        if (!discovery.isEmpty()) {
            if (!url.isEmpty() && bare(url).equals(bare(discovery))) {
                errors.invalid(path.child("discoveryURL"), discovery, "discoveryURL must be different from URL");
            }
            url(discovery, path.child("discoveryURL"));
        }
        audiences(issuer, path);
        String authority = Tree.text(issuer, "certificateAuthority");
        String problem = authority.isEmpty()
                ? null
                : PemCertificates.problemOfBundle(
                        Base64.getEncoder().encodeToString(authority.getBytes(StandardCharsets.UTF_8)));
        if (problem != null) {
            errors.invalid(path.child("certificateAuthority"), "<omitted>", problem);
        }
        String egress = Tree.text(issuer, "egressSelectorType");
        if (!egress.isEmpty() && !egress.equals("controlplane") && !egress.equals("cluster")) {
            errors.invalid(
                    path.child("egressSelectorType"), egress, "egress selector must be either controlplane or cluster");
        }
    }

    private static String bare(String url) {
        return url.replaceAll("/+$", "");
    }

    private void url(String text, FieldPath path) {
        URI uri;
        try {
            uri = new URI(text);
        } catch (URISyntaxException e) {
            errors.invalid(path, text, "parse " + GoText.quoted(text) + ": " + e.getReason());
            return;
        }
        if (!"https".equals(uri.getScheme())) {
            errors.invalid(path, text, "URL scheme must be https");
        }
        if (uri.getRawAuthority() != null && uri.getRawAuthority().contains("@")) {
            errors.invalid(path, text, "URL must not contain a username or password");
        }
        if (uri.getRawQuery() != null && !uri.getRawQuery().isEmpty()) {
            errors.invalid(path, text, "URL must not contain a query");
        }
        if (uri.getRawFragment() != null && !uri.getRawFragment().isEmpty()) {
            errors.invalid(path, text, "URL must not contain a fragment");
        }
    }

    private void audiences(JsonNode issuer, FieldPath path) {
        List<String> audiences = Tree.texts(issuer, "audiences");
        FieldPath all = path.child("audiences");
        if (audiences.isEmpty()) {
            errors.required(all, "at least one " + all + " is required");
            return;
        }
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < audiences.size(); i++) {
            if (audiences.get(i).isEmpty()) {
                errors.required(all.index(i));
            }
            if (!seen.add(audiences.get(i))) {
                errors.duplicate(all.index(i), audiences.get(i));
            }
        }
        String policy = Tree.text(issuer, "audienceMatchPolicy");
        boolean any = policy.equals("MatchAny");
        if (audiences.size() > 1 && !any) {
            errors.invalid(
                    path.child("audienceMatchPolicy"),
                    policy,
                    "audienceMatchPolicy must be MatchAny for multiple audiences");
        }
        if (audiences.size() == 1 && !policy.isEmpty() && !any) {
            errors.invalid(
                    path.child("audienceMatchPolicy"),
                    policy,
                    "audienceMatchPolicy must be empty or MatchAny for single audience");
        }
    }

    // ---- what must hold

    private List<ClaimExpressions.Rule> claimRules(Map<String, String> required) {
        List<ClaimExpressions.Rule> rules = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        List<JsonNode> given = Tree.items(jwt, "claimValidationRules");
        for (int i = 0; i < given.size(); i++) {
            FieldPath path = at.child("claimValidationRules").index(i);
            String claim = Tree.text(given.get(i), "claim");
            String text = Tree.text(given.get(i), "expression");
            String message = Tree.text(given.get(i), "message");
            String value = Tree.text(given.get(i), "requiredValue");
            if (!claim.isEmpty() && !text.isEmpty()) {
                errors.invalid(path, claim, BOTH);
            } else if (!claim.isEmpty()) {
                if (!message.isEmpty()) {
                    errors.invalid(path.child("message"), message, "may not be specified when claim is set");
                }
                if (required.putIfAbsent(claim, value) != null) {
                    errors.duplicate(path.child("claim"), claim);
                }
            } else if (text.isEmpty()) {
                errors.required(path, "claim or expression is required");
            } else {
                if (!value.isEmpty()) {
                    errors.invalid(path.child("requiredValue"), value, "may not be specified when expression is set");
                }
                rule(text, message, path.child("expression"), seen, ConfigExpressions::claimRule, rules);
            }
        }
        rules.forEach(rule -> verifiedIsUsed |= rule.expression().selects("claims", EMAIL_VERIFIED));
        return List.copyOf(rules);
    }

    private List<ClaimExpressions.Rule> userRules() {
        List<ClaimExpressions.Rule> rules = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        List<JsonNode> given = Tree.items(jwt, "userValidationRules");
        for (int i = 0; i < given.size(); i++) {
            FieldPath path = at.child("userValidationRules").index(i).child("expression");
            String text = Tree.text(given.get(i), "expression");
            if (text.isEmpty()) {
                errors.required(path);
            } else {
                rule(text, Tree.text(given.get(i), "message"), path, seen, ConfigExpressions::userRule, rules);
            }
        }
        return List.copyOf(rules);
    }

    private void rule(
            String text,
            String message,
            FieldPath path,
            Set<String> seen,
            Compiler compiler,
            List<ClaimExpressions.Rule> to) {
        if (!seen.add(text)) {
            errors.duplicate(path, text);
            return;
        }
        Expression expression = compiled(compiler, text, path);
        if (expression != null) {
            to.add(new ClaimExpressions.Rule(expression, message));
        }
    }

    private @Nullable Expression compiled(Compiler compiler, String text, FieldPath path) {
        try {
            return compiler.compile(text);
        } catch (CelProblem e) {
            errors.invalid(path, text, e.getMessage());
            return null;
        }
    }

    // ---- who somebody becomes

    private @Nullable Expression prefixed(JsonNode mapping, FieldPath path, boolean required) {
        String text = Tree.text(mapping, "expression");
        String claim = Tree.text(mapping, "claim");
        boolean prefix = mapping.hasNonNull("prefix");
        if (!text.isEmpty() && !claim.isEmpty()) {
            errors.invalid(path, "", BOTH);
        } else if (!text.isEmpty()) {
            if (prefix) {
                errors.invalid(
                        path.child("prefix"),
                        Tree.text(mapping, "prefix"),
                        "may not be specified when expression is set");
            }
            return compiled(ConfigExpressions::claimMapping, text, path.child("expression"));
        } else if (!claim.isEmpty()) {
            if (!prefix) {
                errors.required(
                        path.child("prefix"),
                        "prefix is required when claim is set. It can be set to an empty string to disable prefixing");
            }
        } else if (required) {
            errors.required(path, "claim or expression is required");
        }
        return null;
    }

    private @Nullable Expression uid(JsonNode mapping, FieldPath path) {
        String text = Tree.text(mapping, "expression");
        if (text.isEmpty()) {
            return null;
        }
        if (!Tree.text(mapping, "claim").isEmpty()) {
            errors.invalid(path, "", BOTH);
            return null;
        }
        return compiled(ConfigExpressions::claimMapping, text, path.child("expression"));
    }

    private List<ClaimExpressions.Extra> extra(JsonNode mappings, FieldPath all) {
        List<ClaimExpressions.Extra> extra = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        List<JsonNode> given = Tree.items(mappings, "extra");
        for (int i = 0; i < given.size(); i++) {
            FieldPath path = all.index(i);
            String key = Tree.text(given.get(i), "key");
            String text = Tree.text(given.get(i), "valueExpression");
            key(key, path.child("key"));
            if (!seen.add(key)) {
                errors.duplicate(path.child("key"), key);
            } else if (text.isEmpty()) {
                errors.required(path.child("valueExpression"));
            } else {
                Expression value = compiled(ConfigExpressions::claimMapping, text, path.child("valueExpression"));
                if (value != null) {
                    verifiedIsUsed |= value.selects("claims", EMAIL_VERIFIED);
                    extra.add(new ClaimExpressions.Extra(key, value));
                }
            }
        }
        return List.copyOf(extra);
    }

    private void key(String key, FieldPath path) {
        int slash = key.indexOf('/');
        if (key.isEmpty()) {
            errors.required(path);
        } else if (slash <= 0 || slash == key.length() - 1) {
            errors.invalid(path, key, "must be a domain-prefixed path (such as \"acme.io/foo\")");
        } else {
            errors.invalidEach(path, key.substring(0, slash), ObjectNames.dns1123Subdomain(key.substring(0, slash)));
        }
        if (!key.equals(key.toLowerCase(Locale.ROOT))) {
            errors.invalid(path, key, "must be lowercase");
        }
        String domain = "." + key.substring(0, Math.max(0, slash));
        if (domain.endsWith(".kubernetes.io") || domain.endsWith(".k8s.io")) {
            errors.invalid(path, key, "k8s.io, kubernetes.io and their subdomains are reserved for Kubernetes use");
        }
    }

    private static Mapping mapping(JsonNode node) {
        return new Mapping(Tree.text(node, "claim"), Tree.text(node, "prefix"));
    }

    private static @Nullable String optional(JsonNode node, String field) {
        String text = Tree.text(node, field);
        return text.isEmpty() ? null : text;
    }
}
